"""Build directory entries from the objects of a file."""

from functools import partial
from typing import Any
from uuid import UUID

from pydantic_core import PydanticCustomError

from suar.directory import catalogue
from suar.directory.codes import UNKNOWN_LANGUAGE, Texts
from suar.directory.documents import Entry, ParsedDirectory, Problem
from suar.hsds.files.extension import read_extension
from suar.hsds.files.schema import EXTENSION, check_telephone
from suar.hsds.files.tables import Record, Tables

WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
ACCESS_FROM = {
    "AC_HOW": "application_process",
    "AC_WAIT": "wait_time",
    "AC_COST": "fees_description",
    "AC_LANG": "interpretation_services",
}
VOICE, PHONE_TYPES = "voice", ("text", "fax", "cell", "video", "pager", "textphone")
"""The type of most numbers, which is not stored, and the other types of RFC 6350."""
ADDRESS_LINES = ("address_1", "address_2", "city", "region", "state_province", "postal_code", "country")
MAX_DEGREES = {"latitude": 90, "longitude": 180}
OF_HIDDEN = {"id", "location_type", "organization_id", EXTENSION}


def build_entries(tables: Tables) -> ParsedDirectory:
    """Turn objects into entries; unusable ones are noted as left out or refused."""
    pairs = _services_at_sites(tables)
    return ParsedDirectory(
        tuple([_provider(tables, item) for item in tables.of_kind("organization")]),
        tuple([_site(tables, item) for item in tables.of_kind("location")]),
        tuple([_service(tables, item, pairs) for item in tables.of_kind("service")]),
        tuple(tables.problems),
        tuple(tables.left_out),
    )


def _provider(tables: Tables, record: Record) -> Entry:
    extension, values = _extension(tables, record), record.values
    return Entry(
        id=values["id"],
        where=record.where,
        name=extension.texts("name") or _texts(values, "name"),
        description=extension.texts("description") or _texts(values, "description"),
        website=values.get("website", ""),
        email=values.get("email", ""),
        phones=_phones(tables, record),
        organisation=extension.organisation,
        answers_by_link=extension.answers_by_link,
    )


def _site(tables: Tables, record: Record) -> Entry:
    """Build a site; only the id of a hidden one is stored."""
    extension, values = _extension(tables, record), record.values
    provider = values.get("organization_id")
    if extension.hidden:
        stated = sorted({*values, *record.stated} - OF_HIDDEN)
        if stated or extension.district:
            tables.left_out.append(Problem(record.where, ", ".join(stated) or "district", "hidden_place"))
        return Entry(id=values["id"], where=record.where, provider=provider, hidden=True)
    return Entry(
        id=values["id"],
        where=record.where,
        provider=provider,
        hidden=extension.hidden,
        name=values.get("name", ""),
        address=_address(tables, record),
        district=extension.district,
        latitude=_degrees(tables, record, "latitude"),
        longitude=_degrees(tables, record, "longitude"),
        transport=values.get("transportation", ""),
        phones=_phones(tables, record),
    )


def _service(tables: Tables, record: Record, pairs: dict[UUID, dict[UUID, None]]) -> Entry:
    extension, values = _extension(tables, record), record.values
    plain = {code: _texts(values, field) for code, field in ACCESS_FROM.items() if values.get(field)}
    sites = tuple(pairs.get(values["id"], ()))
    return Entry(
        id=values["id"],
        where=record.where,
        provider=values.get("organization_id"),
        status=values.get("status", ""),
        name=extension.texts("name") or _texts(values, "name"),
        description=extension.texts("description") or _texts(values, "description"),
        access=plain | extension.access(),
        confirmed=values.get("assured_date"),
        types=extension.types or _types(tables, record),
        areas=extension.areas,
        sites=sites if sites or tables.states(record, "service_at_location") else None,
        phones=_phones(tables, record),
        hours=_hours(tables, record),
        urgent=extension.urgent,
        eligibility=extension.eligibility() if EXTENSION in values else _plain_eligibility(tables, record),
    )


def _extension(tables: Tables, record: Record) -> Any:
    return read_extension(record.kind, record.values.get(EXTENSION), partial(tables.refuse, record.where))


