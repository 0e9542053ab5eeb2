"""An answer of a rule: allowed or not, and why."""

from dataclasses import dataclass
from typing import Self


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
