"""The course of a talk: rules for children, stop rules, and the next step."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import AgeFacts, Answers, NeedAnswer, Path, path_of
from suar.screening.rules.draft import BY_WHO, by_whom_is_open, clashes, yes_without_sign
from suar.screening.rules.instrument import Option, Question, StepSlot, Stop, Trigger, instrument_of
from suar.screening.rules.needs import needs_were_asked, requires_call_first, urgent_needs
from suar.screening.rules.prompts import ends_before_prompts, theme_of
from suar.screening.rules.setting import is_report, setting_of, written_later

DONE, CALL_FIRST = "DONE", "ACT_FIRST"
STOP_CHILD_ALONE, STOP_NO_LAWYER, STOP_TIE = "STOP_CHILD_ALONE", "STOP_LEGAL", "STOP_TIE"
SAFETY_QUESTIONS = ("SF_HEARD", "SF_NEAR", "SF_PHONE")
Q_CONTROLLER, Q_REMEDY, A_MOVED, A_CONTINUE = "SF_NEAR", "SF_WAY", "MOVED", "GO_ON"
Q_KNOWS, Q_OUTSIDE, Q_CUSTODY = "TI_KNOWS", "TI_OUTSIDE", "CU_HELD"
A_NOT_ACCUSED, NO_CUSTODY = "NOT_ACCUSED", frozenset({"NO", "UNKNOWN"})
Q_UNDERSTAND, Q_INTERPRETER = "LG_UNDERSTAND", "LG_INTERPRETER"
TIES = {code: f"TIE_{code}" for code in ("ME", "FAMILY", "OFFICE", "OUTSIDE")}
FIT_INTERPRETERS = frozenset({"NONE_NEEDED", "TRUSTED", "PHONE"})
SAFE_ADULT = frozenset({"HERE", "STAND_IN"})
NO_SAFE_ADULT = frozenset({"NONE", "MAY_BE_INVOLVED"})
A_LEAVE = frozenset({"SIGNPOST", "LATER"})
A_REFUSED = frozenset({"NO", "NOT_ABLE"})


def stops_offered(step: Step, answers: Answers) -> list[tuple[Stop, bool]]:
    """Return the stop rules of a step, each with whether an answer triggers it.

    Triggered rules come first, those for a child before others, then the person's own wish, then the rest. A rule is
    applied only when the worker chooses it. Four rules are offered on every step.

    Source: WHO 2003, principles 1, 2 and 10; data/stops-1.json.
    """
    path = path_of(answers)
    offers = [
        (stop, any(_applies(trigger, answers, path) for trigger in stop.triggers))
        for stop in instrument_of(answers).stops.values()
        if step in stop.offered_at
    ]
    first = {True: STOP_CHILD_ALONE, False: "STOP_WITHDRAWN"}
    return sorted(offers, key=lambda offer: (not offer[1], offer[0].code != first[offer[1]]))


def triggered_stop(step: Step, answers: Answers, *, by: Collection[str] = ()) -> str | None:
    """Return the first stop rule that an answer triggers on this step, or None. `by`: only by these questions.

    Source: data/stops-1.json, pressed_by.
    """
    stops = [stop for stop, is_triggered in stops_offered(step, answers) if is_triggered]
    path = path_of(answers)
    fitting = (
        stop.code
        for stop in stops
        if not by or any(line.question in by and _applies(line, answers, path) for line in stop.triggers)
    )
    return next(fitting, None)


def _applies(trigger: Trigger, answers: Answers, path: Path) -> bool:
    if trigger.path not in (None, path):
        return False
    if trigger.question in SAFETY_QUESTIONS and answers.choices.get(Q_REMEDY) == A_MOVED:
        return False
    if trigger.question is not None:
        return answers.choices.get(trigger.question, Answer.NOT_ASKED) in trigger.values
    return answers.needs.get(trigger.need or "", NeedAnswer()).answer in trigger.values


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step of a talk, or None at its end; `stop` is the rule that ended it."""

    step: Step | None
    because: str
    stop: str | None = None


