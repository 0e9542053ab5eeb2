"""Check an Ogg/Opus recording and rewrite it without comments.

Every page is checked, renumbered and given a new checksum; the sound itself is not decoded.
Source: RFC 3533, 6 (pages); RFC 7845, 3 to 5 (Opus in Ogg); docs/decisions/print-and-static-copy.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

MAX_BYTES = 3 * 1024 * 1024
MAX_SECONDS = 20 * 60
MAX_PAGES = 20_000
SAMPLES_A_SECOND = 48_000
PAGE_HEADER_BYTES = 27
CONTINUED, FIRST = 1, 2
"""Flags of a page: it continues a packet, it is the first of its stream."""
NO_COMMENTS = b"OpusTags" + bytes(8)
NO_POSITION = 2**64 - 1
BIT_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class RecordingRefused(Exception):
    """A recording that is not accepted; `code` is a code of `recording_refusals`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Audio:
    """A checked recording of whole seconds, without names, places, dates or pictures."""

    seconds: int
    content: bytes = field(repr=False)
    kind: str = "ogg"


@dataclass(frozen=True, slots=True)
class Page:
    """An Ogg page. `lacing` holds the segment lengths; 255 means that the packet continues."""

    flags: int
    position: int
    serial: int
    number: int
    lacing: bytes
    body: bytes

    def to_bytes(self) -> bytes:
        """Return the page with its checksum."""
        header = b"OggS\0" + bytes([self.flags]) + self.position.to_bytes(8, "little")
        header += self.serial.to_bytes(4, "little") + self.number.to_bytes(4, "little")
        rest = bytes([len(self.lacing)]) + self.lacing + self.body
        return header + _checksum(header + bytes(4) + rest) + rest


def clean_recording(content: bytes) -> Audio:
    """Return the recording without comments. Raises RecordingRefused for anything but one Opus stream.

    Source: RFC 7845, 3 (the first page holds the header alone; then comments; then sound)
    """
    _require(content, "empty")
    _require(len(content) <= MAX_BYTES, "too_large")
    _require(content.startswith(b"OggS"), "other_kind")
    pages = list(read_pages(content))
    first = pages[0]
    _require(first.flags == FIRST and first.body.startswith(b"OpusHead"), "other_kind")
    _require(len(first.body) == 19 and first.body[8] == 1 and first.body[9] in (1, 2))
    _require(first.body[18] == 0 and first.lacing == b"\x13")
    sound = pages[1 + _count_comment_pages(pages[1:]) :]
    _require(sound and not sound[0].flags & CONTINUED)
    _require(all(page.serial == first.serial for page in pages))
    comments = Page(0, 0, first.serial, 1, bytes([len(NO_COMMENTS)]), NO_COMMENTS)
    cleaned = [replace(page, number=number) for number, page in enumerate([first, comments, *sound])]
    seconds = _seconds(first, sound)
    _require(0 < seconds <= MAX_SECONDS, "too_long" if seconds else "broken")
    return Audio(seconds, b"".join(page.to_bytes() for page in cleaned))


def read_pages(content: bytes) -> Iterator[Page]:
    """Yield the pages of a file; raises RecordingRefused where a byte does not belong to one.

    Source: RFC 3533, 6
    """
    start, number = 0, 0
    while start < len(content):
        _require(number < MAX_PAGES)
        header = content[start : start + PAGE_HEADER_BYTES]
        _require(len(header) == PAGE_HEADER_BYTES and header.startswith(b"OggS\0") and header[5] < 8)
        _require(bool(header[5] & FIRST) == (number == 0))
        body_start = PAGE_HEADER_BYTES + header[26]
        lacing = content[start + PAGE_HEADER_BYTES : start + body_start]
        end = start + body_start + sum(lacing)
        _require(len(lacing) == header[26] and end <= len(content))
        page = content[start:end]
        _require(_checksum(page[:22] + bytes(4) + page[26:]) == header[22:26])
        position, serial = (int.from_bytes(header[a:b], "little") for a, b in ((6, 14), (14, 18)))
        yield Page(header[5], position, serial, number, lacing, page[body_start:])
        start, number = end, number + 1


def _count_comment_pages(pages: list[Page]) -> int:
    """Count the pages of the comment packet, which must end with a page."""
    _require(pages and pages[0].body.startswith(b"OpusTags"))
    for count, page in enumerate(pages, start=1):
        packet_ends = [length for length in page.lacing if length < 255]
        _require((count > 1) == bool(page.flags & CONTINUED))
        if packet_ends:
            _require(len(packet_ends) == 1 and page.lacing[-1] < 255)
            return count
    raise RecordingRefused("broken")


def _seconds(first: Page, sound: list[Page]) -> int:
    last = max((page.position for page in sound if page.position != NO_POSITION), default=0)
    pre_skip = int.from_bytes(first.body[10:12], "little")
    return round((last - pre_skip) / SAMPLES_A_SECOND)


def _checksum(page: bytes) -> bytes:
    """Return Ogg's checksum: CRC-32 with reversed bits and a start value of zero."""
    reversed_sum = zlib.crc32(page.translate(BIT_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return reversed_sum.to_bytes(4, "big").translate(BIT_REVERSED)


def _require(condition: object, code: str = "broken") -> None:
    if not condition:
        raise RecordingRefused(code)
