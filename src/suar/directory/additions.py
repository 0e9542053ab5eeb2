"""New entries: a draft in small fields becomes what a file of one entry would hold.

So whatever holds for a file holds for an editor as well: areas at a hidden place are widened,
streets are refused, dates may not lie ahead. Nothing of it stands in the directory before it is
published, and its ids are made of the draft, so that they stay the same.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import catalogue, importing, indexing, rules
from suar.directory.flat import NOTHING, Flat
from suar.directory.locking import count, locked_edition
from suar.directory.models import EntryDraft
from suar.directory.plans import Plan
from suar.directory.states import LET_IN
from suar.directory.terms import (
    UNKNOWN_LANGUAGE,
    EligibilityEntry,
    HoursEntry,
    How,
    ParsedDirectory,
    PhoneEntry,
    PlaceKind,
    Problem,
    ProviderEntry,
    ServiceEntry,
    SiteEntry,
    Stamp,
    Status,
    UrgentLine,
)

PLACE, WRITTEN_THERE = "site.kind", "id"
WHERE = ("site.district", "site.name", "site.address_1", "site.city", "site.postal_code", "site.transport")
NAMES_A_DISTRICT = "names_a_district"


class Stopped(Exception):
    """Something in a new entry that no entry may hold."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def kept_safe(told: Flat) -> dict[str, Any]:
    """Give a new entry as it may be kept: of a hidden place only in which provinces it helps."""
    if told[PLACE] != PlaceKind.HIDDEN or not told.get("areas"):
        return dict(told)
    return {**told, "areas": list(rules.provinces_only(told["areas"]))}


def without_place(told: Flat) -> dict[str, Any]:
    """Give a new entry without where its place is: once published, the place itself tells that.

    A place that is hidden later would else stand in its draft for good.
    """
    return {way: value for way, value in told.items() if way not in WHERE}


def service_id(draft: UUID) -> UUID:
    """Give the id that a new entry has once it is published."""
    return uuid5(draft, "service")


def planned(draft: UUID, told: Flat, *, today: date) -> Plan:
    """Work out what publishing a new entry would write, and everything that is wrong with it."""
    made = importing.plan(parsed(draft, told), today=today)
    made.providers = {id_: replace(one, added_here=True) for id_, one in made.providers.items()}
    made.sites = {id_: replace(one, added_here=True) for id_, one in made.sites.items()}
    return made


def examined(draft: UUID, told: Flat, *, today: date) -> Plan:
    """Work the same out; raises Stopped where anything is wrong."""
    made = planned(draft, told, today=today)
    if made.refused:
        raise Stopped(tuple(made.refused))
    return made


def districts_named(row: EntryDraft) -> tuple[str, ...]:
    """Give the districts that a new entry with a hidden place would tell."""
    made = planned(row.id, row.told, today=clock.today())
    return tuple(dict.fromkeys(each.detail for each in made.warned))


def publish(row: EntryDraft, *, at: datetime, seen: bool) -> UUID:
    """Let a new entry stand in the directory as its first edition; gives its id.

    Raises Refused where a text names the street of a hidden place, or its district unless
    somebody has `seen` that it does, and where its provider is gone.
    """
    directory, today = locked_edition(), clock.local_date(at)
    made = planned(row.id, row.told, today=today)
    if made.refused:
        raise Refused(made.refused[0].why)
    if made.warned and not seen:
        raise Refused(NAMES_A_DISTRICT)
    importing.write(made, Stamp(row.by, at, How.EDIT))
    service = service_id(row.id)
    indexing.renew(service, today=today)
    count(directory, at=at)
    audit.record("add_entry", by=row.by, at=at, about=[service])
    return service


def parsed(draft: UUID, told: Flat) -> ParsedDirectory:
    """Put the small fields of a draft together as a file of one entry would hold them."""
    house = _house(draft, told) if told.get("house.name") else None
    provider = house.id if house else UUID(told["provider"])
    place = _place(draft, told, provider)
    return ParsedDirectory(
        providers=(house,) if house else (),
        sites=(place,) if place else (),
        services=(_service(draft, told, provider, place),),
    )


def _house(draft: UUID, told: Flat) -> ProviderEntry:
    return ProviderEntry(
        id=uuid5(draft, "provider"),
        where="",
        name={UNKNOWN_LANGUAGE: told["house.name"]},
        description={},
        website=told.get("house.website", ""),
        email=told.get("house.email", ""),
        organisation=UUID(told["house.own"]) if told.get("house.own") else None,
    )


def _place(draft: UUID, told: Flat, provider: UUID) -> SiteEntry | None:
    """Give the place; of a hidden one nothing but that there is one."""
    kind, id_ = told[PLACE], uuid5(draft, "site")
    if kind == PlaceKind.NONE:
        return None
    if kind == PlaceKind.HIDDEN:
        return SiteEntry(id=id_, where="", provider=provider, hidden=True)
    return SiteEntry(
        id=id_,
        where="",
        provider=provider,
        hidden=False,
        name=told.get("site.name", ""),
        address=_address(told),
        district=told.get("site.district", ""),
        transport=told.get("site.transport", ""),
    )


def _address(told: Flat) -> dict[str, str]:
    """Give an address; town and province are those of the district, as they are written there."""
    code, known = told.get("site.district", ""), catalogue.places()
    district = known[code].say(WRITTEN_THERE) if code else ""
    province = known[catalogue.province_of(code)].say(WRITTEN_THERE) if code else ""
    lines = {
        "address_1": told.get("site.address_1", ""),
        "city": told.get("site.city") or district,
        "state_province": province,
        "postal_code": told.get("site.postal_code", ""),
    }
    whole = {**lines, "country": settings.SUAR_COUNTRY} if lines["address_1"] else lines
    return {name: text for name, text in whole.items() if text}


def _service(draft: UUID, told: Flat, provider: UUID, place: SiteEntry | None) -> ServiceEntry:
    flat, access = {**NOTHING, **told}, dict[str, dict[str, str]]()
    for way, text in told.items():
        first, _, rest = way.partition(".")
        if first == "access":
            code, _, tag = rest.partition(".")
            access.setdefault(code, {})[tag] = text
    return ServiceEntry(
        id=service_id(draft),
        where="",
        provider=provider,
        status=Status.ACTIVE.value,
        name=_texts("name", told),
        description=_texts("description", told),
        access=access,
        confirmed=None,
        types=tuple(flat["types"]),
        areas=tuple(flat["areas"]),
        sites=(place.id,) if place else (),
        phones=tuple(PhoneEntry(each["number"], each["words"]) for each in flat["phones"]),
        hours=tuple(HoursEntry(**{**each, "days": tuple(each["days"])}) for each in flat["hours"]),
        urgent=_urgent(flat["urgent"]),
        eligibility=_eligibility(flat),
    )


def _texts(field: str, told: Flat) -> dict[str, str]:
    return {way.partition(".")[2]: text for way, text in told.items() if way.startswith(f"{field}.")}


def _urgent(told: Mapping[str, Any] | None) -> UrgentLine | None:
    return UrgentLine(told["number"], _day(told["tested"]), told["hours"]) if told else None


def _eligibility(flat: Flat) -> EligibilityEntry | None:
    let_in = {name: flat[f"let_in.{name}"] for name in LET_IN}
    if all(value is None for value in let_in.values()):
        return None
    let_in["places_as_of"] = _day(let_in["places_as_of"])
    return EligibilityEntry(**{name: tuple(v) if isinstance(v, list) else v for name, v in let_in.items()})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
