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

from suar.core.codes import read_data
from suar.core.environment import Mode
from suar.website.languages import official_language
from suar.website.rules import may_publish

VERSION = 1
CORRECTIONS = "words"
"""Folder of the data directory with the texts that this organisation corrected."""
SENTENCE_FIELDS = ("words", "title", "short", "heading")
"""Fields whose value is the key of a sentence."""
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


def list_pages(kind: str, *, language: str) -> list[dict[str, Any]]:
    """Return number, picture and titles of the pages of a kind that may be shown in a language or in its fallback."""
    rows = [row for row in structure()["pages"] if row["kind"] == kind]
    pages = [(row, choose_words(language, row["keys"], critical=row["critical"])) for row in rows]
    return [
        {**row, **{name: chosen.words[row[name]] for name in ("short", "title")}, "language": chosen.language}
        for row, chosen in pages
        if chosen
    ]


def get_page(number: int, *, language: str) -> dict[str, Any] | None:
    """Return one page, or None if there is none that may be shown."""
    row = next((row for row in structure()["pages"] if row["number"] == number), None)
    return _page(row, language) if row else None


def get_check(language: str) -> dict[str, Any] | None:
    """Return the self-check with its texts, or None if it may not be shown."""
    check = structure()["check"]
    chosen = choose_words(language, check["keys"], critical=True)
    if chosen is None:
        return None
    return {**_with_words(check, chosen.words), "language": chosen.language, "draft": not chosen.checked}


def has_check(language: str) -> bool:
    """Return True if the self-check may be shown."""
    return choose_words(language, structure()["check"]["keys"], critical=True) is not None


@cache
def structure() -> Row:
    """Return the pages, the check and the sources, without words; `keys` are those of the sentences of each."""
    content = read_data("website", f"understanding-{VERSION}")
    for part in (*content["pages"], content["check"]):
        part["keys"] = frozenset(keys_of(part))
    return content


@cache
def load_words(language: str) -> Words:
    """Return the words of a language with this organisation's corrections, read once. Raises WordsMissing."""
    row = read_data("website", f"understanding-{VERSION}-{language}")
    path = Path(settings.SUAR_DATA) / CORRECTIONS / f"{language}.json"
    corrections = json.loads(path.read_text("utf-8")) if path.exists() else {}
    own = {key: text for key, text in corrections.items() if key in all_keys()}
    return read_words({**row, "words": {**row["words"], **own}})


def shipped_words(language: str) -> Mapping[str, str]:
    """Return the words of a language that ship, without those that are not translated."""
    words = read_data("website", f"understanding-{VERSION}-{language}")["words"]
    return {key: text for key, text in words.items() if text.strip()}


def read_words(row: Row) -> Words:
    """Validate the words of a language; an empty sentence counts as missing. Raises WordsMissing."""
    words = {key: text for key, text in row["words"].items() if text.strip()}
    unknown, missing = set(words) - all_keys(), all_keys() - set(words)
    if unknown or (missing and not row["falls_back_to"]):
        raise WordsMissing(f"{row['language']}: {sorted(unknown | missing)}")
    return Words(row["language"], row["falls_back_to"], row["checked"], words)


def choose_words(
    language: str, keys: Iterable[str], *, critical: bool, load: Callable[[str], Words] | None = None
) -> Words | None:
    """Return the words of the language, or of the first fallback that has every key and may be shown.

    Return None if there is none: a live site shows critical words only when a native speaker checked them.
    """
    wanted = frozenset(keys)
    for words in _fallbacks(language, load or load_words):
        if wanted <= words.words.keys() and _may_publish(words, critical=critical):
            return words
    return None


@cache
def all_keys() -> frozenset[str]:
    """Return the key of every sentence that a language needs."""
    parts = (structure()["check"], *structure()["pages"])
    return frozenset[str]().union(*(part["keys"] for part in parts))


def keys_of(part: Any) -> set[str]:
    """Return the keys of the sentences of a page, of the self-check or of a part of them."""
    if isinstance(part, list):
        return set().union(*map(keys_of, part))
    if not isinstance(part, dict):
        return set()
    own = {part[name] for name in SENTENCE_FIELDS if isinstance(part.get(name), str)} - {""}
    return own.union(*map(keys_of, part.values()))


def _with_words(part: Any, words: Mapping[str, str]) -> Any:
    """Return a part with its sentences in place of their keys."""
    if isinstance(part, list):
        return [_with_words(item, words) for item in part]
    if not isinstance(part, dict):
        return part
    is_key = {name: name in SENTENCE_FIELDS and isinstance(item, str) and item for name, item in part.items()}
    return {name: words[item] if is_key[name] else _with_words(item, words) for name, item in part.items()}


def _page(row: Row, language: str) -> dict[str, Any] | None:
    """Return a page with its texts and the laws that it names; in the shape `questions` lines come in pairs."""
    chosen = choose_words(language, row["keys"], critical=row["critical"])
    if chosen is None:
        return None
    parts = [{**part, "lines": [line for line in part["lines"] if _is_public(line, chosen)]} for part in row["parts"]]
    page: dict[str, Any] = _with_words({**row, "parts": [part for part in parts if part["lines"]]}, chosen.words)
    for part in page["parts"]:
        if part["shape"] == "questions":
            part["pairs"] = list(zip(part["lines"][::2], part["lines"][1::2], strict=True))
    sources = _sources([row["lead"], *(line for part in parts for line in part["lines"])], chosen)
    return {**page, "sources": sources, "language": chosen.language, "draft": not chosen.checked}


def _is_public(line: Row, chosen: Words) -> bool:
    """Return True if a line is about this country and may be shown in these words."""
    here = line.get("country", settings.SUAR_COUNTRY) == settings.SUAR_COUNTRY
    return here and _may_publish(chosen, critical=line.get("critical", False))


def _may_publish(words: Words, *, critical: bool) -> bool:
    return bool(may_publish(critical=critical, live=settings.SUAR_MODE == Mode.RUN, checked=bool(words.checked)))


def _sources(lines: Iterable[Row], chosen: Words) -> list[str]:
    """Return the laws and agreements behind lines, each article once."""
    named = {source["code"]: source["named"] for source in structure()["sources"] if "named" in source}
    names = [
        f"{named[line['source']].get(chosen.language, named[line['source']]['en'])} {line.get('at', '')}".strip()
        for line in lines
        if line["source"] in named
    ]
    return list(dict.fromkeys(names))


def _fallbacks(language: str, load: Callable[[str], Words]) -> Iterator[Words]:
    seen: set[str] = set()
    while language and language not in seen:
        seen.add(language)
        words = load(language)
        yield words
        language = words.falls_back_to
    if official_language() not in seen:
        yield load(official_language())
