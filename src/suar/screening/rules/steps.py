"""The course of a talk: urgent needs, rules for children, stop rules, and the next step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from suar.core.decisions import Decision
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import UNDER_18, AgeBand, AgeFacts, Answers, Call, NeedAnswer, Path, path_of
from suar.screening.rules.draft import BY_WHO, by_whom_is_open, clashes
from suar.screening.rules.instrument import Band, Question, Stop, Trigger, instrument_of

SECOND_ADULT = {"CH_SECOND": "YES", "CH_SUPPORT": "HERE"}
"""Answers that mean that a second adult is present."""
SOON = 0.8
DONE = "DONE"
SAFETY = ("SF_HEARD", "SF_NEAR", "SF_PHONE")
CONTROLLER, WAY = "SF_NEAR", "SF_WAY"
TIED, OUTSIDE = "TI_KNOWS", "TI_OUTSIDE"
UNDERSTAND, INTERPRETER = "LG_UNDERSTAND", "LG_INTERPRETER"
HELD = "CU_HELD"
TIES = {code: f"TIE_{code}" for code in ("ME", "FAMILY", "OFFICE", "OUTSIDE")}
FIT_INTERPRETERS = frozenset({"NONE_NEEDED", "TRUSTED", "PHONE"})
SAFE_ADULT = frozenset({"HERE", "STAND_IN"})
NO_SAFE_ADULT = frozenset({"NONE", "MAY_BE_INVOLVED"})
LEAVE = frozenset({"SIGNPOST", "LATER"})
REFUSED = frozenset({"NO", "NOT_ABLE"})


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A reported need."""

    need: str
    level: Urgency
    services: tuple[str, ...]
    acted: ContactResult
    who_answers: str

    @property
    def known(self) -> bool:
        """Return True if the worker spoke to somebody who will help, and named them."""
        return self.acted is ContactResult.SPOKE and bool(self.who_answers)

    @property
    def unnamed(self) -> bool:
        """Return True if the worker spoke to somebody but did not enter to whom."""
        return self.acted is ContactResult.SPOKE and not self.who_answers

    @property
    def cannot_wait(self) -> bool:
        """Return True for the levels Now and Today."""
        return self.level in CANNOT_WAIT


def urgent_needs(answers: Answers) -> tuple[UrgentNeed, ...]:
    """Return the reported needs, most urgent first; the worker may change a level.

    A sign that raises a need (fear of someone now) counts as reported until the need is answered.

    Source: WHO 2003, principle 9; data/needs-1.json, levels U1 to U5.
    """
    talk = instrument_of(answers)
    raised = {question.raises for code, question in talk.questions.items() if answers.choices.get(code) == Answer.YES}
    needs = []
    for code, need in talk.needs.items():
        stored = answers.needs.get(code, NeedAnswer())
        if stored.answer is Answer.YES or (stored.answer is Answer.NOT_ASKED and code in raised):
            level = stored.level or need.level
            needs.append(UrgentNeed(code, level, need.services, stored.acted, stored.who_answers))
    return tuple(sorted(needs, key=lambda need: need.level))


def requires_call_first(answers: Answers) -> bool:
    """Return True if a need that cannot wait has no call yet, made or tried; the talk pauses until then.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return any(need.cannot_wait and need.acted is ContactResult.NOT_YET for need in urgent_needs(answers))


def waiting_needs(answers: Answers) -> list[UrgentNeed]:
    """Return the needs that cannot wait and that no helper knows of yet.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return [need for need in urgent_needs(answers) if need.cannot_wait and not need.known]


def needs_were_asked(answers: Answers) -> bool:
    """Return True if at least one need was answered, also with no.

    Source: own design, docs/decisions/talk.md.
    """
    return any(need.answer is not Answer.NOT_ASKED for need in answers.needs.values())


def requires_call(stop: Stop | None) -> bool:
    """Return True if a talk that ends by this rule must record a call.

    Source: WHO 2003, principle 9; UNICEF guidelines 2006; docs/decisions/talk.md.
    """
    return stop is not None and stop.level in CANNOT_WAIT


def need_of_stop(needs: Sequence[UrgentNeed], stop: Stop) -> UrgentNeed | None:
    """Return the reported need that triggers a stop rule, preferably one that no helper knows of.

    Source: own design, docs/decisions/talk.md.
    """
    codes = {trigger.need for trigger in stop.triggers}
    return min((need for need in needs if need.need in codes), key=lambda need: need.known, default=None)


