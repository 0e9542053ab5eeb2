"""What the page of one step shows: its questions with what was tapped, urgent needs, stop rules, where one is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from suar.core.codes import code_list
from suar.core.urgency import Urgency
from suar.screening import policy, rules
from suar.screening.codes import Answer, Step
from suar.screening.parse_answers import EVERY_SET, askable, asks_whom
from suar.screening.rules.answers import Answers, NeedAnswer
from suar.screening.rules.children import child_way
from suar.screening.rules.instrument import Instrument, Level, Need, Question, Sign, StepSlot, Wording
from suar.screening.rules.law import AgeFacts, Path
from suar.screening.rules.needs import UrgentNeed
from suar.screening.rules.reference import EndGroup
from suar.screening.rules.time_limit import TimeBox
from suar.screening.wording import code_words, country, say

SIGNPOST = ("COO_INFO", "MEN_CRISIS", "SAF_RISK")
OPEN_TIE, ENOUGH = "TIE_NOT_KNOWN", "TIME_ENOUGH"
READ_ALOUD = frozenset({"say", "read", "country"})
NEVER_SHOWN = frozenset({"outcome", "place"})
NOT_COMPARED = READ_ALOUD | {"needs", "outcome", "place", "codes"}
GROUPS: dict[str, Callable[[str], Sequence[EndGroup]]] = {
    "BR_BARRIERS": rules.barrier_groups,
    "MS_MISSED": lambda _place: rules.missed_groups(),
}
RATED = ("sign", "seen", "told")
TONES = {Urgency.NOW: "now", Urgency.TODAY: "today"}


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its wording for this person and what was tapped."""

    question: Question
    wording: Wording
    chosen: str | None = None
    signs: Sequence[Sign] = ()
    ticked: frozenset[str] = frozenset()
    answered: bool = False
    clashes: bool = False

    @property
    def only_child(self) -> bool:
        """Return True if the question is put to children only."""
        return self.question.paths == {Path.CHILD}

    @property
    def tapped(self) -> str:
        """Return the options and signs that were tapped, in words."""
        options = [say(each.text) for each in self.question.options if each.code == self.chosen]
        return ", ".join([*options, *(say(sign.text) for sign in self.signs if sign.code in self.ticked)])


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together: sentences to say, a note to the worker, a theme, groups of codes.

    `extra` is a theme for some people only, such as work on a ship. `groups` are groups of codes with how many of
    each were tapped.
    """

    kind: str
    label: Wording | None
    lines: Sequence[Line]
    noted: int = 0
    opened: bool = False
    extra: bool = False
    groups: Sequence[tuple[EndGroup, int]] = ()


@dataclass(frozen=True, slots=True)
class NeedLine:
    """An urgent need with what was told of it."""

    need: Need
    told: UrgentNeed | None
    answer: NeedAnswer
    asks_whom: bool

    @property
    def services(self) -> Sequence[str]:
        """Return the service types that meet it."""
        return self.need.services

    @property
    def cannot_wait(self) -> bool:
        """Return True if it was told and somebody must be reached now or today."""
        return self.told is not None and self.told.level in TONES


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """Needs of one level; those that can wait are folded together until one is told."""

    level: Level
    tone: str
    needs: Sequence[NeedLine]
    told: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the talk in the progress row; a part that is done links back to the step `code`."""

    code: str
    label: str
    done: bool
    current: bool


def step_context(
    record: UUID, answers: Answers, step: Step, *, version: int, time: TimeBox | None = None
) -> dict[str, Any]:
    """Return what the template of a step prints; `time` is how long the talk has gone on."""
    talk = rules.instrument_of(answers)
    order = [slot.code for slot in talk.steps]
    slot = talk.step(step)
    asks_needs = next((each for each in slot.questions if each.kind == "needs"), None)
    years = answers.age.years
    return {
        "record": record,
        "talk": talk,
        "step": step,
        "title": slot.title,
        "why": _why(talk, slot, answers),
        "marks": marks(talk, step),
        "notes": _notes(talk, answers, step, time),
        "turns": _turns(answers, step),
        "parts": parts(talk, slot, answers),
        "needs": need_groups(talk, answers, asks_needs) if asks_needs else (),
        "waiting": () if asks_needs else waiting_needs(talk, answers),
        "pressing": [each["stop"] for each in stop_rules(step, answers) if each["pressing"]],
        "age_years": "" if years is None else str(years),
        "version": version,
        "bad_place": policy.place_was_bad(answers),
        "is_child": policy.is_known_child(answers),
        "all_asked": len(answers.needs) == len(talk.needs),
        "is_first": step is order[0],
        "is_last": step is order[-1],
        "is_signpost": step is Step.SIGNPOST,
        "missing": {code: line(talk, talk.questions[code], answers) for code in rules.still_asked(step, answers)},
        "services": SIGNPOST,
        "goes_to_writing": step is Step.SIGNS and step is not order[-1],
    }


