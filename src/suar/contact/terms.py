"""The words of asking for help: kinds of codes, what a letter is, the desk that answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class CodeKind(StrEnum):
    """How the person keeps the way back to their letters; NONE is an agreed time and place."""

    DIGITS = "digits"
    PICTURES = "pictures"
    WORDS = "words"
    NONE = "none"


class LetterKind(StrEnum):
    """What one sealed letter holds; TAPS, DONE, FILE and what was REMOVED are codes."""

    WORDS = "words"
    CONTACT = "contact"
    MEETING = "meeting"
    ANSWER = "answer"
    TAPS = "taps"
    DONE = "done"
    FILE = "file"
    REMOVED = "removed"
    ALL_REMOVED = "all_removed"


class Side(StrEnum):
    """Who of the two that read a request did something."""

    TEAM = "team"
    PERSON = "person"


class FileKind(StrEnum):
    """What a file is by its first bytes; only pictures are ever opened, and drawn anew."""

    PICTURE = "picture"
    SOUND = "sound"
    PAPER = "paper"


class RequestKind(StrEnum):
    """What somebody wants: help of a team, to say how it was, or to complain."""

    HELP = "help"
    FEEDBACK = "feedback"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """A team that answers requests, as the public page tells of it.

    `days` are the weekdays on which somebody reads, 1 for Monday; `answers_within_days` counts
    those days only. `looked_at` is when a worker last opened the inbox.
    """

    team: UUID
    organisation: UUID
    switched_on: bool
    who_en: str
    who_id: str
    days: tuple[int, ...]
    answers_within_days: int
    closes_after_hours: int
    looked_at: datetime

    @property
    def kind(self) -> RequestKind:
        """Say what one asks here."""
        return RequestKind.HELP


@dataclass(frozen=True, slots=True)
class Readers:
    """Who hears what is said of services now: houses with readers, and the outside one of each.

    `own` are the houses that read what is said of themselves, `for_others` those that also read of
    other houses, `outside` names the house that reads of another one, by the latter.
    """

    own: frozenset[UUID]
    for_others: frozenset[UUID]
    outside: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Concern:
    """What is said, of which house, and of which kind of worker; all but `kind` may be open."""

    kind: RequestKind
    house: UUID | None = None
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Tapped:
    """What somebody tapped: a stage with answers of 1 to 5, or what a complaint is about."""

    stage: str = ""
    answers: Mapping[str, int] = field(default_factory=dict)
    complaint: str = ""
    house: UUID | None = None
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One opened letter: what it is, its words, when it was written, and for which code.

    `code` is the public half of the code at that time, empty where there is none. `letter` is its
    row, for a file that is opened by itself.
    """

    kind: LetterKind
    words: str
    at: datetime
    code: bytes = b""
    letter: UUID | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it came with a form; of one that is too large `content` is empty.

    `size` is how many bytes came.
    """

    name: str
    size: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is sealed beside a file: what it is, its bytes, how it was named where it came from."""

    kind: FileKind
    size: int
    name: str
