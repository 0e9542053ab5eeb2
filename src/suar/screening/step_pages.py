"""What the page of one step shows, in the language of the page, so that templates only print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.law.terms import Path
from suar.screening import asking, needs_pages, policy, rules
from suar.screening.asking import Part
from suar.screening.labels import PARTS
from suar.screening.needs_pages import NeedGroup, Waiting
from suar.screening.rules.children import child_way
from suar.screening.rules.shapes import Instrument, StepSlot
from suar.screening.rules.timing import TimeBox
from suar.screening.speaking import code_words, say
from suar.screening.terms import Answers, Step

SIGNPOST = ("COO_INFO", "MEN_CRISIS", "SAF_RISK")
OPEN_TIE, ENOUGH = "TIE_NOT_KNOWN", "TIME_ENOUGH"


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the talk in the row that shows where one is; a done one leads back to `code`."""

    code: str
    label: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop rule that can be tapped on this step."""

    code: str
    words: str
    what: str
    pressing: bool


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A rule that ends the questions and not the talk: what to do, what to say, where to go on."""

    words: str
    say: str
    now: Sequence[str]
    to: str


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step of a talk."""

    record: UUID
    step: Step
    title: str
    why: str
    marks: Sequence[Mark]
    notes: Sequence[str]
    turns: Sequence[TurnLine]
    parts: Sequence[Part]
    needs: Sequence[NeedGroup]
    waiting: Sequence[Waiting]
    pressing: Sequence[StopLine]
    age_years: str
    version: int
    bad_place: bool
    is_child: bool
    all_asked: bool
    whom: str
    nobody: str
    is_first: bool
    is_last: bool
    is_signpost: bool
    missing: Mapping[str, str]
    services: Sequence[str]
    goes_to_writing: bool


def step_page(record: UUID, answers: Answers, step: Step, *, version: int, time: TimeBox | None = None) -> StepPage:
    """Put together one step; `time` says how long the talk has gone on."""
    talk = rules.instrument_of(answers)
    order = [slot.code for slot in talk.steps]
    slot = talk.steps[order.index(step)]
    asks_needs = next((each for each in slot.questions if each.kind == "needs"), None)
    years = answers.age.years
    return StepPage(
        record=record,
        step=step,
        title=say(slot.title),
        why=_why(talk, slot, answers),
        marks=marks(talk, step),
        notes=_notes(talk, answers, step, time),
        turns=_turns(answers, step),
        parts=asking.parts(talk, slot, answers),
        needs=needs_pages.groups(talk, answers, asks_needs) if asks_needs else (),
        waiting=() if asks_needs else needs_pages.waiting(talk, answers),
        pressing=[each for each in stop_lines(step, answers) if each.pressing],
        age_years="" if years is None else str(years),
        version=version,
        bad_place=policy.place_was_bad(answers),
        is_child=policy.is_known_child(answers),
        all_asked=needs_pages.all_asked(talk, answers),
        whom=say(talk.who_answers),
        nobody=say(talk.until_then),
        is_first=step is order[0],
        is_last=step is order[-1],
        is_signpost=step is Step.SIGNPOST,
        missing=_missing(talk, step, answers),
        services=SIGNPOST,
        goes_to_writing=step is Step.SIGNS and step is not order[-1],
    )


def _missing(talk: Instrument, step: Step, answers: Answers) -> dict[str, str]:
    """Give the questions that hold the talk up, each with its words."""
    return {code: asking.line(talk, talk.questions[code], answers).words for code in rules.still_asked(step, answers)}


def marks(talk: Instrument, now: Step | None, *, reached: Step | None = None) -> list[Mark]:
    """Say in which part of the talk one is, and how far in it; None stands at the sum-up.

    With `reached` the talk was stopped there: no part is the current one.
    """
    order = [slot.code for slot in talk.steps]
    here = len(order) if now is None else order.index(now)
    here = here if reached is None else order.index(reached)
    return [
        _mark(talk, part, here, stopped=reached is not None)
        for part in PARTS
        if any(slot.part == part for slot in talk.steps)
    ]


def _mark(talk: Instrument, part: str, here: int, *, stopped: bool) -> Mark:
    places = [place for place, slot in enumerate(talk.steps) if slot.part == part]
    after = here == len(talk.steps)
    current = not stopped and (here in places or (after and places[-1] == here - 1))
    where = f" {places.index(here) + 1}/{len(places)}" if here in places and places[1:] else ""
    done = places[-1] < here and not current
    code = talk.steps[places[-1]].code if done else ""
    return Mark(code, f"{PARTS[part]}{where}" if current else str(PARTS[part]), done, current)


def _why(talk: Instrument, slot: StepSlot, answers: Answers) -> str:
    later = rules.written_later(answers) and slot.part != "after"
    return code_words(talk, "WRITTEN_LATER") if later else say(slot.why)


def _notes(talk: Instrument, answers: Answers, step: Step, time: TimeBox | None) -> list[str]:
    """Say what to keep in mind on this step: a tie not known, how to be with a child, the clock."""
    found = []
    if step is Step.SAFE and rules.tie_words(answers) == OPEN_TIE:
        found.append(code_words(talk, OPEN_TIE))
    if step is Step.SIGNS:
        may, way = rules.may_ask_experience(answers), child_way(answers)
        found += [] if may else [code_words(talk, may.because)]
        found += [say(each) for each in way.how] if way else []
    if time is not None and time.because != ENOUGH:
        found.append(code_words(talk, time.because))
    if time is not None and time.pause:
        found.append(code_words(talk, "TIME_PAUSE"))
    return found


def _turns(answers: Answers, step: Step) -> list[TurnLine]:
    """Give the turns that the answers ask for; the worker taps, nothing turns by itself."""
    child = policy.spoken_path(answers) is Path.CHILD
    return [
        TurnLine(
            say(each.turn.label),
            say(each.turn.child if child else each.turn.say),
            [say(now) for now in each.turn.now],
            each.turn.leads_to.value,
        )
        for each in rules.turns_offered(step, answers)
        if each.pressing and each.turn.leads_to is not step
    ]


def stop_lines(step: Step, answers: Answers) -> list[StopLine]:
    """List the stop rules of a step: pressing ones, then the person's own wish, then the rest."""
    talk = rules.instrument_of(answers)
    offered = rules.stop_offered(step, answers)
    ordered = sorted(offered, key=lambda each: (not each.pressing, each.stop != "STOP_WITHDRAWN"))
    return [
        StopLine(
            each.stop,
            say(talk.stops[each.stop].label),
            say(talk.stops[each.stop].what),
            each.pressing,
        )
        for each in ordered
    ]


def because_words(answers: Answers, code: str) -> str:
    """Say why a step did not go on."""
    return code_words(rules.instrument_of(answers), code)