def needs_at_end(answers: Answers, stop: Stop | None, call: Call | None) -> tuple[UrgentNeed, ...]:
    """Return the reported needs with the call at the end, and the need that the stop rule implies.

    Source: own design, docs/decisions/talk.md.
    """
    needs = urgent_needs(answers)
    about = need_of_stop(needs, stop) if stop else None
    if about and call:
        called = replace(about, acted=call.acted, who_answers=call.whom)
        return tuple(called if need is about else need for need in needs)
    if about or stop is None or stop.level is None:
        return needs
    call = call or Call(ContactResult.NOT_YET)
    return (*needs, UrgentNeed(stop.code, stop.level, stop.services, call.acted, call.whom))


def has_unreached_need(needs: Sequence[UrgentNeed], stop: Stop | None, acted: ContactResult | None) -> bool:
    """Return True if no helper knows of a need that cannot wait.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    still_open = any(need.cannot_wait and not need.known for need in needs)
    return still_open or (requires_call(stop) and acted is not ContactResult.SPOKE)


def child_guidance(answers: Answers) -> Band | None:
    """Return the guidance for a talk with a child; None on the adult path and in versions without it.

    The band is UNKNOWN if the age is unknown or a stated age of 18 or more is doubted.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; data/children-1.json.
    """
    if path_of(answers) is Path.ADULT:
        return None
    band = answers.age.best_band
    return instrument_of(answers).bands.get(band if band in UNDER_18 else AgeBand.UNKNOWN)


def may_ask_experience(answers: Answers) -> Decision:
    """Return whether the prompts about experience may be asked.

    A child under 12 goes to a child specialist. From 12 to 14, and at an unknown age, only a trained worker asks. If
    the form asks for a second adult, one must be present. Adults are asked after their consent.

    Source: UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    guidance = child_guidance(answers)
    if guidance is None:
        return Decision.allow()
    if guidance.asks_experience == "NEVER":
        return Decision.refuse("GOES_TO_SPECIALIST")
    if guidance.asks_experience == "TRAINED" and answers.choices.get("CH_TRAINED") != Answer.YES:
        return Decision.refuse("TRAINED_ONLY")
    has_adult = any(answers.choices.get(code) == option for code, option in SECOND_ADULT.items())
    if "CH_SECOND" in instrument_of(answers).questions and not has_adult:
        return Decision.refuse("SECOND_ADULT_OPEN")
    return Decision.allow(guidance.because)


def prompts_for(answers: Answers, opened: frozenset[str] = frozenset()) -> tuple[Question, ...]:
    """Return the prompts about experience that fit this person, with the opened sets.

    A prompt of the short form replaces the prompts of the full form that it names.

    Source: data/instrument-full-1.json, set; data/children-1.json, prompts.
    """
    if not may_ask_experience(answers):
        return ()
    talk, guidance = instrument_of(answers), child_guidance(answers)
    allowed = set(guidance.prompts) if guidance else set()
    return tuple(
        question
        for step in talk.steps
        if step.code is Step.SIGNS
        for question in step.questions
        if path_of(answers) in question.paths
        and (question.opened_with is None or question.opened_with in opened)
        and (not allowed or question.to == "worker" or allowed.intersection({question.code, *question.standard}))
    )


def time_notes(answers: Answers, *, spent: int) -> list[str]:
    """Return notes about the time after `spent` minutes: nearly over, over, or a pause for a child.

    Limits: full form 60 minutes (a child 30 or less), short form 10, signpost 2.

    Source: knowledge texts on identification, time box; data/children-1.json.
    """
    talk, guidance = instrument_of(answers), child_guidance(answers)
    minutes = talk.minutes if path_of(answers) is Path.ADULT else talk.minutes_child
    minutes = min(minutes, guidance.minutes) if guidance else minutes
    notes = ["TIME_OVER"] if spent >= minutes else ["TIME_SOON"] if spent >= minutes * SOON else []
    return [*notes, "TIME_PAUSE"] if guidance and spent >= guidance.pause_every else notes


def stops_offered(step: Step, answers: Answers) -> list[tuple[Stop, bool]]:
    """Return the stop rules of a step, each with whether an answer triggers it.

    Triggered rules come first, then the person's own wish, then the rest. A rule is applied only when the worker
    chooses it. Four rules are offered on every step.

    Source: WHO 2003, principles 1, 2 and 10; data/stops-1.json.
    """
    path = path_of(answers)
    offers = [
        (stop, any(_applies(trigger, answers, path) for trigger in stop.triggers))
        for stop in instrument_of(answers).stops.values()
        if step in stop.offered_at
    ]
    return sorted(offers, key=lambda offer: (not offer[1], offer[0].code != "STOP_WITHDRAWN"))


