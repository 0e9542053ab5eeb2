"""The database as it lies on the disk, read as its thief would who has the key of the file.

Not asked of the database, which gives only what stands in a table now: every page of the file and
every page of the log beside it, also those that were let go.
"""

import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection

from tests.bars.leaks import Blob, files

PAGE, SALT, RESERVED, IV = 4096, 16, 80, 16
LOG_HEAD, FRAME_HEAD = 32, 24


def stored(*, server_log: bool = True, since: float = 0) -> Iterator[Blob]:
    """Return every page of the encrypted file and of its log, or every file of PostgreSQL.

    `since` leaves out those parts of the server's log to which nothing was written after that moment.
    """
    if connection.vendor == "postgresql":
        yield from _files_of_server(since if server_log else math.inf)
        return
    path = Path(connection.settings_dict["NAME"])
    key = bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", _key()))
    yield from (("file", page) for page in _pages(path.read_bytes(), key))
    yield from (("log", page) for page in _frames(Path(f"{path}-wal").read_bytes(), key))


def _key() -> str:
    key = connection.settings_dict["OPTIONS"]["key"]
    return key() if callable(key) else key


def _pages(raw: bytes, key: bytes) -> Iterator[bytes]:
    for start in range(0, len(raw), PAGE):
        yield _opened(raw[start : start + PAGE], key, first=start == 0)


def _frames(raw: bytes, key: bytes) -> Iterator[bytes]:
    """Return the page of each frame; a log that was begun again keeps older frames at its end."""
    for start in range(LOG_HEAD, len(raw) - FRAME_HEAD, FRAME_HEAD + PAGE):
        number = struct.unpack(">I", raw[start : start + 4])[0]
        page = raw[start + FRAME_HEAD : start + FRAME_HEAD + PAGE]
        yield _opened(page, key, first=number == 1)


def _opened(page: bytes, key: bytes, *, first: bool) -> bytes:
    """Open one page of SQLCipher 4: AES-256-CBC, its start value in the reserved bytes."""
    start, end = SALT if first else 0, len(page) - RESERVED
    opened = Cipher(algorithms.AES(key), modes.CBC(page[end : end + IV])).decryptor()
    return opened.update(page[start:end]) + opened.finalize()


def _files_of_server(log_since: float) -> Iterator[Blob]:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        own = str(cursor.fetchone()[0])
    yield from files(folder / "base" / own, folder / "pg_stat")
    yield from files(folder / "pg_wal", since=log_since)
