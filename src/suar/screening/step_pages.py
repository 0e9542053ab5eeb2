"""What the page of one step shows, in the language of the page, so that templates only print."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from suar.law.terms import AgeFacts, Path
from suar.screening import needs_pages, policy, rules
from suar.screening.needs_pages import NeedGroup, Waiting
from suar.screening.rules.shapes import Instrument, Question, StepSlot
from suar.screening.speaking import code_words, say
from suar.screening.terms import Answer, Answers, Step

SAID = frozenset({"say", "read"})
UNTOUCHED = Answer.NOT_ASKED


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be tapped; a bad one makes a place unsafe."""

    code: str
    words: str
    chosen: bool
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A question as it is printed; `said` may be read to the person."""

    code: str
    kind: str
    words: str
    said: bool
    choices: Sequence[Choice]
    signs: Sequence[Choice]
    reminder: str
    answered: bool
    clashes: bool
    only_child: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together: sentences to say, one question, or a theme that opens."""

    kind: str
    label: str
    lines: Sequence[Line]
    noted: int = 0
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A step of the talk in the row that shows where one is."""

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
class StepPage:
    """One step of a talk."""

    record: UUID
    step: Step
    title: str
    why: str
    marks: Sequence[Mark]
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


def step_page(record: UUID, answers: Answers, step: Step, *, version: int) -> StepPage:
    """Put together one step."""
    talk = rules.instrument_of(answers)
    order = [slot.code for slot in talk.steps]
    slot = talk.steps[order.index(step)]
    asks_needs = any(each.kind == "needs" for each in slot.questions)
    years = answers.age.years
    return StepPage(
        record=record, step=step, title=say(slot.title), why=say(slot.why),
        marks=marks(talk, step), parts=parts(talk, slot, answers),
        needs=needs_pages.groups(talk, answers) if asks_needs else (),
        waiting=() if asks_needs else needs_pages.waiting(talk, answers),
        pressing=[each for each in stop_lines(step, answers) if each.pressing],
        age_years="" if years is None else str(years), version=version,
        bad_place=policy.place_was_bad(answers), is_child=policy.is_known_child(answers),
        all_asked=needs_pages.all_asked(talk, answers),
        whom=say(talk.who_answers), nobody=say(talk.until_then),
        is_first=step is order[0], is_last=step is order[-1],
    )  # fmt: skip


def marks(talk: Instrument, now: Step | None) -> list[Mark]:
    """Say where in the talk one is; None stands after the last step."""
    order = [slot.code for slot in talk.steps]
    here = len(order) if now is None else order.index(now)
    return [
        Mark(slot.code, say(slot.title), place < here, place == here)
        for place, slot in enumerate(talk.steps)
    ]


def parts(talk: Instrument, slot: StepSlot, answers: Answers) -> list[Part]:
    """Put the questions of a step together as they are read: said, asked one by one, by theme."""
    themes = {theme.code: say(theme.label) for theme in talk.themes}
    found: list[Part] = []
    for (theme, kind, _), group in groupby(_shown(slot, answers), key=_together):
        lines = [line(talk, each, answers) for each in group]
        noted = sum(each.answered for each in lines)
        found.append(Part(kind, themes.get(theme or "", ""), lines, noted))
    if policy.place_was_bad(answers):
        found.sort(key=lambda part: part.kind != "way")
    return _with_first_untouched_open(found)


def _shown(slot: StepSlot, answers: Answers) -> list[Question]:
    """Give the questions of a step; where the age is asked, those for a child are at hand."""
    path, asks_age = rules.path(answers), any(each.kind == "age" for each in slot.questions)
    fitting = [each for each in slot.questions if asks_age or path in each.paths]
    return [each for each in fitting if each.kind != "outcome"]


def _together(question: Question) -> tuple[str | None, str, str]:
    said = question.kind in SAID
    kind = "theme" if question.theme else "said" if said else question.kind
    alone = "" if question.theme else question.kind if said else question.code
    return question.theme, kind, alone


def _with_first_untouched_open(found: list[Part]) -> list[Part]:
    """Open the theme that comes next, and every theme in which something has to be settled."""
    untouched = [each for each in found if each.kind == "theme" and not each.noted]
    return [
        Part(each.kind, each.label, each.lines, each.noted, opened=True)
        if each in untouched[:1] or any(line.clashes for line in each.lines)
        else each
        for each in found
    ]


def line(talk: Instrument, question: Question, answers: Answers) -> Line:
    """Put together one question with what was tapped."""
    path, worded = rules.path(answers), policy.spoken_path(answers)
    chosen, ticked = _chosen(question, answers), answers.signs.get(question.code, frozenset())
    shown = UNTOUCHED if chosen is None and question.kind in ("sign", "seen") else chosen
    bears = rules.kinds_of(talk, question.code, path)
    return Line(
        question.code, question.kind, say(question.wording(worded)), question.to == "person",
        [Choice(each.code, say(each.text), each.code == shown, each.code in question.bad)
         for each in question.options],
        [Choice(sign.code, say(sign.text), sign.code in ticked) for sign in bears],
        say(question.reminder), chosen is not None, question.code in rules.clashes(answers),
        question.paths == {Path.CHILD},
    )  # fmt: skip


def _chosen(question: Question, answers: Answers) -> str | None:
    if question.kind == "age":
        return None if answers.age == AgeFacts() else answers.age.band.value
    if question.kind == "doubt":
        doubt = answers.age.doubt.value
        return None if doubt == UNTOUCHED else doubt
    return answers.choices.get(question.code)


def stop_lines(step: Step, answers: Answers) -> list[StopLine]:
    """List the stop rules of a step: pressing ones, then the person's own wish, then the rest."""
    talk = rules.instrument_of(answers)
    offered = rules.stop_offered(step, answers)
    ordered = sorted(offered, key=lambda each: (not each.pressing, each.stop != "STOP_WITHDRAWN"))
    return [
        StopLine(
            each.stop, say(talk.stops[each.stop].label), say(talk.stops[each.stop].what),
            each.pressing,
        )
        for each in ordered
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that two people answered differently, each in words."""

    words: str
    mine: str
    theirs: str


def differing(mine: Answers, theirs: Answers, step: Step) -> list[Difference]:
    """List what differs on a step between what was typed here and what was saved elsewhere."""
    here, there = _told(mine, step), _told(theirs, step)
    words = {code: said for code, (said, _) in [*there.items(), *here.items()]}
    return [
        Difference(words[code], mine_told, theirs_told)
        for code in words
        for mine_told in [here.get(code, ("", ""))[1]]
        for theirs_told in [there.get(code, ("", ""))[1]]
        if mine_told != theirs_told
    ]


def _told(answers: Answers, step: Step) -> dict[str, tuple[str, str]]:
    """Say each question of a step with what was tapped, as one line of words."""
    talk = rules.instrument_of(answers)
    slot = next(each for each in talk.steps if each.code is step)
    lines = [line(talk, each, answers) for each in slot.questions]
    told = {
        each.code: (each.words, ", ".join(tap.words for tap in [*each.choices, *each.signs]
                                          if tap.chosen))
        for each in lines if each.kind not in SAID | {"needs", "outcome"}
    }  # fmt: skip
    if any(each.kind == "age" for each in lines):
        years = answers.age.years
        told["age.years"] = (say(slot.title), "" if years is None else str(years))
    if any(each.kind == "needs" for each in lines):
        told |= needs_pages.told(talk, answers)
    return told


def because_words(answers: Answers, code: str) -> str:
    """Say why a step did not go on."""
    return code_words(rules.instrument_of(answers), code)
