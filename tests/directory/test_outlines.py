"""Outlines that a house brings: read whole or refused with the reason, and drawn small."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.directory.rules import drawing, outlines
from suar.directory.rules.outlines import BadOutlines

KNOWN = frozenset({"32", "32.01", "32.74"})
SQUARE = [[108.0, -6.0], [109.0, -6.0], [109.0, -7.0], [108.0, -7.0], [108.0, -6.0]]
HOLE = [[108.2, -6.2], [108.4, -6.2], [108.4, -6.4], [108.2, -6.2]]


def feature(code: Any = "32.74", *, kind: str = "Polygon", at: Any = (SQUARE,)) -> dict[str, Any]:
    """Make one feature."""
    geometry = {"type": kind, "coordinates": at}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def file_of(*features: Any) -> bytes:
    """Make a file."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def blob(x: float, y: float, *, points: int, size: float = 0.2) -> list[list[float]]:
    """Make a ring with a ragged edge."""
    turns = [math.tau * n / points for n in range(points)]
    far = [size * (1 + 0.2 * math.sin(7 * turn) + 0.03 * math.sin(91 * turn)) for turn in turns]
    ring = [[x + r * math.cos(t), y + r * math.sin(t)] for r, t in zip(far, turns, strict=True)]
    return [*ring, ring[0]]


def test_polygons_and_multipolygons_are_read_with_their_holes() -> None:
    told = outlines.read(
        file_of(feature(at=[SQUARE, HOLE]), feature("32.01", kind="MultiPolygon", at=[[SQUARE]])),
        known=KNOWN,
    )
    assert {code: [len(ring) for ring in rings] for code, rings in told.items()} == {
        "32.74": [5, 4],
        "32.01": [5],
    }


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[]", "not a FeatureCollection"),
        (b'{"type": "Feature"}', "not a FeatureCollection"),
        (file_of(), "no features"),
        (file_of("x"), "“code” is missing"),
        (file_of({"properties": None}), "“code” is missing"),
        (file_of(feature(3274)), "no text"),
        (file_of(feature("99.99")), "no province or district"),
        (file_of(feature(), feature()), "feature 2: the place 32.74 comes twice"),
        (file_of(feature(kind="Point", at=[1, 2])), "neither a Polygon nor"),
        (file_of({**feature(), "geometry": None}), "neither a Polygon nor"),
        (file_of(feature(at=[])), "no ring"),
        (file_of(feature(at=7)), "not nested"),
        (file_of(feature(at=[[7]])), "not two numbers"),
        (file_of(feature(at=[SQUARE[:3]])), "fewer than four"),
        (file_of(feature(at=[SQUARE[:4]])), "not closed"),
        (file_of(feature(at=[[[1, 2, 3, 4]] * 4])), "not two numbers"),
        (file_of(feature(at=[[["1", 2]] * 4])), "not a number"),
        (file_of(feature(at=[[[True, 2]] * 4])), "not a number"),
        (file_of(feature(at=[[[691_000, 9_250_000]] * 4])), "longitude and latitude"),
        (file_of(feature(at=[[[math.nan, 1]] * 4])), "longitude and latitude"),
        (file_of(feature(at=[[[1, math.inf]] * 4])), "longitude and latitude"),
        (file_of(feature(at=[[[10**400, 1]] * 4])), "longitude and latitude"),
        (file_of(*[feature()] * (outlines.MOST_FEATURES + 1)), "1,000 features"),
        (file_of(feature(at=[[[0, 0]] * (outlines.MOST_POINTS + 1)])), "100,000 points"),
        (b" " * (outlines.MOST_BYTES + 1), "larger than 4 MB"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_no_file_of_outlines_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(BadOutlines, match=why):
        outlines.read(raw, known=KNOWN)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "code", "properties"]), inner)
    ),
    max_leaves=12,
)


