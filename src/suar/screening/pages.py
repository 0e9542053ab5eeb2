"""Words of what a talk found, for the pages of other stages."""

from suar.screening import rules
from suar.screening.speaking import code_words, say
from suar.screening.terms import Outcome


def outcome_words(outcome: Outcome) -> str:
    """Say an outcome as the action it asks for."""
    return say(rules.instrument().tables.outcomes[outcome].label)


def reason_words(code: str) -> str:
    """Say a reason that was tapped."""
    return code_words(rules.instrument(), code)
