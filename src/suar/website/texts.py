"""The reading pages and the self-check in one language: structure with sources, and words per language.

data/understanding-N.json holds the lines in order, each with its source and without words;
data/understanding-N-LANGUAGE.json holds the words of one language.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from suar.core.environment import Mode
from suar.website import languages
from suar.website.rules import may_be_shown

DATA = Path(__file__).parent / "data"
VERSION = 1
CORRECTIONS = "words"
"""Folder of the data directory with the texts that this organisation corrected."""
CHECK_LABELS = ("title", "lead", "means", "none", "some")
KINDS = ("situation", "more")
Row = Mapping[str, Any]


class WordsMissing(ValueError):
    """A language lacks words and names no language to fall back to, or has words of no line."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `checked` is empty until a native speaker has read them."""

    language: str
    falls_back_to: str
    checked: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading. In the shape `questions` every second line is the answer."""

    shape: str
    heading: str
    lines: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return list(zip(self.lines[::2], self.lines[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Page:
    """One reading page in `language`; `sources` are the laws that it names."""

    number: int
    picture: str
    short: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    language: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick, and the code of the advice that it shows."""

    words: str
    leads: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence shown after a tick, the needs to choose on the start page, and the services to call first.

    `first` holds service types in the order in which they are searched.
    """

    code: str
    title: str
    words: str
    needs: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """The self-check: boxes by group, advice, and `labels` for the page around them."""

    labels: Mapping[str, str]
    groups: tuple[tuple[str, tuple[Box, ...]], ...]
    advice: tuple[Advice, ...]
    language: str
    draft: bool


def list_pages(kind: str, *, language: str) -> list[Page]:
    """Return the pages of a kind that may be shown in a language or in its fallback."""
    rows = [row for row in structure()["pages"] if row["kind"] == kind]
    return [page for row in rows if (page := _page(row, language))]


def get_page(number: int, *, language: str) -> Page | None:
    """Return one page, or None if there is none that may be shown."""
    row = next((row for row in structure()["pages"] if row["number"] == number), None)
    return _page(row, language) if row else None


def get_check(language: str) -> Check | None:
    """Return the self-check, or None if it may not be shown."""
    rows, chosen = structure()["check"], choose_words(language, check_keys(), grave=True)
    if chosen is None:
        return None
    words = chosen.words
    return Check(
        labels={name: words[f"check.{name}"] for name in CHECK_LABELS},
        groups=tuple(
            (words[group["words"]], tuple(Box(words[box["words"]], box["leads"]) for box in group["items"]))
            for group in rows["groups"]
        ),
        advice=tuple(
            Advice(row["code"], words[row["title"]], words[row["words"]], tuple(row["needs"]), tuple(row["first"]))
            for row in rows["tells"]
        ),
        language=chosen.language,
        draft=not chosen.checked,
    )


def has_check(language: str) -> bool:
    """Return True if the self-check may be shown."""
    return choose_words(language, check_keys(), grave=True) is not None


@cache
def structure() -> Row:
    """Return the pages, the check and the sources, without words."""
    return _load(f"understanding-{VERSION}.json")


@cache
def load_words(language: str) -> Words:
    """Return the words of a language with this organisation's corrections, read once. Raises WordsMissing."""
    row = _load(f"understanding-{VERSION}-{language}.json")
    corrected = {key: text for key, text in _corrections(language).items() if key in all_keys()}
    return read_words({**row, "words": {**row["words"], **corrected}})


def shipped_words(language: str) -> Mapping[str, str]:
    """Return the words of a language that ship, without those that are not translated."""
    words = _load(f"understanding-{VERSION}-{language}.json")["words"]
    return {key: text for key, text in words.items() if text.strip()}


