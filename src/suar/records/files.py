"""Files of a record: each sealed under a key of its own, which the record's key for files wraps.

Without its key a file is closed, also in a backup of the rest. A document of the record describes the file and why it
is stored.
Source: security.md 3.1 (files), 3.8 (erasure).
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core.files.kinds import cut_into_pieces
from suar.core.ids import new_id
from suar.core.refusals import NotYours, get_or_refuse
from suar.crypto import kdf, streams
from suar.crypto.values import SealBroken
from suar.records.keyring import OpenRecord
from suar.records.models import FileKey, FilePiece, StoredFile


def add_file(record: OpenRecord, content: bytes, *, expires_on: date | None) -> UUID:
    """Seal a file beside a record and return its id; raises NotYours without the compartment of files."""
    ident, key = new_id(), kdf.random_key()
    wrapped = record.wrap_file_key(ident, key)
    StoredFile.objects.create(id=ident, record_id=record.id, expires_on=expires_on)
    FileKey.objects.create(file=ident, record=record.id, sealed=wrapped)
    pieces = cut_into_pieces(streams.seal_bytes(key, content, label=_label(record.id, ident)))
    FilePiece.objects.bulk_create(
        FilePiece(file_id=ident, number=number, sealed=piece) for number, piece in enumerate(pieces)
    )
    return ident


def stored_files(record: UUID) -> set[UUID]:
    """Return the files of a record that were not removed."""
    return set(StoredFile.objects.filter(record=record).values_list("id", flat=True))


def open_file_key(record: OpenRecord, file: UUID) -> bytes:
    """Return the key of a file; raises NotYours if it was removed or no key opens it."""
    row = get_or_refuse(FileKey.objects.filter(record=record.id, file=file))
    return record.unwrap_file_key(file, bytes(row.sealed))


def exists(file: UUID) -> bool:
    """Return True if a record has this file."""
    return StoredFile.objects.filter(id=file).exists()


def open_file(file: UUID, key: bytes) -> bytes:
    """Open a file with its key; raises NotYours if it was removed, or any byte was altered."""
    row = get_or_refuse(StoredFile.objects.filter(id=file))
    sealed = b"".join(bytes(piece.sealed) for piece in FilePiece.objects.filter(file=file).order_by("number"))
    try:
        return streams.open_bytes(key, sealed, label=_label(row.record_id, file))
    except SealBroken:
        raise NotYours from None


def set_expiry(files: Collection[UUID], day: date | None) -> None:
    """Store the day after which files are removed; its audit entry is the caller's act."""
    StoredFile.objects.filter(id__in=files).update(expires_on=day)


def remove_files(files: Collection[UUID]) -> None:
    """Destroy files, their keys first; its audit entry is the caller's act."""
    FileKey.objects.filter(file__in=files).delete()
    StoredFile.objects.filter(id__in=files).delete()


def remove_files_of(record: UUID) -> None:
    """Destroy all files of a record, their keys first; its audit entry is the caller's act."""
    FileKey.objects.filter(record=record).delete()
    StoredFile.objects.filter(record=record).delete()


@transaction.atomic
def remove_expired(*, today: date, at: datetime) -> int:
    """Destroy every file whose day has passed; needs no keys. Return how many.

    Source: security.md 3.4 (jobs read plain columns only), 3.8.
    """
    expired = dict(StoredFile.objects.filter(expires_on__lt=today).values_list("id", "record_id"))
    if expired:
        remove_files(expired)
        for record in sorted(set(expired.values())):
            audit.record("file_expired", by=None, at=at, about=[record])
    return len(expired)


def _label(record: UUID, file: UUID) -> str:
    return f"file|{record}|{file}"
