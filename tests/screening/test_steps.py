"""The way through the talk: what is open, what comes first, where it ends."""

from dataclasses import replace

import pytest

from suar.screening.codes import Answer, ContactResult, Outcome, Step
from suar.screening.rules.answers import AgeFacts, Answers, Call, Doubt, NeedAnswer, Path, path_of
from suar.screening.rules.instrument import instrument
from suar.screening.rules.needs import (
    has_unreached_need,
    needs_at_end,
    requires_call_first,
    urgent_needs,
    waiting_needs,
)
from suar.screening.rules.outcomes import element_values
from suar.screening.rules.steps import final_stop_code, next_step, triggered_stop, unanswered
from tests.screening.talks import (
    AGREED,
    BED_FOUND,
    GROWN,
    NO_NEED,
    SAFE,
    STEPS,
    YOUNG,
    adult_talk,
    child_talk,
    suggestion_of,
)


def goes(step: Step, answers: Answers) -> tuple[Step | None, str, str | None]:
    """Say where a talk goes, and check that the reason has words."""
    going = next_step(step, answers)
    assert instrument().words_of(going.because)
    return going.step, going.because, going.stop


def test_a_talk_with_a_grown_person_goes_step_by_step() -> None:
    answers = adult_talk()
    after_needs = STEPS[STEPS.index(Step.AGE) + 1]
    assert [goes(step, answers)[0] for step in STEPS] == [STEPS[1], after_needs, *STEPS[3:], None]
    assert goes(Step.NEEDS, adult_talk(age=AgeFacts()))[0] is Step.AGE, "its page asks again"
    assert goes(Step.WRITE, answers)[1] == "DONE"


def test_a_talk_with_a_child_and_a_guardian_goes_step_by_step() -> None:
    assert goes(Step.WRITE, child_talk()) == (None, "DONE", None)


@pytest.mark.parametrize("step", STEPS)
def test_safety_cannot_be_skipped_from_any_step(step: Step) -> None:
    choices = {**SAFE, **AGREED}
    del choices["SF_PHONE"]
    answers = Answers(choices=choices, needs=NO_NEED, age=GROWN)
    assert goes(step, answers) == (Step.SAFE, "SAFETY_OPEN", None)


@pytest.mark.parametrize(
    ("question", "value", "stop"),
    [
        ("SF_HEARD", "YES", "STOP_NO_PRIVACY"),
        ("SF_HEARD", "UNKNOWN", "STOP_NO_PRIVACY"),
        ("SF_NEAR", "YES", "STOP_CONTROLLER"),
        ("SF_NEAR", "UNKNOWN", "STOP_CONTROLLER"),
        ("SF_PHONE", "NO", "STOP_NO_PRIVACY"),
        ("SF_PHONE", "UNKNOWN", "STOP_NO_PRIVACY"),
    ],
)
def test_one_bad_answer_offers_to_move_to_signpost_or_another_time(question: str, value: str, stop: str) -> None:
    bad = {question: value}
    assert goes(Step.SAFE, adult_talk(bad)) == (Step.SAFE, "NOT_SAFE_YET", None)
    assert goes(Step.SAFE, adult_talk({**bad, "SF_WAY": "MOVE"}))[0] is Step.SAFE
    for way in ("SIGNPOST", "LATER"):
        assert goes(Step.SAFE, adult_talk({**bad, "SF_WAY": way})) == (None, "ENDS_HERE", stop)
    assert goes(Step.SAFE, adult_talk({"SF_WAY": "SIGNPOST"}))[0] is Step.NEEDS


def test_a_controller_near_ends_the_talk_as_such_even_without_privacy() -> None:
    answers = adult_talk({"SF_NEAR": "YES", "SF_HEARD": "YES", "SF_WAY": "LATER"})
    assert goes(Step.SAFE, answers)[2] == "STOP_CONTROLLER"


def test_needs_come_before_questions() -> None:
    assert goes(Step.SIGNS, adult_talk(needs={})) == (Step.NEEDS, "NEEDS_OPEN", None)


def test_what_cannot_wait_is_acted_on_before_any_question() -> None:
    def with_bed(acted: ContactResult) -> Answers:
        return adult_talk(needs={"ND_BED": NeedAnswer(Answer.YES, acted=acted)})

    assert goes(Step.NEEDS, with_bed(ContactResult.NOT_YET)) == (Step.NEEDS, "ACT_FIRST", None)
    for acted in set(ContactResult) - {ContactResult.NOT_YET, ContactResult.LATER}:
        assert goes(Step.NEEDS, with_bed(acted))[0] is Step.CONSENT


