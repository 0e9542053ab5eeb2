"""What lies inside a box that is kept: as much as its format asks for, and behind it nothing.

Source: ISO/IEC 14496-12, 4.3 and 8 (boxes); ISO/IEC 14496-1, 7.2.6 (descriptors of a codec).
"""

from collections.abc import Callable, Mapping

from suar.directory.rules.sound.shape import SoundRefused, need

BRANDS = {
    b"M4A ",
    b"M4B ",
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"3gp4",
    b"3gp5",
    b"3gp6",
    b"3gp7",
    b"dash",
    b"qt  ",
}
ORDINARY, MOST_OF_BRANDS = b"mp42", 56
TABLES = {b"stts": (8, 8), b"stsc": (8, 12), b"stco": (8, 4), b"co64": (8, 8)}
"""How long a table is before its first row, and each row; the number of rows stands at 4."""
FIXED = {
    b"mvhd": (100, 112),
    b"tkhd": (84, 96),
    b"mdhd": (24, 36),
    b"smhd": (8, 8),
    b"dref": (20, 20),
    b"hdlr": (24, 24),
}
"""How long a box is with short and with long times."""
ENTRY_HEAD, MOST_OF_CODEC = 36, 16


def tidy(bare: bytearray, name: bytes, inside: int, end: int) -> None:
    """Empty what a kept box has beside what its format asks for; raises SoundRefused when short.

    Source: ISO/IEC 14496-12, 4.3 and 8
    """
    ends = ENDS.get(name)
    if ends:
        last = ends(bare, inside, end)
        need(last <= end)
        bare[last:end] = bytes(end - last)
    elif name in TABLES or name in FIXED:
        last = inside + _length(bare, name, inside, end)
        need(last <= end)
        bare[last:end] = bytes(end - last)


def _length(bare: bytearray, name: bytes, inside: int, end: int) -> int:
    need(end - inside >= 8)
    if name in FIXED:
        return FIXED[name][bool(bare[inside])]
    head, row = TABLES[name]
    return head + row * _number(bare, inside + 4)


def _brands(bare: bytearray, inside: int, end: int) -> int:
    """Leave only the brands that are known; a maker's own says which telephone it was."""
    need(8 <= end - inside <= MOST_OF_BRANDS and (end - inside) % 4 == 0)
    bare[inside + 4 : inside + 8] = bytes(4)
    for at in (inside, *range(inside + 8, end, 4)):
        if bytes(bare[at : at + 4]) not in BRANDS:
            bare[at : at + 4] = ORDINARY
    return end


def _sizes(bare: bytearray, inside: int, end: int) -> int:
    """Tell where the sizes of the parts end: none are listed where all are the same."""
    need(end - inside >= 12)
    return inside + 12 + (0 if _number(bare, inside + 4) else 4 * _number(bare, inside + 8))


def _edits(bare: bytearray, inside: int, end: int) -> int:
    """Tell where the one list of edits ends."""
    need(end - inside >= 16 and bare[inside + 4 : inside + 8] == b"elst")
    row = 20 if bare[inside + 8] else 12
    last = inside + _number(bare, inside)
    need(inside + 16 + row * _number(bare, inside + 12) == last)
    return last


def _codec(bare: bytearray, inside: int, end: int) -> int:
    """Keep of the one entry its head and its descriptor, each box beside it is emptied."""
    need(end - inside >= 8 + ENTRY_HEAD and _number(bare, inside + 4) == 1)
    last = inside + 8 + _number(bare, inside + 8)
    need(last <= end and bare[inside + 24 : inside + 26] == bytes(2), "other_kind")
    bare[inside + 26 : inside + 32] = bytes(6)
    at, found = inside + 8 + ENTRY_HEAD, 0
    while at < last:
        size = _number(bare, at)
        need(size >= 8 and at + size <= last and found < MOST_OF_CODEC)
        if bare[at + 4 : at + 8] == b"esds":
            _descriptors(bare, at + 12, at + size)
        else:
            bare[at + 4 : at + size] = b"free" + bytes(size - 8)
        at, found = at + size, found + 1
    return last


def _descriptors(bare: bytearray, at: int, end: int) -> None:
    """Keep how the sound is coded, and empty what lies behind and between."""
    stream, _ = _descriptor(bare, at, end, tag=3)
    need(not bare[stream + 2] & 0xE0)
    coder, coder_end = _descriptor(bare, stream + 3, end, tag=4)
    codec, codec_end = _descriptor(bare, coder + 13, coder_end, tag=5)
    need(codec_end - codec <= MOST_OF_CODEC)
    layer, layer_end = _descriptor(bare, coder_end, end, tag=6)
    need(layer_end - layer == 1)
    bare[codec_end:coder_end] = bytes(coder_end - codec_end)
    bare[layer_end:end] = bytes(end - layer_end)


def _descriptor(bare: bytearray, at: int, end: int, *, tag: int) -> tuple[int, int]:
    """Give where a descriptor begins and ends; its length is told by at most four bytes."""
    need(at < end and bare[at] == tag)
    size = 0
    for inside in range(at + 1, min(at + 5, end)):
        size = size << 7 | bare[inside] & 0x7F
        if not bare[inside] & 0x80:
            need(inside + 1 + size <= end)
            return inside + 1, inside + 1 + size
    raise SoundRefused("broken")


def _number(bare: bytearray, at: int) -> int:
    return int.from_bytes(bare[at : at + 4])


ENDS: Mapping[bytes, Callable[[bytearray, int, int], int]] = {
    b"ftyp": _brands,
    b"stsz": _sizes,
    b"edts": _edits,
    b"stsd": _codec,
}
