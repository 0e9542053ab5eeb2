"""Stop rules: where each is offered, what presses it, and that each says what to do."""

import pytest

from suar.screening.codes import Answer, Step
from suar.screening.policy import words_after_stop
from suar.screening.rules.answers import LATEST, Answers, NeedAnswer, Path
from suar.screening.rules.instrument import Trigger
from suar.screening.rules.steps import stops_offered, triggered_stop
from tests.screening.talks import GROWN, INSTRUMENTS, TALK, YOUNG, adult_talk

ALWAYS = {"STOP_SELF_HARM", "STOP_LEGAL", "STOP_STAFF", "STOP_WITHDRAWN"}
AT = {
    Step.SAFE: {
        "STOP_CONTROLLER",
        "STOP_NO_PRIVACY",
        "STOP_DANGER",
        "STOP_TIE",
        "STOP_INTERPRETER",
    },
    Step.NEEDS: {"STOP_MEDICAL", "STOP_DANGER"},
    Step.AGE: {"STOP_CHILD_ALONE"},
    Step.CONSENT: {"STOP_NO_CONSENT", "STOP_NOT_ABLE"},
    Step.SIGNS: {"STOP_DISTRESS", "STOP_CONTROLLER"},
    Step.WRITE: {"STOP_TIE", "STOP_NOT_ABLE"},
    Step.REPORT: set(),
    Step.SIGNPOST: {"STOP_MEDICAL", "STOP_CONTROLLER"},
}
PRESSES = [(stop.code, press) for stop in TALK.stops.values() for press in stop.triggers]


def pressed_answers(press: Trigger, value: str) -> Answers:
    """Return answers with just this one that presses."""
    age = YOUNG if press.path is Path.CHILD else GROWN
    full = {"instrument": "full", "version": LATEST["full"], "age": age}
    if press.question:
        return Answers(choices={press.question: value}, **full)
    return Answers(needs={press.need: NeedAnswer(Answer(value))}, **full)


@pytest.mark.parametrize("step", Step)
def test_the_stop_rules_of_a_step_are_offered_there(step: Step) -> None:
    offered = {offered.code for offered, _ in stops_offered(step, Answers())}
    assert ALWAYS | AT[step] <= offered
    assert not any(is_triggered for _, is_triggered in stops_offered(step, Answers()))
    assert triggered_stop(step, Answers()) is None


@pytest.mark.parametrize("stop", TALK.stops)
def test_every_stop_rule_is_reachable(stop: str) -> None:
    steps = [step for step in Step if stop in {offered.code for offered, _ in stops_offered(step, Answers())}]
    assert steps
    assert len(steps) == len(Step) or stop not in ALWAYS


@pytest.mark.parametrize(("stop", "press"), PRESSES, ids=lambda value: str(value)[:60])
def test_an_answer_triggers_its_stop_rule_which_comes_first(stop: str, press: Trigger) -> None:
    for value in press.values:
        answers = pressed_answers(press, value)
        for step in TALK.stops[stop].offered_at:
            offers = stops_offered(step, answers)
            pressed = [offered.code for offered, is_triggered in offers if is_triggered]
            assert stop in pressed
            assert [offered.code for offered, _ in offers[: len(pressed)]] == pressed


@pytest.mark.parametrize(("stop", "press"), PRESSES, ids=lambda value: str(value)[:60])
def test_triggers_are_real_answers(stop: str, press: Trigger) -> None:
    if press.question:
        asked = [talk.questions.get(press.question) for talk in INSTRUMENTS]
        options = {option.code for item in asked if item for option in item.options}
        assert press.values <= options
    else:
        assert press.need in TALK.needs


def test_a_guardian_answer_triggers_nothing_on_the_adult_path() -> None:
    answers = adult_talk({"AG_GUARDIAN": "NONE", "CN_GUARDIAN": "NO"})
    assert triggered_stop(Step.AGE, answers) is None
    assert triggered_stop(Step.CONSENT, answers) is None


@pytest.mark.parametrize("stop", TALK.stops.values(), ids=lambda stop: stop.code)
def test_each_stop_rule_says_what_to_do_and_say_in_both_languages(stop) -> None:
    texts = [stop.label, stop.what, stop.say, stop.child, *stop.now]
    assert len(stop.now) >= 2
    assert all(text["en"] and text["id"] for text in texts)
    assert {stop.ends_as} <= {"UNABLE", "DECLINED"}


def test_the_worker_is_asked_about_a_tie_to_whoever_arranged_it() -> None:
    assert TALK.stops["STOP_TIE"].ask is not None
    assert TALK.stops["STOP_TIE"].keeps == "BARE"


@pytest.mark.parametrize(
    ("stop", "place", "is_child", "words"),
    [
        ("STOP_CONTROLLER", "VILLAGE_OFFICE", False, "say"),
        ("STOP_CONTROLLER", "VILLAGE_OFFICE", True, "child"),
        ("STOP_CONTROLLER", "POLICE_CUSTODY", True, "in_custody"),
        ("STOP_CONTROLLER", "", False, "say"),
        ("STOP_DISTRESS", "POLICE_CUSTODY", True, "child"),
    ],
)
def test_what_is_said_after_a_stop_fits_a_child_and_custody(stop: str, place: str, is_child: bool, words: str) -> None:
    rule = TALK.stops[stop]
    assert words_after_stop(rule, place=place, is_child=is_child) == getattr(rule, words)