@given(anything, st.sampled_from(["file", "feature", "geometry", "rings"]))
def test_whatever_stands_in_a_file_it_is_read_or_refused(odd: Any, where: str) -> None:
    raw = {
        "file": lambda: json.dumps(odd).encode(),
        "feature": lambda: file_of(odd, feature()),
        "geometry": lambda: file_of(feature() | {"geometry": odd}),
        "rings": lambda: file_of(feature(at=odd)),
    }[where]()
    try:
        read = outlines.read(raw, known=KNOWN)
    except BadOutlines:
        return
    drawing.drawn(read)


def test_shapes_lie_on_the_sheet_with_north_above_and_their_number_inside() -> None:
    made = drawing.drawn(
        {"32.74": [tuple(map(tuple, SQUARE))], "32.01": [tuple(map(tuple, blob(107.5, -6.2, points=40)))]}
    )
    assert made is not None
    spots = {shape.code: shape for shape in made.shapes}
    assert 0 < made.height <= drawing.TALLEST
    assert spots["32.01"].x < spots["32.74"].x
    assert spots["32.01"].y < spots["32.74"].y
    for shape in made.shapes:
        assert 0 <= shape.x <= drawing.WIDTH
        assert 0 <= shape.y <= made.height
        assert set(shape.path) <= set("Mlz0123456789- ")


def test_the_number_of_a_bent_shape_stands_in_it_and_not_in_its_middle() -> None:
    horseshoe = ((0, 0), (9, 0), (9, 1), (1, 1), (1, 8), (9, 8), (9, 9), (0, 9), (0, 0))
    made = drawing.drawn({"32": [tuple((float(x), y / 10) for x, y in horseshoe)]})
    assert made is not None
    [shape] = made.shapes
    assert shape.x < drawing.WIDTH / 9 * 1.2


def test_what_is_drawn_is_thin_enough_for_a_phone_and_still_the_shape() -> None:
    many = {f"32.{n:02}": [tuple(map(tuple, blob(107 + n % 5 / 2, -7 + n // 5 / 2, points=3000)))] for n in range(25)}
    made = drawing.drawn(many)
    assert made is not None
    assert len(made.shapes) == len(many)
    assert sum(len(shape.path) for shape in made.shapes) < 8_000
    square = ((0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    assert drawing.thinned([square], most=4) == [tuple(each for each in square if each[0] != 5.0)]


def test_a_ring_keeps_three_points_however_few_are_wished() -> None:
    rings = [((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)), ((9.0, 9.0), (9.5, 9.0), (9.0, 9.5))]
    assert [len(ring) for ring in drawing.thinned(rings, most=0)] == [3, 3]


def test_points_that_fall_on_one_place_of_the_sheet_are_drawn_once() -> None:
    ring = [(0.2, 0.4), (0.3, 0.1), (9.8, 0.2), (10.1, 7.6), (10.4, 8.4), (0.2, 0.4)]
    assert list(drawing._rounded(ring)) == [(0, 0), (10, 0), (10, 8), (0, 0)]


def test_what_is_too_small_to_be_seen_is_not_drawn() -> None:
    dot = tuple((108 + x / 1e6, -6 + y / 1e6) for x, y in ((0, 0), (1, 0), (1, 1), (0, 0)))
    made = drawing.drawn({"32.74": [tuple(map(tuple, SQUARE))], "32.01": [dot]})
    assert made is not None
    assert [shape.code for shape in made.shapes] == ["32.74"]


def test_a_sheet_full_of_islands_stays_light_and_keeps_every_place() -> None:
    tiny = [
        [[[x, y / 9], [x + 1 + y / 90, y / 9], [x, y / 9 + 1 + x / 90], [x, y / 9]]]
        for x in range(40)
        for y in range(150)
    ]
    features = [feature("32.01", kind="MultiPolygon", at=tiny), feature("32.74")]
    found = drawing.drawn(outlines.read(file_of(*features), known=KNOWN))
    assert found is not None
    assert {shape.code for shape in found.shapes} == {"32.01", "32.74"}
    assert 0 < sum(shape.path.count("M") for shape in found.shapes) <= drawing.MOST_RINGS + 2
    assert sum(len(shape.path) for shape in found.shapes) < 20_000
