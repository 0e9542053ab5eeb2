"""Write a backup: two files from one snapshot of the database, each of them complete or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection, transaction

from suar.accounts import pins, setup
from suar.accounts.acting import Anonymous
from suar.audit import heads
from suar.audit import queries as audit
from suar.audit.rules import Fault, Head
from suar.records.backups.archive import BackupKey, next_digest, signed_subject
from suar.records.backups.tables import Line, Part, encode_line, lines_of, models_of, stored_name

ENDING, STAMP = ".suar", "%Y%m%dT%H%M%SZ"
KEYS_RETENTION = timedelta(days=35)
"""The retention of a part with keys. Source: security.md 3.8."""


@dataclass(frozen=True, slots=True)
class WrittenBackup:
    """The files that a backup wrote."""

    data: Path
    keys: Path
    counts: dict[str, int]
    head: Head
    removed_keys: int
    faults: list[Fault]
    """Faults in the audit log; the backup contains every entry that can be read."""


def write_backup(folder: Path, *, key: BackupKey, at: datetime) -> WrittenBackup:
    """Write both parts under `folder`, and remove parts with keys that are too old.

    Raises NotPlaced, BackupError, OSError; unfinished files are then removed.
    """
    models_of(Part.DATA)
    ident, proof_word = setup.note_backup(by=Anonymous(at=at))
    name = f"{at.astimezone(UTC).strftime(STAMP)}-{ident.hex[:8]}{ENDING}"
    paths = {part: folder / part / name for part in Part}
    counts: dict[str, int] = {}
    with read_snapshot():
        head, faults = audit.head() or Head(0, b""), heads.verify_log()
        about: dict[Part, dict[str, Any]] = {
            Part.DATA: {
                "head": [head.seq, head.digest.hex()],
                "pins": {str(ident): public.hex() for ident, public in (pins.read_pins() or {}).items()},
                "retired": sorted(public.hex() for public in pins.retired_keys()),
            },
            Part.KEYS: {"word": proof_word},
        }
        try:
            for part in Part:
                with _whole_file(paths[part]) as file:
                    lines = _part_lines(part, ident, about[part], counts, faults)
                    key.seal(part, ident, _signed_lines(part, ident, lines, at=at), file)
        except BaseException:
            for path in paths.values():
                path.unlink(missing_ok=True)
            raise
    return WrittenBackup(paths[Part.DATA], paths[Part.KEYS], counts, head, remove_old_keys(folder, at=at), faults)


def remove_old_keys(folder: Path, *, at: datetime) -> int:
    """Remove parts with keys older than 35 days, so that what was erased stays erased."""
    old = [path for path in (folder / Part.KEYS).glob(f"*{ENDING}") if _is_old(path, at=at)]
    for path in old:
        path.unlink()
    return len(old)


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Read the database as it is at the first query; later commits stay invisible until the block ends.

    PostgreSQL uses a repeatable-read transaction. SQLite uses a deferred transaction, which does not block writers.
    Inside a transaction of the caller nothing is changed.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _part_lines(
    part: Part, ident: UUID, about: dict[str, Any], counts: dict[str, int], faults: list[Fault]
) -> Iterator[Line]:
    """Yield a part line by line, and count its rows by table."""
    yield {"suar": 1, "part": part, "id": str(ident)}
    rows: dict[str, int] = {}
    for model in models_of(part):
        label = stored_name(model)
        for number, line in enumerate(lines_of(model, audit.restorable_rows(model, faults))):
            rows[label] = number
            yield line
    counts |= rows
    yield {**about, "counts": rows}


def _signed_lines(part: Part, ident: UUID, lines: Iterator[Line], *, at: datetime) -> Iterator[bytes]:
    """Yield the lines as they are stored, then the signature over all of them."""
    digest = b""
    for line in lines:
        encoded = encode_line(line)
        digest = next_digest(digest, encoded.rstrip(b"\n"))
        yield encoded
    yield encode_line({"signature": heads.sign_line(signed_subject(part, ident), digest, at=at)})


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a temporary file, and rename it after it was flushed to the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _is_old(path: Path, *, at: datetime) -> bool:
    try:
        written_at = datetime.strptime(path.name.split("-")[0], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return at - written_at > KEYS_RETENTION
