"""Similarity of names of organisations and services, and overlap of places."""

from collections.abc import Collection

from suar.directory import catalogue
from suar.directory.tokens import is_one_edit_apart, tokenize

COMMON = {"yayasan", "lembaga", "perkumpulan", "lsm", "pt", "dan", "untuk"}
COMMON |= {"the", "of", "for", "and", "foundation", "association", "ngo"}
"""Words that many names have."""
SHORTEST_FORGIVEN = 4


def are_names_similar(one: str, other: str) -> bool:
    """Return True if two names may mean the same: the longer contains each word of the shorter.

    Words may differ by one letter, and the longer name may have half as many words more. A match only
    asks an editor, so false alarms are acceptable.

    Source: own design, docs/decisions/directory-upkeep.
    """
    few, many = sorted((_distinctive_words(one), _distinctive_words(other)), key=len)
    if not few or len(many) * 2 > len(few) * 3:
        return False
    left = list(many)
    for word in few:
        match = next((item for item in left if _are_words_similar(word, item)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def places_overlap(mine: Collection[str], theirs: Collection[str]) -> bool:
    """Return True if two lists of places may overlap: by a district, its province or the country.

    An empty list may be anywhere.

    Source: own design, docs/decisions/directory-upkeep.
    """
    if not mine or not theirs or catalogue.COUNTRY in {*mine, *theirs}:
        return True
    return any(_contains(a, b) or _contains(b, a) for a in mine for b in theirs)


def _contains(place: str, other: str) -> bool:
    inside = catalogue.is_province(other) and catalogue.province_of(place) == other
    return place == other or inside


def _distinctive_words(name: str) -> list[str]:
    """Return the words of a name without those that many names have, or all words if none is left."""
    words = tokenize(name)
    return [word for word in words if word not in COMMON] or words


def _are_words_similar(one: str, other: str) -> bool:
    short = min(len(one), len(other)) < SHORTEST_FORGIVEN
    return one == other if short else is_one_edit_apart(one, other)
