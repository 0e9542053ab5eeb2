"""Possible roots of a word: the word without prefixes and suffixes of its language.

`data/spelling.json` lists them for each language. The Snowball stemmer of Indonesian knows formal prefixes only and
returns one stem, so "ngunci", "mengunci" and "kunci" stay three words; here a word has several possible roots.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

SHORTEST_ROOT = 3
SHORTEST_AFTER_PREFIX = 4
MAX_AFFIXES = 2
"""Maximum number of prefixes and of suffixes to strip: "disembunyikannya" has two of each."""
VOWELS, SOUNDS = re.compile("[aeiou]"), re.compile("n(?=[gy])")
REPEATED = re.compile(r"(.)\1{2,}")
DOUBLED = re.compile(r"^([^\W\d]{3,})2(\w*)$")


class Affixes:
    """Prefixes and suffixes of a language, each with the letters that replace it at the root."""

    def __init__(self, prefixes: Iterable[tuple[str, str]] = (), suffixes: Iterable[tuple[str, str]] = ()) -> None:
        self.prefixes, self.suffixes = _group_by_letter(prefixes, 0), _group_by_letter(suffixes, -1)

    def roots(self, word: str, layers: int = MAX_AFFIXES) -> set[str]:
        """Return the word and its possible roots."""
        roots = {word}
        for _layer in range(layers):
            roots |= {root for form in roots for root in self._without_prefix(form)}
        for _layer in range(layers):
            roots |= {root for form in roots for root in self._without_suffix(form)}
        return roots

    def _without_prefix(self, word: str) -> Iterator[str]:
        for prefix, letters in self.prefixes.get(word[:1], ()):
            root = letters + word[len(prefix) :]
            if len(root) >= SHORTEST_AFTER_PREFIX and word.startswith(prefix):
                yield root

    def _without_suffix(self, word: str) -> Iterator[str]:
        for suffix, letters in self.suffixes.get(word[-1:], ()):
            root = word[: -len(suffix)] + letters
            if len(root) >= SHORTEST_ROOT and word.endswith(suffix):
                yield root


def _group_by_letter(affixes: Iterable[tuple[str, str]], at: int) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return affixes by the letter at one of their ends."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for affix, letters in affixes:
        groups.setdefault(affix[at], []).append((affix, letters))
    return groups


def index_roots(words: Iterable[str], affixes: Affixes) -> Mapping[str, frozenset[str]]:
    """Return for each root the known words that may be forms of it, without one prefix and suffix."""
    roots: dict[str, set[str]] = {}
    for word in words:
        for root in affixes.roots(word, layers=1):
            roots.setdefault(root, set()).add(word)
    return {root: frozenset(forms) for root, forms in roots.items()}


def plain_spelling(word: str) -> str:
    """Return a word without letters that are drawn out and without the 2 that repeats it: "anak2nya", "toloooong"."""
    word = DOUBLED.sub(r"\1\2", word) if "2" in word else word
    return REPEATED.sub(r"\1", word)


def consonants(word: str) -> set[str]:
    """Return how messages shorten a word to its consonants: "dipukul" to "dpkl", and "pulang" to "plng" or "plg"."""
    letters = VOWELS.sub("", word)
    return {form for form in (letters, SOUNDS.sub("", letters)) if len(form) >= SHORTEST_ROOT}
