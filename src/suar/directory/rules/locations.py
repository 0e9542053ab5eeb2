"""Clues in a text that lead to a place: streets, houses, coordinates, map links, districts.

A miss can cost a life and a false alarm a minute, so each pattern asks only for what an address
has and other sentences seldom do: a number, a capital letter, or a word that nothing else uses.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from uuid import UUID, uuid5

from suar.directory import catalogue

PAIR = re.compile(
    r"(?<![\d.,])([-\u2212\u2013]?\d{1,2}[.,]\d{2,})(?:\s*[,;/]\s*|\s+)([-\u2212\u2013]?\d{1,3}[.,]\d{2,})(?![\d.,]*\d)"
)
FARTHEST_NORTH, FARTHEST_EAST, EAST_OF_HOURS = 90, 180, 90


@cache
def _pattern(name: str) -> str:
    """Return a pattern of `data/addresses.toml` with its parts."""
    content = tomllib.loads((catalogue.DATA / "addresses.toml").read_text("utf-8"))
    pattern: str = content["patterns"][name]
    for part, text in content["parts"].items():
        pattern = pattern.replace(f"<{part}>", text)
    return pattern


def find_street_clues(text: str) -> tuple[str, ...]:
    """Return the pieces of a text that read like an address, a position or a link to a map.

    Source: own design, docs/decisions/directory and directory-upkeep (a scraper who wants shelter addresses).
    """
    text = _collapse_spaces(text)
    streets = [match.group(0).strip(" ,;") for match in _street_pattern().finditer(text)]
    return (*streets, *(match.group(0) for match in PAIR.finditer(text) if _is_position(match)))


def find_districts(text: str) -> tuple[str, ...]:
    """Return the districts, towns and villages that a text names, without repeats and provinces.

    Source: own design, docs/decisions/hidden-places (a village in prose undoes that areas are widened).
    """
    text = _collapse_spaces(text)
    areas = re.finditer(_pattern("area"), text, re.VERBOSE)
    matches = [*areas, *_district_pattern().finditer(text)]
    pieces = [item.group(0) for item in sorted(matches, key=lambda match: (match.start(), -match.end()))]
    names: list[str] = []
    for piece in pieces:
        if not any(piece in longer for longer in names):
            names.append(piece)
    return tuple(names)


def _collapse_spaces(text: str) -> str:
    """Collapse spaces: a pattern would try every way to split them."""
    return " ".join(text.split())


def _is_position(pair: re.Match[str]) -> bool:
    """Return True for coordinates, False for two prices or times of day."""
    first, second = (re.sub("[\u2212\u2013]", "-", group).replace(",", ".") for group in pair.groups())
    north, east = float(first), float(second)
    if abs(north) > FARTHEST_NORTH or abs(east) > FARTHEST_EAST:
        return False
    fractions = [item.partition(".")[2] for item in (first, second)]
    if any(set(fraction) == {"0"} for fraction in fractions):
        return False
    exact = all(len(fraction) > 3 for fraction in fractions)
    prices = all(len(fraction) == 3 and fraction.endswith("0") for fraction in fractions)
    return exact or first.startswith("-") or (abs(east) >= EAST_OF_HOURS and not prices)


@cache
def _street_pattern() -> re.Pattern[str]:
    """Compile the pattern on first use: compiling is slow."""
    return re.compile("|".join(map(_pattern, ("streets", "houses", "positions", "maps"))), re.VERBOSE | re.IGNORECASE)


@cache
def _district_pattern() -> re.Pattern[str]:
    """Compile one pattern of the names of all districts in every language."""
    districts = {
        re.sub(_pattern("kind_of_district"), "", words, flags=re.VERBOSE)
        for code, place in catalogue.places().items()
        if "." in code
        for words in place.labels.values()
    }
    names = sorted((re.escape(name) for name in districts), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(names)})(?![A-Za-z])", re.IGNORECASE)


def widen_to_provinces(areas: Iterable[str]) -> tuple[str, ...]:
    """Widen the areas of a service with a hidden place: districts become their province.

    Source: own design, docs/decisions/directory.
    """
    return tuple(sorted({catalogue.province_of(area) or area for area in areas}))


def placeholder_id(service: UUID) -> UUID:
    """Return the id under which others know that a service has a hidden site.

    It depends on the service alone: it stays the same when the place moves and whatever their number.

    Source: own design, docs/decisions/directory.
    """
    return uuid5(service, "a place that is not told")
