"""What other stages and pages see of the directory: never a model, never a hidden place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from suar.directory.terms.facts import Fit, ServiceFacts
from suar.directory.terms.upkeep import Age


class Spoken(str):
    """Words of an entry, and the language in which they stand; empty where it is not known."""

    __slots__ = ("language",)

    language: str

    def __new__(cls, words: str = "", language: str = "") -> Self:
        """Keep the language beside the words."""
        spoken = super().__new__(cls, words)
        spoken.language = language
        return spoken


@dataclass(frozen=True, slots=True)
class ShownPhone:
    """A number with what it is for, in the language asked for."""

    number: str
    words: Spoken


@dataclass(frozen=True, slots=True)
class ShownHours:
    """Opening on some weekdays, Monday is 0; times as "08:00", empty when only words are told."""

    days: tuple[int, ...]
    opens: str
    closes: str
    words: Spoken


@dataclass(frozen=True, slots=True)
class AnswersNow:
    """A number that somebody answers, when, and the day on which it was last tried."""

    number: str
    hours: Spoken
    tested: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """A place that may be shown."""

    name: str
    district: str
    lines: tuple[str, ...]
    transport: str
    phones: tuple[ShownPhone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """A service as it may be shown. `organisation` is set when the provider has an account here.

    Each text is in the language asked for, or the nearest there is, and says which one that is:
    one entry may hold texts in several. `gate_only` says that the place itself is not told and the
    phone leads to it.
    """

    id: UUID
    name: Spoken
    description: Spoken
    provider: UUID | None
    provider_name: Spoken
    website: str
    organisation: UUID | None
    answers_by_link: bool
    types: tuple[str, ...]
    areas: tuple[str, ...]
    districts: tuple[str, ...]
    gate_only: bool
    facts: ServiceFacts
    stay_limit_days: int | None
    phones: tuple[ShownPhone, ...]
    hours: tuple[ShownHours, ...]
    urgent: AnswersNow | None
    confirmed: date | None
    warn_old: bool
    age: Age
    status: str
    access: Mapping[str, Spoken]
    sites: tuple[OpenSite, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A service and how it fits a person."""

    card: ServiceCard
    fit: Fit


@dataclass(frozen=True, slots=True)
class Looked:
    """A word that is looked for, and codes of kinds and places of which each is as good as it.

    One that is not `needed` is let go where nothing has it.
    """

    text: str
    codes: frozenset[str] = frozenset()
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for; an empty field asks for nothing.

    `needs` are groups or types; `place` a district, a province, ABROAD or SEA; `age` CHILD or
    ADULT; `children` says that a child comes along, of an age that is not asked; `looked` is what
    the words of `text` may mean, where that is known; `after` is where the last page ended.
    """

    needs: tuple[str, ...] = ()
    place: str = ""
    sex: str = ""
    age: str = ""
    children: bool = False
    nationality: str = ""
    language: str = ""
    without_papers: bool = False
    now: bool = False
    free: bool = False
    text: str = ""
    looked: tuple[Looked, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of found services, and where the next begins (empty at the end)."""

    cards: tuple[ServiceCard, ...]
    next: str
