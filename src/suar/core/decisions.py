"""The result of a rule: allowed or refused, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from suar.core.refusals import NotYours, Refused

SAME_PERSON, NOT_HERE = "same_person", "not_here"


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of a rule; `because` is a code that has a label."""

    allowed: bool
    because: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @classmethod
    def allow(cls, because: str = "") -> Self:
        """Return a decision that allows."""
        return cls(allowed=True, because=because)

    @classmethod
    def refuse(cls, because: str) -> Self:
        """Return a refusal with the code of its reason."""
        return cls(allowed=False, because=because)

    @classmethod
    def require(cls, holds: object, because: str) -> Self:
        """Return a decision that allows if something holds, else the refusal with this reason."""
        return cls.allow() if holds else cls.refuse(because)

    @classmethod
    def first_refusal(cls, *decisions: Self) -> Self:
        """Return the first refusal, or allow when there is none."""
        return next((decision for decision in decisions if not decision), cls.allow())

    def enforce(self) -> None:
        """Raise Refused with the reason unless the decision allows; NotYours if the viewer may not know of it."""
        if self.because == NOT_HERE:
            raise NotYours
        if not self.allowed:
            raise Refused(self.because)


def second_person(by: UUID | None, proposed_by: Iterable[UUID | None]) -> Decision:
    """Allow only somebody else to confirm what was proposed; refuse where either is unknown.

    Source: security.md T17 (one proposes, another confirms).
    """
    proposers = set(proposed_by)
    return Decision.refuse(SAME_PERSON) if by is None or proposers & {by, None} else Decision.allow()
