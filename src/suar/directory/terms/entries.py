"""What a directory file holds, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.directory.terms.codes import Texts
from suar.directory.terms.upkeep import Conflict


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    number: str
    words: Texts


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """Opening on some weekdays, Monday is 0; times as "08:00", empty when only `words` are told."""

    days: tuple[int, ...]
    opens: str
    closes: str
    words: Texts


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """A number that somebody answers now, and the day on which it was last tried."""

    number: str
    tested: date | None
    hours: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEntry:
    """A provider as a file tells it; a field that is None was not told and keeps what is stored."""

    id: UUID
    where: str
    name: Texts
    description: Texts
    website: str
    email: str
    phones: tuple[PhoneEntry, ...] | None = None
    organisation: UUID | None = None
    answers_by_link: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntry:
    """A place as a file tells it; of a hidden one nothing but its id survives."""

    id: UUID
    where: str
    provider: UUID | None
    hidden: bool | None
    name: str = ""
    address: Mapping[str, str] | None = None
    district: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    transport: str = ""
    phones: tuple[PhoneEntry, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityEntry:
    """Who is let in, as a file tells it; None is unknown."""

    sex: tuple[str, ...] | None = None
    age_min: int | None = None
    age_max: int | None = None
    children_with: str | None = None
    children_age_limit: int | None = None
    nationality: tuple[str, ...] | None = None
    stay: str | None = None
    papers: str | None = None
    forms: tuple[str, ...] | None = None
    formal: str | None = None
    cooperation: bool | None = None
    cost: str | None = None
    languages: tuple[str, ...] | None = None
    opening: str | None = None
    residential: tuple[str, ...] | None = None
    disability: tuple[str, ...] | None = None
    exclusions: tuple[str, ...] | None = None
    family: tuple[str, ...] | None = None
    stay_limit_days: int | None = None
    places_total: int | None = None
    places_free: int | None = None
    places_as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """A service as a file tells it; a field that is None was not told and keeps what is stored."""

    id: UUID
    where: str
    provider: UUID | None
    status: str
    name: Texts
    description: Texts
    access: Mapping[str, Texts]
    confirmed: date | None
    types: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    sites: tuple[UUID, ...] | None = None
    phones: tuple[PhoneEntry, ...] | None = None
    hours: tuple[HoursEntry, ...] | None = None
    urgent: UrgentLine | None = None
    eligibility: EligibilityEntry | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file: where it stands, which field, the code of why, and details."""

    row: str
    field: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDirectory:
    """What a file holds: entries, what must be refused, and what was left out on purpose.

    `as_of` is the day for which an invented file was written.
    """

    providers: tuple[ProviderEntry, ...] = ()
    sites: tuple[SiteEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    refused: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many providers, sites and services."""

    providers: int = 0
    sites: int = 0
    services: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do when `applied` is false.

    `warned` is taken over all the same, once somebody has looked at it; `mark` tells these warnings
    from others.
    """

    created: Counted
    changed: Counted
    unchanged: Counted
    refused: tuple[Problem, ...]
    left_out: tuple[Problem, ...]
    applied: bool
    conflicts: tuple[Conflict, ...] = ()
    warned: tuple[Problem, ...] = ()
    mark: str = ""
