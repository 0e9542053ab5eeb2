"""Documents that one worker writes for a while and that are deleted again; by plain columns, without opening any."""

from datetime import datetime
from uuid import UUID

from suar.records.documents import Document
from suar.records.models import Value


def delete_document(record: UUID, kind: type[Document], key: str) -> None:
    """Delete one document of a record; without it nothing happens."""
    name = kind.storage.field_name(key)
    Value.objects.filter(record=record, compartment=kind.storage.compartment, field=name).delete()


def delete_older(kind: type[Document], *, than: datetime) -> int:
    """Delete the documents of a kind that nobody wrote since then, in all records; return how many."""
    place = {"compartment": kind.storage.compartment, "field__startswith": f"{kind.storage.name}-"}
    return Value.objects.filter(**place, at__lt=than).delete()[0]
