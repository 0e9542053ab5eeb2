"""How alike two written names are: pure, for a search in memory over opened sheets.

Nothing here is stored; no token, hash or phonetic code of a name ever is (security.md 3.2).
"""

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from heapq import nlargest

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


def plain(name: str) -> tuple[str, ...]:
    """Split a name into lower-case words without marks, in today's spelling."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(
        sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign)
    )
    for old, new in OLD_SPELLINGS:
        kept = kept.replace(old, new)
    return tuple(kept.split())


@lru_cache(maxsize=4096)
def pairs_of(word: str) -> frozenset[str]:
    """Give the pairs of neighbouring signs of a word, its ends marked."""
    marked = f"^{word}$"
    return frozenset(marked[place : place + 2] for place in range(len(marked) - 1))


def rough(wanted: tuple[str, ...], words: tuple[str, ...]) -> float:
    """Give a fast likeness of 0 to 1: how many pairs of signs each wanted word shares."""
    total = 0.0
    for each in wanted:
        mine = pairs_of(each)
        shares = (len(mine & other) / max(len(mine), len(other)) for other in map(pairs_of, words))
        total += max(shares, default=0.0)
    return total / len(wanted)


def close(wanted: tuple[str, ...], words: tuple[str, ...]) -> float:
    """Give a slow, better likeness of 0 to 1, counting slips of the hand."""
    return sum(max((alike(each, word) for word in words), default=0.0) for each in wanted) / len(
        wanted
    )


def alike(one: str, other: str) -> float:
    """Give 1 minus the slips between two words over the longer one's length.

    A slip is a sign too many, too few, wrong, or two neighbours swapped (optimal string
    alignment). Source: Damerau 1964; own code.
    """
    longer = max(len(one), len(other))
    if not longer:
        return 1.0
    before, row = [], list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != against))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return 1 - row[-1] / longer


def nearest(
    typed: str, names: Mapping[Hashable, Iterable[str]], *, most: int = 20, least: float = 0.45
) -> list[Hashable]:
    """Give the keys whose names are most like what was typed, best first.

    `names` maps a key to all names of one person. An empty `typed` finds nobody, and names
    less alike than `least` are not shown.
    """
    wanted = plain(typed)
    if not wanted:
        return []
    split = {key: [plain(name) for name in each if name] for key, each in names.items()}
    quick = (
        (max((rough(wanted, words) for words in each), default=0.0), key)
        for key, each in split.items()
    )
    considered = nlargest(CONSIDERED, quick, key=lambda found: found[0])
    exact = [
        (max(close(wanted, words) for words in split[key]), key)
        for score, key in considered
        if score > 0
    ]
    return [
        key for score, key in nlargest(most, exact, key=lambda found: found[0]) if score >= least
    ]
