"""What a question file says, looked at key by key, before any of it is believed: pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suar.screening.rules.changing import OWN_PREFIX
from suar.screening.rules.checking import LANGUAGES, LONGEST, Wrong
from suar.screening.rules.file_text import Stop, Unusable, shown
from suar.screening.rules.files import Raw
from suar.screening.rules.filing import FORMAT, HEAD, KIND, OWN_KEYS, SHIPPED_KEYS, WORDS

MOST_ROWS = 200
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,29}")
OWN_CODE = re.compile(OWN_PREFIX + r"[1-9][0-9]{0,3}")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong in a file: in which row (0 is the whole), question and field, and why."""

    row: int
    question: str
    field: str
    code: str
    detail: str = ""


def rows_of(told: Any, base: Raw) -> Sequence[Any]:
    """Give the rows of a file for this form; raises Stop when it is for something else.

    Source: own design, docs/decisions/0027.
    """
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise Stop(Unusable.NOT_A_SET)
    if type(told.get("format")) is not int or told["format"] != FORMAT:
        raise Stop(Unusable.OTHER_FORMAT, told.get("format", ""))
    for code, detail in _keys(told, HEAD):
        raise Stop(code, detail)
    if told["form"] != base["code"]:
        raise Stop(Unusable.OTHER_FORM, told["form"])
    if type(told["shipped"]) is not int or told["shipped"] != base["version"]:
        raise Stop(Unusable.OTHER_SHIPPED, told["shipped"])
    rows = told["questions"]
    if not isinstance(rows, list):
        raise Stop(Unusable.WRONG_KIND, "questions")
    if len(rows) > MOST_ROWS:
        raise Stop(Unusable.TOO_MANY_ROWS, MOST_ROWS)
    return rows


def shape_faults(rows: Sequence[Any]) -> tuple[FileFault, ...]:
    """Find every row with a key that is missing, unknown or of another kind.

    Source: own design, docs/decisions/0027.
    """
    return tuple(fault for number, row in enumerate(rows, 1) for fault in _of_row(number, row))


def long_ones(rows: Sequence[Row]) -> tuple[FileFault, ...]:
    """Find words that are too long to be heard once, before anything reads them sign by sign.

    They are counted as they are read: one sign of another script may stand for a whole phrase.

    Source: own design, docs/decisions/0023 and 0027.
    """
    return tuple(
        FileFault(number, row["question"], f"{name}_{language}", Wrong.TOO_LONG)
        for number, row in enumerate(rows, 1)
        for name in WORDS
        for language, said in (row[name] or {}).items()
        if len(unicodedata.normalize("NFKC", said.strip())) > LONGEST
    )


def is_own(row: Row) -> bool:
    """Say whether a row is a question of the house's own.

    Source: own design, docs/decisions/0027.
    """
    return str(row["question"]).startswith(OWN_PREFIX)


def _of_row(number: int, row: Any) -> Iterator[FileFault]:
    if not isinstance(row, dict):
        yield FileFault(number, "", "", Unusable.WRONG_KIND, "{...}")
        return
    code = row.get("question")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        yield FileFault(number, "", "question", Unusable.WRONG_KIND, shown(code))
        return
    own = is_own(row)
    found = list(_keys(row, OWN_KEYS if own else SHIPPED_KEYS)) or list(_kinds(row))
    if own and not OWN_CODE.fullmatch(code):
        found.append((Unusable.WRONG_KIND, "question"))
    for why, detail in found:
        yield FileFault(number, code, "", why, detail)


def _keys(there: Mapping[str, Any], wanted: Collection[str]) -> Iterator[tuple[Unusable, str]]:
    """Give the keys that are missing and those that nobody knows."""
    for key in wanted:
        if key not in there:
            yield Unusable.MISSING_KEY, key
    for key in there:
        if key not in wanted:
            yield Unusable.UNKNOWN_KEY, shown(key)


def _kinds(row: Row) -> Iterator[tuple[Unusable, str]]:
    wanted = {"asked": bool, "theme": str, "sign": str}
    for key, kind in wanted.items():
        if key in row and not isinstance(row[key], kind):
            yield Unusable.WRONG_KIND, key
    yield from _text_kinds("text", row["text"])
    if row["child"] is not None:
        yield from _text_kinds("child", row["child"])


def _text_kinds(name: str, said: Any) -> Iterator[tuple[Unusable, str]]:
    if not isinstance(said, dict):
        yield Unusable.WRONG_KIND, name
        return
    yield from ((why, f"{name}.{key}") for why, key in _keys(said, LANGUAGES))
    for language in LANGUAGES:
        if language in said and not isinstance(said[language], str):
            yield Unusable.WRONG_KIND, f"{name}.{language}"
