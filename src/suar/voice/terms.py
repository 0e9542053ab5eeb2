"""The words of asking for help: kinds of codes, what a letter is, the desk that answers."""

from dataclasses import dataclass
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
    """What one sealed letter of a request holds."""

    WORDS = "words"
    CONTACT = "contact"
    MEETING = "meeting"
    ANSWER = "answer"


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


@dataclass(frozen=True, slots=True)
class Said:
    """One opened letter: what it is, its words, when it was written, and for which code.

    `code` is the public half of the code at that time, empty where there is none.
    """

    kind: LetterKind
    words: str
    at: datetime
    code: bytes = b""
