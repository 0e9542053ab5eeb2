"""Ogg with Opus: every page is checked, numbered and summed anew, and the comments are emptied.

Source: RFC 3533, 6 (pages); RFC 7845, 3 to 5 (Opus in Ogg).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from suar.directory.rules.sound.shape import Sound, SoundKind, SoundRefused, need

HEAD = 27
OPUS_HERTZ = 48_000
CONTINUES, BEGINS, ENDS = 1, 2, 4
NO_COMMENTS = b"OpusTags" + bytes(8)
NOTHING_ENDS = 2**64 - 1
MOST_PAGES = 20_000
TURNED = bytes(int(f"{each:08b}"[::-1], 2) for each in range(256))


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `laced` are the lengths of its segments, 255 for one that goes on."""

    flags: int
    granule: int
    serial: int
    number: int
    laced: bytes
    body: bytes

    @property
    def written(self) -> bytes:
        """Write it with its sum."""
        head = b"OggS\0" + bytes([self.flags]) + self.granule.to_bytes(8, "little")
        head += self.serial.to_bytes(4, "little") + self.number.to_bytes(4, "little")
        tail = bytes([len(self.laced)]) + self.laced + self.body
        return head + _sum(head + bytes(4) + tail) + tail


def read(content: bytes) -> Sound:
    """Give the same sound without comments; raises SoundRefused for another codec or a bad page.

    Source: RFC 7845, 3 (first page: the head alone; then the comments; then the sound)
    """
    pages = list(_pages(content))
    first = pages[0]
    need(first.flags == BEGINS and first.body.startswith(b"OpusHead"), "other_kind")
    need(len(first.body) == 19 and first.body[8] == 1 and first.body[9] in (1, 2))
    need(first.body[18] == 0 and first.laced == b"\x13")
    sounding = pages[1 + _many_of_comments(pages[1:]) :]
    need(sounding and not sounding[0].flags & CONTINUES)
    need(all(page.serial == first.serial for page in pages))
    last = max((page.granule for page in sounding if page.granule != NOTHING_ENDS), default=0)
    before = int.from_bytes(first.body[10:12], "little")
    told = Page(0, 0, first.serial, 0, bytes([len(NO_COMMENTS)]), NO_COMMENTS)
    bare = [replace(page, number=n) for n, page in enumerate([first, told, *sounding])]
    seconds = round((last - before) / OPUS_HERTZ)
    return Sound(SoundKind.OGG, seconds, b"".join(page.written for page in bare))


def _many_of_comments(pages: list[Page]) -> int:
    """Count the pages of the second packet, which ends with a page."""
    need(pages and pages[0].body.startswith(b"OpusTags"))
    for number, page in enumerate(pages, start=1):
        ends = [each for each in page.laced if each < 255]
        need((number > 1) == bool(page.flags & CONTINUES))
        if ends:
            need(len(ends) == 1 and page.laced[-1] < 255)
            return number
    raise SoundRefused("broken")


def _pages(content: bytes) -> Iterator[Page]:
    at, number = 0, 0
    while at < len(content):
        need(number < MOST_PAGES)
        head = content[at : at + HEAD]
        need(len(head) == HEAD and head.startswith(b"OggS\0") and head[5] < 8)
        need(bool(head[5] & BEGINS) == (number == 0))
        laced = content[at + HEAD : at + HEAD + head[26]]
        end = at + HEAD + head[26] + sum(laced)
        need(len(laced) == head[26] and end <= len(content))
        granule, serial = (int.from_bytes(head[a:b], "little") for a, b in ((6, 14), (14, 18)))
        whole = content[at:end]
        page = Page(head[5], granule, serial, number, laced, whole[HEAD + head[26] :])
        need(_sum(whole[:22] + bytes(4) + whole[26:]) == head[22:26])
        yield page
        at, number = end, number + 1


def _sum(page: bytes) -> bytes:
    """Give the sum of a page: CRC-32 from the other end of each byte, begun at zero."""
    turned = zlib.crc32(page.translate(TURNED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return turned.to_bytes(4, "big").translate(TURNED)
