"""Dates of reduced precision in documents: stored as their ISO text."""

from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator

from suar.cases.rules.dates import PartialDate


def _read(stored: Any) -> PartialDate:
    return stored if isinstance(stored, PartialDate) else PartialDate.parse(str(stored))


StoredPartialDate = Annotated[PartialDate, PlainValidator(_read), PlainSerializer(str)]
"""A date as the person remembers it, such as 2024-05~ for about May 2024."""
