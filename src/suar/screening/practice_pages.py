"""What the pages of a practice show: the invented person, and what they say here."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.screening.rules.practice import Invented, invented_people
from suar.screening.speaking import say


@dataclass(frozen=True, slots=True)
class Partner:
    """The invented person of a practice in the language of the page."""

    code: str
    label: str
    scene: str
    said: Invented

    def at(self, step: str) -> str:
        """Give what they say at a step."""
        return say(self.said.says.get(step))


def partner(code: str) -> Partner | None:
    """Give the invented person of this code, or None when the talk is no practice."""
    found = invented_people().get(code)
    return Partner(code, say(found.label), say(found.scene), found) if found else None


def context(partner: Partner | None, step: str, *, first: bool = False) -> dict[str, str]:
    """Give a page what the invented person says there, and on the first one how they are met."""
    if partner is None:
        return {}
    return {"says": partner.at(step), "scene": partner.scene if first else ""}


def partners() -> Sequence[Partner]:
    """List everybody one may practise with."""
    return [each for code in invented_people() if (each := partner(code)) is not None]
