"""What would change a suggestion: said before the worker chooses, never a push to ask again."""

from suar.screening.codes import ChangeKind, Outcome
from suar.screening.rules.answers import Answers, Path
from suar.screening.rules.outcomes import Change, what_would_change
from tests.screening.talks import adult_talk, sign_answers

HELD = {"SG_ARRANGED": ["I_A_RECRUIT"], "SG_HURT": ["I_M_FORCE"], "SG_PAID": ["I_P_NO_PAY"]}
STRONG, SOME = Outcome.PRESUMED_VICTIM, Outcome.POSSIBLE_AT_RISK


def changes(choices, signs) -> tuple[Change, ...]:
    """Return what would change in a talk with these taps."""
    return what_would_change(adult_talk(choices, signs), Path.ADULT)


def test_a_prompt_not_asked_yet_is_named_with_where_it_could_lead() -> None:
    choices, signs = sign_answers(HELD)
    assert changes({**choices, "SG_WORK": "NOT_ASKED"}, signs) == (Change(ChangeKind.ASK, STRONG, "SG_WORK"),)


def test_a_prompt_that_was_skipped_waits_for_the_person() -> None:
    choices, signs = sign_answers(HELD)
    assert changes({**choices, "SG_WORK": "SKIPPED"}, signs) == (Change(ChangeKind.WAIT, STRONG, "SG_WORK"),)


def test_a_sign_without_its_kind_asks_to_be_named() -> None:
    choices, signs = sign_answers(HELD)
    assert changes({**choices, "SG_WORK": "YES"}, signs) == (Change(ChangeKind.NAME, STRONG, "SG_WORK"),)


def test_what_was_denied_is_not_asked_again() -> None:
    choices, signs = sign_answers(HELD)
    assert changes(choices, signs) == ()


def test_the_outcome_if_all_were_denied_is_named() -> None:
    named = changes({}, {})
    assert {change.outcome for change in named[:-1]} == {SOME}
    assert named[-1] == Change(ChangeKind.CLEAR, Outcome.NOT_INDICATED)


def test_a_talk_that_was_stopped_has_nothing_more_to_ask() -> None:
    assert what_would_change(Answers(), Path.ADULT, "STOP_DISTRESS") == ()
