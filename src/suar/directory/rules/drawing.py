"""Draws outlines small: on a sheet as wide as a phone, of few points that still show the shape."""

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from suar.directory.rules.outlines import Outlines, Point, Ring

WIDTH, TALLEST, MARGIN = 320, 480, 2
MOST_DRAWN, FEWEST, SMALLEST, APART = 1_200, 3, 4.0, 0.4
MOST_RINGS = MOST_DRAWN // FEWEST
"""Points on one sheet and of one ring, the area below which an island is left out, a step."""

Rings = Mapping[str, Sequence[Ring]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A place as the path of an SVG, and the point inside at which its number stands."""

    code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a sheet of WIDTH by `height` units."""

    height: int
    shapes: tuple[Shape, ...]


def drawn(outlines: Outlines) -> Drawing | None:
    """Draw these outlines north up on one sheet; None where nothing of them can be seen.

    Lengths are true in the middle of the sheet: longitudes shrink by the cosine of its latitude.

    Source: own design, docs/decisions/0041.
    """
    placed, height = _on_a_sheet(outlines)
    seen = _worth_seeing(placed)
    flat = [ring for rings in seen.values() for ring in rings]
    thin = iter(thinned(flat, most=MOST_DRAWN))
    shapes = [_shape(code, [next(thin) for _ in rings]) for code, rings in seen.items()]
    kept = tuple(shape for shape in shapes if shape)
    return Drawing(height, kept) if kept else None


def thinned(rings: Sequence[Ring], *, most: int) -> list[Ring]:
    """Take out the points that matter least, until there are `most`; each ring keeps three.

    What a point matters is the area of the triangle with its neighbours. Rings are not closed.

    Source: Visvalingam and Whyatt, Line generalisation by repeated elimination of points, The
    Cartographic Journal 30 (1993).
    """
    chains = [_Chain(ring) for ring in rings]
    heap = [(area, r, n) for r, chain in enumerate(chains) for n, area in chain.worth.items()]
    heapq.heapify(heap)
    left = len(heap)
    while heap and left > most:
        area, r, n = heapq.heappop(heap)
        chain = chains[r]
        if chain.worth.get(n) == area and len(chain.worth) > FEWEST:
            for each in chain.take_out(n, area):
                heapq.heappush(heap, (chain.worth[each], r, each))
            left -= 1
    return [tuple(chain.ring[n] for n in sorted(chain.worth)) for chain in chains]


class _Chain:
    """The points of a ring that are still there, each with what it is worth."""

    def __init__(self, ring: Ring) -> None:
        self.ring, size = ring, len(ring)
        self.before = {n: (n - 1) % size for n in range(size)}
        self.after = {n: (n + 1) % size for n in range(size)}
        self.worth = {n: self._area_at(n) for n in range(size)}

    def take_out(self, n: int, area: float) -> tuple[int, int]:
        """Take a point out, and give its neighbours, which are never worth less than it was."""
        a, b = self.before.pop(n), self.after.pop(n)
        del self.worth[n]
        self.after[a], self.before[b] = b, a
        for each in (a, b):
            self.worth[each] = max(area, self._area_at(each))
        return a, b

    def _area_at(self, n: int) -> float:
        a, b, c = self.ring[self.before[n]], self.ring[n], self.ring[self.after[n]]
        return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _on_a_sheet(outlines: Outlines) -> tuple[dict[str, list[Ring]], int]:
    """Turn degrees into units of the sheet, and open the rings."""
    every = [point for rings in outlines.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, tall = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    aside = (WIDTH - wide * scale) / 2

    def placed(point: Point) -> Point:
        return (point[0] - west) * narrow * scale + aside, (north - point[1]) * scale + MARGIN

    rings = {code: [_spaced(placed(point) for point in ring[:-1]) for ring in told] for code, told in outlines.items()}
    return rings, math.ceil(tall * scale) + 2 * MARGIN


def _spaced(points: Iterable[Point]) -> Ring:
    """Leave out each point that no eye tells from the one before."""
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) >= APART:
            kept.append(point)
    return tuple(kept)


def _worth_seeing(placed: Rings) -> dict[str, list[Ring]]:
    """Leave out the smallest islands, and more where they are too many for one sheet.

    The largest ring of a place stays, and comes first.
    """
    areas = sorted((abs(_area(ring)) for rings in placed.values() for ring in rings), reverse=True)
    too_many = areas[MOST_RINGS] if len(areas) > MOST_RINGS else 0.0
    seen = {}
    for code, rings in placed.items():
        first, *others = sorted(rings, key=lambda ring: -abs(_area(ring)))
        worth = [ring for ring in others if abs(_area(ring)) >= SMALLEST]
        seen[code] = [first, *(ring for ring in worth if abs(_area(ring)) > too_many)]
    return seen


def _shape(code: str, rings: Sequence[Ring]) -> Shape | None:
    rounded = [list(_rounded(ring)) for ring in rings]
    path = "".join(_path(ring) for ring in rounded if len(ring) > 2)
    if not path or len(rounded[0]) < 3:
        return None
    x, y = _inside(rings[0])
    return Shape(code, path, round(x), round(y))


def _rounded(ring: Ring) -> Iterator[tuple[int, int]]:
    last = None
    for point in ring:
        here = round(point[0]), round(point[1])
        if here != last:
            yield here
        last = here


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """Write a ring as short as an SVG allows: the first point, then steps."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
    told = " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-")
    return f"M{ring[0][0]} {ring[0][1]}l{told}z"


def _inside(ring: Ring) -> Point:
    """Give a point inside: halfway up, in the middle of the widest part there."""
    ys = sorted(y for _, y in ring)
    # Never at the height of a corner, where a line would be met twice or not at all.
    y = (ys[0] + ys[-1]) / 2 + 1e-7
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    met = sorted(a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in pairs if (a[1] > y) != (b[1] > y))
    spans = [(right - left, (left + right) / 2) for left, right in zip(met[::2], met[1::2], strict=False)]
    return (max(spans)[1], y) if spans else ring[0]


def _area(ring: Ring) -> float:
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2
