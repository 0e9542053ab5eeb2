"""The contents of sealed letters, and the codes that they use. Stored codes never change."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from suar.core.files.kinds import FileKind


class CodeKind(StrEnum):
    """The person's way back to their letters; NONE is an agreed time and place."""

    DIGITS = "digits"
    PICTURES = "pictures"
    WORDS = "words"
    NONE = "none"


class LetterKind(StrEnum):
    """The content of one sealed letter. TAPS and DONE hold codes, FILE a description of a file."""

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
    """The reader of a request who removed a file, or the virus scanner that refused it."""

    TEAM = "team"
    PERSON = "person"
    SCANNER = "scanner"


class RequestKind(StrEnum):
    """The kind of a request: help from a team, feedback, a complaint, or a summary of the record.

    A summary is sealed to its code alone: nobody else opens it, and it ends by itself.
    """

    HELP = "help"
    SUMMARY = "summary"
    FEEDBACK = "feedback"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class LetterContent:
    """One opened letter. `code` is the public key of the return code at that time, empty for none."""

    kind: LetterKind
    words: str = field(repr=False)
    at: datetime
    code: bytes = b""
    id: UUID | None = None


class FileFacts(BaseModel):
    """The text of a letter, sealed as JSON beside its file."""

    model_config = ConfigDict(frozen=True)

    kind: FileKind
    size: int
    name: str = Field(repr=False)
    scanned: bool = False
    """A virus scanner looked at it and found nothing."""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request before it is sealed: for whom, its letters, and how it came.

    `turn` counts the requests of the same caller before it in this hour. Every submission of one form has the same
    `form_secret`: what is made with it is made once. Without a `team` it goes to the complaint handlers.
    """

    kind: RequestKind
    organisation: UUID
    team: UUID | None
    letters: Collection[tuple[LetterKind, str]] = field(repr=False)
    turn: int = 0
    written_by: UUID | None = None
    form_secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Thread:
    """A request as the person reads it, oldest letter first; `proof` shows that they had its code.

    `read_on` is the day on which a reader last opened all of it; a newer letter `waits`.
    """

    id: UUID
    kind: RequestKind
    letters: list[LetterContent]
    proof: bytes = field(repr=False)
    read_on: date | None = None
    waits: bool = True
