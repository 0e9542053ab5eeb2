"""Who must never learn of a person: the lines of that list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class NeverKind(StrEnum):
    """Who a line is about: a body of the directory, a colleague of one's own house, or words."""

    ORGANISATION = "organisation"
    WORKER = "worker"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverTell:
    """One line: who, by id or else in words; who put it there, and when it ended.

    `ref` is a provider of the directory or a worker; None where only words tell who it is. A line
    is never deleted: `ended_at` and `reason` close it.
    """

    id: UUID
    kind: NeverKind
    by: UUID
    at: datetime
    ref: UUID | None = None
    words: str = ""
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    reason: str = ""

    @property
    def stands(self) -> bool:
        """Say whether the line holds now."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody about to be put on the list: a body or a colleague by id, or anybody in words."""

    kind: NeverKind
    ref: UUID | None = None
    words: str = ""


def named(bodies: Iterable[UUID], workers: Iterable[UUID], words: str) -> tuple[Named, ...]:
    """Give who was tapped and who was written down."""
    return (
        *(Named(NeverKind.ORGANISATION, each) for each in bodies),
        *(Named(NeverKind.WORKER, each) for each in workers),
        *([Named(NeverKind.WORDS, words=words)] if words else []),
    )
