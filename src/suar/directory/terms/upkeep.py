"""Words of keeping the directory true: ages, editions, drafts, and what was said to be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

LINE = "LINE"
"""The kind of an entry with a number that somebody answers now."""


class Age(StrEnum):
    """How old an entry is by the clock of its kind."""

    NEVER = "NEVER"
    FRESH = "FRESH"
    ADVISED = "ADVISED"
    REQUIRED = "REQUIRED"
    HIDDEN = "HIDDEN"


class How(StrEnum):
    """How an edition of an entry came about."""

    IMPORT = "IMPORT"
    EDIT = "EDIT"
    LINK = "LINK"
    UNDO = "UNDO"
    MERGE = "MERGE"
    HIDE = "HIDE"
    JOIN = "JOIN"


class DraftState(StrEnum):
    """Where a draft stands; what is taken back or refused is kept until its entry goes."""

    DRAFT = "DRAFT"
    CHECKED = "CHECKED"
    PUBLISHED = "PUBLISHED"
    REFUSED = "REFUSED"


class PlaceKind(StrEnum):
    """Whether people come to a place that may be known, to one that may not, or to none."""

    OPEN = "OPEN"
    HIDDEN = "HIDDEN"
    NONE = "NONE"


class Wrong(StrEnum):
    """What somebody found wrong with an entry; there are no words, so no story is kept."""

    CLOSED = "CLOSED"
    NUMBER = "NUMBER"
    PLACE = "PLACE"
    HOURS = "HOURS"
    REFUSED = "REFUSED"
    MONEY = "MONEY"
    UNSAFE = "UNSAFE"
    OTHER = "OTHER"


class Turn(StrEnum):
    """Where asking a provider stands: nobody asked, no answer came for a week, asked just now."""

    NOT_YET = "NOT_YET"
    SILENT = "SILENT"
    LATELY = "LATELY"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who makes an edition, when and how; `by` is None for a provider who has a link."""

    by: UUID | None
    at: datetime
    how: How


@dataclass(frozen=True, slots=True)
class Edited:
    """One edition of an entry; `stamp` is None for one from before editions were kept."""

    number: int
    stamp: Stamp | None
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of an entry that a file and somebody here changed to different ends."""

    service: str
    name: str
    way: str
    ours: Any
    theirs: Any

    @property
    def key(self) -> str:
        """Name the field of the entry, so that the file's value can be chosen."""
        return f"{self.service}|{self.way}"
