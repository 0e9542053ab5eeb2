"""Search by name in memory, over opened list entries.

No token, hash or phonetic code of a name is ever stored (security.md 3.2).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache
from heapq import nlargest
from itertools import product
from operator import itemgetter
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from suar.core.codes import read_data

OLD_SPELLINGS: list[tuple[str, str]] = read_data("records", "spellings")["old"]
"""Indonesian spellings before 1972 and common foreign ones, read as today's."""
DIGITS = 8
"""So many digits at the end of a number are compared, so that a country code does not matter."""
WORD = re.compile(r"[^\W_]+")
MIN_BEFORE_ENDING, ENDINGS = 4, frozenset({"nya", "ku", "mu", "lah", "kah", "pun", "s"})
"""Letters of a name that is also recognised with an ending, and the endings: "Bayunya"."""
Key = TypeVar("Key")


def nearest(
    typed: str, names: Iterable[tuple[Key, Iterable[str]]], *, most: int = 20, least: float = 0.45
) -> list[Key]:
    """Return the keys whose names are most similar to what was typed, best first.

    `names` yields each key with all names of one person. Names less similar than `least` are left
    out; of equally similar names the shorter one comes first. An empty `typed` finds nobody.
    """
    wanted = split_name(typed)
    compared = cache(lambda part: _compare(wanted, split_name(part)))  # many people share a part of their names

    def score(name: str) -> tuple[float, int]:
        return _score([row for part in name.split() for row in compared(part)])

    scored = ((max(map(score, of_person), default=(0.0, 0)), key) for key, of_person in names)
    return [key for _, key in nlargest(most, (row for row in scored if row[0][0] >= least), key=itemgetter(0))]


def similarity(names: Iterable[str], other_names: Iterable[str], *, part: bool = False) -> float:
    """Return how similar two people's names are, 0 to 1: the best of their names, in all words.

    With `part` only the words of the shorter name are compared, so that a nickname is enough.
    """
    choose = max if part else min
    pairs = product(*([words for words in map(split_name, known) if words] for known in (names, other_names)))
    scores = (choose(_score(_compare(words, others)), _score(_compare(others, words)))[0] for words, others in pairs)
    return max(scores, default=0.0)


class NameIndex:
    """Names by their words, to find in memory whose names may be similar; not stored anywhere."""

    def __init__(self) -> None:
        self._by_word: dict[str, set[int]] = {}

    def add(self, key: int, names: Iterable[str]) -> None:
        """Add the names of one person."""
        for word in {word for name in names for word in split_name(name)}:
            self._by_word.setdefault(word, set()).add(key)

    def find(self, names: Iterable[str], *, least: float) -> set[int]:
        """Return the keys with a word so similar to one of these names; no other reaches that `similarity`."""
        keys: set[int] = set()
        for word in {word for name in names for word in split_name(name)}:
            similar = process.extract_iter(
                word, self._by_word.keys(), scorer=OSA.normalized_similarity, score_cutoff=least
            )
            keys.update(key for match, _score, _place in similar for key in self._by_word[match])
        return keys


def end_of_number(number: str) -> str:
    """Return the digits by which numbers are compared; empty for what is too short to be one."""
    digits = "".join(sign for sign in number if sign.isdecimal())
    return digits[-DIGITS:] if len(digits) >= DIGITS else ""


def names_in(names: Collection[str], text: str, *, shortest: int) -> set[str]:
    """Return the names, as `split_name` returns them, that a text contains, also with an ending or an invisible sign.

    Names of less than `shortest` letters are in too many words.
    """
    words = split_name("".join(sign for sign in text if unicodedata.category(sign) != "Cf"))
    wanted = {name for name in names if len(name) >= shortest}
    long = tuple(name for name in wanted if len(name) >= MIN_BEFORE_ENDING)
    return wanted.intersection(words) | {
        name for name in long for word in words if word.startswith(name) and word.removeprefix(name) in ENDINGS
    }


def split_name(name: str) -> tuple[str, ...]:
    """Split a name into lower-case words without accents, in today's spelling."""
    bare = name.casefold()
    if not bare.isascii():
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(sign))
    for old, new in OLD_SPELLINGS:
        bare = bare.replace(old, new)
    return tuple(WORD.findall(bare))


def _compare(wanted: tuple[str, ...], words: tuple[str, ...]) -> list[list[float]]:
    """Return for each word how similar it is to each wanted one, 0 to 1."""
    return [[OSA.normalized_similarity(wanted_word, word) for wanted_word in wanted] for word in words]


def _score(compared: list[list[float]]) -> tuple[float, int]:
    """Return the mean similarity of each wanted word to its nearest word, 0 to 1, and minus the number of words."""
    nearest_words = list(map(max, zip(*compared, strict=True)))
    return (sum(nearest_words) / len(nearest_words), -len(compared)) if nearest_words else (0.0, 0)
