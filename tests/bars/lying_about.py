"""What a thief could take for a key: every string of bytes in a row, in a file, on a paper.

Each is tried as it lies there. What has the length of a key or of a printed code is also tried as
everything that our code derives from one. The public directory is left out: whoever wrote it had
no key.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from suar.crypto import kdf

KEY_BYTES, CODE_BYTES = 32, 16
LARGEST_FILE = 30_000
PURPOSES = (
    "authentication",
    "wrapping",
    "file",
    "recovery",
    "preview",
    "submitted form",
    "link",
    "fields",
    "talk pin",
    "talk place",
    "backup",
    "sheet",
    "team search",
    "address of a request",
    "receiver of a request",
    "key of a document",
    "key of a request",
    "file of a letter",
    "return code",
    "audit-head",
)
"""All purposes for which keys are derived; a test compares them with the source."""


def keys_lying_about() -> set[bytes]:
    """Return what may be a key in the rows, the files (those of keys too) and the configuration."""
    secret = settings.SECRET_KEY.encode()
    return keys_in([*cells(), *files(settings.SUAR_DATA), secret, kdf.digest(secret)])


def keys_in(texts: Iterable[bytes]) -> set[bytes]:
    """Return what may be a key in some texts, as it is there and as it is derived."""
    found: set[bytes] = set()
    for raw in {read for text in texts for read in _read(text)}:
        found |= set(_cut(raw))
        if len(raw) in (CODE_BYTES, KEY_BYTES):
            found |= set(derived(raw))
    return found


def cells(only: str = "") -> Iterator[bytes]:
    """Return every cell of every table but those of the public directory, or of one table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == only or not (only or table.startswith("directory_")):
                cursor.execute("SELECT * FROM " + connection.ops.quote_name(table))  # noqa: S608 - own names
                yield from (_bytes(cell) for row in cursor.fetchall() for cell in row)


def files(*folders: Path) -> Iterator[bytes]:
    """Return the small files of some folders; the database itself is read row by row."""
    for path in {path for folder in folders for path in folder.rglob("*") if path.is_file()}:
        if path.stat().st_size < LARGEST_FILE:
            yield path.read_bytes()


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def _read(text: bytes) -> Iterator[bytes]:
    """Yield a text as it is, and what it says when it is hexadecimal."""
    yield text
    try:
        yield bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return


def _cut(raw: bytes) -> Iterator[bytes]:
    """Cut where a key may begin: at an end, and after what precedes a sealed content."""
    for start in {0, 1, 25, 41, len(raw) - KEY_BYTES}:
        if 0 <= start <= len(raw) - KEY_BYTES:
            yield raw[start : start + KEY_BYTES]


def derived(raw: bytes) -> Iterator[bytes]:
    """Return every key that our code derives from one."""
    for purpose in PURPOSES:
        yield kdf.subkey(raw, purpose=purpose)
    # The pair of a printed backup sheet is derived twice.
    yield kdf.subkey(kdf.subkey(raw, purpose="recovery"), purpose="backup")
