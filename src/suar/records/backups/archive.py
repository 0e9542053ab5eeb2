"""The seal of a part of a backup: to the printed backup sheet, or with a passphrase.

A file is `SUARBAK1 | method, 1 byte | id, 16 bytes | salt and cost, 22 bytes (passphrase only) |
secretstream`. The part and the id are bound to the stream. Source: docs/decisions/backups.md.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from suar.accounts.setup import backup_pair
from suar.core.codes import read_data
from suar.crypto import kdf, streams
from suar.crypto.kdf import KdfParameters
from suar.crypto.pairs import BoxPair
from suar.crypto.recovery import Mistyped, RecoveryCode
from suar.crypto.streams import Recipient, Writer
from suar.crypto.values import SealBroken

MAGIC = b"SUARBAK1"
TO_SHEET, BY_PASSPHRASE = 0, 1
COST = struct.Struct(">16sIBB")
MIN_PASSPHRASE = 12
REFUSALS: Mapping[str, str] = read_data("records", "backup_refusals")["texts"]


class BackupError(Exception):
    """The backup cannot be used; `because` is a key of REFUSALS."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The key of a backup: the public half of the sheet, or a passphrase."""

    public: bytes | None = None
    passphrase: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse neither key nor passphrase, and a passphrase that is soon guessed."""
        if self.public is None and self.passphrase is None:
            raise BackupError("no_method")
        if self.passphrase is not None and len(self.passphrase) < MIN_PASSPHRASE:
            raise BackupError("no_words")

    def seal(self, part: str, ident: UUID, chunks: Iterator[bytes], writer: BinaryIO) -> None:
        """Write one part of a backup, sealed."""
        label = _label(part, ident)
        if self.public is not None:
            writer.write(MAGIC + bytes([TO_SHEET]) + ident.bytes)
            streams.seal_file(Recipient(self.public), _ChunkReader(chunks), writer, label=label)
            return
        cost, salt = KdfParameters(**settings.SUAR_KDF), kdf.new_salt()
        packed = COST.pack(salt, cost.memory_kib, cost.passes, cost.lanes)
        writer.write(MAGIC + bytes([BY_PASSPHRASE]) + ident.bytes + packed)
        key = kdf.derive(self.passphrase or "", salt, cost).wrapping
        streams.seal_file(key, _ChunkReader(chunks), writer, label=label)


def method_of(reader: BinaryIO) -> int:
    """Return how a file was sealed, and go back to its beginning."""
    head = reader.read(len(MAGIC) + 1)
    reader.seek(0)
    if len(head) <= len(MAGIC) or not head.startswith(MAGIC):
        raise BackupError("unreadable")
    return head[-1]


def open_part(part: str, typed: str, reader: BinaryIO, writer: Writer) -> UUID:
    """Open one part with what was typed (sheet or passphrase) and return the backup's id.

    Use the written bytes only after this has returned: a truncated file is found last.
    """
    method = method_of(reader)
    reader.seek(len(MAGIC) + 1)
    try:
        ident = UUID(bytes=reader.read(16))
        key = _key(method, typed, reader)
        streams.open_file(key, reader, writer, label=_label(part, ident))
    except SealBroken:
        raise BackupError("another_key") from None
    except (ValueError, struct.error):
        raise BackupError("unreadable") from None
    return ident


def _key(method: int, typed: str, reader: BinaryIO) -> bytes | BoxPair:
    if method == TO_SHEET:
        try:
            return backup_pair(RecoveryCode.read(typed))
        except Mistyped:
            raise BackupError("another_key") from None
    salt, memory, passes, lanes = COST.unpack(reader.read(COST.size))
    return kdf.derive(typed, salt, KdfParameters(memory, passes, lanes)).wrapping


def next_digest(digest: bytes, line: bytes) -> bytes:
    """Return the digest of all lines up to this one, from the one before it; the signature is over the last."""
    return kdf.digest(digest + line)


def signed_subject(part: str, ident: UUID) -> str:
    """Return how the signed line of a backup names its part."""
    return f"{part}:{ident}"


def _label(part: str, ident: UUID) -> str:
    return f"suar-backup|{part}|{ident}"


class _ChunkReader:
    """Reads small pieces as if they were a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._buffer = chunks, bytearray()

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        while len(self._buffer) < size and (piece := next(self._chunks, None)) is not None:
            self._buffer += piece
        content = bytes(self._buffer[:size])
        del self._buffer[:size]
        return content
