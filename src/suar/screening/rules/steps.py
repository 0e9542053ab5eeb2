"""The way through a talk: urgent needs, care for children, stop rules, and which step comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from suar.core.decisions import Decision
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import UNDER_18, AgeBand, AgeFacts, Answers, Call, NeedAnswer, Path, path_of
from suar.screening.rules.draft import clashes
from suar.screening.rules.instrument import Band, Question, Stop, Trigger, instrument_of

SECOND_ADULT = {"CH_SECOND": "YES", "CH_SUPPORT": "HERE"}
"""Answers that show that a second adult is there."""
SOON = 0.8
DONE = "DONE"
SAFETY = ("SF_HEARD", "SF_NEAR", "SF_PHONE")
TIED, OUTSIDE = "TI_KNOWS", "TI_OUTSIDE"
UNDERSTAND, INTERPRETER = "LG_UNDERSTAND", "LG_INTERPRETER"
TIES = {code: f"TIE_{code}" for code in ("ME", "FAMILY", "OFFICE", "OUTSIDE")}
FIT_INTERPRETERS = frozenset({"NONE_NEEDED", "TRUSTED", "PHONE"})
SAFE_ADULT = frozenset({"HERE", "STAND_IN"})
NO_SAFE_ADULT = frozenset({"NONE", "MAY_BE_INVOLVED"})
LEAVE = frozenset({"SIGNPOST", "LATER"})
REFUSED = frozenset({"NO", "NOT_ABLE"})


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A need that a person reported."""

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
        """Return True if the worker spoke to somebody without writing to whom."""
        return self.acted is ContactResult.SPOKE and not self.who_answers

    @property
    def cannot_wait(self) -> bool:
        """Return True for a need of Now or Today."""
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


def act_first(answers: Answers) -> bool:
    """Return True if a need for Now or Today waits for a call, made or tried, before any question.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return any(need.cannot_wait and need.acted is ContactResult.NOT_YET for need in urgent_needs(answers))


def waiting_needs(answers: Answers) -> list[UrgentNeed]:
    """Return the needs that cannot wait and that nobody who will help knows of yet.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return [need for need in urgent_needs(answers) if need.cannot_wait and not need.known]


def needs_were_asked(answers: Answers) -> bool:
    """Return True if at least one need was answered, also with no.

    Source: own design, docs/decisions/talk.md.
    """
    return any(need.answer is not Answer.NOT_ASKED for need in answers.needs.values())


def requires_call(stop: Stop | None) -> bool:
    """Return True if a talk that ends by this rule may end only with what was done: who was called.

    Source: WHO 2003, principle 9; UNICEF guidelines 2006; docs/decisions/talk.md.
    """
    return stop is not None and stop.level in CANNOT_WAIT


def need_of_stop(needs: Sequence[UrgentNeed], stop: Stop) -> UrgentNeed | None:
    """Return the reported need that triggers a stop rule; one that nobody knows of yet first.

    Source: own design, docs/decisions/talk.md.
    """
    codes = {trigger.need for trigger in stop.triggers}
    return min((need for need in needs if need.need in codes), key=lambda need: need.known, default=None)


def needs_at_end(answers: Answers, stop: Stop | None, call: Call | None) -> tuple[UrgentNeed, ...]:
    """Return the reported needs with the call made at the end, and the need a stop rule implies if none triggers it.

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


def nobody_reached(needs: Sequence[UrgentNeed], stop: Stop | None, acted: ContactResult | None) -> bool:
    """Return True if nobody who will help knows of something that cannot wait.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    still_open = any(need.cannot_wait and not need.known for need in needs)
    return still_open or (requires_call(stop) and acted is not ContactResult.SPOKE)


def child_guidance(answers: Answers) -> Band | None:
    """Return how this talk goes with a child; None on the adult path or if an old version does not know.

    Somebody who may be under 18 and whose age is unknown is UNKNOWN, also if a stated age of 18 or more is doubted.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; data/children-1.json.
    """
    if path_of(answers) is Path.ADULT:
        return None
    band = answers.age.best_band
    return instrument_of(answers).bands.get(band if band in UNDER_18 else AgeBand.UNKNOWN)


def may_ask_experience(answers: Answers) -> Decision:
    """Return whether anything on experience may be asked, beyond safety and needs.

    A child under 12 is left to a child specialist. From 12 to 14, and at an unknown age, only somebody trained asks.
    If the talk asks for a second adult, one must be there. Adults are asked after their consent.

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
    """Return the prompts of the step on experience that fit this person, with the opened sets.

    A prompt of the short talk replaces those of the full one that it names.

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
    """Return what to keep in mind after so many minutes: time is nearly over or over, and with a child a pause.

    Full 60 minutes, a child 30 at most and less when younger, short 10, signpost 2.

    Source: knowledge texts on identification, time box; data/children-1.json.
    """
    talk, guidance = instrument_of(answers), child_guidance(answers)
    minutes = talk.minutes if path_of(answers) is Path.ADULT else talk.minutes_child
    minutes = min(minutes, guidance.minutes) if guidance else minutes
    notes = ["TIME_OVER"] if spent >= minutes else ["TIME_SOON"] if spent >= minutes * SOON else []
    return [*notes, "TIME_PAUSE"] if guidance and spent >= guidance.pause_every else notes


