"""Words of what a talk found, for the pages of other stages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.screening import labels, rules, second_reading
from suar.screening.speaking import code_words, say
from suar.screening.terms import Outcome


@dataclass(frozen=True, slots=True)
class SecondRead:
    """What a second person thinks of an outcome, in words."""

    by: str
    at: datetime
    words: Promise


def outcome_words(outcome: Outcome) -> str:
    """Say an outcome as the action it asks for."""
    return say(rules.instrument().tables.outcomes[outcome].label)


def reason_words(code: str) -> str:
    """Say a reason that was tapped."""
    return code_words(rules.instrument(), code)


def second_read(left: UUID, *, keys: Keys) -> SecondRead | None:
    """Say what a second person answered about what a talk left, or None while nobody has."""
    found = second_reading.read_of(left, keys=keys)
    if found is None:
        return None
    by = accounts.shown_names([found.by]).get(found.by, "")
    return SecondRead(by, found.at, labels.SECOND_ANSWERS[found.answer])
