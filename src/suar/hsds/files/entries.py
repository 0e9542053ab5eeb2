"""Build directory entries from the rows of a file."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from suar.directory import catalogue
from suar.directory.codes import UNKNOWN_LANGUAGE, Texts
from suar.directory.documents import (
    EligibilityEntry,
    HoursEntry,
    ParsedDirectory,
    PhoneEntry,
    Problem,
    ProviderEntry,
    ServiceEntry,
    SiteEntry,
)
from suar.hsds.files.extension import read_extension, sorted_codes
from suar.hsds.files.tables import Row, Tables
from suar.hsds.files.values import InvalidValue, telephone

WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
ACCESS_FROM = {
    "AC_HOW": "application_process",
    "AC_WAIT": "wait_time",
    "AC_COST": "fees_description",
    "AC_LANG": "interpretation_services",
}
ADDRESS_LINES = ("address_1", "address_2", "city", "region", "state_province", "postal_code")
WIDEST = {"latitude": 90, "longitude": 180}


def build_entries(found: Tables) -> ParsedDirectory:
    """Turn rows into entries; what cannot be used is noted as left out or refused."""
    pairs = _services_at_sites(found)
    providers = tuple(_provider(found, row) for row in _rows_of(found, "organization"))
    sites = tuple(_site(found, row) for row in _rows_of(found, "location"))
    services = tuple(_service(found, row, pairs) for row in _rows_of(found, "service"))
    return ParsedDirectory(providers, sites, services, tuple(found.problems), tuple(found.left_out))


def _rows_of(found: Tables, kind: str) -> Iterator[Row]:
    yield from found.rows.get(kind, {}).values()


def _provider(found: Tables, row: Row) -> ProviderEntry:
    extension, values = _extension(found, row), row.values
    return ProviderEntry(
        id=values["id"],
        where=row.where,
        name=_texts(extension, values, "name"),
        description=_texts(extension, values, "description"),
        website=values.get("website", ""),
        email=values.get("email", ""),
        phones=_phones(found, row),
        organisation=extension.organisation,
        answers_by_link=extension.answers_by_link,
    )


def _site(found: Tables, row: Row) -> SiteEntry:
    """Build a site; of a hidden one only the id is kept."""
    extension, values = _extension(found, row), row.values
    provider = _provider_of(found, row)
    if extension.hidden:
        _note_dropped(found, row, extension.district)
        return SiteEntry(id=values["id"], where=row.where, provider=provider, hidden=True)
    return SiteEntry(
        id=values["id"],
        where=row.where,
        provider=provider,
        hidden=extension.hidden,
        name=values.get("name", ""),
        address=_address(found, row),
        district=extension.district,
        latitude=_degrees(found, row, "latitude"),
        longitude=_degrees(found, row, "longitude"),
        transport=values.get("transportation", ""),
        phones=_phones(found, row),
    )


def _service(found: Tables, row: Row, pairs: dict[UUID, tuple[UUID, ...]]) -> ServiceEntry:
    extension, values = _extension(found, row), row.values
    access = extension.access()
    for code, field in ACCESS_FROM.items():
        if code not in access and values.get(field):
            access[code] = {UNKNOWN_LANGUAGE: values[field]}
    return ServiceEntry(
        id=values["id"],
        where=row.where,
        provider=_provider_of(found, row),
        status=values.get("status", ""),
        name=_texts(extension, values, "name"),
        description=_texts(extension, values, "description"),
        access=access,
        confirmed=values.get("assured_date"),
        types=sorted_codes(extension.types) or _types(found, row),
        areas=sorted_codes(extension.areas),
        sites=_stated_sites(found, row, pairs),
        phones=_phones(found, row),
        hours=_hours(found, row),
        urgent=extension.urgent_line(),
        eligibility=_plain_eligibility(found, row) if row.extension is None else extension.eligibility(),
    )


def _extension(found: Tables, row: Row) -> Any:
    return read_extension(row.kind, row.extension, partial(found.refuse, row.where))


def _texts(extension: Any, values: dict[str, Any], field: str) -> Texts:
    """Return the translations, or the plain text in an unknown language."""
    plain = {UNKNOWN_LANGUAGE: values[field]} if values.get(field) else {}
    return extension.texts(field) or plain


def _phones(found: Tables, row: Row) -> tuple[PhoneEntry, ...] | None:
    if not found.told(row, "phone"):
        return None
    return tuple(
        PhoneEntry(
            number=_number(found, phone),
            words={UNKNOWN_LANGUAGE: phone.values["description"]} if phone.values.get("description") else {},
        )
        for phone in found.children(row, "phone")
    )


def _number(found: Tables, phone: Row) -> str:
    try:
        return telephone(phone.values.get("number", ""))
    except InvalidValue as wrong:
        found.refuse(phone.where, "number", wrong.why, wrong.detail)
        return ""


def _hours(found: Tables, row: Row) -> tuple[HoursEntry, ...] | None:
    if not found.told(row, "schedule"):
        return None
    return tuple(
        HoursEntry(
            days=tuple(sorted(_days(found, one))),
            opens=one.values.get("opens_at", ""),
            closes=one.values.get("closes_at", ""),
            words={UNKNOWN_LANGUAGE: one.values["description"]} if one.values.get("description") else {},
        )
        for one in found.children(row, "schedule")
    )


def _days(found: Tables, row: Row) -> Iterator[int]:
    for day in row.values.get("byday", "").split(","):
        name = day.strip()[-2:]
        if name in WEEKDAYS:
            yield WEEKDAYS[name]
        elif name:
            found.refuse(row.where, "byday", "not_weekday", name)


def _address(found: Tables, row: Row) -> dict[str, str] | None:
    if not found.told(row, "address"):
        return None
    first = next(found.children(row, "address"), None)
    return {field: first.values[field] for field in (*ADDRESS_LINES, "country") if first and first.values.get(field)}


def _degrees(found: Tables, row: Row, field: str) -> float | None:
    value = row.values.get(field)
    if value is not None and abs(value) > WIDEST[field]:
        found.left_out.append(Problem(row.where, field, "not_on_earth", str(value)))
        return None
    return float(value) if value is not None else None


def _note_dropped(found: Tables, row: Row, district: str | None) -> None:
    stated = sorted({*row.values, *row.told} - {"id", "location_type", "organization_id"})
    if stated or district:
        found.left_out.append(Problem(row.where, ", ".join(stated) or "district", "hidden_place"))


def _types(found: Tables, row: Row) -> tuple[str, ...] | None:
    """Take types from HSDS attributes whose taxonomy term carries one of our codes."""
    if not found.told(row, "attribute"):
        return None
    codes = {
        term.values.get("code", "")
        for attribute in found.children(row, "attribute")
        for term in found.children(attribute, "taxonomy_term")
    }
    return tuple(sorted(codes & set(catalogue.types())))


def _plain_eligibility(found: Tables, row: Row) -> EligibilityEntry | None:
    """Take what plain HSDS tells of who is let in; None when it tells nothing."""
    low, high = row.values.get("minimum_age"), row.values.get("maximum_age")
    for field, age in (("minimum_age", low), ("maximum_age", high)):
        if age is not None and not 0 <= age <= 120:
            found.refuse(row.where, field, "out_of_range", "0-120")
    if low is not None and high is not None and low > high:
        found.refuse(row.where, "maximum_age", "age_order", f"{low:g}-{high:g}")
    languages = [one.values["code"].lower() for one in found.children(row, "language") if one.values.get("code")]
    if low is None and high is None and not languages:
        return None
    return EligibilityEntry(
        age_min=None if low is None else int(low),
        age_max=None if high is None else int(high),
        languages=tuple(sorted(set(languages))) or None,
    )


def _services_at_sites(found: Tables) -> dict[UUID, tuple[UUID, ...]]:
    """Pair services with places; a pair that leads nowhere is refused."""
    pairs: dict[UUID, list[UUID]] = {}
    for row in _rows_of(found, "service_at_location"):
        service, site = _linked_id(found, row, "service"), _linked_id(found, row, "location")
        if service and site:
            pairs.setdefault(service, []).append(site)
    return {service: tuple(dict.fromkeys(sites)) for service, sites in pairs.items()}


def _linked_id(found: Tables, row: Row, kind: str) -> UUID | None:
    """Return one end of a pair: what it hangs on, what it holds, or the id it names."""
    holds = next(found.children(row, kind), None)
    named = holds.values["id"] if holds else row.values.get(f"{kind}_id")
    above = found.parent(row, kind)
    end = above.values["id"] if above else named
    if end is not None and end not in found.rows.get(kind, {}):
        found.refuse(row.where, f"{kind}_id", "leads_nowhere", str(end))
    return end


def _stated_sites(found: Tables, row: Row, pairs: dict[UUID, tuple[UUID, ...]]) -> tuple[UUID, ...] | None:
    sites = pairs.get(row.values["id"], ())
    return sites if sites or found.told(row, "service_at_location") else None


def _provider_of(found: Tables, row: Row) -> UUID | None:
    above = found.parent(row, "organization")
    named: UUID | None = row.values.get("organization_id")
    return above.values["id"] if above else named