@pytest.mark.parametrize(
    ("acted", "who", "of_child", "known", "settled"),
    [
        ("SPOKE", "the nurse", False, True, True),
        ("SPOKE", "", False, False, False),
        ("HELPS_HERE", "", False, True, True),
        ("TRIED", "", False, False, False),
        ("NOT_WANTED", "", False, False, True),
        ("NOT_WANTED", "", True, False, False),
        ("NOT_YET", "", False, False, False),
    ],
)
def test_which_result_of_a_call_leaves_nothing_open(acted, who, of_child, known, settled) -> None:
    needs = {"ND_BED": NeedAnswer(Answer.YES, acted=ContactResult(acted), who_answers=who)}
    answers = child_talk(needs=needs) if of_child else adult_talk(needs=needs)
    [need] = urgent_needs(answers)
    assert (need.known, need.settled) == (known, settled)
    assert bool(waiting_needs(answers)) is not settled
    assert has_unreached_need([need], None, None) is not settled


@pytest.mark.parametrize(
    ("need", "age", "expected"),
    [
        ("ND_THREAT", GROWN, ("U3", "LATER")),
        ("ND_OTHERS_HELD", GROWN, ("U3", "LATER")),
        ("ND_THREAT", AgeFacts(), ("U3", "LATER")),
        ("ND_THREAT", YOUNG, ("U2", "NOT_YET")),
        ("ND_SELF_HARM", GROWN, ("U1", "NOT_YET")),
    ],
)
def test_a_call_waits_for_a_later_day_only_if_an_adult_agrees_and_the_need_can_wait(need, age, expected) -> None:
    answers = adult_talk(needs={need: NeedAnswer(Answer.YES, acted=ContactResult.LATER)}, age=age)
    [reported] = urgent_needs(answers)
    assert (reported.level, reported.acted) == expected
    assert not reported.settled, "it stays a need"
    assert requires_call_first(answers) is (expected[1] == "NOT_YET")


def test_an_agreed_later_day_holds_up_no_page_of_the_sign_either() -> None:
    afraid = {"SG_AFRAID": "YES"}
    assert goes(Step.SIGNS, adult_talk(afraid)) == (Step.SIGNS, "ACT_FIRST", None)
    agreed = {"ND_THREAT": NeedAnswer(acted=ContactResult.LATER)}
    assert goes(Step.SIGNS, adult_talk(afraid, needs={**NO_NEED, **agreed}))[1] != "ACT_FIRST"


@pytest.mark.parametrize("need", ["ND_SELF_HARM", "ND_DANGER", "ND_MEDICAL", "ND_CHILD_ALONE", "ND_HELD"])
@pytest.mark.parametrize(("question", "who"), [("CN_ANSWER", adult_talk), ("CN_GUARDIAN", child_talk)])
def test_a_no_is_a_no_whatever_needs_were_reported(need: str, question: str, who) -> None:
    called = {need: NeedAnswer(Answer.YES, acted=ContactResult.TRIED)}
    refused = who({question: "NO"}, needs=called)
    assert goes(Step.CONSENT, refused) == (None, "ENDS_HERE", "STOP_NO_CONSENT")
    assert suggestion_of(refused, final_stop_code(refused)).outcome is Outcome.DECLINED
    assert [item.need for item in waiting_needs(refused) if item.cannot_wait] == ([] if need == "ND_HELD" else [need])


def test_a_child_with_no_safe_adult_comes_before_other_reasons_to_stop() -> None:
    needs = {code: NeedAnswer(Answer.YES) for code in ("ND_DANGER", "ND_CHILD_ALONE")}
    assert triggered_stop(Step.NEEDS, adult_talk(needs=needs)) == "STOP_CHILD_ALONE"


@pytest.mark.parametrize(
    ("choices", "goes_to", "unanswered_codes"),
    [
        ({"SF_PHONE": "UNKNOWN"}, Step.NEEDS, ()),
        ({"SF_HEARD": "YES", "SF_NEAR": "YES"}, Step.NEEDS, ()),
        ({"LG_INTERPRETER": "RELATIVE"}, Step.NEEDS, ()),
        ({"SF_PHONE": None}, Step.SAFE, ("SF_PHONE",)),
        ({"CN_BACK": "NO"}, Step.NEEDS, ()),
    ],
)
def test_a_talk_written_up_later_demands_nothing_untrue(choices, goes_to, unanswered_codes) -> None:
    later = adult_talk({"WR_HOW": "LATER", **choices})
    later = replace(later, choices={code: value for code, value in later.choices.items() if value})
    assert goes(Step.SAFE, later)[0] is goes_to
    assert unanswered(Step.SAFE, later) == unanswered_codes
    if goes_to is Step.NEEDS:
        assert goes(Step.WRITE, later)[1] == "DONE"
        assert final_stop_code(later) is None
    if choices.keys() & {"SF_PHONE", "SF_HEARD", "CN_BACK"}:
        assert element_values(later, Path.ADULT).missing, "it is weighed instead"


