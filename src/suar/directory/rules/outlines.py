"""Outlines of places as a house brings them: read with care, or refused whole with the reason."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

MOST_BYTES, MOST_FEATURES, MOST_POINTS, FEWEST = 4_000_000, 1_000, 100_000, 4
KINDS = ("Polygon", "MultiPolygon")
LIMITS = (180.0, 90.0)

Point = tuple[float, float]
Ring = tuple[Point, ...]
Outlines = Mapping[str, tuple[Ring, ...]]
"""By code of a place its rings of (longitude, latitude) in degrees, holes among them."""


class BadOutlines(ValueError):
    """A file of outlines is none; the message says where, and repeats nothing of the file."""


def read(raw: bytes, *, known: Collection[str]) -> Outlines:
    """Read a GeoJSON FeatureCollection whose features carry a known place as property `code`.

    Polygons and multipolygons alone, in degrees (WGS84). Raises BadOutlines.

    Source: RFC 7946; own design, docs/decisions/0041.
    """
    if len(raw) > MOST_BYTES:
        raise BadOutlines(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    found: dict[str, tuple[Ring, ...]] = {}
    for number, feature in enumerate(_features(raw), 1):
        code = _code(feature, number, known)
        if code in found:
            raise BadOutlines(f"feature {number}: the place {code} comes twice")
        found[code] = _rings(feature, number)
        if sum(len(ring) for rings in found.values() for ring in rings) > MOST_POINTS:
            raise BadOutlines(f"it has more than {MOST_POINTS:,} points: simplify it first")
    return found


def _features(raw: bytes) -> Sequence[Any]:
    try:
        told = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadOutlines("it is not JSON in UTF-8") from None
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection":
        raise BadOutlines("it is not a FeatureCollection")
    features = told.get("features")
    if not isinstance(features, list) or not features:
        raise BadOutlines("it has no features")
    if len(features) > MOST_FEATURES:
        raise BadOutlines(f"it has more than {MOST_FEATURES:,} features")
    return features


def _code(feature: Any, number: int, known: Collection[str]) -> str:
    told = feature.get("properties") if isinstance(feature, dict) else None
    code = told.get("code") if isinstance(told, dict) else None
    if not isinstance(code, str):
        raise BadOutlines(f"feature {number}: the property “code” is missing, or is no text")
    if code not in known:
        raise BadOutlines(f"feature {number}: its code is no province or district of the directory")
    return code


def _rings(feature: Mapping[str, Any], number: int) -> tuple[Ring, ...]:
    told = feature.get("geometry")
    kind = told.get("type") if isinstance(told, dict) else None
    if not isinstance(told, dict) or kind not in KINDS:
        raise BadOutlines(f"feature {number}: neither a Polygon nor a MultiPolygon")
    parts = told.get("coordinates")
    polygons = [parts] if kind == "Polygon" else parts
    rings = [_ring(ring, number) for polygon in _list(polygons, number) for ring in _list(polygon, number)]
    if not rings:
        raise BadOutlines(f"feature {number}: it has no ring")
    return tuple(rings)


def _ring(told: Any, number: int) -> Ring:
    points = tuple(_point(each, number) for each in _list(told, number))
    if len(points) < FEWEST or points[0] != points[-1]:
        raise BadOutlines(f"feature {number}: a ring has fewer than four points or is not closed")
    return points


def _point(told: Any, number: int) -> Point:
    if not isinstance(told, list) or len(told) not in (2, 3):
        raise BadOutlines(f"feature {number}: a point is not two numbers")
    for value, limit in zip(told, LIMITS, strict=False):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadOutlines(f"feature {number}: a coordinate is not a number")
        if not abs(value) <= limit:  # also what is no number at all, or has no end
            raise BadOutlines(f"feature {number}: a coordinate is no degree: longitude and latitude are needed")
    return float(told[0]), float(told[1])


def _list(told: Any, number: int) -> list[Any]:
    if not isinstance(told, list):
        raise BadOutlines(f"feature {number}: its coordinates are not nested as they must be")
    return told
