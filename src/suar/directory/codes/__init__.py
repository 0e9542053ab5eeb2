"""Codes of the directory on which rules branch."""

from collections.abc import Mapping
from enum import StrEnum

Texts = Mapping[str, str]
"""One text in several languages: {"en": ..., "id": ...}; "und" when the language is not stated."""

UNKNOWN_LANGUAGE = "und"


class Sex(StrEnum):
    FEMALE = "FEMALE"
    MALE = "MALE"
    TRANS = "TRANS"


class AgeStatus(StrEnum):
    """Codes of age_status: surely a child, surely an adult, maybe a child, not known."""

    CHILD = "AB_U18"
    ADULT = "AB_18"
    MAYBE = "AB_MAYBE"
    UNKNOWN = "AB_UNK"


class Nationality(StrEnum):
    """Of which country a person is, seen from the country where the directory is used."""

    NATIONAL = "NATIONAL"
    FOREIGN = "FOREIGN"
    STATELESS = "STATELESS"


class Papers(StrEnum):
    """Papers the person can show."""

    NONE = "NONE"
    COPY = "COPY"
    ORIGINAL = "ORIGINAL"


class Formal(StrEnum):
    """How far the person has been recognised, by whom it matters to a service."""

    NONE = "NONE"
    PRESUMED = "PRESUMED"
    POLICE_REPORT = "POLICE_REPORT"
    FORMAL_DECISION = "FORMAL_DECISION"


class FitKind(StrEnum):
    FITS = "FITS"
    ASK_FIRST = "ASK_FIRST"
    DOES_NOT_FIT = "DOES_NOT_FIT"


class Effect(StrEnum):
    """What one reason does: speaks for, tells, warns, has to be asked, speaks against."""

    FOR = "FOR"
    NOTE = "NOTE"
    WARN = "WARN"
    ASK = "ASK"
    AGAINST = "AGAINST"


class Status(StrEnum):
    """HSDS service.status."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    CLOSED_FOR_NOW = "temporarily closed"


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
    """How a revision of an entry came about."""

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


class ErrorKind(StrEnum):
    """What somebody found wrong with an entry; there are no words, so no story is kept."""

    CLOSED = "CLOSED"
    NUMBER = "NUMBER"
    PLACE = "PLACE"
    HOURS = "HOURS"
    REFUSED = "REFUSED"
    MONEY = "MONEY"
    UNSAFE = "UNSAFE"
    OTHER = "OTHER"


class AskingState(StrEnum):
    """Where asking a provider stands: nobody asked, no answer came for a week, asked just now."""

    NOT_YET = "NOT_YET"
    SILENT = "SILENT"
    LATELY = "LATELY"
