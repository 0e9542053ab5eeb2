"""How alike two written names are: pure, for a search in memory over opened sheets.

Nothing here is stored; no token, hash or phonetic code of a name ever is (security.md 3.2).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from heapq import nlargest
from operator import itemgetter
from typing import TypeVar

OLD_SPELLINGS = (
    ("tj", "c"),
    ("dj", "j"),
    ("oe", "u"),
    ("sj", "sy"),
    ("nj", "ny"),
    ("ph", "f"),
    ("kh", "k"),
    ("dh", "d"),
    ("th", "t"),
)
"""Indonesian spellings before 1972 and common foreign ones, read as today's."""
CONSIDERED = 300
WORD = re.compile(r"[^\W_]+")
Key = TypeVar("Key")
Words = tuple[str, ...]
Likeness = tuple[float, int]
"""How alike a name is, 0 to 1, and minus its number of words: of equals the shorter is nearer."""


def plain(name: str) -> Words:
    """Split a name into lower-case words without marks, in today's spelling."""
    bare = name.casefold()
    if not bare.isascii():
        signs = unicodedata.normalize("NFKD", bare)
        bare = "".join(sign for sign in signs if not unicodedata.combining(sign))
    for old, new in OLD_SPELLINGS:
        bare = bare.replace(old, new)
    return tuple(WORD.findall(bare))


def sharing(one: str, other: str) -> float:
    """Give a fast likeness of two words, 0 to 1: the pairs of neighbouring signs they share."""
    mine, theirs = _pairs_of(one), _pairs_of(other)
    return len(mine & theirs) / max(len(mine), len(theirs))


def alike(one: str, other: str) -> float:
    """Give 1 minus the slips between two words over the longer one's length.

    A slip is a sign too many, too few, wrong, or two neighbours swapped (optimal string
    alignment). Source: Damerau 1964; own code.
    """
    longer = max(len(one), len(other))
    if not longer:
        return 1.0
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != against))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return 1 - row[-1] / longer


def nearest(
    typed: str, names: Iterable[tuple[Key, Iterable[str]]], *, most: int = 20, least: float = 0.45
) -> list[Key]:
    """Give the keys whose names are most like what was typed, best first.

    `names` gives each key with all names of one person; it is gone through once, and of those who
    are not like it nothing is kept but words, until it ends. An empty `typed` finds nobody, and
    names less alike than `least` are not shown. A fast look at all chooses whom a slow one
    compares.
    """
    wanted = plain(typed)
    fast, slow = _Measure(wanted, sharing), _Measure(wanted, alike)
    split = ((key, [plain(name) for name in each if name]) for key, each in names)
    measured = ((fast.best(each), key, each) for key, each in split)
    quick = (each for each in measured if each[0][0] > 0)
    considered = nlargest(CONSIDERED, quick, key=itemgetter(0))
    close = [(slow.best(each), key) for _, key, each in considered]
    best = nlargest(most, close, key=itemgetter(0))
    return [key for (score, _), key in best if score >= least]


class _Measure:
    """Measures names against the wanted words; it looks at each word once and goes with the call.

    Names repeat their words. What was looked at must not outlive the search, so nothing is kept
    in the module.
    """

    def __init__(self, wanted: Words, compare: Callable[[str, str], float]) -> None:
        self._wanted, self._compare = wanted, compare
        self._seen: dict[str, list[float]] = {}

    def best(self, names: Iterable[Words]) -> Likeness:
        """Give the likeness of the likest of a person's names."""
        return max(map(self._of, names), default=(0.0, 0))

    def _of(self, words: Words) -> Likeness:
        if not words or not self._wanted:
            return 0.0, 0
        likest = map(max, zip(*map(self._against, words), strict=True))
        return sum(likest) / len(self._wanted), -len(words)

    def _against(self, word: str) -> list[float]:
        found = self._seen.get(word)
        if found is None:
            found = self._seen[word] = [self._compare(each, word) for each in self._wanted]
        return found


def _pairs_of(word: str) -> set[str]:
    """Give the pairs of neighbouring signs of a word, its ends marked."""
    marked = f"^{word}$"
    return {marked[place : place + 2] for place in range(len(marked) - 1)}