def triggered_stop(step: Step, answers: Answers) -> str | None:
    """Return the first stop rule that an answer triggers on this step, or None.

    Source: data/stops-1.json, pressed_by.
    """
    return next((stop.code for stop, is_triggered in stops_offered(step, answers) if is_triggered), None)


def _applies(trigger: Trigger, answers: Answers, path: Path) -> bool:
    if trigger.path not in (None, path):
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

    Safety cannot be skipped, needs come before questions, and consent before prompts about experience. A child
    without a safe adult is asked about safety and needs only.

    Source: WHO 2003, principles 1, 6 and 9; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    still_open = first_open(step, answers) or _still_open(step, answers)
    order = instrument_of(answers).order
    here = order.index(step)
    return still_open or (NextStep(None, DONE) if here + 1 == len(order) else NextStep(order[here + 1], "GO_ON"))


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


def stop_at_end(answers: Answers) -> str | None:
    """Return the stop rule by which a talk ends if it ends now: chosen by the worker or triggered by its answers.

    A child without a safe adult, a declined talk, and leaving an unsafe place end a talk without a chosen rule. So
    does an unsafe place if the worker goes straight to the outcome.

    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    rule = answers.stopped_by or next_step(instrument_of(answers).order[-1], answers).stop
    is_stopped = rule is None and place_was_bad(answers) and not is_safe(answers)
    return triggered_stop(Step.SAFE, answers) if is_stopped else rule


def place_was_bad(answers: Answers) -> bool:
    """Return True if a safety question has a bad answer and nobody moved: others could see or hear the person.

    No name is stored then, even if the person wishes it. A question that was not asked is not bad.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad; docs/decisions/outcomes.md.
    """
    questions = instrument_of(answers).questions
    is_bad = any(answer in questions[code].bad for code, answer in answers.choices.items())
    return is_bad and answers.choices.get(WAY) != "MOVED"


def is_safe(answers: Answers) -> bool:
    """Return True if all safety questions were answered, and have a good answer or were settled.

    Moving settles all of them. Where the person wants to talk all the same, a place that is not quiet is fair enough
    for a short talk, but nobody who may decide for the person is near. Unknown is not good.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    questions, choices = instrument_of(answers).questions, answers.choices
    if not choices.keys() >= set(SAFETY):
        return False
    bad = {code for code in SAFETY if choices[code] in {*questions[code].bad, Answer.NOT_ASKED}}
    way = choices.get(WAY)
    return not bad or way == "MOVED" or (way == "GO_ON" and CONTROLLER not in bad)


def worker_tie(answers: Answers) -> str:
    """Return the code of the worker's tie to those who arranged the work or journey, or of an open or unknown tie.

    A tie of the family or office counts alike, and so does a wish for somebody from outside.

    Source: own design, docs/decisions/talk.md; knowledge texts, stop rule on ties.
    """
    choices, questions = answers.choices, instrument_of(answers).questions
    if choices.get(TIED) in TIES:
        return TIES[choices[TIED]]
    if choices.get(OUTSIDE) == Answer.YES:
        return TIES["OUTSIDE"]
    if any(code in questions and code not in choices for code in (TIED, OUTSIDE)):
        return "TIE_OPEN"
    return "TIE_NOT_KNOWN" if Answer.UNKNOWN in (choices.get(TIED), choices.get(OUTSIDE)) else "TIE_NONE"


def language_problem(answers: Answers) -> str:
    """Return why language or interpreter do not fit this talk, or "".

    A child, a relative, or somebody with a tie to the person or the work must not interpret. Worker and person must
    understand each other. Forms without these questions have a stop rule for it.

    Source: WHO 2003, principle 4; docs/decisions/talk.md.
    """
    questions = instrument_of(answers).questions
    if INTERPRETER not in questions:
        return ""
    who = answers.choices.get(INTERPRETER)
    understand = answers.choices.get(UNDERSTAND) if UNDERSTAND in questions else Answer.YES
    if who is None or understand is None:
        return "LANGUAGE_OPEN"
    return "" if understand == Answer.YES and who in FIT_INTERPRETERS else "INTERPRETER_NOT_FIT"


def unanswered(step: Step, answers: Answers) -> tuple[str, ...]:
    """Return the questions of a step that must be answered before the talk continues, in order.

    Source: own design, docs/decisions/talk.md; see `next_step`.
    """
    codes = UNANSWERED[step](answers) if step in UNANSWERED else set()
    return tuple(question.code for question in instrument_of(answers).step(step).questions if question.code in codes)