@pytest.mark.parametrize(
    ("choices", "wrong"),
    [
        ({"SF_PHONE": "UNKNOWN"}, {"SF_PHONE", "SF_WAY"}),
        ({"SF_HEARD": "YES", "SF_NEAR": "YES"}, {"SF_HEARD", "SF_NEAR", "SF_WAY"}),
        ({"SF_NEAR": "YES", "SF_WAY": "GO_ON"}, {"SF_NEAR", "SF_WAY"}),
        ({"LG_INTERPRETER": "RELATIVE"}, {"LG_INTERPRETER"}),
    ],
)
def test_an_unsafe_page_names_the_answer_that_makes_it_unsafe(choices, wrong) -> None:
    assert set(unanswered(Step.SAFE, adult_talk(choices))) == wrong


def test_a_need_for_this_week_does_not_hold_the_talk() -> None:
    assert goes(Step.NEEDS, adult_talk(needs={"ND_PAPERS": NeedAnswer(Answer.YES)}))[0] is Step.CONSENT


def test_sending_is_not_help_until_somebody_was_spoken_to_and_named() -> None:
    unnamed = NeedAnswer(Answer.YES, acted=ContactResult.SPOKE)
    tried = NeedAnswer(Answer.YES, acted=ContactResult.TRIED, who_answers="House One")
    needs = [urgent_needs(adult_talk(needs={"ND_BED": need}))[0] for need in (unnamed, tried, BED_FOUND)]
    assert [need.known for need in needs] == [False, False, True]


def test_urgent_needs_come_most_urgent_first() -> None:
    yes = NeedAnswer(Answer.YES)
    answer = {
        "ND_SCHOOL": yes,
        "ND_BED": yes,
        "ND_DANGER": yes,
        "ND_MEDICINE": yes,
        "ND_FOOD": NeedAnswer(Answer.SKIPPED),
        "ND_PAIN": NeedAnswer(Answer.UNKNOWN),
    }
    following = urgent_needs(adult_talk(needs=answer))
    assert [(need.need, need.level) for need in following] == [
        ("ND_DANGER", "U1"),
        ("ND_BED", "U2"),
        ("ND_MEDICINE", "U3"),
        ("ND_SCHOOL", "U5"),
    ]
    assert "HOU_MEN" in following[1].services


def test_fear_of_someone_now_is_a_need_until_the_need_is_answered() -> None:
    afraid = adult_talk({"SG_AFRAID": "YES"})
    assert [need.need for need in urgent_needs(afraid)] == ["ND_THREAT"]
    assert goes(Step.NEEDS, afraid)[0] is Step.CONSENT, "nothing before the sign is asked again"
    assert goes(Step.SIGNS, afraid) == (Step.SIGNS, "ACT_FIRST", None)
    settled = adult_talk({"SG_AFRAID": "YES"}, needs={"ND_THREAT": NeedAnswer(Answer.NO)})
    assert urgent_needs(settled) == ()
    assert urgent_needs(adult_talk({"SG_AFRAID": "NO"})) == ()


@pytest.mark.parametrize(
    "age",
    [AgeFacts(years=40), AgeFacts(doubt=Doubt.NO), GROWN],
)
def test_any_answer_about_age_settles_a_grown_person(age: AgeFacts) -> None:
    assert goes(Step.AGE, adult_talk(age=age))[0] is Step.CONSENT


def test_an_age_nobody_asked_about_keeps_the_step_open() -> None:
    assert goes(Step.AGE, adult_talk(age=AgeFacts())) == (Step.AGE, "AGE_OPEN", None)


def test_age_unknown_takes_the_child_path() -> None:
    unknown = AgeFacts(doubt=Doubt.UNKNOWN)
    assert goes(Step.AGE, adult_talk(age=unknown)) == (Step.AGE, "GUARDIAN_OPEN", None)
    assert path_of(adult_talk(age=unknown)) is Path.CHILD