def next_step(step: Step, answers: Answers) -> NextStep:
    """Return the step after this one: the first open step so far, the following step, or the end.

    A step whose questions were all asked and answered on this page is passed over.
    Safety cannot be skipped, needs come before questions, and consent before prompts about experience. A child
    without a safe adult is asked about safety and needs only.

    Source: WHO 2003, principles 1, 6 and 9; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    still_open = first_open(step, answers) or _still_open(step, answers)
    talk = instrument_of(answers)
    after = [slot for slot in talk.steps[talk.order.index(step) + 1 :] if slot.code in order_of(answers)]
    if not still_open and after and is_asked_earlier(after[0], answers):
        skipped = _still_open(after[0].code, answers)
        still_open, after = (skipped, after) if skipped and skipped.stop else (None, after if skipped else after[1:])
    return still_open or (NextStep(after[0].code, "GO_ON") if after else NextStep(None, DONE))


def steps_before(step: Step, answers: Answers) -> list[Step]:
    """Return the earlier steps of a talk that have a page of their own.

    Source: own design, docs/decisions/talk.md.
    """
    talk, order = instrument_of(answers), order_of(answers)
    earlier = (slot for slot in talk.steps[: talk.order.index(step)] if slot.code in order)
    return [slot.code for slot in earlier if not is_asked_earlier(slot, answers)]


def is_asked_earlier(slot: StepSlot, answers: Answers, *, path: Path | None = None) -> bool:
    """Return True if the page of an earlier step asks all questions of this one.

    Source: own design, docs/decisions/talk.md.
    """
    codes = {question.code for question in slot.questions if (path or path_of(answers)) in question.paths}
    return any(codes <= other.also for other in instrument_of(answers).steps)


def order_of(answers: Answers) -> tuple[Step, ...]:
    """Return the steps of a talk; without questions about experience nobody is asked to agree to them.

    Source: UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    order = instrument_of(answers).order
    return tuple(step for step in order if step is not Step.CONSENT) if ends_before_prompts(answers) else order


def first_open(step: Step, answers: Answers) -> NextStep | None:
    """Return the first earlier step that is still open, or an end; None if there is none.

    So the prompts about experience cannot be opened by URL before consent.
    Source: WHO 2003, principles 1 and 6; docs/decisions/talk.md.
    """
    order = instrument_of(answers).order
    problems = (_still_open(earlier, answers) for earlier in order[: order.index(step)])
    return next(filter(None, problems), None)


def current_step(answers: Answers) -> Step:
    """Return the first step that is still open, or the last step.

    Source: docs/decisions/talk.md.
    """
    order = instrument_of(answers).order
    return next((step for step in order if _still_open(step, answers)), order[-1])


def final_stop_code(answers: Answers) -> str | None:
    """Return the stop rule by which a talk ends if it ends now: chosen by the worker or triggered by its answers.

    A child without a safe adult, a declined talk, and leaving an unsafe place end a talk without a chosen rule. So
    does an unsafe place if the worker goes straight to the outcome. Somebody accused or suspected without a lawyer is
    asked for the needs and the age only.

    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    rule = answers.stopped_by or next_step(instrument_of(answers).order[-1], answers).stop
    if not answers.stopped_by and rule != STOP_TIE and _has_no_lawyer(answers):
        return STOP_NO_LAWYER
    is_stopped = rule is None and place_was_bad(answers) and not is_safe(answers) and not written_later(answers)
    return triggered_stop(Step.SAFE, answers) if is_stopped else rule


def final_stop(answers: Answers) -> Stop | None:
    """Return the stop rule of `final_stop_code`, or None.

    Source: own design, docs/decisions/talk.md.
    """
    code = final_stop_code(answers)
    return instrument_of(answers).stops[code] if code else None


def place_was_bad(answers: Answers) -> bool:
    """Return True if a safety question has a bad answer and nobody moved: others could see or hear the person.

    No name is stored then, even if the person wishes it. A question that was not asked is not bad.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad; docs/decisions/outcomes.md.
    """
    questions = instrument_of(answers).questions
    is_bad = any(answer in questions[code].bad for code, answer in answers.choices.items())
    return is_bad and answers.choices.get(Q_REMEDY) != A_MOVED


def is_safe(answers: Answers) -> bool:
    """Return True if all safety questions were answered, and have a good answer or were settled.

    Moving settles all of them. If the person wants to talk all the same, a place that is not quiet is good enough for
    a short talk, unless somebody who may decide for the person is near. Unknown is not good.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    choices = answers.choices
    if not choices.keys() >= set(SAFETY_QUESTIONS):
        return False
    bad, way = bad_safety(answers), choices.get(Q_REMEDY)
    return not bad or way == A_MOVED or (way == A_CONTINUE and Q_CONTROLLER not in bad)


