"""Reads sound files strictly and writes them anew without what they tell beside the sound.

No sound is decoded here: what a player would choke on stays what it was, and is heard before it
is published. What does not follow its format to the last byte is refused.
"""

from collections.abc import Callable

from suar.directory.rules.sound import mp4, mpeg, ogg
from suar.directory.rules.sound.shape import (
    LONGEST_S,
    MOST_BYTES,
    Sound,
    SoundKind,
    SoundRefused,
    need,
)

__all__ = ["LONGEST_S", "MOST_BYTES", "Sound", "SoundKind", "SoundRefused", "read"]


def read(content: bytes) -> Sound:
    """Read a sound by its first bytes and give it without tags; raises SoundRefused.

    Source: own design, docs/decisions/0043.
    """
    need(content, "empty")
    need(len(content) <= MOST_BYTES, "too_large")
    found = _reader_of(content)(content)
    need(0 < found.seconds <= LONGEST_S, "too_long" if found.seconds else "broken")
    return found


def _reader_of(content: bytes) -> Callable[[bytes], Sound]:
    if content.startswith(b"OggS"):
        return ogg.read
    if content[4:8] == b"ftyp":
        return mp4.read
    need(content.startswith(b"ID3") or content[:1] == b"\xff", "other_kind")
    return mpeg.read
