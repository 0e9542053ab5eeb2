"""Normalise text into search tokens: lower case, no diacritics, the same on both databases."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST = 30
SHORTEST_FORGIVEN = 4
WORD = re.compile(r"[^\W_]+")
PROVIDER_TERM = "w"
"""The kind of terms from a provider's own texts; no other kind has this first letter."""


def tokenize(text: str) -> list[str]:
    """Split a text into the words of the index."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:LONGEST] for word in WORD.findall(plain)]


def contains_words(text: str, starts: Iterable[str]) -> bool:
    """Return True if each of `starts` begins a word of the text."""
    words = tokenize(text)
    return all(any(word.startswith(start) for word in words) for start in starts)


def deletion_forms(word: str) -> set[str]:
    """Return the word and its forms without one letter; a short word alone."""
    if len(word) < SHORTEST_FORGIVEN:
        return {word}
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_edit_apart(one: str, other: str) -> bool:
    """Return True if two words differ by at most one letter added, removed, changed or swapped."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def one_edit_apart(word: str, names: Sequence[str]) -> list[str]:
    """Return the names that differ from a word by at most one letter, the same one first."""
    return [name for name, _far, _at in process.extract(word, names, scorer=OSA.distance, score_cutoff=1, limit=None)]


def code_term(kind: str, code: str) -> str:
    """Return the term of a code in the index; no word of a text looks like it."""
    return f"qx{kind}{''.join(filter(str.isalnum, code.lower()))}"
