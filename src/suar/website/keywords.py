"""Keywords of the search: words of a language with the codes of service types, needs and places they may mean.

The words are the names of the codes and everyday words (`data/everyday.json`). `data/spelling.json` holds the rules to
split and normalise the words of a language.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.translation import override

from suar.core.codes import read_data
from suar.directory import catalogue
from suar.directory.search import SearchWord
from suar.directory.tokens import SHORTEST_FORGIVEN, is_one_edit_apart, one_edit_apart, tokenize
from suar.website.forms import NEEDS

MAX_WORDS = 8
SHORTEST, SAME_BEGINNING, LONGEST_ENDING = 2, 4, 3
"""Lengths in letters: of the shortest word that is compared, the common beginning of two forms, and the
longest ending."""
SHORTEST_REST = 2
"""A word without its prefix must be longer than this."""
SEPARATOR = "\n"
UNKNOWN_FORM_WEIGHT, KNOWN_FORM_WEIGHT = 0.9, 0.3
"""Weight of another form of an unknown word, and of a known one."""
NAME_WEIGHT, NAME_PART_WEIGHT, GROUP_WEIGHT = 1.0, 0.6, 0.5
"""Weight of a word that is the whole name of a type, a part of such a name, or part of the name of a group."""
LATER_CODE_LOSS, MIN_WEIGHT, VAGUE_SHARE = 0.3, 0.15, 0.5
"""The loss of weight for each later code of an everyday word, the minimum weight, and the share of a vague word."""
MAX_PLACES, SHORTEST_PLACE = 6, 6
"""Maximum of places in one search, and the minimum length of a misspelt place name."""
Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Writing:
    """Rules to split and normalise words.

    `qualifiers`: words such as "west", which name no place alone. `letters`: those that are replaced. `prefixes` are
    removed. `least`: the shortest part of a text without spaces that is compared; 0 for a language with spaces.
    """

    stopwords: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    letters: Mapping[str, str] | None = None
    prefixes: tuple[str, ...] = ()
    least: int = 0

    def words(self, text: str) -> list[str]:
        """Split a text into normalised words."""
        return [normal for word in tokenize(text) if (normal := self.normalise(word))]

    def normalise(self, word: str) -> str:
        """Replace letters and take off a prefix."""
        plain = "".join(self.letters.get(letter, letter) for letter in word) if self.letters else word
        prefix = next(filter(plain.startswith, self.prefixes), "")
        return plain[len(prefix) :] if len(plain) - len(prefix) > SHORTEST_REST else plain

    def runs(self, text: str) -> list[str]:
        """Split a text without spaces at stop words and at the spaces it has."""
        letters = (letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in fold(text))
        plain = "".join(letters)
        for word in sorted(map(fold, self.stopwords), key=len, reverse=True):
            plain = plain.replace(word, " ")
        return plain.split()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of a language with their codes; whole names in a language without spaces."""

    writing: Writing
    codes: Mapping[str, Codes]
    joined: str = ""
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    places: Mapping[str, Codes] = field(default_factory=dict)

    def weigh(self, word: str) -> dict[str, float]:
        """Return the weights of the codes that a word may mean: its own codes more than those of its other forms.

        Other forms are words with this beginning or another ending and, for an unknown word, with one letter changed.
        """
        weights: dict[str, float] = {}
        for name in self._forms(word):
            share = 1 if name == word else UNKNOWN_FORM_WEIGHT if word not in self.codes else KNOWN_FORM_WEIGHT
            for code, weight in self.weights.get(name, {}).items():
                weights[code] = max(weights.get(code, 0), share * weight)
        return weights

    def places_of(self, word: str) -> Codes:
        """Return the places that a word names; a long name may have a typing error."""
        if word in self.places or word in self.codes or len(word) < SHORTEST_PLACE:
            return self.places.get(word, frozenset())
        return frozenset().union(*(self.places[name] for name in one_edit_apart(word, [*self.places])))

    def _forms(self, word: str) -> list[str]:
        """Return the known words that a typed word may be."""
        if len(word) < SHORTEST:
            return []
        known = word in self.codes
        return [
            name
            for name in self.codes
            if (not known or name.startswith(word[:SAME_BEGINNING])) and (" " not in name or name == word)
            if name.startswith(word) or (not known and _is_misspelt(word, name)) or _is_inflected(word, name)
        ]

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


def read_unspaced(text: str, language: str) -> tuple[tuple[SearchWord, ...], tuple[str, ...]]:
    """Return what a text without spaces may mean, without what names a place, and the places, towns first."""
    lexicon = load_lexicon(language)
    words = list(_read_runs(text, lexicon))[:MAX_WORDS]
    named = [(word, _named_places(word)) for word in words]
    places = common_places((False, codes) for _word, codes in named if codes)
    return tuple(word for word, codes in named if not (codes and {*places} & codes)), places


