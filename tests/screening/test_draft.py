"""Drafts: read and written alike, and a code that is not known changes nothing."""

import pytest

from suar.screening.codes import Answer, ContactResult
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, Doubt, NeedAnswer, Unreadable
from suar.screening.rules.draft import clashes, read_draft, write_draft
from tests.screening.talks import adult_talk

FULL = adult_talk(
    {"SG_HURT": "YES", "SF_WAY": "MOVED"},
    {"SG_HURT": ["I_M_FORCE", "I_M_THREAT"]},
    needs={
        "ND_BED": NeedAnswer(Answer.YES, ContactResult.SPOKE, "duty officer"),
        "ND_FOOD": NeedAnswer(Answer.SKIPPED),
    },
    age=AgeFacts(19, AgeBand.ADULT, Doubt.YES),
    stopped_by="STOP_DISTRESS",
)


@pytest.mark.parametrize("answers", [FULL, Answers(), adult_talk()])
def test_written_answers_read_back_the_same(answers: Answers) -> None:
    assert read_draft(write_draft(answers)) == answers


def test_an_empty_draft_is_a_talk_in_which_nothing_was_asked() -> None:
    assert read_draft({}) == Answers()


def test_keys_that_are_unknown_or_no_longer_used_are_ignored() -> None:
    removed = {"sums": {"ACT": "SUPPORTED"}, "age": {"settled": None}, "needs": {"ND_BED": {"level": None}}}
    assert read_draft({"language": "id", **removed}) == Answers(needs={"ND_BED": NeedAnswer()})


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        ({"instrument": 3}, "instrument"),
        ({"instrument": "other"}, "instrument"),
        ({"version": "1"}, "instrument"),
        ({"version": True}, "instrument"),
        ({"choices": []}, "choices"),
        ({"choices": {"NO_SUCH": "YES"}}, "choices"),
        ({"choices": {"CN_PURPOSE": "YES"}}, "choices"),
        ({"choices": {"SF_HEARD": "SKIPPED"}}, "choices.SF_HEARD"),
        ({"choices": {"SF_HEARD": ["YES"]}}, "choices.SF_HEARD"),
        ({"signs": {"SF_HEARD": ["I_M_FORCE"]}}, "signs"),
        ({"signs": {"SG_HURT": "I_M_FORCE"}}, "signs.SG_HURT"),
        ({"signs": {"SG_HURT": ["I_P_HOURS"]}}, "signs.SG_HURT"),
        ({"signs": {"SG_HURT": [["I_M_FORCE"]]}}, "signs.SG_HURT"),
        ({"needs": {"ND_YACHT": {}}}, "needs"),
        ({"needs": {"ND_BED": "YES"}}, "needs.ND_BED"),
        ({"needs": {"ND_BED": {"answer": "MAYBE"}}}, "needs.ND_BED"),
        ({"needs": {"ND_BED": {"answer": 1}}}, "needs.ND_BED"),
        ({"needs": {"ND_BED": {"acted": "SOMETIME"}}}, "needs.ND_BED"),
        ({"needs": {"ND_BED": {"who_answers": 7}}}, "needs.ND_BED"),
        ({"needs": {"ND_BED": {"who_answers": "x" * 201}}}, "needs.ND_BED"),
        ({"age": {"years": -1}}, "age.years"),
        ({"age": {"years": 121}}, "age.years"),
        ({"age": {"years": "30"}}, "age.years"),
        ({"age": {"years": True}}, "age.years"),
        ({"age": {"band": "OLD"}}, "age.band"),
        ({"age": {"doubt": "SKIPPED"}}, "age.doubt"),
        ({"stopped_by": "STOP_NOTHING"}, "stopped_by"),
        ({"stopped_by": 1}, "stopped_by"),
        ({"picked": {"SG_HURT": ["P_MISTRUST"]}}, "picked"),
        ({"picked": {"NOTHING": []}}, "picked"),
    ],
)
def test_an_unknown_code_is_refused_by_its_place(draft: dict, where: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_draft(draft)
    assert refused.value.where == where


def test_a_refusal_does_not_repeat_the_answer() -> None:
    with pytest.raises(Unreadable) as refused:
        read_draft({"choices": {"SF_HEARD": "Amina from the harbour"}})
    assert "Amina" not in str(refused.value)


def test_signs_beside_a_yes_do_not_clash() -> None:
    assert clashes(FULL) == ()
    assert clashes(adult_talk({}, {"SG_HURT": []})) == ()
    assert clashes(adult_talk({}, {"SG_HURT": ["I_M_FORCE"]})) == ("SG_HURT",)