def bad_safety(answers: Answers) -> set[str]:
    """Return the safety questions whose answer is bad or unknown.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    questions = instrument_of(answers).questions
    return {code for code in SAFETY_QUESTIONS if answers.choices.get(code) in {*questions[code].bad, Answer.NOT_ASKED}}


def is_not_accused(answers: Answers) -> bool:
    """Return True if the person is held or called in, and nobody accuses them.

    Source: subject knowledge, STOP_LEGAL; docs/decisions/custody.md.
    """
    return answers.choices.get(Q_CUSTODY) == A_NOT_ACCUSED


def worker_tie(answers: Answers) -> str:
    """Return the code of the worker's tie to those who arranged the work or journey, or of an open or unknown tie.

    A tie of the family or office counts alike, and so does a wish for somebody from outside.

    Source: own design, docs/decisions/talk.md; knowledge texts, stop rule on ties.
    """
    choices, questions = answers.choices, instrument_of(answers).questions
    if choices.get(Q_KNOWS) in TIES:
        return TIES[choices[Q_KNOWS]]
    if choices.get(Q_OUTSIDE) == Answer.YES:
        return TIES["OUTSIDE"]
    if any(code in questions and code not in choices for code in (Q_KNOWS, Q_OUTSIDE)):
        return "TIE_OPEN"
    return "TIE_NOT_KNOWN" if Answer.UNKNOWN in (choices.get(Q_KNOWS), choices.get(Q_OUTSIDE)) else "TIE_NONE"


def language_problem(answers: Answers) -> str:
    """Return why language or interpreter do not fit this talk, or "".

    A child, a relative, or somebody with a tie to the person or the work must not interpret. Worker and person must
    understand each other. Forms without these questions have a stop rule for it.

    Source: WHO 2003, principle 4; docs/decisions/talk.md.
    """
    questions = instrument_of(answers).questions
    if Q_INTERPRETER not in questions:
        return ""
    who = answers.choices.get(Q_INTERPRETER)
    understand = answers.choices.get(Q_UNDERSTAND) if Q_UNDERSTAND in questions else Answer.YES
    if who is None or understand is None:
        return "LANGUAGE_OPEN"
    return "" if understand == Answer.YES and who in FIT_INTERPRETERS else "INTERPRETER_NOT_FIT"


def offered_options(question: Question, answers: Answers) -> tuple[Option, ...]:
    """Return the options of a question that can be chosen.

    Continuing is not an option if a controlling person may be near. In a place of detention, "no" and "unknown" are
    not answers about custody. In police custody "not accused" is none either, because a lawyer comes first.

    Source: WHO 2003, principle 2; docs/decisions/talk.md; docs/decisions/custody.md.
    """
    closed: Collection[str] = ()
    if question.code == Q_REMEDY and Q_CONTROLLER in bad_safety(answers):
        closed = {A_CONTINUE}
    elif question.code == Q_CUSTODY and (place := setting_of(answers)) and place.detains:
        closed = NO_CUSTODY | ({A_NOT_ACCUSED} if place.lawyer_first else set())
    return tuple(option for option in question.options if option.code not in closed)


def default_answer(question: Question, answers: Answers) -> str:
    """Return the answer of "all else is well" or "none of this", or "" if it cannot be chosen here.

    Source: own design, docs/decisions/talk.md.
    """
    default = question.well or question.usual
    return default if default in {option.code for option in offered_options(question, answers)} else ""


def unanswered(step: Step, answers: Answers) -> tuple[str, ...]:
    """Return the questions of a step that must be answered before the talk continues, in order.

    Source: own design, docs/decisions/talk.md; see `next_step`.
    """
    codes = UNANSWERED[step](answers) if step in UNANSWERED else set()
    return tuple(question.code for question in instrument_of(answers).step(step).questions if question.code in codes)


def first_problem(
    step: Step, answers: Answers, *, asked: Collection[str] = (), themes: Collection[str] = ()
) -> tuple[str, str]:
    """Return the first problem of a step, or of these themes, that its page asks about once more, and its question.

    `asked`: questions whose kind of sign was asked about already; the worker may not know it.

    Source: own design, docs/decisions/talk.md.
    """
    raised = {need.need: need for need in urgent_needs(answers) if need.cannot_wait and need.raised}
    reported = [need for need in urgent_needs(answers) if need.unnamed]
    questions = [
        question
        for question in instrument_of(answers).step(step).questions
        if not themes or theme_of(question) in themes
    ]
    calls = [(question, raised[question.raises]) for question in questions if question.raises in raised]
    problems = {
        "clash": clashes(answers),
        "whom": [question.code for question in questions if question.kind == "needs" and reported]
        + [question.code for question, need in calls if need.unnamed],
        CALL_FIRST: [question.code for question, need in calls if need.acted is ContactResult.NOT_YET],
        "kind": [code for code in yes_without_sign(answers) if code not in asked],
        "by_whom": [BY_WHO] if by_whom_is_open(answers) else [],
    }
    codes = {question.code for question in questions}
    return next(((problem, code) for problem, wrong in problems.items() for code in wrong if code in codes), ("", ""))


def _still_open(step: Step, answers: Answers) -> NextStep | None:
    return OPEN[step](answers) if step in OPEN else None


def _open_safety(answers: Answers) -> NextStep | None:
    tie = worker_tie(answers)
    if tie in TIES.values():
        return NextStep(None, "ENDS_HERE", STOP_TIE)
    answered = all(code in answers.choices for code in SAFETY_QUESTIONS)
    if written_later(answers):
        # The talk is over. What was not safe, or is not known, is weighed at the end; nothing untrue is demanded.
        return None if answered else NextStep(Step.SAFE, "SAFETY_OPEN")
    if is_safe(answers):
        problem = tie if tie == "TIE_OPEN" else language_problem(answers) or _custody_problem(answers)
        return NextStep(Step.SAFE, problem) if problem else None
    if answers.choices.get(Q_REMEDY) in A_LEAVE:
        return NextStep(None, "ENDS_HERE", triggered_stop(Step.SAFE, answers))
    return NextStep(Step.SAFE, "NOT_SAFE_YET" if answered else "SAFETY_OPEN")


def _custody_problem(answers: Answers) -> str:
    return "HELD_OPEN" if Q_CUSTODY in instrument_of(answers).questions and Q_CUSTODY not in answers.choices else ""


def _open_needs(answers: Answers) -> NextStep | None:
    if not needs_were_asked(answers):
        return NextStep(Step.NEEDS, "NEEDS_OPEN")
    return NextStep(Step.NEEDS, CALL_FIRST) if requires_call_first(answers) else None


def _open_age(answers: Answers) -> NextStep | None:
    if answers.age == AgeFacts():
        return NextStep(Step.AGE, "AGE_OPEN")
    if answers.age.contradicts:
        return NextStep(Step.AGE, "AGE_CLASH")
    guardian = answers.choices.get("AG_GUARDIAN")
    if path_of(answers) is Path.ADULT or guardian in SAFE_ADULT:
        return NextStep(None, "ENDS_HERE", STOP_NO_LAWYER) if _has_no_lawyer(answers) else None
    if guardian in NO_SAFE_ADULT:
        return NextStep(None, "ENDS_HERE", STOP_CHILD_ALONE)
    return NextStep(Step.AGE, "GUARDIAN_OPEN")


def _open_consent(answers: Answers) -> NextStep | None:
    if ends_before_prompts(answers):
        return None
    questions = _consent_questions(answers)
    replies = [answers.choices.get(code) for code in questions]
    if A_REFUSED.intersection(replies):
        # A no is a no, whatever needs were reported; they are looked after beside it.
        return NextStep(None, "ENDS_HERE", triggered_stop(Step.CONSENT, answers, by=questions))
    if "CN_BACK" in _unanswered_consent(answers):
        return NextStep(Step.CONSENT, "SAY_BACK")
    if replies[0] != Answer.YES:
        return NextStep(Step.CONSENT, "CONSENT_OPEN")
    return None if all(replies) else NextStep(Step.CONSENT, "GUARDIAN_CONSENT_OPEN")


def _has_no_lawyer(answers: Answers) -> bool:
    return answers.choices.get(Q_CUSTODY) == "NO_LAWYER" and not is_report(answers)


def _consent_questions(answers: Answers) -> tuple[str, ...]:
    return ("CN_ANSWER", "CN_GUARDIAN") if path_of(answers) is Path.CHILD else ("CN_ANSWER",)


def _open_report(answers: Answers) -> NextStep | None:
    if worker_tie(answers) in TIES.values():
        return NextStep(None, "ENDS_HERE", STOP_TIE)
    return NextStep(Step.REPORT, "REPORT_OPEN") if _unanswered_report(answers) else None


def _unanswered_safety(answers: Answers) -> set[str]:
    """Return the unanswered questions, or the answers that make it unsafe with the question what to do about it."""
    missing = {code for code in SAFETY_QUESTIONS if code not in answers.choices}
    if written_later(answers):
        return missing
    if not missing and not is_safe(answers):
        return {Q_REMEDY, *bad_safety(answers)}
    required = {Q_KNOWS, Q_OUTSIDE, Q_UNDERSTAND, Q_INTERPRETER, Q_CUSTODY} & instrument_of(answers).questions.keys()
    missing |= required - answers.choices.keys()
    return missing or ({Q_INTERPRETER, Q_UNDERSTAND} if language_problem(answers) else set())


def _unanswered_age(answers: Answers) -> set[str]:
    if answers.age == AgeFacts() or answers.age.contradicts:
        return {"AG_SAY"}
    return {"AG_GUARDIAN"} - answers.choices.keys() if path_of(answers) is Path.CHILD else set()


def _unanswered_consent(answers: Answers) -> set[str]:
    was_repeated = answers.choices.get("CN_BACK")
    is_open = was_repeated is None if written_later(answers) else was_repeated != Answer.YES
    return ({"CN_BACK"} if is_open else set()) | (set(_consent_questions(answers)) - answers.choices.keys())


def _unanswered_report(answers: Answers) -> set[str]:
    questions = instrument_of(answers).step(Step.REPORT).questions
    return {question.code for question in questions if question.kind == "one"} - answers.choices.keys()


def _unanswered_signs(answers: Answers) -> set[str]:
    return {*clashes(answers), *yes_without_sign(answers), *({BY_WHO} if by_whom_is_open(answers) else ())}


OPEN: dict[Step, Callable[[Answers], NextStep | None]] = {
    Step.SAFE: _open_safety,
    Step.NEEDS: _open_needs,
    Step.AGE: _open_age,
    Step.CONSENT: _open_consent,
    Step.SIGNS: lambda answers: NextStep(Step.SIGNS, CALL_FIRST) if requires_call_first(answers, raised=True) else None,
    Step.SIGNPOST: lambda answers: NextStep(Step.SIGNPOST, CALL_FIRST) if requires_call_first(answers) else None,
    Step.REPORT: _open_report,
}
UNANSWERED: dict[Step, Callable[[Answers], set[str]]] = {
    Step.SAFE: _unanswered_safety,
    Step.NEEDS: lambda answers: set() if needs_were_asked(answers) else {"ND_LIST"},
    Step.AGE: _unanswered_age,
    Step.CONSENT: _unanswered_consent,
    Step.REPORT: _unanswered_report,
    **dict.fromkeys((Step.SIGNS, Step.WRITE), _unanswered_signs),
}
