"""MP4 with AAC, as telephones record: one track of sound, all other boxes emptied where they lie.

Nothing moves, so the places of the sound stay true. Source: ISO/IEC 14496-12, 4.2 and 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from suar.directory.rules.sound.mp4_inside import tidy
from suar.directory.rules.sound.shape import Sound, SoundKind, need

HOLDERS = {
    b"": {b"moov"},
    b"moov": {b"trak"},
    b"trak": {b"mdia"},
    b"mdia": {b"minf"},
    b"minf": {b"stbl", b"dinf"},
}
"""Which boxes hold others; whatever is in no list is emptied."""
KEPT = {
    b"": {b"ftyp", b"moov", b"mdat"},
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"mdia", b"edts"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"smhd", b"dinf", b"stbl"},
    b"stbl": {b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"co64"},
    b"dinf": {b"dref"},
}
TIMED = {b"mvhd", b"tkhd", b"mdhd"}
NEEDED = (b"ftyp", b"mdat", b"mvhd", b"trak", b"mdhd", b"hdlr", b"stsd", b"stsz")
ONCE = (b"trak", b"mvhd", b"mdhd", b"hdlr", b"stsd")
MOST_BOXES, AAC, SOUND = 400, b"mp4a", b"soun"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies, its name, and where its content begins."""

    name: bytes
    start: int
    inside: int
    end: int


def read(content: bytes) -> Sound:
    """Give the same sound without names, dates and pictures; raises SoundRefused.

    Source: ISO/IEC 14496-12, 8.3.1 (one track), 8.4.3 (its handler), 8.5.2 (its codec)
    """
    bare, found = bytearray(content), dict[bytes, list[Box]]()
    _walk(bare, Box(b"", 0, 0, len(bare)), found, iter(range(MOST_BOXES)))
    need(all(name in found for name in NEEDED), "other_kind")
    need(all(len(found[each]) == 1 for each in ONCE), "other_kind")
    hdlr, stsd = found[b"hdlr"][0], found[b"stsd"][0]
    need(bare[hdlr.inside + 8 : hdlr.inside + 12] == SOUND, "other_kind")
    need(bare[stsd.inside + 12 : stsd.inside + 16] == AAC, "other_kind")
    [dref, *others] = found.get(b"dref", [None])
    need(dref and not others and bare[dref.inside + 16 : dref.inside + 20] == bytes([0, 0, 0, 1]))
    for box in (each for name in TIMED for each in found.get(name, ())):
        bare[box.inside + 4 : box.inside + (20 if bare[box.inside] else 12)] = _nothing(box, bare)
    bare[hdlr.inside + 4 : hdlr.inside + 8] = bytes(4)
    bare[hdlr.inside + 12 : hdlr.end] = bytes(hdlr.end - hdlr.inside - 12)
    return Sound(SoundKind.MP4, _seconds(bare, found[b"mvhd"][0]), bytes(bare))


def _walk(bare: bytearray, outer: Box, found: dict[bytes, list[Box]], left: Iterator[int]) -> None:
    """Note the boxes that are kept, and empty the others in their place; `left` counts both."""
    for box in list(_boxes(bare, outer, left)):
        if box.name not in KEPT[outer.name]:
            bare[box.start + 4 : box.start + 8] = b"free"
            bare[box.inside : box.end] = bytes(box.end - box.inside)
            continue
        found.setdefault(box.name, []).append(box)
        if box.name in HOLDERS.get(outer.name, ()):
            _walk(bare, box, found, left)
        else:
            tidy(bare, box.name, box.inside, box.end)


def _boxes(bare: bytearray, outer: Box, left: Iterator[int]) -> Iterator[Box]:
    at = outer.inside
    while at < outer.end:
        need(next(left, None) is not None)
        size, inside = int.from_bytes(bare[at : at + 4]), at + 8
        if size == 1:
            size, inside = int.from_bytes(bare[at + 8 : at + 16]), at + 16
        need(at + size <= outer.end and size >= inside - at)
        yield Box(bytes(bare[at + 4 : at + 8]), at, inside, at + size)
        at += size


def _nothing(box: Box, bare: bytearray) -> bytes:
    """Give the zeros that stand for when something was made and changed."""
    many = 16 if bare[box.inside] else 8
    need(box.end - box.inside >= 4 + many)
    return bytes(many)


def _seconds(bare: bytearray, mvhd: Box) -> int:
    """Read how long the sound is, from the length and the number of parts in a second."""
    wide = 8 if bare[mvhd.inside] else 4
    at = mvhd.inside + 4 + 2 * wide
    scale, long = int.from_bytes(bare[at : at + 4]), int.from_bytes(bare[at + 4 : at + 4 + wide])
    need(scale)
    return round(long / scale)
