"""Decisions about two records that may be of one person."""

from datetime import datetime
from uuid import UUID

from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class OtherPerson(Part):
    """A record that a worker compared and found to be of somebody else."""

    record: UUID
    by: UUID
    at: datetime


class OtherPeople(Document):
    """Similar records that a worker found to be of other people."""

    storage = Storage(
        Compartment.NARRATIVE,
        "other_people",
        purpose="which similar records are of somebody else, and who compared them; so that nobody asks again",
    )
    entries: tuple[OtherPerson, ...] = ()


class Merge(Part):
    """One merge of two records of the same person, and its undo."""

    record: UUID
    by: UUID
    at: datetime
    tasks: tuple[UUID, ...] = ()
    undone_by: UUID | None = None
    undone_at: datetime | None = None


class MergedRecords(Document):
    """The records that were merged into this one; they keep everything they contain."""

    storage = Storage(
        Compartment.NARRATIVE,
        "merged_records",
        purpose="which records of the same person were merged into this one, who did it and which steps came along; so"
        " that it can be undone",
    )
    entries: tuple[Merge, ...] = ()


class MergedInto(Document):
    """The record into which this one was merged, or None after an undo."""

    storage = Storage(
        Compartment.NARRATIVE,
        "merged_into",
        purpose="the record of the same person that stays open; so that a worker who opens this one finds it",
    )
    record: UUID | None = None
