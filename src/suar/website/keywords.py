"""Keywords of the search: words of a language with the codes of service types, needs and places they may mean.

The words are the names of the codes and everyday words (`data/everyday.json`). `data/looking.json` holds the rules to
split and normalise the words of a language.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import override

from suar.directory import catalogue
from suar.directory.search import SearchWord
from suar.directory.tokens import SHORTEST_FORGIVEN, is_one_edit_apart, tokenize
from suar.website.forms import NEEDS

DATA = Path(__file__).parent / "data"
EVERYDAY, READING = DATA / "everyday.json", DATA / "looking.json"
MOST = 8
SHORTEST, SAME_BEGINNING, LONGEST_ENDING = 2, 4, 3
"""Letters of the shortest word that is compared, of the beginning two forms of a word share, and
of the longest ending."""
SHORTEST_REST = 2
"""A word without its prefix must have more letters than these."""
SEPARATOR = "\n"
Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Writing:
    """Rules to split and normalise words. `least` is 0 for a language that separates words by spaces.

    `small`: stop words. `other`: letters that are treated as equal. `heads`: prefixes that are removed. `least`: the
    shortest part of a text without spaces that is compared.
    """

    small: tuple[str, ...] = ()
    other: Mapping[str, str] | None = None
    heads: tuple[str, ...] = ()
    least: int = 0

    def words(self, text: str) -> list[str]:
        """Split a text into normalised words."""
        return [normal for word in tokenize(text) if (normal := self.normalise(word))]

    def normalise(self, word: str) -> str:
        """Replace letters and take off a prefix."""
        plain = "".join(self.other.get(letter, letter) for letter in word) if self.other else word
        prefix = next((head for head in self.heads if plain.startswith(head)), "")
        return plain[len(prefix) :] if len(plain) - len(prefix) > SHORTEST_REST else plain

    def runs(self, text: str) -> list[str]:
        """Split a text without spaces at stop words and at the spaces it has."""
        letters = (letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in fold(text))
        plain = "".join(letters)
        for word in sorted(map(fold, self.small), key=len, reverse=True):
            plain = plain.replace(word, " ")
        return plain.split()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of a language with their codes; whole names in a language without spaces."""

    writing: Writing
    codes: Mapping[str, Codes]
    joined: str = ""

    def meanings(self, word: str) -> Codes:
        """Return the codes that a word may mean: a prefix, a typing error, or another form.

        A known word is no misspelling of another one.
        """
        if len(word) < SHORTEST:
            return frozenset()
        known = word in self.codes
        return self._codes_of(
            lambda name: name.startswith(word) or (not known and _is_misspelt(word, name)) or _is_inflected(word, name)
        )

    def meanings_of_run(self, run: str) -> list[Codes]:
        """Return the codes of each known part of a text without spaces, or of names that differ by one character."""
        misspelt = self._codes_of(lambda name: len(run) >= SHORTEST_FORGIVEN and is_one_edit_apart(run, name))

        def holding(part: str) -> Codes:
            return self._codes_of(lambda name: part in name)

        parts = [holding(part) | misspelt for part in self._parts(run)]
        return parts or ([misspelt] if misspelt else [])

    def _codes_of(self, fits: Callable[[str], bool]) -> Codes:
        return frozenset().union(*(codes for name, codes in self.codes.items() if fits(name)))

    def _parts(self, run: str) -> Iterator[str]:
        """Yield the longest parts of known names in a text without spaces."""
        least, at = min(self.writing.least, len(run)), 0
        while at + least <= len(run):
            end = at
            if run[at : at + least] in self.joined:
                end += least
                while end < len(run) and run[at : end + 1] in self.joined:
                    end += 1
                yield run[at:end]
            at = max(end, at + 1)


def find_meanings(text: str, language: str) -> tuple[SearchWord, ...]:
    """Return what typed words may mean in a language; unknown words may be ignored."""
    lexicon = load_lexicon(language)
    words = list((_read_runs if lexicon.writing.least else _read_words)(text, lexicon))
    return tuple(words[:MOST]) if any(word.codes for word in words) else ()


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the keywords of a language."""
    row: dict[str, Any] = json.loads(READING.read_text("utf-8"))["languages"].get(language, {})
    writing = Writing(tuple(row.get("small", ())), row.get("other"), tuple(row.get("heads", ())), row.get("least", 0))
    codes: dict[str, set[str]] = defaultdict(set)
    for name, code in _named_codes(language):
        for word in _whole_names(name, writing) if writing.least else set(writing.words(name)) - {*writing.small}:
            codes[word].add(code)
    names = {name: frozenset(meant) for name, meant in codes.items()}
    return Lexicon(writing, names, SEPARATOR.join(names))


def fold(text: str) -> str:
    """Fold a text of a script without spaces; invisible characters are removed."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def _named_codes(language: str) -> Iterator[tuple[str, str]]:
    """Yield each name and everyday word with its code."""
    with override(language):
        for need in NEEDS.values():
            yield from ((str(need.words), code) for code in need.codes)
    for terms in (catalogue.types(), catalogue.groups(), catalogue.places()):
        yield from ((terms.label(code, language), code) for code in terms)
    for row in json.loads(EVERYDAY.read_text("utf-8"))["rows"]:
        yield from ((row.get(language, ""), code) for code in row["codes"])


def _whole_names(name: str, writing: Writing) -> Iterable[str]:
    """Return a name without its spaces, and its parts between them."""
    return dict.fromkeys(["".join(fold(name).split()), *writing.runs(name)])


def _is_misspelt(word: str, name: str) -> bool:
    return max(len(word), len(name)) >= SHORTEST_FORGIVEN and is_one_edit_apart(word, name)


def _is_inflected(word: str, name: str) -> bool:
    """Return True if two forms of a word begin alike, and only a short ending differs."""
    least = max(SAME_BEGINNING, max(len(word), len(name)) - LONGEST_ENDING)
    return len(name) > LONGEST_ENDING and word[:least] == name[:least]


def _read_words(text: str, lexicon: Lexicon) -> Iterator[SearchWord]:
    """Read a text word by word; stop words count only if there are no others."""
    words = [(word, lexicon.writing.normalise(word)) for word in tokenize(text)]
    for word, normal in [pair for pair in words if pair[1] not in lexicon.writing.small] or words:
        codes = lexicon.meanings(normal)
        yield SearchWord(word, codes, needed=bool(codes))


def _read_runs(text: str, lexicon: Lexicon) -> Iterator[SearchWord]:
    """Read a text without spaces: each part that names something, or the whole."""
    for run in lexicon.writing.runs(text):
        meanings = lexicon.meanings_of_run(run)
        yield from (SearchWord(run, codes) for codes in meanings)
        if not meanings:
            yield SearchWord(run, needed=False)
