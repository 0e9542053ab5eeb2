"""Kinds of help, needs and places by the words of a language, and what typed words may mean.

What was typed is compared with the words of the language itself, which lead to codes: names of
kinds, needs and places as its pages say them, and everyday words that no page says
(`data/everyday.json`). The words are read once for each language.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, takewhile
from pathlib import Path

from django.utils.translation import override

from suar.directory import catalogue
from suar.directory.search import SearchWord
from suar.directory.tokens import SHORTEST_FORGIVEN, deletion_forms, is_one_edit_apart, tokenize
from suar.website import normalise
from suar.website.forms import NEEDS

EVERYDAY = Path(__file__).parent / "data" / "everyday.json"
MOST = 8
SHORTEST, SAME_BEGINNING, ENDING = 2, 4, 3
"""Letters of the shortest word that is compared, of the beginning two forms of a word share, and
the most that an ending may have."""
APART = "\n"
Codes = frozenset[str]
NOTHING: Codes = frozenset()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of a language with the codes that they may mean; of one without spaces, whole names."""

    writing: normalise.Writing
    codes: Mapping[str, Codes]
    ordered: tuple[str, ...] = ()
    forms: Mapping[str, Codes] = field(default_factory=dict)
    begun: Mapping[str, Codes] = field(default_factory=dict)
    joined: str = ""

    def meant(self, word: str) -> Codes:
        """Return the codes that a word may mean: a prefix, a typing error, or another form.

        A word that stands there as it was typed is no typing error of another one.
        """
        if len(word) < SHORTEST:
            return NOTHING
        near = () if word in self.codes else self._nearly(word)
        found = {*self._begun_with(word), *near, *self._inflected(word)}
        return frozenset(chain.from_iterable(self.codes[each] for each in found))

    def parts(self, run: str) -> Iterator[str]:
        """Yield the longest parts of known names in a text without spaces."""
        least, at = min(self.writing.least, len(run)), 0
        while at + least <= len(run):
            end = self._longest(run, at, least)
            if end > at:
                yield run[at:end]
            at = max(end, at + 1)

    def holding(self, part: str) -> Codes:
        """Return the codes of every name that contains a part."""
        every = (codes for name, codes in self.codes.items() if part in name)
        return frozenset(chain.from_iterable(every))

    def nearly(self, run: str) -> Codes:
        """Return the codes of every name that differs by one character."""
        if len(run) < SHORTEST_FORGIVEN:
            return NOTHING
        every = (codes for name, codes in self.codes.items() if is_one_edit_apart(run, name))
        return frozenset(chain.from_iterable(every))

    def _begun_with(self, word: str) -> Iterator[str]:
        start = bisect_left(self.ordered, word)
        return takewhile(lambda each: each.startswith(word), self.ordered[start:])

    def _nearly(self, word: str) -> Iterator[str]:
        near = chain.from_iterable(self.forms.get(form, ()) for form in deletion_forms(word))
        return (each for each in near if is_one_edit_apart(word, each))

    def _inflected(self, word: str) -> Iterator[str]:
        for each in self.begun.get(word[:SAME_BEGINNING], ()):
            least = max(SAME_BEGINNING, max(len(each), len(word)) - ENDING)
            if each[:least] == word[:least]:
                yield each

    def _longest(self, run: str, at: int, least: int) -> int:
        end = at + least
        if run[at:end] not in self.joined:
            return at
        while end < len(run) and run[at : end + 1] in self.joined:
            end += 1
        return end


def looked_for(text: str, language: str) -> tuple[SearchWord, ...]:
    """Return what typed words may mean in a language; unknown words may be ignored."""
    known = of(language)
    found = list(_in_runs(text, known) if known.writing.least else _in_words(text, known))
    return tuple(found[:MOST]) if any(each.codes for each in found) else ()


@cache
def of(language: str) -> Lexicon:
    """Return the keywords of a language."""
    writing, named = normalise.writing(language), list(_named(language))
    if writing.least:
        codes = _gathered((run, code) for text, code in named for run in _names(text, writing))
        return Lexicon(writing, codes, joined=APART.join(codes))
    words = ((word, code) for text, code in named for word in writing.words(text))
    codes = _gathered(each for each in words if not writing.says_nothing(each[0]))
    forms = _gathered((form, word) for word in codes for form in deletion_forms(word))
    begun = _gathered((word[:SAME_BEGINNING], word) for word in codes if len(word) > ENDING)
    return Lexicon(writing, codes, tuple(sorted(codes)), forms, begun)


def _named(language: str) -> Iterator[tuple[str, str]]:
    """Yield each name and everyday word with a code that it stands for."""
    with override(language):
        for need in NEEDS.values():
            yield from ((str(need.words), code) for code in need.codes)
    for coded in (catalogue.types(), catalogue.groups(), catalogue.places()):
        yield from ((one.label(language), one.code) for one in coded.values())
    for row in json.loads(EVERYDAY.read_text("utf-8"))["rows"]:
        yield from ((row.get(language, ""), code) for code in row["codes"])


def _names(text: str, writing: normalise.Writing) -> Iterator[str]:
    """Yield a name, and its parts between spaces."""
    whole = "".join(normalise.even(text).split())
    yield whole
    yield from (run for run in writing.runs(text) if run != whole)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, Codes]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _in_words(text: str, known: Lexicon) -> Iterator[SearchWord]:
    """Read a text word by word; stop words count only if there are no others."""
    read = [(word, known.writing.folded(word)) for word in tokenize(text)]
    telling = [each for each in read if not known.writing.says_nothing(each[1])]
    for word, folded in telling or read:
        codes = known.meant(folded)
        yield SearchWord(word, codes, needed=bool(codes))


def _in_runs(text: str, known: Lexicon) -> Iterator[SearchWord]:
    """Read a text without spaces: each part that names something, or the whole."""
    for run in known.writing.runs(text):
        near = known.nearly(run)
        found = [known.holding(part) | near for part in known.parts(run)]
        yield from (SearchWord(run, codes) for codes in found or filter(None, [near]))
        if not found and not near:
            yield SearchWord(run, needed=False)
