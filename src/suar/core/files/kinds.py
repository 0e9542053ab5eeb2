"""Types of accepted files, recognised by their first bytes whatever their name says."""

import re
import unicodedata
from enum import StrEnum

from suar.core.decisions import Decision

MEBIBYTE = 1024 * 1024
MAX_FILE_BYTES = 5 * MEBIBYTE
PIECE_BYTES = 64 * 1024
FREE_BYTES = 1024 * MEBIBYTE
"""Free disk space that no file may use."""
MAX_NAME_CHARACTERS = 80


class FileKind(StrEnum):
    """The type of a file by its first bytes. Every kind is redrawn before it is sealed."""

    PICTURE = "picture"
    SOUND = "sound"
    PAPER = "paper"


STARTS: tuple[tuple[bytes, FileKind, str], ...] = (
    (b"\xff\xd8\xff", FileKind.PICTURE, "jpg"),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE, "png"),
    (b"%PDF-", FileKind.PAPER, "pdf"),
    (b"OggS", FileKind.SOUND, "ogg"),
    (b"ID3", FileKind.SOUND, "mp3"),
    (b"#!AMR", FileKind.SOUND, "amr"),
)
IN_RIFF: dict[bytes, tuple[FileKind | None, str]] = {
    b"WEBP": (FileKind.PICTURE, "webp"),
    b"WAVE": (FileKind.SOUND, "wav"),
}
NOT_TAKEN: tuple[None, str] = (None, "bin")
SOUND_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6")
FILM = re.compile(rb"hdlr.{8}vide", re.DOTALL)
"""A video track, as in ISO/IEC 14496-12, 8.4.3: sound and film begin alike."""


def recognise(content: bytes) -> tuple[FileKind | None, str]:
    """Return the kind of a file and its usual extension by its first bytes, whatever its name says.

    The kind is None for what is not taken.
    Source: own design, docs/decisions/help-requests.md; security.md B23 (type by content).
    """
    for start, kind, extension in STARTS:
        if content.startswith(start):
            return kind, extension
    if content[:4] == b"RIFF":
        return IN_RIFF.get(content[8:12], NOT_TAKEN)
    if content[4:8] == b"ftyp" and content[8:12] in SOUND_BRANDS:
        return NOT_TAKEN if FILM.search(content) else (FileKind.SOUND, "m4a")
    extension = _mpeg_extension(content)
    return (FileKind.SOUND, extension) if extension else NOT_TAKEN


def cut_into_pieces(content: bytes) -> list[bytes]:
    """Return content in the pieces in which a database stores it.

    Source: own design, docs/decisions/help-requests.md.
    """
    return [content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES)]


def may_be_uploaded(size: int, kind: FileKind | None) -> Decision:
    """Allow a file that is not empty, not too large, and of an accepted kind.

    Source: own design, docs/decisions/help-requests.md.
    """
    if not size:
        return Decision.refuse("empty")
    if size > MAX_FILE_BYTES:
        return Decision.refuse("too_large")
    return Decision.allow() if kind else Decision.refuse("other_kind")


def readable_name(name: str) -> str:
    """Return what can be read of a file's name on one line: no folder, no hidden or direction marks.

    Source: own design, docs/decisions/help-requests.md (a name that turns its direction hides its extension).
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character for character in last if unicodedata.category(character)[0] != "C")
    return " ".join(plain.split())[:MAX_NAME_CHARACTERS]


def _mpeg_extension(content: bytes) -> str:
    """Return the extension for the start of a frame of MPEG sound (layer III, or ADTS), not only eleven ones."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return ""
    layer_three = content[1] & 0x06 == 0x02 and content[1] & 0x18 != 0x08
    if content[1] & 0xF6 == 0xF0:
        return "aac"
    rate, bits = content[2] >> 2 & 0x03, content[2] >> 4
    return "mp3" if layer_three and rate != 0x03 and bits not in (0x00, 0x0F) else ""
