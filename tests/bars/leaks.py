"""Looks for canaries wherever a thief could look: every row, every file, in every disguise."""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

Blob = tuple[str, bytes]
BEGIN = "canary"


def disguises(canary: str) -> set[bytes]:
    """Write a canary as UTF-8, UTF-16, JSON-escaped, hexadecimal, and base64 at each offset."""
    plain = canary.encode()
    found = {plain, canary.encode("utf-16-le"), canary.encode("utf-16-be"), plain.hex().encode()}
    found.add(json.dumps(canary)[1:-1].encode())
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + plain)
        # Only the digits that the canary alone decides.
        found.add(text[-(-8 * offset // 6) : 8 * (offset + len(plain)) // 6])
    return found


def leaks(canaries: Sequence[str], blobs: Iterable[Blob]) -> list[str]:
    """Name each place in which a canary was found."""
    wanted = {canary: disguises(canary) for canary in canaries}
    # What they all begin with is looked for first: most places are large and hold none.
    begin = disguises(BEGIN)
    assert all(canary.startswith(BEGIN) for canary in canaries)
    return [
        f"{canary} in {place}"
        for place, content in blobs
        if any(item in content for item in begin)
        for canary, forms in wanted.items()
        if any(form in content for form in forms)
    ]


def rows() -> Iterator[Blob]:
    """Return every row of every table of the database in use, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute("SELECT * FROM " + connection.ops.quote_name(table))  # noqa: S608 - own names
            for row in cursor.fetchall():
                yield table, b"\x1f".join(map(_bytes, row))


def files(*folders: Path, since: float = 0) -> Iterator[Blob]:
    """Return every file under some folders that was written since a moment, by its name and with its content."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_mtime >= since:
                yield str(path), path.name.encode() + b"\n" + path.read_bytes()


def _bytes(cell: Any) -> bytes:
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell)
    return cell.encode() if isinstance(cell, str) else json.dumps(cell, default=str).encode()
