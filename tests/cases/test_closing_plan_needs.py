"""When a case may end, what a plan needs, how needs are sorted, and the words for it all."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.cases import rules
from suar.cases.codes import CONFIRMATIONS, ClosureBar, ClosureReason
from suar.cases.rules import ClosingFacts, Need
from suar.core.urgency import Urgency
from suar.core.workflow import workflow

DATA = Path(__file__).parents[2] / "src/suar/cases/data"
TODAY = date(2027, 6, 1)
CHIOMA, ESI = UUID(int=1), UUID(int=2)
CONFIRMED = frozenset(CONFIRMATIONS)
GOOD = (TODAY - timedelta(days=60), TODAY)
TRIES = tuple(TODAY - timedelta(days=days) for days in (60, 30, 0))
HARD = sorted(set(ClosureReason) - {ClosureReason.PERSON})


def closing(reason: ClosureReason, **changes) -> ClosingFacts:
    facts = {
        "reason": reason,
        "today": TODAY,
        "asked_by": CHIOMA,
        "agreed_by": ESI,
        "confirmed": CONFIRMED,
        "reviews": GOOD,
        "tries_on": TRIES,
    }
    return ClosingFacts(**{**facts, **changes})


@pytest.mark.parametrize("reason", ClosureReason)
def test_each_reason_can_close_a_case(reason):
    assert rules.may_close(closing(reason))


@pytest.mark.parametrize("reason", HARD)
@pytest.mark.parametrize("agreed_by", [None, CHIOMA])
def test_a_second_worker_agrees_to_every_closing_but_the_persons_own(reason, agreed_by):
    refused = rules.may_close(closing(reason, agreed_by=agreed_by))
    assert refused.because == "second_worker_needed"


def test_the_persons_wish_passes_every_bar():
    facts = closing(
        ClosureReason.PERSON,
        agreed_by=None,
        open_urgent_needs=2,
        unanswered_since=(TODAY,),
    )
    assert rules.may_close(facts)
    silent = closing(ClosureReason.PERSON, confirmed=frozenset())
    assert rules.may_close(silent).because == "information_left"


@pytest.mark.parametrize("reason", sorted(set(HARD) - {ClosureReason.DIED}))
def test_urgent_needs_and_unanswered_referrals_block_closing(reason):
    held = rules.may_close(closing(reason, open_urgent_needs=1))
    assert held.because == ClosureBar.URGENT_NEED
    for days, holds in ((29, True), (30, False)):
        since = (TODAY - timedelta(days=days),)
        assert bool(rules.bars(closing(reason, unanswered_since=since))) == holds


def test_a_death_passes_open_needs():
    assert rules.may_close(closing(ClosureReason.DIED, open_urgent_needs=1, unanswered_since=(TODAY,)))


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (ClosureReason.GOALS, "person_agrees"),
        (ClosureReason.TRANSFER, "new_manager_met_person"),
        (ClosureReason.NO_CONTACT, "no_known_danger"),
        (ClosureReason.LEFT_COUNTRY, "onward_contact_offered"),
        (ClosureReason.DIED, "review_held"),
        (ClosureReason.NOT_ELIGIBLE, "accepted_elsewhere"),
        (ClosureReason.CHILD_ADULT, "turned_18"),
        (ClosureReason.CHILD_ADULT, "adult_plan_accepted"),
    ],
)
def test_each_reason_needs_its_confirmation(reason, code):
    facts = closing(reason, confirmed=CONFIRMED - {code})
    assert rules.may_close(facts).because == code


@pytest.mark.parametrize("reviews", [(), GOOD[:1], (TODAY, TODAY), (TODAY - timedelta(days=59), TODAY)])
def test_goals_are_reached_only_after_two_good_reviews_sixty_days_apart(reviews):
    facts = closing(ClosureReason.GOALS, reviews=reviews)
    assert rules.may_close(facts).because == "goals_not_stable"


@pytest.mark.parametrize("tries", [(), TRIES[:2], (*TRIES[1:], TODAY - timedelta(days=59))])
def test_contact_is_lost_after_three_attempts_over_sixty_days(tries):
    facts = closing(ClosureReason.NO_CONTACT, tries_on=tries)
    assert rules.may_close(facts).because == "tries_too_close"


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        ClosingFacts,
        reason=st.sampled_from(ClosureReason),
        today=st.just(TODAY),
        asked_by=st.just(CHIOMA),
        agreed_by=st.sampled_from([None, CHIOMA, ESI]),
        confirmed=st.frozensets(st.sampled_from(sorted(CONFIRMED))),
        open_urgent_needs=st.integers(0, 2),
        reviews=st.sampled_from([(), GOOD]),
        tries_on=st.sampled_from([(), TRIES]),
    )
)
def test_no_case_with_an_open_urgent_need_ends_against_the_persons_wish(facts):
    if facts.open_urgent_needs and rules.may_close(facts):
        assert facts.reason in (ClosureReason.PERSON, ClosureReason.DIED)


FILLED = frozenset({"goal", "steps", "review_on"})


def may_save(filled, review_on):
    return rules.may_save_plan(filled, review_on=review_on, new_days=(), today=TODAY)


def test_a_first_plan_has_a_goal_a_step_and_a_review():
    assert may_save(FILLED, TODAY + timedelta(days=90))


@pytest.mark.parametrize(
    ("filled", "review_on", "because"),
    [
        (FILLED - {"goal"}, TODAY, "PLAN_GOAL"),
        (FILLED - {"steps"}, TODAY, "PLAN_STEP"),
        (FILLED - {"review_on"}, None, "PLAN_REVIEW"),
        (FILLED, None, "review_in_the_past"),
        (FILLED, TODAY - timedelta(days=1), "review_in_the_past"),
        (FILLED, TODAY + timedelta(days=91), "review_too_far"),
    ],
)
def test_an_incomplete_plan_is_refused(filled, review_on, because):
    assert may_save(filled, review_on).because == because


def test_needs_are_listed_most_urgent_first_and_each_once():
    wanted = [
        ("JUS_WAGES", Urgency.WEEK),
        ("HOU_EMERGENCY", Urgency.TODAY),
        ("JUS_WAGES", Urgency.THREE_DAYS),
        ("JUS_WAGES", Urgency.PLANNED),
    ]
    assert rules.list_needs(wanted) == [
        Need("HOU_EMERGENCY", Urgency.TODAY),
        Need("JUS_WAGES", Urgency.THREE_DAYS),
    ]
    assert rules.list_needs([]) == []


@pytest.mark.parametrize("urgency", Urgency)
def test_an_urgent_need_is_one_within_three_days(urgency):
    assert Need("HEA_GENERAL", urgency).is_urgent == (urgency <= "U3")


def test_the_diagram_of_closing_is_drawn_from_its_table():
    page = (Path(__file__).parents[2] / "docs/decisions/cases.md").read_text("utf-8")
    assert "\n".join(workflow("cases", "closing").diagram()) in page
