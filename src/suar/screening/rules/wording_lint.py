"""A lint that detects forbidden questions in wordings."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from suar.screening.rules.reference import forbidden_questions

SPACED_OUT = re.compile(r"\b(?:\w[\s.\-_*·]+){3,}\w\b")
BETWEEN = re.compile(r"[\s.\-_*·]+")
WIDE_GAP = re.compile(r"\s{2,}")
NO_LETTER, NOT_ASKED = re.compile(r"[^a-z0-9\s]"), re.compile(r"[^a-z0-9\s?]")
MAX_KINDS = 6
"""The most kinds of punctuation in one wording."""
MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[0-9])\w+")
DIGITS = tuple(str.maketrans("013457", f"o{one}east") for one in "il")
HIDDEN = frozenset({"Cf", "Mn", "Cc"})
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
MARKS = "\u0300\u0301\u0302\u0308\u0327"
"""Combining grave, acute, circumflex, diaeresis and cedilla."""
PUNCTUATION = ".,;:?!'\"()/_-\u2013\u2014\u2018\u2019\u201c\u201d"
ORDINARY = re.compile(rf"(?:[A-Za-z][{MARKS}]?|[0-9 \t\r\n]|[{re.escape(PUNCTUATION)}])*")
"""The characters that a wording may contain after NFKD normalisation."""


@lru_cache(maxsize=4096)
def lint(text: str) -> tuple[str, ...]:
    """Return the codes of the forbidden questions in a wording.

    The patterns of all languages are applied to every text. A character that is not on the allowed list (another
    alphabet, a look-alike, an unusual space) is a fault of its own.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/talk.md.
    """
    return tuple(_faults(text))


def plain(text: str) -> str:
    """Normalise a text: NFKD, without combining and invisible characters, single spaces, casefolded.

    Source: own design, docs/decisions/talk.md.
    """
    bare = unicodedata.normalize("NFKD", text).translate(APOSTROPHES)
    visible = "".join(
        " " if letter.isspace() else letter
        for letter in bare
        if letter.isspace() or unicodedata.category(letter) not in HIDDEN
    )
    joined = SPACED_OUT.sub(_close_up, visible)
    return " ".join(joined.casefold().split())


def _close_up(match: re.Match[str]) -> str:
    """Join spaced-out letters into words; a wider gap separates words."""
    return " ".join(BETWEEN.sub("", word) for word in WIDE_GAP.split(match[0]))


def _faults(text: str) -> Iterator[str]:
    words = plain(text)
    many = len(set(NO_LETTER.findall(words))) > MAX_KINDS
    if many or not ORDINARY.fullmatch(unicodedata.normalize("NFKD", text)):
        yield "STRANGE_LETTERS"
    variants = _variants(words)
    for row in forbidden_questions():
        if any(pattern.search(words) for pattern in row.patterns for words in variants):
            yield row.code


def _variants(words: str) -> frozenset[str]:
    """Return variants of a text: unchanged, without punctuation, and with digits read as letters."""
    apart = {NO_LETTER.sub(" ", words), NO_LETTER.sub("", words), NOT_ASKED.sub(" ", words)}
    kinds = sorted(set(NO_LETTER.findall(words)))[:MAX_KINDS]
    without = {_without(words, sign) for sign in kinds}
    as_letters = {_as_letters(words, look) for look in DIGITS}
    return frozenset(" ".join(variant.split()) for variant in {words, *apart, *without, *as_letters})


def _without(words: str, sign: str) -> str:
    """Remove a punctuation mark inside words, and replace it by a space elsewhere."""
    return re.sub(rf"(?<=\S){re.escape(sign)}(?=\S)", "", words).replace(sign, " ")


def _as_letters(words: str, look: Mapping[int, int]) -> str:
    return MIXED.sub(lambda match: match[0].translate(look), words)
