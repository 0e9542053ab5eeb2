"""Return codes: how each kind is written, and how what somebody types is read back.

A code that is read becomes one plain text, the same for every way of typing it; from that text
alone come the address and the keys of a request.
"""

import math
import unicodedata
from collections.abc import Sequence

from suar.contact.terms import CodeKind

DIGITS = 12
GROUP = 4
PICTURES = 6
WORDS, LISTED = 5, 256
MOST_OF_ONE = 4
THINGS = (
    "ant",
    "bag",
    "ball",
    "bell",
    "bird",
    "boat",
    "book",
    "bowl",
    "box",
    "chair",
    "clock",
    "cloud",
    "cup",
    "door",
    "drop",
    "egg",
    "eye",
    "fish",
    "flag",
    "flower",
    "hat",
    "house",
    "key",
    "kite",
    "ladder",
    "leaf",
    "moon",
    "mountain",
    "star",
    "table",
    "tree",
    "wheel",
)
DIRECTION = "\u200b\u200e\u200f\u2066\u2067\u2068\u2069"
"""Signs without a width, which come along where a number is copied out of other writing."""
BETWEEN = frozenset(f" -.,()/+\t\n\u00a0\u2010\u2011\u2012\u2013{DIRECTION}")


def read_digits(typed: str) -> str | None:
    """Read twelve digits of any script, however they are grouped; None for anything else.

    Source: own design, docs/decisions/0029.
    """
    signs = [sign for sign in typed if sign not in BETWEEN]
    if len(signs) != DIGITS or not all(sign.isdecimal() for sign in signs):
        return None
    return f"{CodeKind.DIGITS}|" + "".join(str(unicodedata.decimal(sign)) for sign in signs)


def read_pictures(chosen: Sequence[tuple[str, str]]) -> str | None:
    """Read six pictures, each a thing and how many of it; None when one is missing or unknown.

    Source: own design, docs/decisions/0029.
    """
    counts = {str(each) for each in range(1, MOST_OF_ONE + 1)}
    fits = all(thing in THINGS and many in counts for thing, many in chosen)
    if len(chosen) != PICTURES or not fits:
        return None
    return f"{CodeKind.PICTURES}|" + " ".join(f"{many}{thing}" for thing, many in chosen)


def read_words(typed: str, *, lists: Sequence[Sequence[str]]) -> str | None:
    """Read five words out of one list; capitals, accents and signs between them do not matter.

    The place of each word in its list counts, with the number of the list: lists never change.

    Source: own design, docs/decisions/0029.
    """
    plain = unicodedata.normalize("NFKD", typed).casefold()
    said = "".join(each if each.isalpha() else " " for each in plain if not _is_mark(each)).split()
    if len(said) != WORDS:
        return None
    for number, words in enumerate(lists):
        places = {word: place for place, word in enumerate(words)}
        if all(word in places for word in said):
            return f"{CodeKind.WORDS}|{number}|" + " ".join(str(places[word]) for word in said)
    return None


def grouped(digits: str) -> str:
    """Write twelve digits as a telephone number is written.

    Source: own design, docs/decisions/0029.
    """
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def bits(kind: CodeKind) -> float:
    """Give how many random bits a code of a kind holds.

    Source: own design, docs/decisions/0029.
    """
    choices = {
        CodeKind.DIGITS: 10**DIGITS,
        CodeKind.PICTURES: (len(THINGS) * MOST_OF_ONE) ** PICTURES,
        CodeKind.WORDS: LISTED**WORDS,
        CodeKind.NONE: 1,
    }
    return math.log2(choices[kind])


def _is_mark(sign: str) -> bool:
    return unicodedata.combining(sign) != 0
