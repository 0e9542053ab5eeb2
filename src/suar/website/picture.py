"""The places as a picture: tiles, or the outlines that a house brought, and how many help where.

The numbers are those of the lists: a service whose place is not told counts in its province.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from suar.directory import catalogue, outlines, queries
from suar.directory.rules.drawing import Drawing
from suar.directory.terms import Wanted
from suar.website.choices import anywhere, anywhere_in
from suar.website.finding import in_language
from suar.website.labels import place_words

WIDE = ("ABROAD", "SEA")
SHADES = (1, 3, 6, 10)
"""From how many on a tile is darker, one step after the other."""
LONG = re.compile(r"[^\W_]{10,}")
"""A word that may be wider than a tile of a small phone."""
LATIN = r"(?:n[gy]|(?!(?<=n)[gy]|(?<=[tsc])h)[b-df-hj-np-tv-z])[aeiou]"
RUSSIAN = r"[бвгджзклмнпрстфхцчшщ][аеёиоуыэюя]"
SYLLABLE = re.compile(rf"(?<=[^\W_]{{3}})(?=(?:{LATIN}|{RUSSIAN})[^\W_])")
"""Where a long name may part: before a consonant and its vowel, with letters on both sides."""
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
Count = Callable[[Sequence[str]], Mapping[str, int]]
Leads = Callable[[str], str]
Tiles = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, how many help there, and where its tile stands; `href` where a link leads on."""

    code: str
    named: str
    count: int
    column: int = 0
    row: int = 0
    href: str = ""

    @property
    def parted(self) -> str:
        """Give the name with marks where it may part, which shows nothing where it fits."""
        return LONG.sub(lambda word: SYLLABLE.sub(SOFT_HYPHEN, word[0]), self.named)

    @property
    def many(self) -> str:
        """Give the number as it is read: nobody counts further than that."""
        most = queries.MOST_COUNTED
        return str(self.count) if self.count < most else f"{most}+"

    @property
    def shade(self) -> int:
        """Give how dark it is: 0 where nobody is, 4 where there are many."""
        return sum(self.count >= least for least in SHADES)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: places with tiles or, of a drawing, all places; and wider ones beside.

    `inside` names the province around them, or nothing.
    """

    inside: str
    spots: tuple[Spot, ...]
    beside: tuple[Spot, ...]
    drawing: Drawing | None = None

    @property
    def shapes(self) -> list[dict[str, object]]:
        """Give the outlines with the numbers that stand in them."""
        spots = {each.code: each for each in (*self.spots, *self.beside)}
        there = self.drawing.shapes if self.drawing else ()
        return [{"shape": shape, "spot": spots[shape.code]} for shape in there]


def inside_of(place: str) -> str:
    """Name the province whose districts are shown for a place; empty for all provinces."""
    province = catalogue.province_of(place)
    return province if _parts(province) and province else ""


def of(wanted: Wanted, *, language: str) -> Picture:
    """Show where those are who fit, round the place that was chosen."""
    asked = in_language(wanted, language)
    return pictured(inside_of(wanted.place), lambda places: queries.count_by_place(asked, places), language)


def pictured(
    inside: str,
    count: Count,
    language: str,
    leads: Leads = lambda _: "",
    *,
    tiles: Tiles | None = None,
) -> Picture:
    """Draw a province with its districts, or the provinces; `leads` gives the link of a place.

    `tiles` are column and row of each place, those that ship unless others are given.
    """
    parts = _parts(inside)
    wide = [inside, ""] if inside else [*WIDE, ""]
    counts = count([*parts, *wide])
    tiles = catalogue.tiles().get(inside, {}) if tiles is None else tiles
    drawing = outlines.drawing_of(inside)
    named = {code: place_words(code, language) for code in [*parts, *WIDE]}
    around = place_words(inside, language) if inside else ""
    named |= {inside: anywhere_in(around)} if inside else {}
    named[""] = anywhere()

    def spot(code: str) -> Spot:
        at = (0, 0) if drawing else tiles.get(code, (0, 0))
        return Spot(code, named[code], counts.get(code, 0), *at, href=leads(code))

    spots = [spot(code) for code in parts]
    drawn = [each for each in spots if drawing or each.column]
    beside = [each for each in spots if each not in drawn] + [spot(code) for code in wide]
    return Picture(around, tuple(sorted(drawn, key=_reading)), tuple(beside), drawing)


def _reading(spot: Spot) -> tuple[int, int, str]:
    """Order tiles as they are read, and places without tiles by name."""
    return spot.row, spot.column, "" if spot.row else spot.named


def _parts(inside: str) -> list[str]:
    """List the districts of a province, or the provinces."""
    return [one.code for one in catalogue.places().values() if one.group == inside and one.code[0].isdigit()]
