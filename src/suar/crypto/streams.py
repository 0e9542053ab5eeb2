"""Files: libsodium's secretstream in chunks of 64 KiB, whose last chunk must say it is the last.

A file is `0x01 | way | [file key sealed to a public key, 80 bytes] | header 24 | chunks`; way 0
is a key of the caller, way 1 a public key. Every chunk is bound to the first two bytes and the
label.

Source: libsodium, secretstream; own design, docs/decisions/crypto-formats.md
"""

import io
from dataclasses import dataclass
from typing import Protocol

from nacl import bindings
from nacl.exceptions import CryptoError

from suar.crypto.kdf import KEY_BYTES, check_key, random_key, subkey
from suar.crypto.pairs import BOX_OVERHEAD_BYTES, BoxPair, seal_to
from suar.crypto.values import SUITE, SealBroken, check_suite, pad, unpad

CHUNK_BYTES = 64 * 1024
_HEADER_BYTES = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_TAG_BYTES = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_BY_KEY, _TO_PUBLIC = 0, 1


class Reader(Protocol):
    """Anything bytes are read from: a file, an upload, a buffer."""

    def read(self, size: int, /) -> bytes: ...


class Writer(Protocol):
    """Anything bytes are written to."""

    def write(self, content: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public key (X25519, 32 bytes) of the one who may open a file."""

    public: bytes


def seal_file(key: bytes | Recipient, reader: Reader, writer: Writer, *, label: str = "") -> None:
    """Seal everything read, under a key of 32 bytes or to a recipient; the label is bound to it.

    Raises ValueError for a key that cannot be used. The length of the file stays visible.
    Source: libsodium, secretstream
    """
    file_key, head, sealed_key = _begin(key)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, subkey(file_key, purpose="file"))
    writer.write(head + sealed_key + header)
    chunk, tag, associated_data = _read_full(reader, CHUNK_BYTES), _MESSAGE, head + label.encode()
    while tag != _FINAL:
        following = _read_full(reader, CHUNK_BYTES)
        tag = _MESSAGE if following else _FINAL
        writer.write(bindings.crypto_secretstream_xchacha20poly1305_push(state, chunk, associated_data, tag))
        chunk = following


def open_file(key: bytes | BoxPair, reader: Reader, writer: Writer, *, label: str = "") -> None:
    """Open a sealed file with the same key, or the recipient's pair, and the same label.

    Raises UnknownSuite, or SealBroken when it was altered, cut, reordered or lengthened, or is
    another's; the caller then throws away what was written so far.
    Source: libsodium, secretstream
    """
    head = _read_full(reader, 2)
    check_suite(head)
    file_key = _file_key(key, head, reader)
    header = _read_full(reader, _HEADER_BYTES)
    if len(header) != _HEADER_BYTES:
        raise SealBroken("cut")
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, subkey(file_key, purpose="file"))
    tag, associated_data = _MESSAGE, head + label.encode()
    while tag != _FINAL:
        chunk = _read_full(reader, CHUNK_BYTES + _TAG_BYTES)
        if len(chunk) < _TAG_BYTES:
            raise SealBroken("cut")
        try:
            content, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, chunk, associated_data)
        except CryptoError:
            raise SealBroken("altered, misplaced or another key") from None
        writer.write(content)
    if reader.read(1):
        raise SealBroken("more after the end")


def seal_bytes(key: bytes, content: bytes, *, label: str) -> bytes:
    """Return content that fits in memory, padded and sealed: its length shows only in steps of an eighth.

    Source: libsodium, secretstream; security.md 3.1
    """
    sealed = io.BytesIO()
    seal_file(key, io.BytesIO(pad(content)), sealed, label=label)
    return sealed.getvalue()


def open_bytes(key: bytes, sealed: bytes, *, label: str) -> bytes:
    """Return what `seal_bytes` sealed; raises as `open_file` does.

    Source: libsodium, secretstream
    """
    opened = io.BytesIO()
    open_file(key, io.BytesIO(sealed), opened, label=label)
    return unpad(opened.getvalue())


def _begin(key: bytes | Recipient) -> tuple[bytes, bytes, bytes]:
    """Return the file's key, its first two bytes, and the key as stored in the file."""
    if isinstance(key, Recipient):
        file_key = random_key()
        return file_key, bytes([SUITE, _TO_PUBLIC]), seal_to(key.public, file_key)
    return check_key(key), bytes([SUITE, _BY_KEY]), b""


def _file_key(key: bytes | BoxPair, head: bytes, reader: Reader) -> bytes:
    to_public = isinstance(key, BoxPair)
    if head[1:] != bytes([_TO_PUBLIC if to_public else _BY_KEY]):
        raise SealBroken("sealed in another way")
    if isinstance(key, BoxPair):
        return key.open(_read_full(reader, KEY_BYTES + BOX_OVERHEAD_BYTES))
    return check_key(key)


def _read_full(reader: Reader, size: int) -> bytes:
    """Read `size` bytes, fewer only at the end: a socket or an upload may give less at a time."""
    parts: list[bytes] = []
    while size > 0 and (part := reader.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
