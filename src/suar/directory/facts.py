"""Facts about a person and a service that the fit rules compare, and their result."""

from dataclasses import dataclass
from uuid import UUID

from suar.directory.codes import Effect, FitKind

ELIGIBILITY_FIELDS = (
    *("sex", "age_min", "age_max", "children_with", "children_age_limit", "nationality", "stay", "papers"),
    *("forms", "formal", "cooperation", "cost", "languages", "opening", "residential", "disability"),
    *("exclusions", "family", "stay_limit_days", "places_total", "places_free", "places_as_of"),
)
ELIGIBILITY_SETS = frozenset(
    {"sex", "nationality", "forms", "languages", "residential", "disability", "exclusions", "family"}
)
CAPACITY = ("places_total", "places_free", "places_as_of")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason why a service fits or not: an attribute, its outcome, and the codes for the text."""

    attribute: str
    outcome: str
    effect: Effect
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    kind: FitKind
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ReasonSummary:
    """The reasons of a fit on the page, and those on request."""

    first: tuple[Reason, ...]
    more: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Known facts of the person; None is unknown.

    `urgent`, `residential` and `family` are wishes, not facts. `place` is a district or province
    code, ABROAD or SEA. `age_range` holds the first and last possible year. `children` holds
    the ages of children who come along (None: age not known); an empty tuple means that no child comes.
    """

    place: str | None = None
    sex: str | None = None
    age_years: int | None = None
    age_status: str | None = None
    age_range: tuple[int, int] | None = None
    languages: frozenset[str] | None = None
    papers: str | None = None
    children: tuple[int | None, ...] | None = None
    nationality: str | None = None
    stay: str | None = None
    forms: frozenset[str] | None = None
    formal: str | None = None
    access_needs: frozenset[str] | None = None
    conditions: frozenset[str] | None = None
    residential: frozenset[str] | None = None
    family: frozenset[str] | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """Facts that a service states; None is not stated. Ages of statements are in whole days.

    `kinds` decide how soon it must be confirmed again.
    """

    id: UUID
    areas: frozenset[str] | None = None
    districts: frozenset[str] = frozenset()
    sex: frozenset[str] | None = None
    age_min: int | None = None
    age_max: int | None = None
    children_with: str | None = None
    children_age_limit: int | None = None
    nationality: frozenset[str] | None = None
    stay: str | None = None
    papers: str | None = None
    forms: frozenset[str] | None = None
    formal: str | None = None
    cooperation: bool | None = None
    cost: str | None = None
    languages: frozenset[str] | None = None
    opening: str | None = None
    residential: frozenset[str] | None = None
    disability: frozenset[str] | None = None
    exclusions: frozenset[str] | None = None
    family: frozenset[str] | None = None
    free_places: int | None = None
    free_places_days_ago: int | None = None
    confirmed_days_ago: int | None = None
    kinds: frozenset[str] = frozenset()
