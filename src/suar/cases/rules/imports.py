"""Reading the columns and rows of a spreadsheet of people. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from suar.cases.codes import SHEET_COLUMNS
from suar.cases.rules.dates import years_between
from suar.core.codes import read_data
from suar.core.decisions import Decision

LIMITS: Mapping[str, Any] = read_data("cases", "imports")
DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?")
WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was read: facts as text by name, the note, the next step, and the columns that are not understood."""

    facts: Mapping[str, str]
    note: str = ""
    next_step: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    """The reason by the code of the column."""


def plain_words(text: str) -> str:
    """Return a heading or a value as lower-case words with single blanks.

    Source: own design, data/imports.json.
    """
    return " ".join(WORDS.findall(text.casefold()))


def guess_columns(header: Iterable[str]) -> list[str]:
    """Return the probable meaning of each column by its heading, each once but the note; empty for unknown ones.

    Source: codes/sheet_columns.json, own design; the worker checks every guess.
    """
    guesses: list[str] = []
    for heading in map(plain_words, header):
        guess = next((column.code for column in SHEET_COLUMNS.members if heading in column["headings"]), "")
        guesses.append("" if guess in guesses and guess != "NOTE" else guess)
    return guesses


def may_be_imported(*, rows: int, columns: int) -> Decision:
    """Allow a sheet that one worker can check on one page.

    Source: own design, data/imports.json.
    """
    if rows == 0:
        return Decision.refuse("no_rows")
    if rows > LIMITS["most_rows"]:
        return Decision.refuse("many_rows")
    return Decision.require(columns <= LIMITS["most_columns"], "many_columns")


def read_row(
    header: Sequence[str],
    cells: Sequence[str],
    columns: Sequence[str],
    *,
    languages: Mapping[str, str],
    with_others: bool,
    today: date,
) -> ReadRow:
    """Read a row with the chosen meaning of each column; `languages` are codes by their names.

    A number may not be called until a worker knows that it is safe. With `with_others` columns without a meaning are
    in the note. Source: own design; docs/decisions/cases.md.
    """
    facts: dict[str, str] = {}
    problems: dict[str, str] = {}
    notes, steps = [], []
    for heading, cell, code in zip(header, cells, columns, strict=True):
        if not cell:
            continue
        only_year = code == "BORN" and YEAR.fullmatch(cell)
        if code in ("NOTE", "FIRST_CONTACT") or only_year or (not code and with_others):
            notes.append(cell if code == "NOTE" else f"{heading or '-'}: {cell}")
        if code == "NEXT_STEP":
            steps.append(cell)
        if code == "FIRST_CONTACT" and not _is_past(_read_day(cell), today):
            problems[code] = "not_a_day"
        if code and "fact" in SHEET_COLUMNS[code].extra:
            read = _read_fact(code, cell, languages=languages, today=today)
            facts |= read
            problems |= {} if read else {code: UNREADABLE[code]}
    return ReadRow(facts, "\n".join(notes), "; ".join(steps), problems)


UNREADABLE = {"AGE": "not_an_age", "BORN": "not_a_birth", "SEX": "unknown_sex", "LANGUAGE": "unknown_language"}


def _read_fact(code: str, cell: str, *, languages: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the facts of a cell as text; nothing if it is not understood."""
    if code == "PHONE":
        return {"phone": cell, "no_calls": "on", "no_messages": "on"}
    if code == "AGE":
        years = re.fullmatch(r"(\d{1,3})(?:\.0)?\s*(?:years?|tahun|th|thn)?\.?", cell.casefold())
        return {"age": years[1]} if years else {}
    if code == "BORN":
        return _read_birth(cell, today=today)
    if code == "SEX":
        sex = LIMITS["sexes"].get(plain_words(cell))
        return {"sex": sex} if sex else {}
    if code == "LANGUAGE":
        language = languages.get(plain_words(cell))
        return {"language": language} if language else {}
    return {SHEET_COLUMNS[code]["fact"]: cell}


def _read_birth(cell: str, *, today: date) -> dict[str, str]:
    """Return the date of birth with the age, or for a year only the age that the person has at least."""
    if year := YEAR.fullmatch(cell):
        years = today.year - int(year[1]) - 1
        return {"age": str(max(years, 0))} if int(year[1]) <= today.year else {}
    born = _read_day(cell)
    if not _is_past(born, today) or born is None:
        return {}
    return {"born": born.isoformat(), "age": str(years_between(born, today))}


def _read_day(cell: str) -> date | None:
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(cell.strip(), form).date()  # noqa: DTZ007 - a day without a time
        except ValueError:
            continue
    return None


def _is_past(day: date | None, today: date) -> bool:
    return day is not None and day <= today