def _named_places(word: SearchWord) -> Codes:
    return word.codes if all(map(catalogue.province_of, word.codes)) else frozenset()


def common_places(named: Iterable[tuple[bool, Codes]]) -> tuple[str, ...]:
    """Return the places that all words name, or each of them; a whole province replaces its parts.

    A word that only narrows a name, such as "west", names no place alone.
    """
    named = list(named)
    towns = [codes for narrows, codes in named if not narrows]
    if not towns:
        return ()
    places = frozenset.intersection(*towns) or frozenset().union(*towns)
    for narrows, codes in named:
        places = (places & codes or places) if narrows else places
    provinces = {code for code in places if catalogue.is_province(code)}
    own = {code for code in places if code in provinces or catalogue.province_of(code) not in provinces}
    return tuple(sorted(own, reverse=True))[:MAX_PLACES]


@cache
def load_lexicon(language: str) -> Lexicon:
    """Return the keywords of a language."""
    rules = read_data("website", "spelling")["languages"].get(language, {})
    values: dict[str, Any] = {name: tuple(rule) if isinstance(rule, list) else rule for name, rule in rules.items()}
    writing = Writing(**values)
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    places: dict[str, set[str]] = defaultdict(set)
    for name, code, weight in _named_codes(language):
        for word in words_of(name, writing):
            weights[word][code] = max(weights[word].get(code, 0), weight)
            if catalogue.province_of(code):
                places[word].add(code)
    codes = {name: frozenset(meant) for name, meant in weights.items()}
    named = {name: frozenset(meant) for name, meant in places.items() if meant == {*weights[name]}}
    return Lexicon(writing, codes, SEPARATOR.join(codes), weights, named)


def fold(text: str) -> str:
    """Fold a text of a script without spaces; invisible characters are removed."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def _named_codes(language: str) -> Iterator[tuple[str, str, float]]:
    """Yield each name and everyday word with its code, and how likely it is meant."""
    with override(language):
        for need in NEEDS.values():
            yield from ((str(need.words), code, GROUP_WEIGHT) for code in need.codes)
    for terms, whole in (
        (catalogue.types(), NAME_PART_WEIGHT),
        (catalogue.groups(), GROUP_WEIGHT),
        (catalogue.places(), NAME_WEIGHT),
    ):
        for code in terms:
            name = terms.label(code, language)
            yield name, code, whole if " " in name else NAME_WEIGHT
    for row in everyday_rows():
        yield from ((row.get(language, ""), code, weight) for code, weight in row_weights(row).items())


@cache
def everyday_rows() -> tuple[dict[str, Any], ...]:
    """Return the rows of everyday words."""
    return tuple(read_data("website", "everyday")["rows"])


def row_weights(row: Mapping[str, Any]) -> dict[str, float]:
    """Return how likely each code of a row is meant: the first most."""
    share = VAGUE_SHARE if row.get("besides") else 1
    return {code: share * max(1 - LATER_CODE_LOSS * at, MIN_WEIGHT) for at, code in enumerate(row["codes"])}


def words_of(name: str, writing: Writing) -> Iterable[str]:
    """Return the words of a name that are compared; an everyday phrase is one."""
    if writing.least:
        return _whole_names(name, writing)
    phrases = {" ".join(writing.words(part)) for part in name.split() if "_" in part}
    return phrases | set(writing.words(" ".join(part for part in name.split() if "_" not in part))) - {
        *writing.stopwords
    }


def _whole_names(name: str, writing: Writing) -> Iterable[str]:
    """Return a name without its spaces, and its parts between them."""
    return dict.fromkeys(["".join(fold(name).split()), *writing.runs(name)])


def _is_misspelt(word: str, name: str) -> bool:
    return max(len(word), len(name)) >= SHORTEST_FORGIVEN and is_one_edit_apart(word, name)


def _is_inflected(word: str, name: str) -> bool:
    """Return True if two forms of a word begin alike, and only a short ending differs."""
    least = max(SAME_BEGINNING, max(len(word), len(name)) - LONGEST_ENDING)
    return len(name) > LONGEST_ENDING and word[:least] == name[:least]


def _read_runs(text: str, lexicon: Lexicon) -> Iterator[SearchWord]:
    """Read a text without spaces: each part that names something, or the whole."""
    for run in lexicon.writing.runs(text):
        meanings = lexicon.meanings_of_run(run)
        yield from (SearchWord(run, codes) for codes in meanings)
        if not meanings:
            yield SearchWord(run)
