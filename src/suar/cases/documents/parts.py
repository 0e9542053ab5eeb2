"""Common parts of documents: dates, who recorded something and when, and what is struck out or taken back."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BeforeValidator, PlainSerializer, PlainValidator

from suar.cases.rules.dates import PartialDate
from suar.records.documents import Document, Part

OptionalDate = Annotated[date | None, BeforeValidator(lambda stored: stored or None)]
"""A date that earlier versions stored as an empty text when there was none."""


def _read(stored: Any) -> PartialDate:
    return stored if isinstance(stored, PartialDate) else PartialDate.parse(str(stored))


StoredPartialDate = Annotated[PartialDate, PlainValidator(_read), PlainSerializer(str)]
"""A date as the person remembers it, such as 2024-05~ for about May 2024."""


class Recorded(Part):
    """A part that says who recorded it, and when."""

    by: UUID
    at: datetime


Version = TypeVar("Version", bound=Recorded)


class Versions(Document, Generic[Version]):
    """A document that stores every version of something, the oldest first; a later one corrects an earlier one."""

    versions: tuple[Version, ...] = ()

    @property
    def current(self) -> Version:
        """The version that counts."""
        return self.versions[-1]


class Strikable(Recorded):
    """A part that stays readable beside the reason when it is struck out; an `undone` one was taken back at once."""

    struck: str = ""
    struck_by: UUID | None = None
    struck_at: datetime | None = None
    undone: bool = False
