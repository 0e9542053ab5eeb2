"""Restoring a backup into an empty database, and proving that all of it has arrived."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, transaction

from suar.accounts import setup
from suar.audit import actions as audit
from suar.audit import heads, queries
from suar.audit.rules import Fault, Head
from suar.records.backups.archive import BackupError, next_digest, open_part, signed_subject
from suar.records.backups.tables import Loader, Part, every_model, fill_indexes, models_of, stored_name, streams
from suar.records.backups.writing import ENDING


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    """The part of a backup that arrived; `word` proves it, and only a backup with its own keys contains it."""

    counts: dict[str, int]
    head: Head
    word: str
    faults: list[Fault]
    """Faults of the restored audit log."""
    pins: dict[UUID, bytes]
    """The keys of organisations that were pinned where the backup was made."""
    retired: frozenset[bytes]
    """The keys that were replaced there, also if their rows say otherwise."""
    signer: bytes | None
    """The public key that signed all parts; None or empty if not all are signed, or wrongly."""
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a backup; without `keys` nothing in it can be opened.

    `mixed` allows keys of a later backup than the data, `any_signature` a missing or wrong signature: an operator asked
    for it. With a `signer`, only that public key may have signed.
    """

    data: Path
    keys: Path | None
    mixed: bool = False
    signer: bytes | None = None
    any_signature: bool = False


def newest_backup(folder: Path, *, keys: Path | None = None, with_keys: bool = True, mixed: bool = False) -> Source:
    """Find the newest backup in a folder, its keys beside it or in a folder of their own.

    With `mixed`, the keys are the newest ones there, whatever backup they are of.
    """
    data, keys_folder = _newest_file(folder / Part.DATA), keys or folder / Part.KEYS
    if not with_keys:
        return Source(data, None)
    if mixed:
        return Source(data, _newest_file(keys_folder), mixed=True)
    if not (keys_folder / data.name).is_file():
        raise BackupError("absent")
    return Source(data, keys_folder / data.name)


@transaction.atomic
def restore(source: Source, typed: str, *, at: datetime) -> RestoredBackup:
    """Put every row back; raises BackupError, and then nothing has changed.

    Counts are compared with those stored in the backup. An audit log with faults is restored as it is, and its faults
    are returned. Keys of another backup are joined only when that was asked for, and never older ones, which would open
    what was erased. Source: security.md 3.8.
    """
    if any(model._default_manager.exists() for model in every_model()):
        raise BackupError("not_empty")
    data, ident, signer = _load(Part.DATA, source.data, typed)
    counts, word, keys_ident, signers = dict(data.counts), "", ident, [signer]
    if source.keys is not None:
        keys, keys_ident, signer = _load(Part.KEYS, source.keys, typed)
        signers.append(signer)
        _check_same_backup(ident, keys_ident, mixed=source.mixed)
        counts |= keys.counts
        word = keys.about["word"] if keys_ident == ident else ""
    head, pinned, retired = _head_and_keys(data.about)
    if not source.any_signature:
        _check_signers(signers, expected=source.signer)
    _check_counts(counts)
    faults = queries.chain_faults(heads=[head])
    _reset_sequences()
    fill_indexes()
    audit.record("restore", by=None, at=at, about=[ident, keys_ident])
    signer = signers[0] if len(set(signers)) == 1 else None
    return RestoredBackup(counts, head, word, faults, pinned, retired, signer, mixed=keys_ident != ident)


class _LineSplitter:
    """Cuts what is opened into lines and hands them on; `digest` is that of all but the last line."""

    def __init__(self, loader: Loader) -> None:
        self._loader, self._rest = loader, b""
        self.digest = self._with_last = self.last = b""

    def write(self, content: bytes, /) -> None:
        *lines, self._rest = (self._rest + content).split(b"\n")
        for line in lines:
            self._loader.load_line(line)
            self.last, self.digest = line, self._with_last
            self._with_last = next_digest(self.digest, line)


def _load(part: Part, path: Path, typed: str) -> tuple[Loader, UUID, bytes | None]:
    """Load a part and return it with its id and signer: None if it is not signed, b"" if the signature is wrong."""
    loader = Loader(models_of(part))
    lines = _LineSplitter(loader)
    with path.open("rb") as file:
        ident = open_part(part, typed, file, lines)
    loader.finish()
    expected = {
        table: rows for table, rows in loader.about.get("counts", {}).items() if table not in streams()["dropped"]
    }
    if loader.about.get("part") != part or expected != loader.counts:
        raise BackupError("counts")
    if "signature" not in loader.about:
        return loader, ident, None
    last = json.loads(lines.last)
    line = str(last["signature"]) if isinstance(last, dict) and "signature" in last else ""
    return loader, ident, heads.signer_of(line, signed_subject(part, ident), lines.digest) or b""


def _check_signers(signers: Collection[bytes | None], *, expected: bytes | None) -> None:
    """Refuse a missing or wrong signature, two signers, and another one than `expected`."""
    if b"" in signers:
        raise BackupError("forged")
    if None in signers:
        raise BackupError("unsigned")
    if len(set(signers)) > 1 or (expected is not None and set(signers) != {expected}):
        raise BackupError("another_signer")


def _newest_file(folder: Path) -> Path:
    files = sorted(folder.glob(f"*{ENDING}"))
    if not files:
        raise BackupError("absent")
    return files[-1]


def _check_same_backup(data: UUID, keys: UUID, *, mixed: bool) -> None:
    """Refuse keys of another backup, or if `mixed` of an earlier one: the data names each backup made before it."""
    if keys == data:
        return
    if not mixed:
        raise BackupError("another_backup")
    if setup.is_own_backup(keys):
        raise BackupError("older_keys")


def _check_counts(counts: dict[str, int]) -> None:
    """Raise BackupError if the database has another number of rows of a table than the backup states."""
    for model in every_model():
        if model._default_manager.count() != counts.get(stored_name(model), 0):
            raise BackupError("counts")


def _head_and_keys(about: dict[str, Any]) -> tuple[Head, dict[UUID, bytes], frozenset[bytes]]:
    """Return the head of the audit log, the pinned keys of organisations, and the keys that were replaced."""
    try:
        seq, digest = about["head"]
        pinned = {UUID(ident): bytes.fromhex(public) for ident, public in about.get("pins", {}).items()}
        retired = frozenset(map(bytes.fromhex, about.get("retired", ())))
        return Head(int(seq), bytes.fromhex(digest)), pinned, retired
    except (AttributeError, KeyError, ValueError, TypeError):
        raise BackupError("unreadable") from None


def _reset_sequences() -> None:
    """Set PostgreSQL's sequences to the highest number that was restored."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), every_model()):
                cursor.execute(statement)
