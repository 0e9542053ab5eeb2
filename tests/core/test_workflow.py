"""A workflow is a table: states follow from acts, and a second person agrees."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from suar.core.decisions import SAME_PERSON, second_person
from suar.core.workflow import NOT_BY_YOU, NOT_FROM_HERE, ImpossibleHistory, Workflow

ESI, BEN = uuid4(), uuid4()
MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)
TABLE = {
    "states": [
        {"code": "OPEN", "list": "ours"},
        {"code": "ASKED", "list": "theirs"},
        {"code": "CLOSED", "list": "none"},
    ],
    "transitions": [
        {"verb": "ask", "from": ["OPEN"], "to": "ASKED", "actors": ["WORKER"], "source": "test"},
        {"verb": "note", "from": ["OPEN", "ASKED"], "to": None, "actors": ["WORKER"], "source": "test"},
        {"verb": "lapse", "from": ["ASKED"], "to": "OPEN", "actors": ["CLOCK"], "source": "test"},
        {
            "verb": "agree",
            "from": ["ASKED"],
            "to": "CLOSED",
            "actors": ["WORKER", "LEAD"],
            "other_person_than": ["ask"],
            "source": "test",
        },
    ],
}


@dataclass(frozen=True)
class Step:
    verb: str
    by: UUID | None = ESI
    day: int = 0
    actor: str = "WORKER"

    @property
    def at(self) -> datetime:
        return MORNING + timedelta(days=self.day)


@pytest.fixture
def closing():
    return Workflow(TABLE)


def test_without_acts_a_workflow_is_in_its_first_state(closing):
    assert closing.derive([]) == "OPEN"


def test_a_state_follows_from_the_acts(closing):
    assert closing.derive([Step("ask")]) == "ASKED"
    assert closing.derive([Step("ask"), Step("agree", by=BEN)]) == "CLOSED"


def test_an_act_can_keep_the_state(closing):
    assert closing.derive([Step("ask"), Step("note", day=3)]) == "ASKED"


def test_the_table_lists_allowed_acts_by_state_and_actor(closing):
    assert closing.may("ask", "OPEN", "WORKER")
    assert closing.may("agree", "OPEN", "LEAD").because == NOT_FROM_HERE
    assert closing.may("ask", "OPEN", "LEAD").because == NOT_BY_YOU
    assert closing.next_acts("ASKED", "WORKER") == ("note", "agree")
    assert closing.next_acts("ASKED", "LEAD") == ("agree",)
    assert closing.ended_states() == {"CLOSED"}


def test_an_impossible_history_is_an_error(closing):
    with pytest.raises(ImpossibleHistory, match="agree by WORKER from OPEN"):
        closing.derive([Step("agree")])


@pytest.mark.parametrize(
    ("asked_by", "agreed_by", "allowed"), [(ESI, BEN, True), (ESI, ESI, False), (ESI, None, False), (None, BEN, False)]
)
def test_a_second_person_agrees(closing, asked_by, agreed_by, allowed):
    acts, agree = [Step("ask", by=asked_by)], Step("agree", by=agreed_by)
    decision = closing.may_follow(acts, agree)
    assert (decision.allowed, decision.because) == ((True, "") if allowed else (False, SAME_PERSON))
    if not allowed:
        with pytest.raises(ImpossibleHistory):
            closing.derive([*acts, agree])


def test_an_earlier_proposer_can_agree_to_a_later_proposal(closing):
    acts = [Step("ask"), Step("lapse", by=None, actor="CLOCK", day=14), Step("ask", by=BEN, day=15)]
    assert closing.may_follow(acts, Step("agree", by=ESI, day=16))
    assert not closing.may_follow(acts, Step("agree", by=BEN, day=16))


def test_a_table_that_names_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="unknown states: OPEN"):
        Workflow({**TABLE, "states": TABLE["states"][1:]})


def test_a_table_with_two_transitions_for_an_act_is_refused():
    with pytest.raises(ValueError, match="two"):
        Workflow({**TABLE, "transitions": [*TABLE["transitions"], TABLE["transitions"][0]]})


def test_the_table_is_drawn(closing):
    drawn = list(closing.diagram())
    assert "    ASKED --> CLOSED: agree" in drawn
    assert drawn[2] == "    [*] --> OPEN"
    assert drawn[-2:] == ["    CLOSED --> [*]", "```"]


def test_a_second_person_is_not_a_proposer():
    one, other = uuid4(), uuid4()
    assert second_person(one, [other])
    assert second_person(one, [])
    for by, proposed_by in ((one, [one]), (one, [other, None]), (None, [other])):
        assert second_person(by, proposed_by).because == SAME_PERSON