def stops_offered(step: Step, answers: Answers) -> list[tuple[Stop, bool]]:
    """Return the stop rules of a step, each with whether an answer triggers it.

    Triggered ones come first, then the person's own wish, then the rest.

    A rule is offered and never applied by itself: the worker taps it. Four are offered on every step.

    Source: WHO 2003, principles 1, 2 and 10; data/stops-1.json.
    """
    path = path_of(answers)
    offers = [
        (stop, any(_holds(trigger, answers, path) for trigger in stop.triggers))
        for stop in instrument_of(answers).stops.values()
        if step in stop.offered_at
    ]
    return sorted(offers, key=lambda offer: (not offer[1], offer[0].code != "STOP_WITHDRAWN"))


def pressing(step: Step, answers: Answers) -> str | None:
    """Return the first stop rule that an answer triggers on this step, or None.

    Source: data/stops-1.json, pressed_by.
    """
    return next((stop.code for stop, is_pressing in stops_offered(step, answers) if is_pressing), None)


def _holds(trigger: Trigger, answers: Answers, path: Path) -> bool:
    if trigger.path not in (None, path):
        return False
    if trigger.question is not None:
        return answers.choices.get(trigger.question, Answer.NOT_ASKED) in trigger.values
    return answers.needs.get(trigger.need or "", NeedAnswer()).answer in trigger.values


@dataclass(frozen=True, slots=True)
class Next:
    """Where the talk goes: a step, or None at the end; `stop` is the rule that ended it."""

    step: Step | None
    because: str
    stop: str | None = None


def next_step(step: Step, answers: Answers) -> Next:
    """Return where the talk goes from a step: the first open one up to here, the next, or the end.

    Safety cannot be skipped, needs come before questions, nothing on experience is asked before consent, and a child
    without a safe adult is asked about safety and needs only.

    Source: WHO 2003, principles 1, 6 and 9; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    still_open = first_open(step, answers) or _still_open(step, answers)
    order = instrument_of(answers).order
    here = order.index(step)
    return still_open or (Next(None, DONE) if here + 1 == len(order) else Next(order[here + 1], "GO_ON"))


def first_open(step: Step, answers: Answers) -> Next | None:
    """Return what comes before a step: an earlier one that is still open, or an end; None if nothing does.

    So nobody reaches the questions on experience by their URL before consent.
    Source: WHO 2003, principles 1 and 6; docs/decisions/talk.md.
    """
    order = instrument_of(answers).order
    problems = (_still_open(earlier, answers) for earlier in order[: order.index(step)])
    return next(filter(None, problems), None)


def reached(answers: Answers) -> Step:
    """Return the step a talk has come to: the first that is not settled, or the last.

    Source: docs/decisions/talk.md.
    """
    order = instrument_of(answers).order
    return next((step for step in order if _still_open(step, answers)), order[-1])


def ended_by(answers: Answers) -> str | None:
    """Return the stop rule a talk ends by if it ends now: tapped, or asked for by its answers.

    A child with no safe adult, a refusal to talk, and leaving an unsafe place end a talk even if nobody tapped a
    rule. So does a place that was not safe, also if the worker goes straight to the outcome.

    Source: data/stops-1.json; docs/decisions/talk.md.
    """
    rule = answers.stopped_by or next_step(instrument_of(answers).order[-1], answers).stop
    return pressing(Step.SAFE, answers) if rule is None and place_was_bad(answers) else rule


def place_was_bad(answers: Answers) -> bool:
    """Return True if a safety question has a bad answer: somebody who may decide for the person could see or hear.

    No name is stored then, whatever else stopped the talk; the person's wish does not count there. A question that
    was not asked is not bad.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad; docs/decisions/outcomes.md.
    """
    questions = instrument_of(answers).questions
    return any(answer in questions[code].bad for code, answer in answers.choices.items())


def is_safe(answers: Answers) -> bool:
    """Return True if all three safety questions have a good answer; unknown is not good.

    Source: WHO 2003, principle 2; data/instrument-short-1.json, bad.
    """
    questions = instrument_of(answers).questions
    return all(answers.choices.get(code, "NOT_ASKED") not in {*questions[code].bad, "NOT_ASKED"} for code in SAFETY)


def tie(answers: Answers) -> str:
    """Return the worker's tie to the person who arranged it, or that this is open, unknown, or none.

    Worker, family and office count alike, and so does a wish for somebody from outside.

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
    """Return why language or interpreter do not fit this talk, "" if they do.

    Never a child or a relative, nobody tied to the person, the work or the way there. The two must understand each
    other. An instrument that does not ask leaves it to its stop rule.

    Source: WHO 2003, principle 4; docs/decisions/talk.md.
    """
    if INTERPRETER not in instrument_of(answers).questions:
        return ""
    who, understand = answers.choices.get(INTERPRETER), answers.choices.get(UNDERSTAND)
    if who is None or understand is None:
        return "LANGUAGE_OPEN"
    return "" if understand == Answer.YES and who in FIT_INTERPRETERS else "INTERPRETER_NOT_FIT"


