"""Refusals that both sites turn into one of a few plain pages."""

from typing import Protocol, TypeVar
from uuid import UUID

Row = TypeVar("Row", covariant=True)
Value = TypeVar("Value")


class NotYours(Exception):
    """The record is absent or not yours; both get the same page."""


class Conflict(Exception):
    """Somebody else changed this in the meantime; nothing was overwritten."""


class Refused(Exception):
    """A rule refused; `because` is the code of the reason."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class KeyNotTrusted(Refused):
    """A public key is missing or is not signed by its organisation; nothing is sealed to it."""

    def __init__(self) -> None:
        super().__init__("key_not_trusted")


class TooBusy(Exception):
    """The machine has no capacity for this now; the caller may retry after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int = 5) -> None:
        super().__init__(f"retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class AuditFailed(Exception):
    """The entry could not be written, so nothing that needs it may be shown."""


class Rows(Protocol[Row]):
    """A queryset, or anything else that has a first row."""

    def first(self) -> Row | None:
        """Return the first row, or None."""


def get_or_refuse(rows: Rows[Row]) -> Row:
    """Return the first of these rows; raises NotYours if there is none."""
    return value_or_refuse(rows.first())


def value_or_refuse(value: Value | None) -> Value:
    """Return the value of a search; raises NotYours if it is None."""
    if value is None:
        raise NotYours
    return value


def uuid_or_refuse(text: str) -> UUID:
    """Return the id that a form sent as text; raises NotYours if it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotYours from None