def _texts(values: dict[str, Any], field: str) -> Texts:
    return {UNKNOWN_LANGUAGE: values[field]} if values.get(field) else {}


def _phones(tables: Tables, record: Record) -> list[dict[str, Any]] | None:
    if not tables.states(record, "phone"):
        return None
    return [
        {"number": _number(tables, phone), "words": _texts(phone.values, "description"), **_phone_type(phone.values)}
        for phone in tables.children(record, "phone")
    ]


def _phone_type(values: dict[str, Any]) -> dict[str, str]:
    type_ = values.get("type", VOICE).strip().lower()
    return {"type": type_} if type_ in PHONE_TYPES else {}


def _number(tables: Tables, phone: Record) -> str:
    try:
        return check_telephone(phone.values.get("number", ""))
    except PydanticCustomError as error:
        tables.refuse(phone.where, "number", error.type, (error.context or {})["detail"])
        return ""


def _hours(tables: Tables, record: Record) -> list[dict[str, Any]] | None:
    if not tables.states(record, "schedule"):
        return None
    hours = []
    for schedule in tables.children(record, "schedule"):
        values = schedule.values
        names = [day.strip()[-2:] for day in values.get("byday", "").split(",") if day.strip()]
        for name in set(names) - set(WEEKDAYS):
            tables.refuse(schedule.where, "byday", "not_weekday", name)
        days = sorted(WEEKDAYS[name] for name in names if name in WEEKDAYS)
        times = {"opens": values.get("opens_at", ""), "closes": values.get("closes_at", "")}
        hours.append({"days": days, **times, "words": _texts(values, "description")})
    return hours


def _address(tables: Tables, record: Record) -> dict[str, str] | None:
    if not tables.states(record, "address"):
        return None
    first = next(tables.children(record, "address"), None)
    return {line: first.values[line] for line in ADDRESS_LINES if first and first.values.get(line)}


def _degrees(tables: Tables, record: Record, field: str) -> float | None:
    value: float | None = record.values.get(field)
    if value is not None and abs(value) > MAX_DEGREES[field]:
        tables.left_out.append(Problem(record.where, field, "not_on_earth", str(value)))
        return None
    return value


def _types(tables: Tables, record: Record) -> tuple[str, ...] | None:
    """Return the types from HSDS attributes whose taxonomy term carries one of our codes."""
    if not tables.states(record, "attribute"):
        return None
    terms = tables.records.get("taxonomy_term", {})
    ids = [child.values.get("taxonomy_term_id") for child in tables.children(record, "attribute")]
    codes = {terms[id_].values.get("code", "") for id_ in ids if id_ in terms}
    return tuple(sorted(codes & set(catalogue.types())))


def _plain_eligibility(tables: Tables, record: Record) -> dict[str, Any] | None:
    """Return who is admitted from the fields of plain HSDS, or None if it states nothing."""
    low, high = record.values.get("minimum_age"), record.values.get("maximum_age")
    for field, age in (("minimum_age", low), ("maximum_age", high)):
        if age is not None and not 0 <= age <= 120:
            tables.refuse(record.where, field, "out_of_range", "0-120")
    if low is not None and high is not None and low > high:
        tables.refuse(record.where, "maximum_age", "age_order", f"{low:g}-{high:g}")
    codes = {child.values.get("code", "").lower() for child in tables.children(record, "language")} - {""}
    if low is None and high is None and not codes:
        return None
    return {
        "age_min": None if low is None else int(low),
        "age_max": None if high is None else int(high),
        "languages": sorted(codes) or None,
    }


def _services_at_sites(tables: Tables) -> dict[UUID, dict[UUID, None]]:
    """Return the sites of each service; a pair with an id that is not in the file is refused."""
    pairs: dict[UUID, dict[UUID, None]] = {}
    for record in tables.of_kind("service_at_location"):
        service, site = record.values.get("service_id"), record.values.get("location_id")
        for kind, end in (("service", service), ("location", site)):
            if end is not None and end not in tables.records.get(kind, {}):
                tables.refuse(record.where, f"{kind}_id", "leads_nowhere", str(end))
        if service and site:
            pairs.setdefault(service, {})[site] = None
    return pairs
