"""Counts of survey answers, and texts to publish, in which nobody can be recognised."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from suar.core.small_counts import SMALLEST, at_least

LOW, HIGH = 2, 4
NUMERAL = re.compile(r"(?<![\w.,:/-])\d+(?![\w:/-])(?:[.,]\d+)?")
WORD = re.compile(r"[^\W_]+")
FEW = re.compile(r"two|three|four|dua|tiga|empat|kedua|ketiga|keempat|both|couple", re.IGNORECASE)
ONE = re.compile(r"one|single|only|satu", re.IGNORECASE)
PEOPLE = re.compile(
    r"person|people|wom[ae]n|m[ae]n|girls?|boys?|child(ren)?|workers?|famil(y|ies)|complaints?"
    r"|letters?|answers?|of|orang|perempuan|laki|wanita|pria|anak|keluarga|petugas|keluhan|surat"
    r"|jawaban|di|dari",
    re.IGNORECASE,
)
TIME = re.compile(r"days?|weeks?|months?|years?|hours?|minutes?|hari|minggu|bulan|tahun|jam|menit", re.IGNORECASE)
SHARE = re.compile(r"%|\b(percent|per cent|persen|half of|separuh|setengah)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counted:
    """People by answer, each a multiple of five that is surely reached; None is under five.

    `all` is given only if no part is, and is never more than five: from a total and its parts the rest can be derived,
    and ten people in three parts under five leave hardly a choice.
    """

    low: int | None
    middle: int | None
    high: int | None
    all: int | None


def count_answers(answers: Iterable[int]) -> Counted:
    """Count the answers of people, one each, as they may be published.

    Source: own design, docs/decisions/feedback.md.
    """
    rows = list(answers)
    low = at_least(sum(answer <= LOW for answer in rows))
    high = at_least(sum(answer >= HIGH for answer in rows))
    middle = at_least(sum(LOW < answer < HIGH for answer in rows))
    published = (low, middle, high) != (None, None, None)
    return Counted(low, middle, high, SMALLEST if not published and len(rows) >= SMALLEST else None)


def by_dimension(answers: Mapping[str, int], dimensions: Mapping[str, str]) -> dict[str, int]:
    """Return one answer of a person for each dimension: the lowest, so that no harm is averaged away.

    Source: own design, docs/decisions/feedback.md.
    """
    lowest: dict[str, int] = {}
    for code, answer in answers.items():
        if code in dimensions:
            name = dimensions[code]
            lowest[name] = min(answer, lowest.get(name, answer))
    return lowest


def find_small_numbers(text: str) -> list[str]:
    """List the numbers in a text that count fewer than five people, and shares from which such a number can be derived.

    Lengths of time are allowed. This finds what is written plainly; a reader checks once more.

    Source: own design, docs/decisions/feedback.md; feedback-dimensions.json, rules.
    """
    numbers = [match[0] for match in SHARE.finditer(text)]
    numerals = (match for match in NUMERAL.finditer(text) if _is_small(match[0]))
    numbers += [match[0] for match in numerals if not _is_followed_by(match, TIME)]
    for match in WORD.finditer(text):
        is_one = ONE.fullmatch(match[0]) and _is_followed_by(match, PEOPLE)
        is_few = FEW.fullmatch(match[0]) and not _is_followed_by(match, TIME)
        if is_one or is_few or match[0].casefold() == "seorang":
            numbers.append(match[0])
    return numbers


def quarter_of(day: date) -> tuple[int, int]:
    """Return the year and the number of the quarter of a day.

    Source: own design, docs/decisions/feedback.md.
    """
    return day.year, (day.month - 1) // 3 + 1


def quarter_days(year: int, number: int) -> tuple[date, date]:
    """Return the first day of a quarter and the first day after it.

    Source: own design, docs/decisions/feedback.md.
    """
    after = date(year + 1, 1, 1) if number == 4 else date(year, number * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), after


def past_quarters(day: date, *, most: int = 4) -> list[tuple[int, int]]:
    """Return the last quarters that were over on a day, newest first: only those can be published.

    Source: own design, docs/decisions/feedback.md (a count that grows from day to day shows who came).
    """
    year, number = quarter_of(day)
    quarters = []
    for _ in range(most):
        year, number = (year - 1, 4) if number == 1 else (year, number - 1)
        quarters.append((year, number))
    return quarters


def _is_small(numeral: str) -> bool:
    """Return True for 1 to 4 in any script; a fraction counts as its whole number."""
    whole = re.split("[.,]", numeral)[0]
    return numeral == whole and 0 < int(whole) < SMALLEST


def _is_followed_by(match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Return True if the next word, after nothing but a blank, matches a pattern."""
    word = WORD.search(match.string, match.end())
    return bool(word and match.string[match.end() : word.start()].isspace() and pattern.fullmatch(word[0]))