def unanswered(step: Step, answers: Answers) -> tuple[str, ...]:
    """Return the questions of a step that hold the talk up, in their order.

    Source: own design, docs/decisions/talk.md; `next_step` returns what holds it up.
    """
    codes = UNANSWERED[step](answers) if step in UNANSWERED else set()
    return tuple(question.code for question in instrument_of(answers).step(step).questions if question.code in codes)


def _still_open(step: Step, answers: Answers) -> Next | None:
    return OPEN[step](answers) if step in OPEN else None


def _safe(answers: Answers) -> Next | None:
    if tie(answers) in TIES.values():
        return Next(None, "ENDS_HERE", "STOP_TIE")
    if is_safe(answers):
        problem = "TIE_OPEN" if tie(answers) == "TIE_OPEN" else language_problem(answers)
        return Next(Step.SAFE, problem) if problem else None
    if answers.choices.get("SF_WAY") in LEAVE:
        return Next(None, "ENDS_HERE", pressing(Step.SAFE, answers))
    answered = all(code in answers.choices for code in SAFETY)
    return Next(Step.SAFE, "NOT_SAFE_YET" if answered else "SAFETY_OPEN")


def _needs(answers: Answers) -> Next | None:
    if not needs_were_asked(answers):
        return Next(Step.NEEDS, "NEEDS_OPEN")
    return Next(Step.NEEDS, "ACT_FIRST") if act_first(answers) else None


def _age(answers: Answers) -> Next | None:
    if answers.age == AgeFacts():
        return Next(Step.AGE, "AGE_OPEN")
    guardian = answers.choices.get("AG_GUARDIAN")
    if path_of(answers) is Path.ADULT or guardian in SAFE_ADULT:
        return None
    if guardian in NO_SAFE_ADULT:
        return Next(None, "ENDS_HERE", "STOP_CHILD_ALONE")
    return Next(Step.AGE, "GUARDIAN_OPEN")


def _consent(answers: Answers) -> Next | None:
    replies = [answers.choices.get(code) for code in _consent_questions(answers)]
    if REFUSED.intersection(replies):
        return Next(None, "ENDS_HERE", pressing(Step.CONSENT, answers))
    if answers.choices.get("CN_BACK") != Answer.YES:
        return Next(Step.CONSENT, "SAY_BACK")
    if replies[0] != Answer.YES:
        return Next(Step.CONSENT, "CONSENT_OPEN")
    return None if all(replies) else Next(Step.CONSENT, "GUARDIAN_CONSENT_OPEN")


def _consent_questions(answers: Answers) -> tuple[str, ...]:
    return ("CN_ANSWER", "CN_GUARDIAN") if path_of(answers) is Path.CHILD else ("CN_ANSWER",)


def _signpost(answers: Answers) -> Next | None:
    return Next(Step.SIGNPOST, "ACT_FIRST") if act_first(answers) else None


def _unanswered_safety(answers: Answers) -> set[str]:
    asked = (*SAFETY, TIED, OUTSIDE, UNDERSTAND, INTERPRETER)
    missing = {code for code in asked if code not in answers.choices}
    return missing if is_safe(answers) or missing.intersection(SAFETY) else missing | {"SF_WAY"}


def _unanswered_age(answers: Answers) -> set[str]:
    if answers.age == AgeFacts():
        return {"AG_SAY"}
    return {"AG_GUARDIAN"} - answers.choices.keys() if path_of(answers) is Path.CHILD else set()


def _unanswered_consent(answers: Answers) -> set[str]:
    not_understood = {"CN_BACK"} if answers.choices.get("CN_BACK") != Answer.YES else set()
    return not_understood | (set(_consent_questions(answers)) - answers.choices.keys())


OPEN: dict[Step, Callable[[Answers], Next | None]] = {
    Step.SAFE: _safe,
    Step.NEEDS: _needs,
    Step.AGE: _age,
    Step.CONSENT: _consent,
    Step.SIGNPOST: _signpost,
}
UNANSWERED: dict[Step, Callable[[Answers], set[str]]] = {
    Step.SAFE: _unanswered_safety,
    Step.NEEDS: lambda answers: set() if needs_were_asked(answers) else {"ND_LIST"},
    Step.AGE: _unanswered_age,
    Step.CONSENT: _unanswered_consent,
    Step.SIGNS: lambda answers: set(clashes(answers)),
}
