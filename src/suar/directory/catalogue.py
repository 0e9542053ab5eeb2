"""The directory's own code lists, read once: service types, attributes, places, languages."""

from collections.abc import Iterable, Mapping
from functools import cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from suar.core.codes import Code, CodeList, read_data

DATA = Path(__file__).parent / "data"
INTERPRETER, COUNTRY = "INTERPRETER", "NATIONAL"
KM_PER_DEGREE = 111


@cache
def services() -> dict[str, Any]:
    """Return the whole file of service types, attributes and access fields."""
    return read_data("directory", "services")


@cache
def types() -> CodeList:
    """Return every service type by code."""
    return _coded(services()["types"])


@cache
def groups() -> CodeList:
    """Return the twelve groups of need by code."""
    return _coded(services()["groups"])


@cache
def attributes() -> Mapping[str, Mapping[str, Any]]:
    """Return every eligibility attribute by code, in the order of reasons."""
    return {row["code"]: row for row in services()["attributes"]}


@cache
def value_words() -> Mapping[str, CodeList]:
    """Return the labels of values by attribute; PERSON has those about a person."""
    by_attribute = {
        attribute: CodeList({code: Code(code, words) for code, words in values.items()})
        for attribute, values in services()["value_words"].items()
    }
    return {**by_attribute, "EL_FORM": CodeList(by_attribute["EL_FORM"] | _coded(services()["forms"]))}


@cache
def access_fields() -> Mapping[str, Mapping[str, Any]]:
    """Return the access fields of an entry by code."""
    return {row["code"]: row for row in services()["access"]}


def hide_after_days() -> int:
    """Return the age in days after which an entry is hidden."""
    return int(services()["limits"]["hide_after_days"])


@cache
def freshness() -> dict[str, Any]:
    """Return the file of confirmation intervals."""
    return read_data("directory", "freshness")


@cache
def related() -> dict[str, Any]:
    """Return the file of types of help that often belong together."""
    return read_data("directory", "related")


@cache
def languages() -> CodeList:
    """Return languages by tag."""
    return _coded(read_data("directory", "languages")["languages"])


@cache
def places() -> CodeList:
    """Return districts, provinces and the wide places by code; a district's group is its province."""
    lists = read_data("directory", "places")
    districts = [{**row, "group": province_of(row["code"])} for row in lists["districts"]]
    return _coded([*lists["wide"], *lists["provinces"], *districts])


@cache
def zones() -> Mapping[str, str]:
    """Return the time zone of each province by code."""
    return {row["code"]: row["zone"] for row in read_data("directory", "places")["provinces"]}


@cache
def coordinates() -> Mapping[str, tuple[float, float]]:
    """Return the rough latitude and longitude of each district and province by code."""
    data = read_data("directory", "places")
    return {row["code"]: tuple(row["at"]) for row in (*data["provinces"], *data["districts"]) if "at" in row}


def distance_km(one: str, other: str) -> int | None:
    """Return the rough distance of two places in tens of kilometres, or None if it is not known.

    A province has no distance from its own districts.
    """
    inside = province_of(one) == province_of(other) and (is_province(one) or is_province(other))
    if inside or not {one, other} <= coordinates().keys():
        return None
    (north, east), (to_north, to_east) = coordinates()[one], coordinates()[other]
    shrunk = cos(radians((north + to_north) / 2))
    return round(hypot(north - to_north, (east - to_east) * shrunk) * KM_PER_DEGREE / 10) * 10


def province_of(place: str) -> str:
    """Return the province code of a district or province, or an empty text for another place."""
    return place[:2] if place[:2].isdigit() else ""


def is_province(place: str) -> bool:
    """Return True if a code names a whole province."""
    return len(place) == 2


def types_of(needs: Iterable[str]) -> tuple[str, ...]:
    """Turn groups and types of need into types; a code that is neither is left out."""
    wanted = set(needs)
    return tuple(code for code, type_ in types().items() if code in wanted or type_["group"] in wanted)


def split_by_urgency(needs: Iterable[str]) -> list[tuple[str, ...]]:
    """Split groups and types of need by urgency, the most urgent first."""
    parts = services()["order"]["needs"]
    ranks = {group: rank for rank, part in enumerate(parts) for group in part}
    by_rank: dict[int, list[str]] = {}
    for code in needs:
        group = types()[code]["group"] if code in types() else code
        by_rank.setdefault(ranks.get(group, len(parts)), []).append(code)
    return [tuple(codes) for _rank, codes in sorted(by_rank.items())]


def split_tiles_by_urgency(tiles: Iterable[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Split chosen needs, each a list of codes, by the urgency of their first code, the most urgent first."""
    tiles_by_code = {codes[0]: codes for codes in tiles}
    return [[tiles_by_code[code] for code in codes] for codes in split_by_urgency(tiles_by_code)]


def values_of(attribute: str) -> frozenset[str]:
    """Return the codes that an attribute may have."""
    return frozenset(str(value) for value in attributes()[attribute]["values"])


def _coded(rows: Iterable[Mapping[str, Any]]) -> CodeList:
    """Return a code list; `group` is the wider code that a code belongs to."""
    return CodeList({row["code"]: Code(row["code"], row["words"], {"group": row.get("group", "")}) for row in rows})
