"""Records, their sealed values, and apart from them the rows that hold keys.

A column that begins an index of several columns has no index of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import models
from django.utils.functional import cached_property

from suar.core.codes import enum_choices
from suar.core.ids import new_id, short_code
from suar.core.rows import Row
from suar.records.terms import PRIORITY, Compartment, HolderKind, Kind, Status


class Record(models.Model):
    """A talk, a person or a case; no column describes a person.

    `entry` is the opened index entry, on rows from `queries.with_entries`; `row` is how a list shows it. `has_notice`
    is set where a team gets a notice about it, `notice` is the row for that. `talked_at` is the end of the newest
    talk, after a talk without a name. Until the end of `cover_until` the assignee stands in for the worker
    `covered_for`.
    """

    entry: Mapping[str, Any] = MappingProxyType({})
    row: Row
    has_notice: bool
    notice: Row
    talked_at: datetime | None = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=enum_choices(Kind))
    organisation = models.UUIDField(db_index=True)
    team = models.UUIDField()
    assignee = models.UUIDField(null=True)
    covered_for = models.UUIDField(null=True)
    cover_until = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=enum_choices(Status), default=Status.OPEN)
    priority = models.PositiveSmallIntegerField(default=PRIORITY)
    restricted = models.BooleanField(default=False)
    opened_month = models.DateField()
    next_due = models.DateField(null=True)
    retention = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["team", "kind", "status", "id"], name="record_by_team"),
            models.Index(fields=["team", "id"], name="record_team_page"),
            models.Index(fields=["assignee", "kind", "status", "id"], name="record_by_assignee"),
        ]

    @property
    def name(self) -> str:
        """The name in lists."""
        name: str = self.entry["name"]
        return name

    @cached_property
    def number(self) -> str:
        """A person's number, or the code of a case unless that is its name."""
        return short_code(self.id) if self.kind == Kind.PERSON else next(iter(self.entry.get("aliases", ())), "")


class Value(models.Model):
    """One field or section of a record, sealed under the key of its compartment."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+", db_index=False)
    compartment = models.CharField(max_length=12, choices=enum_choices(Compartment))
    field = models.CharField(max_length=60)
    schema = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    sealed = models.BinaryField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "compartment", "field"], name="value_once_per_field")]


class Grant(models.Model):
    """The keys of some compartments, sealed to one holder. A key row: no foreign keys.

    `until` is the last day of a grant of somebody who stands in; a job deletes it on the day after.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.UUIDField()
    holder = models.CharField(max_length=12, choices=enum_choices(HolderKind))
    key = models.UUIDField()
    compartments = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "key"], name="grant_once")]
        # Only what a worker holds by name is looked for by a key alone.
        indexes = [
            models.Index(
                fields=["key"],
                name="grant_of_worker",
                condition=models.Q(holder=HolderKind.WORKER.value),
            )
        ]


class IndexEntry(models.Model):
    """The small sealed summary by which a record is found in lists."""

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "vault_sheet"


class IndexKey(models.Model):
    """The key of an index entry, wrapped for one holder. A key row: no foreign keys."""

    record = models.UUIDField()
    key = models.UUIDField(db_index=True)
    team_wide = models.BooleanField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "vault_sheetwrap"
        constraints = [models.UniqueConstraint(fields=["record", "key"], name="sheet_wrap_once")]


class StoredFile(models.Model):
    """A sealed file beside the values of a record; a document of the record describes it.

    A job removes it after `expires_on`, and needs no key for that.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    expires_on = models.DateField(null=True, db_index=True)


class FilePiece(models.Model):
    """A part of a sealed file, at most 64 KiB."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="file_piece_once")]


class FileKey(models.Model):
    """The key of a file, wrapped by its record's key for files. A key row: no foreign keys."""

    file = models.UUIDField(primary_key=True)
    record = models.UUIDField(db_index=True)
    sealed = models.BinaryField()


class OpenedRecord(models.Model):
    """A record that a worker first opened in the last day, to count different ones; purged after a day."""

    worker = models.UUIDField()
    record = models.UUIDField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "record"], name="opened_once")]


class ShownName(models.Model):
    """A record whose name a search showed a worker in the last day, to count different ones; purged after a day."""

    worker = models.UUIDField()
    record = models.UUIDField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "record"], name="shown_once")]


class Decoy(models.Model):
    """A record whose person does not exist: nobody but its maker has a reason to open it."""

    record = models.UUIDField(primary_key=True)
    by = models.UUIDField()
    at = models.DateTimeField()


class FileLink(models.Model):
    """A single-use address of a file: the key of the file, sealed under the token of the address.

    Only the digest of the token is stored, so row and address open nothing without each other. Short-lived, and left
    out of backups.
    """

    digest = models.BinaryField(max_length=32, primary_key=True)
    file = models.UUIDField(db_column="letter")
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "voice_filelink"
