"""Compress a tagged PDF to a third of its size by packing small objects into object streams.

Typst writes each mark of the reading order as an object of its own, in plain text. The format
allows objects that are not streams inside object streams; nothing else changes.

Source: ISO 32000-1, 7.5.7 (object streams), 7.5.8 (cross-reference streams).
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
SECTION = re.compile(rb"xref\s+0 (\d+)\s+")
TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*\Z", re.DOTALL)
OBJECT = re.compile(rb"\d+ 0 obj\s(.*?)\s*endobj\s*\Z", re.DOTALL)
STREAM = re.compile(rb"\sendstream\Z")
SIZE = re.compile(rb"/Size\s+\d+")
ROW, IN_USE, OBJECTS_PER_STREAM = 20, b"n", 400
FREE, PLAIN, COMPRESSED = range(3)
UNUSED = (FREE, 0, 0xFFFF)


def pack(pdf: bytes) -> bytes:
    """Return the same document, smaller. Raises ValueError if Typst did not write it."""
    objects, trailer = _read(pdf)
    apart = {number: body for number, body in objects.items() if STREAM.search(body)}
    small = [(number, body) for number, body in objects.items() if number not in apart]
    bundles = [small[at : at + OBJECTS_PER_STREAM] for at in range(0, len(small), OBJECTS_PER_STREAM)]
    last, places = max(objects) + 1, dict[int, tuple[int, int, int]]()
    for number, bundle in enumerate(bundles, last):
        apart[number] = _bundle(bundle)
        places |= {ident: (COMPRESSED, number, at) for at, (ident, _) in enumerate(bundle)}
    written = bytearray(pdf[: pdf.index(b"1 0 obj")])
    for number, body in apart.items():
        places[number] = (PLAIN, len(written), 0)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return bytes(written) + _table(places, len(written), last + len(bundles), trailer)


def _read(pdf: bytes) -> tuple[Mapping[int, bytes], bytes]:
    """Return each object by its number, and the entries of the trailer."""
    start = START.search(pdf)
    section = SECTION.match(pdf, int(start[1])) if start else None
    if start is None or section is None:
        raise ValueError("no plain table of objects")
    first, count = section.end(), int(section[1])
    rows = {n: pdf[first + ROW * n : first + ROW * (n + 1)] for n in range(count)}
    offsets = {n: int(row[:10]) for n, row in rows.items() if row[17:18] == IN_USE}
    trailer = TRAILER.match(pdf[first + ROW * count : start.start()])
    ends = sorted([*offsets.values(), int(start[1])])
    after = dict(pairwise(ends))
    matches = {n: OBJECT.match(pdf[at : after[at]]) for n, at in offsets.items()}
    if trailer is None or not all(matches.values()):
        raise ValueError("an object or the trailer is not where the table says")
    return {n: match[1] for n, match in sorted(matches.items()) if match}, trailer[1].strip()


def _bundle(objects: Sequence[tuple[int, bytes]]) -> bytes:
    heads, bodies = [], bytearray()
    for number, body in objects:
        heads.append(b"%d %d" % (number, len(bodies)))
        bodies += body + b"\n"
    head = b" ".join(heads) + b"\n"
    kind = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
    return _stream(kind, head + bytes(bodies))


def _table(places: Mapping[int, tuple[int, int, int]], start: int, number: int, trailer: bytes) -> bytes:
    """Return the cross-reference stream, with the trailer; a number without an object is free."""
    every = {**places, number: (PLAIN, start, 0)}
    entries = [every.get(ident, UNUSED) for ident in range(number + 1)]
    rows = b"".join(bytes([kind]) + at.to_bytes(4) + inside.to_bytes(2) for kind, at, inside in entries)
    size = SIZE.sub(b"/Size %d" % (number + 1), trailer)
    body = _stream(b"/Type/XRef/W[1 4 2]/Index[0 %d]" % (number + 1) + size, rows)
    return b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, start)


def _stream(kind: bytes, content: bytes) -> bytes:
    compressed = zlib.compress(content, 9)
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (kind, len(compressed))
    return head + b"\nstream\n" + compressed + b"\nendstream"
