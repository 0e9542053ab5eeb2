"""Which signs a font can show, read from its own table: a sign without a shape stops the setting.

Source: OpenType 1.9, chapters "otff" (table directory, collections) and "cmap" (formats 4, 12).
"""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

UNICODE_TABLES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
"""Platform and encoding of the tables of Unicode signs, the widest first."""
COLLECTION = b"ttcf"


@cache
def covered(path: Path, index: int = 0) -> frozenset[int]:
    """Give the code points that a font file has a shape for; ValueError when it is no font."""
    font = path.read_bytes()
    try:
        table = _cmap(font, index)
        kind = struct.unpack_from(">H", table)[0]
        ranges = {4: _format_4, 12: _format_12}[kind](table)
        return frozenset(code for first, last in ranges for code in range(first, last + 1))
    except (struct.error, KeyError, StopIteration) as error:
        raise ValueError(f"{path.name} cannot be read as a font") from error


def _cmap(font: bytes, index: int) -> bytes:
    start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == COLLECTION else 0
    count = struct.unpack_from(">H", font, start + 4)[0]
    rows = (struct.unpack_from(">4sIII", font, start + 12 + 16 * row) for row in range(count))
    at = next(offset for tag, _, offset, _ in rows if tag == b"cmap")
    tables = struct.unpack_from(">H", font, at + 2)[0]
    found = {}
    for row in range(tables):
        platform, encoding, offset = struct.unpack_from(">HHI", font, at + 4 + 8 * row)
        found[platform, encoding] = at + offset
    return font[next(found[each] for each in UNICODE_TABLES if each in found) :]


def _format_4(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    # The last segment is 0xFFFF, which is no sign.
    return ((first, last) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF)


def _format_12(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">I", table, 12)[0]
    return (struct.unpack_from(">II", table, 16 + 12 * row) for row in range(count))
