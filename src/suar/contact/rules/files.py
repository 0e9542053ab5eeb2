"""Which files a letter may carry, told by their first bytes, and how many of them."""

import re
import unicodedata
from dataclasses import dataclass

from suar.contact.terms import FileKind
from suar.core.decisions import Decision

MEBIBYTE = 1024 * 1024
MOST_BYTES = 5 * MEBIBYTE
MOST_AT_ONCE = 3
MOST_IN_A_REQUEST = 12
PIECE_BYTES = 64 * 1024
PIECES_AN_HOUR = 20 * MEBIBYTE // PIECE_BYTES
"""From one connection. A day of it stays under what a team takes in a day."""
PIECES_A_DAY = 500 * MEBIBYTE // PIECE_BYTES
FREE_BYTES = 1024 * MEBIBYTE
LONGEST_NAME = 80
NEARLY_FULL = 0.9
STARTS: tuple[tuple[bytes, FileKind, str], ...] = (
    (b"\xff\xd8\xff", FileKind.PICTURE, "jpg"),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE, "png"),
    (b"%PDF-", FileKind.PAPER, "pdf"),
    (b"OggS", FileKind.SOUND, "ogg"),
    (b"ID3", FileKind.SOUND, "mp3"),
    (b"#!AMR", FileKind.SOUND, "amr"),
)
IN_RIFF = {b"WEBP": (FileKind.PICTURE, "webp"), b"WAVE": (FileKind.SOUND, "wav")}
SOUND_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6")

FILM = re.compile(rb"hdlr.{8}vide", re.DOTALL)
"""A track of pictures, as ISO/IEC 14496-12, 8.4.3 has it: sound and film begin alike."""


@dataclass(frozen=True, slots=True)
class Room:
    """The room that files of letters take with one team: pieces that lie there, and the most."""

    pieces: int
    most: int

    @property
    def used_mb(self) -> int:
        """Give the megabytes that are used, the last one begun."""
        return -(-self.pieces * PIECE_BYTES // MEBIBYTE)

    @property
    def most_mb(self) -> int:
        """Give the megabytes that there are."""
        return self.most * PIECE_BYTES // MEBIBYTE

    @property
    def nearly_full(self) -> bool:
        """Say whether somebody should make room soon."""
        return self.pieces >= NEARLY_FULL * self.most


def kind_of(content: bytes) -> FileKind | None:
    """Say what a file is by its first bytes; None for what is not taken. Its name says nothing.

    Source: own design, docs/decisions/0042; security.md B23 (type by content).
    """
    found = _found_by_content(content)
    return found[0] if found else None


def ending_of(content: bytes) -> str:
    """Give the usual ending of such a file's name; `bin` for what is not taken.

    Source: own design, docs/decisions/0042.
    """
    found = _found_by_content(content)
    return found[1] if found else "bin"


def may_be_brought(size: int, kind: FileKind | None) -> Decision:
    """Say whether one file is taken: not empty, not too large, and of a kind that is taken.

    Source: own design, docs/decisions/0042.
    """
    if not size:
        return Decision.no("empty")
    if size > MOST_BYTES:
        return Decision.no("too_large")
    return Decision.yes() if kind else Decision.no("other_kind")


def may_be_added(there: int, *, more: int) -> Decision:
    """Say whether so many files more fit into one request.

    Source: own design, docs/decisions/0042.
    """
    return Decision.yes() if there + more <= MOST_IN_A_REQUEST else Decision.no("many_files")


def has_room(pieces: int, *, more: int, free_bytes: int) -> Decision:
    """Say whether a team takes so many pieces more today, and whether the disk does.

    Letters need hardly any room, so they go on arriving where files do not.

    Source: own design, docs/decisions/0042.
    """
    fits = pieces + more <= PIECES_A_DAY and free_bytes >= FREE_BYTES
    return Decision.yes() if fits else Decision.no("no_room")


def fits_in(room: Room, *, more: int) -> Decision:
    """Say whether so many pieces more fit beside all that lie with a team.

    Source: own design, docs/decisions/0052.
    """
    return Decision.yes() if room.pieces + more <= room.most else Decision.no("room_full")


def room_of(pieces: int, *, most_mb: int) -> Room:
    """Give how much of a team's room is used, where it has so many megabytes.

    Source: own design, docs/decisions/0052.
    """
    return Room(pieces, most_mb * MEBIBYTE // PIECE_BYTES)


def pieces_of(size: int) -> int:
    """Count the pieces in which so many bytes lie, the last one begun.

    Source: own design, docs/decisions/0042.
    """
    return -(-size // PIECE_BYTES)


def readable_name(name: str) -> str:
    """Leave of a file's name what can be read on one line: no folder, no hidden or turning signs.

    Source: own design, docs/decisions/0042 (a name that turns its direction hides its ending).
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return " ".join(plain.split())[:LONGEST_NAME]


def _found_by_content(content: bytes) -> tuple[FileKind, str] | None:
    for start, kind, ending in STARTS:
        if content.startswith(start):
            return kind, ending
    if content[:4] == b"RIFF":
        return IN_RIFF.get(content[8:12])
    if content[4:8] == b"ftyp" and content[8:12] in SOUND_BRANDS:
        return None if FILM.search(content) else (FileKind.SOUND, "m4a")
    return (FileKind.SOUND, "mp3") if _is_mpeg_sound(content) else None


def _is_mpeg_sound(content: bytes) -> bool:
    """Say whether a frame of MPEG sound begins here (layer III, or ADTS), not only eleven ones."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return False
    layer_three = content[1] & 0x06 == 0x02 and content[1] & 0x18 != 0x08
    adts = content[1] & 0xF6 == 0xF0
    rate, bits = content[2] >> 2 & 0x03, content[2] >> 4
    return adts or (layer_three and rate != 0x03 and bits not in (0x00, 0x0F))