def parts(talk: Instrument, slot: StepSlot, answers: Answers) -> list[Part]:
    """Return the questions of a step as they are read, from the top."""
    found: list[Part] = []
    for (theme, kind, _), group in groupby(_shown(slot, answers), key=_together):
        if kind == "codes":
            found += [_codes(each, answers) for each in group]
            continue
        lines = [each for question in group for each in _lines(talk, question, answers)]
        noted = sum(each.answered for each in lines)
        found.append(Part(kind, _theme(talk, theme), lines, noted, extra=theme in EVERY_SET))
    if policy.place_was_bad(answers):
        found.sort(key=lambda part: part.kind != "way")
    return _open_first_untouched(found)


def line(talk: Instrument, question: Question, answers: Answers) -> Line:
    """Return a question with what was tapped."""
    chosen = _chosen(question, answers)
    return Line(
        question,
        question.wording(policy.spoken_path(answers)),
        Answer.NOT_ASKED if chosen is None and question.kind in RATED else chosen,
        talk.kinds_of(question.code, rules.path(answers)),
        answers.signs.get(question.code, frozenset()),
        chosen is not None,
        question.code in rules.clashes(answers),
    )


def need_groups(talk: Instrument, answers: Answers, asked: Question) -> list[NeedGroup]:
    """Return the needs by how soon they must be met; a short list shows some levels only."""
    told = {each.need: each for each in rules.urgent_needs(answers)}
    whom = asks_whom(answers)
    groups = []
    for level in talk.levels.values():
        if asked.groups and level.code.name not in asked.groups:
            continue
        lines = [
            NeedLine(need, told.get(need.code), answers.needs.get(need.code, NeedAnswer()), need.code in whom)
            for need in talk.needs.values()
            if need.level is level.code
        ]
        count = sum(each.told is not None for each in lines)
        groups.append(NeedGroup(level, TONES.get(level.code, ""), lines, count))
    return groups


def waiting_needs(talk: Instrument, answers: Answers) -> list[dict[str, Any]]:
    """Return the needs that cannot wait and that nobody knows of yet."""
    return [
        {"level": talk.levels[each.level].label, "tone": TONES[each.level], "text": talk.needs[each.need].text}
        for each in rules.urgent_needs(answers)
        if each.level in TONES and not each.known
    ]


def marks(talk: Instrument, now: Step | None, *, reached: Step | None = None) -> list[Mark]:
    """Return the parts of the talk with progress; `now` is None on the sum-up.

    With `reached` the talk was stopped there and no part is the current one.
    """
    order = [slot.code for slot in talk.steps]
    here = order.index(reached) if reached else len(order) if now is None else order.index(now)
    labels = code_list("screening", "parts")
    found = []
    for part in labels:
        places = [place for place, slot in enumerate(talk.steps) if slot.part == part]
        if places:
            found.append(_mark(talk, labels.label(part), places, here, stopped=reached is not None))
    return found


def stop_rules(step: Step, answers: Answers) -> list[dict[str, Any]]:
    """Return the stop rules of a step: pressing ones, then the person's own wish, then the rest."""
    talk = rules.instrument_of(answers)
    offered = rules.stop_offered(step, answers)
    ordered = sorted(offered, key=lambda each: (not each.pressing, each.stop != "STOP_WITHDRAWN"))
    return [{"stop": talk.stops[each.stop], "pressing": each.pressing} for each in ordered]


def differences(mine: Answers, theirs: Answers, step: Step) -> list[dict[str, str]]:
    """Return what two people answered differently on a step, in words."""
    here, there = _answered(mine, step), _answered(theirs, step)
    words = {code: asked for code, (asked, _) in [*there.items(), *here.items()]}
    rows = [
        {"words": words[code], "mine": here.get(code, ("", ""))[1], "theirs": there.get(code, ("", ""))[1]}
        for code in words
    ]
    return [row for row in rows if row["mine"] != row["theirs"]]


def _answered(answers: Answers, step: Step) -> dict[str, tuple[str, str]]:
    """Return each question of a step in words with what was tapped, by code."""
    talk = rules.instrument_of(answers)
    slot = talk.step(step)
    lines = [line(talk, each, answers) for each in slot.questions]
    found = {
        each.question.code: (say(each.wording), each.tapped) for each in lines if each.question.kind not in NOT_COMPARED
    }
    kinds = {each.kind for each in slot.questions}
    if "age" in kinds:
        years = answers.age.years
        found["age.years"] = (say(slot.title), "" if years is None else str(years))
    for each in slot.questions:
        if each.kind == "codes":
            picked = answers.picked.get(each.code, frozenset())
            words = [say(option.text) for option in each.options if option.code in picked]
            found[each.code] = (say(each.text), ", ".join(words))
    if "needs" in kinds:
        acted = {each.code: say(each.text) for each in talk.answer_sets["ACTED"]}
        for need in rules.urgent_needs(answers):
            done = " ".join(filter(None, (acted[need.acted], need.who_answers)))
            found[need.need] = (say(talk.needs[need.need].text), done)
    return found


