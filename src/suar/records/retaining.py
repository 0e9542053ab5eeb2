"""How long a record is kept: the plain date on which its time ends."""

from datetime import date
from uuid import UUID

from suar.records.models import Record


def keep_until(record: UUID, day: date) -> None:
    """Keep the day on which a record's time ends; its audit entry is the caller's act."""
    Record.objects.filter(id=record).update(retention=day)
