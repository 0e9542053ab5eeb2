"""Codes of the directory on which rules branch."""

from collections.abc import Mapping
from enum import StrEnum

Texts = Mapping[str, str]
"""One text in several languages: {"en": ..., "id": ...}; "und" when the language is not stated."""

UNKNOWN_LANGUAGE = "und"


class FitKind(StrEnum):
    FITS = "FITS"
    ASK_FIRST = "ASK_FIRST"
    DOES_NOT_FIT = "DOES_NOT_FIT"


class Effect(StrEnum):
    """Effect of a reason: for, neutral, warning, to ask, against."""

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
"""The kind of an entry with a telephone number that is answered now."""


class Age(StrEnum):
    """Age of an entry by the intervals of its kinds."""

    NEVER = "NEVER"
    FRESH = "FRESH"
    ADVISED = "ADVISED"
    REQUIRED = "REQUIRED"
    HIDDEN = "HIDDEN"


class How(StrEnum):
    """The origin of a revision of an entry."""

    IMPORT = "IMPORT"
    EDIT = "EDIT"
    LINK = "LINK"
    UNDO = "UNDO"
    MERGE = "MERGE"
    HIDE = "HIDE"
    JOIN = "JOIN"


class DraftState(StrEnum):
    """States of a draft."""

    DRAFT = "DRAFT"
    CHECKED = "CHECKED"
    PUBLISHED = "PUBLISHED"
    REFUSED = "REFUSED"


class PlaceKind(StrEnum):
    """Kinds of place: open, hidden, or none."""

    OPEN = "OPEN"
    HIDDEN = "HIDDEN"
    NONE = "NONE"


UNSAFE = "UNSAFE"
"""The kind of an error report that cannot wait."""


class AskingState(StrEnum):
    """States of asking a provider: not asked, no answer for a week, asked in the last week."""

    NOT_YET = "NOT_YET"
    SILENT = "SILENT"
    LATELY = "LATELY"
