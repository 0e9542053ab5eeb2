"""Choosing: the worker decides, with a reason; lower is read by a second person."""

import pytest

from suar.screening.codes import Outcome
from suar.screening.rules.answers import Answers, Path, Reason
from suar.screening.rules.instrument import instrument
from suar.screening.rules.outcomes import may_conclude
from tests.screening.talks import TALK, adult_talk, compared, elements_of, may_choose, suggest, suggestion_of

SOME = suggest(elements_of("SUPPORTED", "SUPPORTED", "UNKNOWN"), Path.ADULT)
CLEAN = suggest(elements_of("UNKNOWN", "NOT_SUPPORTED", "NOT_SUPPORTED"), Path.ADULT)
REASON = {"LOWER": "RS_OTHER_CAUSE", "SAME": "RS_SAME", "HIGHER": "RS_KNOW_MORE"}
BROUGHT = {"LOWER": "SECOND_READING", "SAME": "", "HIGHER": "NOTED"}


@pytest.mark.parametrize(
    ("outcome", "suggestion", "relation"),
    [
        (Outcome.PRESUMED_VICTIM, SOME, "HIGHER"),
        (Outcome.POSSIBLE_AT_RISK, SOME, "SAME"),
        (Outcome.NOT_INDICATED, SOME, "LOWER"),
        (Outcome.UNABLE, SOME, "LOWER"),
        (Outcome.DECLINED, SOME, "LOWER"),
        (Outcome.UNABLE, CLEAN, "HIGHER"),
        (Outcome.NOT_INDICATED, CLEAN, "SAME"),
    ],
)
def test_lower_is_read_by_a_second_person_and_higher_is_noted(outcome: Outcome, suggestion, relation: str) -> None:
    decision = may_choose(outcome, suggestion, Reason(REASON[relation]))
    assert compared(outcome, suggestion) == relation
    assert decision.allowed
    assert decision.because == BROUGHT[relation]


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        (Reason(), "REASON_MISSING"),
        (Reason(words="because"), "REASON_MISSING"),
        (Reason("RS_NO_SUCH"), "REASON_UNKNOWN"),
        (Reason("RS_SAME"), "REASON_DOES_NOT_FIT"),
        (Reason("RS_KNOW_MORE"), "REASON_DOES_NOT_FIT"),
    ],
)
def test_a_lower_outcome_without_a_fitting_reason_is_refused(reason: Reason, because: str) -> None:
    decision = may_choose(Outcome.UNABLE, SOME, reason)
    assert not decision.allowed
    assert decision.because == because
    assert instrument().words_of(because)


def test_own_words_fit_every_choice_and_are_not_empty() -> None:
    """A lower choice still needs a second person, who reads codes only."""
    assert may_choose(Outcome.UNABLE, SOME, Reason("RS_WORDS", "There is more to it")).because == "SECOND_READING"
    for outcome in (Outcome.PRESUMED_VICTIM, Outcome.POSSIBLE_AT_RISK, Outcome.UNABLE):
        assert may_choose(outcome, SOME, Reason("RS_WORDS", "She explained it differently"))
        assert may_choose(outcome, SOME, Reason("RS_WORDS", "  ")).because == "WORDS_MISSING"


def test_every_relation_has_reasons_that_can_be_tapped() -> None:
    for relation in REASON:
        fitting = [r for r in TALK.tables.reasons.values() if relation in r.fits]
        assert len(fitting) >= 3


def test_a_stopped_talk_refuses_no_signs_and_more_than_was_supported() -> None:
    stopped = suggest(elements_of("UNKNOWN", "NOT_SUPPORTED", "NOT_SUPPORTED"), Path.ADULT, "STOP_DANGER")
    for outcome in (Outcome.NOT_INDICATED, Outcome.POSSIBLE_AT_RISK, Outcome.PRESUMED_VICTIM):
        decision = may_choose(outcome, stopped, Reason("RS_WORDS", "because"))
        assert decision.because == "NOT_OFFERED"
    assert may_choose(Outcome.DECLINED, stopped, Reason("RS_PERSON_CHOSE"))


def test_no_signs_is_refused_when_too_little_was_asked() -> None:
    decision = may_choose(Outcome.NOT_INDICATED, suggestion_of(adult_talk()), Reason("RS_WORDS", "I think so"))
    assert decision.because == "NOT_ASKED_ENOUGH"


def test_an_outcome_that_claims_something_waits_for_safety_and_consent() -> None:
    for outcome in (
        Outcome.PRESUMED_VICTIM,
        Outcome.POSSIBLE_AT_RISK,
        Outcome.NOT_INDICATED,
    ):
        assert may_conclude(outcome, Answers()).because == "SAFETY_OPEN"
        assert may_conclude(outcome, Answers(), "STOP_DANGER")
        assert may_conclude(outcome, adult_talk())


def test_a_talk_may_end_at_any_step_without_claiming_anything() -> None:
    assert may_conclude(Outcome.UNABLE, Answers())
    assert may_conclude(Outcome.DECLINED, Answers())