def _still_open(step: Step, answers: Answers) -> NextStep | None:
    return OPEN[step](answers) if step in OPEN else None


def _open_safety(answers: Answers) -> NextStep | None:
    if worker_tie(answers) in TIES.values():
        return NextStep(None, "ENDS_HERE", "STOP_TIE")
    if answers.choices.get(HELD) == "NO_LAWYER":
        return NextStep(None, "ENDS_HERE", "STOP_LEGAL")
    if is_safe(answers):
        problem = (
            "TIE_OPEN" if worker_tie(answers) == "TIE_OPEN" else language_problem(answers) or _held_problem(answers)
        )
        return NextStep(Step.SAFE, problem) if problem else None
    if answers.choices.get(WAY) in LEAVE:
        return NextStep(None, "ENDS_HERE", triggered_stop(Step.SAFE, answers))
    answered = all(code in answers.choices for code in SAFETY)
    return NextStep(Step.SAFE, "NOT_SAFE_YET" if answered else "SAFETY_OPEN")


def _held_problem(answers: Answers) -> str:
    return "HELD_OPEN" if HELD in instrument_of(answers).questions and HELD not in answers.choices else ""


def _open_needs(answers: Answers) -> NextStep | None:
    if not needs_were_asked(answers):
        return NextStep(Step.NEEDS, "NEEDS_OPEN")
    return NextStep(Step.NEEDS, "ACT_FIRST") if requires_call_first(answers) else None


def _open_age(answers: Answers) -> NextStep | None:
    if answers.age == AgeFacts():
        return NextStep(Step.AGE, "AGE_OPEN")
    guardian = answers.choices.get("AG_GUARDIAN")
    if path_of(answers) is Path.ADULT or guardian in SAFE_ADULT:
        return None
    if guardian in NO_SAFE_ADULT:
        return NextStep(None, "ENDS_HERE", "STOP_CHILD_ALONE")
    return NextStep(Step.AGE, "GUARDIAN_OPEN")


def _open_consent(answers: Answers) -> NextStep | None:
    replies = [answers.choices.get(code) for code in _consent_questions(answers)]
    if REFUSED.intersection(replies):
        return NextStep(None, "ENDS_HERE", triggered_stop(Step.CONSENT, answers))
    if answers.choices.get("CN_BACK") != Answer.YES:
        return NextStep(Step.CONSENT, "SAY_BACK")
    if replies[0] != Answer.YES:
        return NextStep(Step.CONSENT, "CONSENT_OPEN")
    return None if all(replies) else NextStep(Step.CONSENT, "GUARDIAN_CONSENT_OPEN")


def _consent_questions(answers: Answers) -> tuple[str, ...]:
    return ("CN_ANSWER", "CN_GUARDIAN") if path_of(answers) is Path.CHILD else ("CN_ANSWER",)


def _open_signpost(answers: Answers) -> NextStep | None:
    return NextStep(Step.SIGNPOST, "ACT_FIRST") if requires_call_first(answers) else None


def _unanswered_safety(answers: Answers) -> set[str]:
    asked = (*SAFETY, TIED, OUTSIDE, UNDERSTAND, INTERPRETER, HELD)
    missing = {code for code in asked if code not in answers.choices}
    return missing if is_safe(answers) or missing.intersection(SAFETY) else missing | {WAY}


def _unanswered_age(answers: Answers) -> set[str]:
    if answers.age == AgeFacts():
        return {"AG_SAY"}
    return {"AG_GUARDIAN"} - answers.choices.keys() if path_of(answers) is Path.CHILD else set()


def _unanswered_consent(answers: Answers) -> set[str]:
    not_understood = {"CN_BACK"} if answers.choices.get("CN_BACK") != Answer.YES else set()
    return not_understood | (set(_consent_questions(answers)) - answers.choices.keys())


OPEN: dict[Step, Callable[[Answers], NextStep | None]] = {
    Step.SAFE: _open_safety,
    Step.NEEDS: _open_needs,
    Step.AGE: _open_age,
    Step.CONSENT: _open_consent,
    Step.SIGNPOST: _open_signpost,
}
UNANSWERED: dict[Step, Callable[[Answers], set[str]]] = {
    Step.SAFE: _unanswered_safety,
    Step.NEEDS: lambda answers: set() if needs_were_asked(answers) else {"ND_LIST"},
    Step.AGE: _unanswered_age,
    Step.CONSENT: _unanswered_consent,
    Step.SIGNS: lambda answers: {*clashes(answers), *({BY_WHO} if by_whom_is_open(answers) else ())},
}
