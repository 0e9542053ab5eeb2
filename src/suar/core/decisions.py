"""An answer of a rule: allowed or not, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule answers; `because` is a code that labels turn into words."""

    allowed: bool
    because: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @classmethod
    def yes(cls, because: str = "") -> Self:
        """Allow."""
        return cls(allowed=True, because=because)

    @classmethod
    def no(cls, because: str) -> Self:
        """Refuse, with the code of the reason."""
        return cls(allowed=False, because=because)

    @classmethod
    def first_refusal(cls, *decisions: Self) -> Self:
        """Return the first refusal, or allow when there is none."""
        return next((decision for decision in decisions if not decision), cls.yes())


def second_person(by: UUID | None, proposed_by: Iterable[UUID | None]) -> Decision:
    """Allow only somebody else to confirm what was proposed; refuse where either is unknown.

    Source: security.md T17 (one proposes, another confirms).
    """
    proposers = set(proposed_by)
    return Decision.no(SAME_PERSON) if by is None or proposers & {by, None} else Decision.yes()
