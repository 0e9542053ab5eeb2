"""What a sound file is once it was read: its kind, its length, and bytes that tell no more."""

from dataclasses import dataclass, field
from enum import StrEnum

MOST_BYTES = 3 * 1024 * 1024
LONGEST_S = 20 * 60


class SoundKind(StrEnum):
    """The kinds that are taken, each by the last part of its MIME type."""

    OGG = "ogg"
    MPEG = "mpeg"
    MP4 = "mp4"


class SoundRefused(Exception):
    """Why a sound file is not taken: a code of `labels.SOUNDS`."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of whole seconds, written anew without names, places, dates or pictures."""

    kind: SoundKind
    seconds: int
    content: bytes = field(repr=False)


def need(holds: object, because: str = "broken") -> None:
    """Raise SoundRefused unless something holds."""
    if not holds:
        raise SoundRefused(because)
