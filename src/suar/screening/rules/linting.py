"""The lint of what is never asked: over our own wording, and over any edited question set."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from suar.screening.reasons import Because
from suar.screening.rules.beside import never_asked

SPACED_OUT = re.compile(r"\b(?:\w[\s.\-_*·]+){3,}\w\b")
BETWEEN = re.compile(r"[\s.\-_*·]+")
WIDE_GAP = re.compile(r"\s{2,}")
HIDDEN = frozenset({"Cf", "Mn", "Cc"})
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
OUR_LETTERS = "LATIN"
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """A wording that may not stand: where, and which code of the list it breaks."""

    where: str
    code: str


def lint(texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """Find what is never asked in these texts, each named by its place.

    Both languages are looked for in every text, so that it does not matter in which field a
    wording hides. Letters of another alphabet are a finding of their own.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/0019.
    """
    return tuple(Finding(where, code) for where, text in texts.items() for code in _broken(text))


def lint_set(raw: object) -> tuple[Finding, ...]:
    """Find what is never asked anywhere in a question set as it was edited or imported.

    Every string is read, however deep; a prompt that names a code of the list is refused too.
    Something nested deeper than a question set ever is, is a finding.

    Source: data/never-ask-1.json; docs/decisions/0019.
    """
    texts = dict(_strings(raw, "", DEEPEST))
    known = {each.code for each in never_asked()} | {Because.NEVER_ASKED}
    named = tuple(Finding(where, text) for where, text in texts.items() if text in known)
    return named + lint(texts)


def plain(text: str) -> str:
    """Make words plain before they are looked at: width, accents, hidden signs, spaces, case.

    Source: own design, docs/decisions/0019.
    """
    bare = unicodedata.normalize("NFKD", text).translate(APOSTROPHES)
    shown = "".join(
        " " if letter.isspace() else letter
        for letter in bare
        if letter.isspace() or unicodedata.category(letter) not in HIDDEN
    )
    joined = SPACED_OUT.sub(_closed_up, shown)
    return " ".join(joined.casefold().split())


def _closed_up(found: re.Match[str]) -> str:
    """Close up letters that stand apart; a wider gap between them is where a word ends."""
    return " ".join(BETWEEN.sub("", word) for word in WIDE_GAP.split(found[0]))


def _broken(text: str) -> Iterator[str]:
    words = plain(text)
    if any(letter.isalpha() and not _is_ours(letter) for letter in words):
        yield Because.STRANGE_LETTERS
    for never in never_asked():
        if any(pattern.search(words) for pattern in never.patterns):
            yield never.code


def _is_ours(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(OUR_LETTERS)


def _strings(node: object, where: str, deep: int) -> Iterator[tuple[str, str]]:
    if deep == 0:
        yield where, Because.NEVER_ASKED
    elif isinstance(node, str):
        yield where, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _strings(value, f"{where}.{key}", deep - 1)
    elif isinstance(node, list | tuple):
        for place, value in enumerate(node):
            yield from _strings(value, f"{where}[{place}]", deep - 1)