def _chosen(question: Question, answers: Answers) -> str | None:
    if question.kind == "age":
        return None if answers.age == AgeFacts() else answers.age.band.value
    if question.kind == "doubt":
        doubt = answers.age.doubt.value
        return None if doubt == Answer.NOT_ASKED else doubt
    return answers.choices.get(question.code)


def _lines(talk: Instrument, question: Question, answers: Answers) -> list[Line]:
    """Return the line of a question; what can change in a country is read as a sentence each."""
    first = line(talk, question, answers)
    if question.kind != "country":
        return [first]
    child = policy.spoken_path(answers) is Path.CHILD
    sentences = rules.country_lines(country())
    return [first, *(replace(first, wording=each.child if child else each.text) for each in sentences)]


def _codes(question: Question, answers: Answers) -> Part:
    picked = answers.picked.get(question.code, frozenset())
    groups = [
        (group, sum(each.code in picked for each in group.codes))
        for group in GROUPS[question.code](rules.place_of(answers))
    ]
    asked = Line(question, question.text, ticked=picked, answered=bool(picked))
    return Part("codes", question.text, [asked], len(picked), groups=groups)


def _shown(slot: StepSlot, answers: Answers) -> list[Question]:
    """Return the questions of a step; where the age is asked, those for a child are at hand.

    A talk that is written later has nothing to read aloud. Prompts for some people stand last.
    """
    path, asks_age = rules.path(answers), any(each.kind == "age" for each in slot.questions)
    never = NEVER_SHOWN | (READ_ALOUD if rules.written_later(answers) else frozenset())
    fitting = [each for each in askable(slot, answers) if each.kind not in never and (asks_age or path in each.paths)]
    return sorted(fitting, key=lambda each: each.opened_with or "")


def _together(question: Question) -> tuple[str, str, str]:
    spoken, theme = question.kind in READ_ALOUD, question.opened_with or question.theme or ""
    aloud = "said" if question.to == "person" else "aside"
    kind = "theme" if theme else aloud if spoken else question.kind
    alone = "" if theme else aloud if spoken else question.code
    return theme, kind, alone


def _theme(talk: Instrument, code: str) -> Wording | None:
    themes = {theme.code: theme.label for theme in talk.themes}
    return talk.opened_sets.get(code) or themes.get(code)


def _open_first_untouched(found: list[Part]) -> list[Part]:
    """Open the theme that comes next, and every theme in which something has to be settled."""
    untouched = [each for each in found if each.kind == "theme" and not each.noted]
    return [
        replace(each, opened=True) if each in untouched[:1] or any(line.clashes for line in each.lines) else each
        for each in found
    ]


def _mark(talk: Instrument, label: str, places: Sequence[int], here: int, *, stopped: bool) -> Mark:
    after = here == len(talk.steps)
    current = not stopped and (here in places or (after and places[-1] == here - 1))
    where = f" {places.index(here) + 1}/{len(places)}" if here in places and places[1:] else ""
    done = places[-1] < here and not current
    return Mark(talk.steps[places[-1]].code if done else "", f"{label}{where}" if current else label, done, current)


def _why(talk: Instrument, slot: StepSlot, answers: Answers) -> str:
    later = rules.written_later(answers) and slot.part != "after"
    return code_words(talk, "WRITTEN_LATER") if later else say(slot.why)


def _notes(talk: Instrument, answers: Answers, step: Step, time: TimeBox | None) -> list[str]:
    """Return what to keep in mind on this step: a tie not known, how to be with a child, the clock."""
    codes: list[str] = []
    how: Sequence[Wording] = ()
    if step is Step.SAFE and rules.tie_words(answers) == OPEN_TIE:
        codes.append(OPEN_TIE)
    if step is Step.SIGNS:
        may, way = rules.may_ask_experience(answers), child_way(answers)
        codes += [] if may else [may.because]
        how = way.how if way else ()
    late = [] if time is None or time.because == ENOUGH else [time.because]
    pause = ["TIME_PAUSE"] if time is not None and time.pause else []
    return [
        *(code_words(talk, code) for code in codes),
        *(say(each) for each in how),
        *(code_words(talk, code) for code in [*late, *pause]),
    ]


def _turns(answers: Answers, step: Step) -> list[dict[str, Any]]:
    """Return the turns that the answers ask for; the worker taps, nothing turns by itself."""
    child = policy.spoken_path(answers) is Path.CHILD
    return [
        {"turn": each.turn, "say": each.turn.child if child else each.turn.say}
        for each in rules.turns_offered(step, answers)
        if each.pressing and each.turn.leads_to is not step
    ]
