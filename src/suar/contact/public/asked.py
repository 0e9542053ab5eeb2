"""What somebody asks or says at the public door, who hears it, and how it came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from suar.contact import tapped
from suar.contact.terms import LetterKind, RequestKind, Tapped
from suar.core.ids import new_id
from suar.crypto import kdf


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks: their words, and how to reach them, if it is safe at all."""

    words: str
    contact: str = ""
    meeting: str = ""

    @property
    def letters(self) -> Sequence[tuple[LetterKind, str]]:
        """Give what is sealed, one letter for each thing said."""
        said = (
            (LetterKind.WORDS, self.words),
            (LetterKind.CONTACT, self.contact),
            (LetterKind.MEETING, self.meeting),
        )
        return [each for each in said if each[1]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody says of a service: what they tapped, and words if they like."""

    tapped: Tapped
    words: str = ""

    @property
    def letters(self) -> Sequence[tuple[LetterKind, str]]:
        """Give what is sealed, one letter for each thing said."""
        taps = (LetterKind.TAPS, tapped.written(self.tapped))
        return [taps, (LetterKind.WORDS, self.words)] if self.words else [taps]


class Reads(Protocol):
    """Who is asked: a team, or those of a house who hear what is said of services."""

    organisation: UUID
    team: UUID | None
    kind: RequestKind


@dataclass(frozen=True, slots=True)
class Came:
    """How something came: how many its caller sent before in this hour, and who wrote it down.

    Every coming of one form has the same `mark`: what is made with it is made once.
    """

    turn: int = 0
    by: UUID | None = None
    mark: bytes = field(default=b"", repr=False)

    @property
    def ident(self) -> UUID:
        """Give the id of what is made."""
        return ident_of(self.mark) if self.mark else new_id()


BY_ITSELF = Came()


def ident_of(mark: bytes) -> UUID:
    """Give the id of what a form with this mark makes; it tells nothing of the mark."""
    return UUID(bytes=kdf.digest(mark)[:16], version=4)
