"""Whether the worker may choose an outcome, and what that choice brings with it."""

from suar.core.decisions import Decision
from suar.screening.rules.reading import instrument, instrument_of
from suar.screening.rules.shapes import Instrument
from suar.screening.rules.steps import DONE, next_step
from suar.screening.rules.suggestion import rank
from suar.screening.terms import Answers, Outcome, Reason, Suggestion

OWN_WORDS = "RS_WORDS"
CLAIMS_NOTHING = frozenset({Outcome.UNABLE, Outcome.DECLINED})


def may_choose(outcome: Outcome, suggestion: Suggestion, reason: Reason, *, of: Instrument | None = None) -> Decision:
    """Say whether this outcome may be chosen with this reason.

    Allowed because SECOND_READING: lower than suggested, so a second person reads codes and reason.
    Allowed because NOTED: higher than suggested. Every choice has a reason; a stopped talk, and a
    talk in which too little was asked, do not offer 'no signs'.

    Source: protocol decision rules; docs/decisions/0005.
    """
    talk = of or instrument()
    relation = compared(outcome, suggestion, of=talk)
    refusal = Decision.first_refusal(_is_offered(outcome, suggestion), _has_reason(talk, reason, relation))
    if not refusal:
        return refusal
    return Decision.yes({"LOWER": "SECOND_READING", "HIGHER": "NOTED"}.get(relation, ""))


def may_conclude(outcome: Outcome, answers: Answers, stopped_by: str | None = None) -> Decision:
    """Say whether a talk may end with this outcome now: finished, stopped, or with nothing claimed.

    'Could not talk enough' and 'chose not to talk' may end a talk at any step; every other outcome
    waits until safety, needs, age and consent are settled, or until a stop rule was tapped.

    Source: WHO 2003, principles 1 and 6; docs/decisions/0005.
    """
    if stopped_by is not None or outcome in CLAIMS_NOTHING:
        return Decision.yes()
    going = next_step(instrument_of(answers).steps[-1].code, answers)
    return Decision.yes() if going.because == DONE else Decision.no(going.because)


def compared(outcome: Outcome, suggestion: Suggestion, *, of: Instrument | None = None) -> str:
    """Say whether a choice is LOWER, SAME or HIGHER than what was suggested.

    Source: data/outcomes-1.json, rank; docs/decisions/0005.
    """
    tables = (of or instrument()).tables
    step = rank(tables, outcome) - rank(tables, suggestion.outcome)
    if step == 0:
        return "SAME"
    return "HIGHER" if step > 0 else "LOWER"


def _is_offered(outcome: Outcome, suggestion: Suggestion) -> Decision:
    if outcome in suggestion.offered:
        return Decision.yes()
    stopped = suggestion.stopped_by is not None
    return Decision.no("NOT_OFFERED" if stopped else "NOT_ASKED_ENOUGH")


def _has_reason(talk: Instrument, reason: Reason, relation: str) -> Decision:
    if not reason.code:
        return Decision.no("REASON_MISSING")
    known = talk.tables.reasons.get(reason.code)
    if known is None:
        return Decision.no("REASON_UNKNOWN")
    if relation not in known.fits:
        return Decision.no("REASON_DOES_NOT_FIT")
    if reason.code == OWN_WORDS and not reason.words.strip():
        return Decision.no("WORDS_MISSING")
    return Decision.yes()