def read_words(row: Row) -> Words:
    """Validate the words of a language; an empty sentence counts as missing. Raises WordsMissing."""
    words = {key: text for key, text in row["words"].items() if text.strip()}
    unknown, missing = set(words) - all_keys(), all_keys() - set(words)
    if unknown or (missing and not row["falls_back_to"]):
        raise WordsMissing(f"{row['language']}: {sorted(unknown | missing)}")
    return Words(row["language"], row["falls_back_to"], row["checked"], words)


def choose_words(
    language: str,
    keys: Iterable[str],
    *,
    grave: bool,
    load: Callable[[str], Words] | None = None,
) -> Words | None:
    """Return the words of the language, or of the first fallback that has every key and may be shown.

    Return None if there is none: a running site shows grave words only when a native speaker checked them.
    """
    wanted, live = set(keys), settings.SUAR_MODE == Mode.RUN
    for words in _fallbacks(language, load or load_words):
        if wanted <= words.words.keys() and may_be_shown(grave=grave, live=live, checked=bool(words.checked)):
            return words
    return None


@cache
def all_keys() -> frozenset[str]:
    """Return the key of every sentence that a language needs."""
    return check_keys().union(*(page_keys(row) for row in structure()["pages"]))


def page_keys(row: Row) -> set[str]:
    """Return the keys of the sentences of one page."""
    headings = {part["heading"] for part in row["parts"]} - {""}
    lines = {line["words"] for part in row["parts"] for line in part["lines"]}
    return {row["short"], row["title"], row["lead"]["words"], *headings, *lines}


@cache
def check_keys() -> frozenset[str]:
    """Return the keys of the sentences of the self-check."""
    check = structure()["check"]
    boxes = {box["words"] for group in check["groups"] for box in group["items"]}
    advice = {row[name] for row in check["tells"] for name in ("title", "words")}
    labels = {f"check.{name}" for name in CHECK_LABELS}
    return frozenset(boxes | advice | labels | {group["words"] for group in check["groups"]})


def _page(row: Row, language: str) -> Page | None:
    chosen = choose_words(language, page_keys(row), grave=row["grave"])
    if chosen is None:
        return None
    words = chosen.words
    parts = [(part, [line for line in part["lines"] if _is_shown(line, chosen)]) for part in row["parts"]]
    return Page(
        number=row["number"],
        picture=row["picture"],
        short=words[row["short"]],
        title=words[row["title"]],
        lead=words[row["lead"]["words"]],
        sections=tuple(
            Section(part["shape"], words.get(part["heading"], ""), tuple(words[line["words"]] for line in lines))
            for part, lines in parts
            if lines
        ),
        sources=_sources([row["lead"], *(line for _part, lines in parts for line in lines)], chosen),
        language=chosen.language,
        draft=not chosen.checked,
    )


def _is_shown(line: Row, chosen: Words) -> bool:
    """Return True if a line is about this country and may be shown in these words."""
    here = line.get("country", settings.SUAR_COUNTRY) == settings.SUAR_COUNTRY
    live, checked = settings.SUAR_MODE == Mode.RUN, bool(chosen.checked)
    return here and bool(may_be_shown(grave=line.get("grave", False), live=live, checked=checked))


def _sources(lines: Iterable[Row], chosen: Words) -> tuple[str, ...]:
    """Return the laws and agreements behind lines, each article once."""
    named = {source["code"]: source["named"] for source in structure()["sources"] if "named" in source}
    names = [
        f"{named[line['source']].get(chosen.language, named[line['source']]['en'])} {line.get('at', '')}".strip()
        for line in lines
        if line["source"] in named
    ]
    return tuple(dict.fromkeys(names))


def _fallbacks(language: str, load: Callable[[str], Words]) -> Iterator[Words]:
    seen: set[str] = set()
    while language and language not in seen:
        seen.add(language)
        words = load(language)
        yield words
        language = words.falls_back_to
    if languages.official() not in seen:
        yield load(languages.official())


def _corrections(language: str) -> Mapping[str, str]:
    path = Path(settings.SUAR_DATA) / CORRECTIONS / f"{language}.json"
    words: Mapping[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return words


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return content
