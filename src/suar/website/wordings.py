"""The words of what a visitor may read: one file a language, whole or helped by another.

data/understanding-N.json holds the lines in their order, each with its source and no words.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from suar.settings.environment import Mode
from suar.website import languages
from suar.website.rules import may_be_shown

DATA = Path(__file__).parent / "data"
VERSION = 1
OWN = "words"
AROUND_THE_CHECK = ("title", "lead", "means", "none", "some")
Row = Mapping[str, Any]


class WordsMissing(ValueError):
    """A language lacks words and names no other language for them, or has words of no line."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; `checked` is empty until a native speaker has read them."""

    language: str
    falls_back_to: str
    checked: str
    words: Mapping[str, str]


Read = Callable[[str], Wording]


@cache
def structure() -> Row:
    """Give the pages, the check and the sources, without words."""
    return _read(f"understanding-{VERSION}.json")


@cache
def wording(language: str) -> Wording:
    """Give the words of a language, as this house says them, read once.

    Raises WordsMissing when it is neither whole nor helped.
    """
    raw = _read(f"understanding-{VERSION}-{language}.json")
    own = {key: text for key, text in _own(language).items() if key in every_key()}
    return read_wording({**raw, "words": {**raw["words"], **own}})


def as_shipped(language: str) -> Mapping[str, str]:
    """Give the words of a language as they ship, those that are written."""
    words = _read(f"understanding-{VERSION}-{language}.json")["words"]
    return {key: text for key, text in words.items() if text.strip()}


def _own(language: str) -> Mapping[str, str]:
    """Give what this house says otherwise, in the folder of its data."""
    path = Path(settings.SUAR_DATA) / OWN / f"{language}.json"
    found: Mapping[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def read_wording(raw: Row) -> Wording:
    """Read a file of words; an empty sentence counts as missing."""
    words = {key: text for key, text in raw["words"].items() if text.strip()}
    unknown, missing = set(words) - every_key(), every_key() - set(words)
    if unknown or (missing and not raw["falls_back_to"]):
        raise WordsMissing(f"{raw['language']}: {sorted(unknown | missing)}")
    return Wording(raw["language"], raw["falls_back_to"], raw["checked"], words)


def spoken(language: str, keys: Iterable[str], *, grave: bool, read: Read | None = None) -> Wording | None:
    """Choose the words for a page: its own language, or the next in line that has all of them.

    None where no language may be shown: in a running house, grave words that nobody checked.
    `read` gives the words of a language, those that ship unless told otherwise.
    """
    wanted, live = set(keys), settings.SUAR_MODE == Mode.RUN
    for found in _in_line(language, read or wording):
        if wanted <= found.words.keys() and may_be_shown(grave=grave, live=live, checked=bool(found.checked)):
            return found
    return None


@cache
def every_key() -> frozenset[str]:
    """Give the names of all sentences that a language has to say."""
    pages = {key for row in structure()["pages"] for key in page_keys(row)}
    return check_keys() | pages


def page_keys(row: Row) -> set[str]:
    """Give the names of the sentences of one page."""
    headings = {part["heading"] for part in row["parts"]} - {""}
    lines = {line["words"] for part in row["parts"] for line in part["lines"]}
    return {row["short"], row["title"], row["lead"]["words"], *headings, *lines}


@cache
def check_keys() -> frozenset[str]:
    """Give the names of the sentences of the check."""
    rows = structure()["check"]
    boxes = {box["words"] for group in rows["groups"] for box in group["items"]}
    told = {row[name] for row in rows["tells"] for name in ("title", "words")}
    around = {f"check.{name}" for name in AROUND_THE_CHECK}
    return frozenset(boxes | told | around | {group["words"] for group in rows["groups"]})


def _in_line(language: str, read: Read) -> Iterator[Wording]:
    seen: set[str] = set()
    while language and language not in seen:
        seen.add(language)
        found = read(language)
        yield found
        language = found.falls_back_to
    if languages.official() not in seen:
        yield read(languages.official())


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return content