@pytest.mark.parametrize("adult", ["NONE", "MAY_BE_INVOLVED"])
def test_a_child_with_no_safe_adult_is_asked_about_safety_and_needs_only(adult: str) -> None:
    answers = child_talk({"AG_GUARDIAN": adult})
    for step in (Step.AGE, Step.CONSENT, Step.SIGNS):
        assert goes(step, answers) == (None, "ENDS_HERE", "STOP_CHILD_ALONE")


def test_a_child_needs_assent_and_the_guardians_yes() -> None:
    choices = {**SAFE, **AGREED, "AG_GUARDIAN": "STAND_IN"}
    answers = Answers(choices=choices, needs=NO_NEED, age=YOUNG)
    assert goes(Step.CONSENT, answers) == (Step.CONSENT, "GUARDIAN_CONSENT_OPEN", None)
    for no, stop in (("NO", "STOP_NO_CONSENT"), ("NOT_ABLE", "STOP_NOT_ABLE")):
        for who in ("CN_ANSWER", "CN_GUARDIAN"):
            refused = child_talk({who: no})
            assert goes(Step.CONSENT, refused) == (None, "ENDS_HERE", stop)


def test_a_guardians_no_does_not_end_a_talk_with_a_grown_person() -> None:
    assert goes(Step.CONSENT, adult_talk({"CN_GUARDIAN": "NO"}))[0] is Step.SIGNS


@pytest.mark.parametrize(
    ("choices", "because"),
    [
        ({"CN_BACK": "NO"}, "SAY_BACK"),
        ({"CN_BACK": "YES"}, "CONSENT_OPEN"),
        ({"CN_ANSWER": "YES"}, "SAY_BACK"),
        ({}, "SAY_BACK"),
    ],
)
def test_nothing_is_asked_before_the_person_said_it_back_and_yes(choices, because: str) -> None:
    answers = Answers(choices={**SAFE, **choices}, needs=NO_NEED, age=GROWN)
    assert goes(Step.SIGNS, answers) == (Step.CONSENT, because, None)


def test_a_doubt_about_age_that_was_seen_leads_back_to_the_child_path() -> None:
    answers = adult_talk({"SN_SEEN": "YES"}, {"SN_SEEN": ["I_O_AGE_DOUBT"]})
    assert path_of(answers) is Path.CHILD
    assert goes(Step.SIGNS, answers) == (Step.AGE, "GUARDIAN_OPEN", None)


def test_a_talk_ends_by_the_rule_that_was_tapped_or_the_one_its_answers_ask_for() -> None:
    assert final_stop_code(adult_talk(stopped_by="STOP_STAFF")) == "STOP_STAFF"
    assert final_stop_code(child_talk({"AG_GUARDIAN": "NONE"})) == "STOP_CHILD_ALONE"
    assert final_stop_code(adult_talk({"CN_ANSWER": "NO"})) == "STOP_NO_CONSENT"
    assert final_stop_code(adult_talk({"SF_NEAR": "YES", "SF_WAY": "LATER"})) == "STOP_CONTROLLER"
    assert final_stop_code(adult_talk({"SF_NEAR": "YES"})) == "STOP_CONTROLLER"
    assert final_stop_code(adult_talk()) is None


@pytest.mark.parametrize(
    ("stop", "needs", "reached"),
    [
        ("STOP_CHILD_ALONE", ["ND_BED", "ND_SELF_HARM"], {"ND_BED", "ND_SELF_HARM"}),
        ("STOP_MEDICAL", ["ND_MEDICAL", "ND_BED"], {"ND_MEDICAL", "ND_BED"}),
        ("STOP_MEDICAL", ["ND_MEDICAL", "ND_CHILD_THERE", "ND_OTHERS_HELD"], {"ND_MEDICAL"}),
        ("STOP_DANGER", ["ND_DANGER", "ND_CHILD_THERE", "ND_OTHERS_HELD"], {"ND_DANGER"}),
        ("STOP_CHILD_ALONE", ["ND_CHILD_LINE", "ND_CHILD_THERE", "ND_OTHERS_HELD"], {"ND_CHILD_LINE"}),
    ],
)
def test_a_call_counts_for_somebody_else_only_if_it_was_about_them(stop, needs, reached) -> None:
    answers = adult_talk(needs={code: NeedAnswer(Answer.YES) for code in needs})
    ended = needs_at_end(answers, instrument().stops[stop], Call(ContactResult.SPOKE, "the nurse"))
    assert {need.need for need in ended if need.known} - {stop} == reached
