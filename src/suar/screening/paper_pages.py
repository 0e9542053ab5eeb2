"""The talk on paper, made from its instrument alone: forms to tick, and a card of prompts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from suar.core.refusals import NotYours
from suar.law.terms import Path
from suar.records.keyring import OpenRecord
from suar.screening import opening, rules
from suar.screening import question_shelf as shelf
from suar.screening.rules import papers
from suar.screening.rules.changing import form_of, own_code
from suar.screening.rules.papers import Kind, Paper
from suar.screening.rules.shapes import Instrument, Question, StepSlot
from suar.screening.speaking import country, say
from suar.screening.terms import Step

FOR_A_SCREEN = frozenset({"needs", "place", "codes", "outcome"})
"""Kinds of question that are a list to tap: on paper they are boxes, in a pocket nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A question on paper: what is said or noticed, boxes to tick, signs that it can bear.

    `prompts` says that it helps in a pocket too.
    """

    said: bool
    words: str
    to_a_child: str
    boxes: Sequence[str]
    signs: Sequence[str]
    prompts: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one heading, which may be empty."""

    label: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One step on paper, with the code that finds its page."""

    title: str
    why: str
    code: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Form:
    """A whole talk on paper, and the rules by which it stops."""

    code: str
    version: int
    is_own: bool
    title: str
    minutes: int
    sheets: Sequence[Sheet]
    stops: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a code leads to: a form and its step, and the open talks it fits; a yes has no step."""

    form: str
    title: str
    step: str
    step_code: Step | None
    differs: bool
    talks: Sequence[UUID]


def forms(house: UUID) -> list[tuple[str, str, int]]:
    """List the forms that can be printed as a house uses them: code, title, minutes."""
    talks = shelf.forms_in_use(house)
    return [(form_of(each.code), say(each.title), each.minutes) for each in talks]


def form(code: str, house: UUID) -> Form:
    """Put a form together as a house uses it; raises NotYours when there is none of this code."""
    talks = shelf.forms_in_use(house)
    talk = next((each for each in talks if form_of(each.code) == code), None)
    if talk is None:
        raise NotYours
    return Form(
        code,
        talk.version,
        talk.code != code,
        say(talk.title),
        talk.minutes,
        [_sheet(talk, slot) for slot in talk.steps],
        [say(stop.label) for stop in talk.stops.values()],
    )


def found(typed: str, talks: Sequence[OpenRecord], house: UUID) -> Found | None:
    """Say what a code leads to, and which of a worker's open talks it fits; None for no form."""
    own = [(own_code(each.form, house), each.version) for each in shelf.own_versions(house)]
    paper = papers.paper_of(typed, own)
    if paper is None:
        return None
    if paper.kind is Kind.YES:
        return Found("", "", "", None, False, ())
    talk = rules.instrument(paper.form, paper.version)
    slot = next(each for each in talk.steps if each.code is paper.step)
    used = [(each.code, each.version) for each in shelf.forms_in_use(house)]
    fitting = [each.id for each in talks if _is_of(paper.form, opening.answers_of(each).instrument)]
    differs = (talk.code, talk.version) not in used
    return Found(form_of(paper.form), say(talk.title), say(slot.title), slot.code, differs, fitting)


def _is_of(paper: str, talk: str) -> bool:
    """Say whether a paper and a talk are of one form, whatever their versions."""
    return form_of(paper) == form_of(talk)


def _sheet(talk: Instrument, slot: StepSlot) -> Sheet:
    labels = {theme.code: say(theme.label) for theme in talk.themes}
    on_paper = [each for each in slot.questions if each.kind != "place"]
    blocks = [
        Block(labels.get(theme or "", ""), [line for each in asked for line in _lines(talk, each)])
        for theme, asked in groupby(on_paper, key=lambda each: each.theme)
    ]
    code = papers.code_of(Paper(Kind.TALK, talk.code, talk.version, slot.code))
    return Sheet(say(slot.title), say(slot.why), code, blocks)


def _lines(talk: Instrument, question: Question) -> list[Line]:
    """Give the line of a question; what can change in a country is read as a sentence each."""
    first = _line(talk, question)
    if question.kind != "country":
        return [first]
    told = [(say(each.text), say(each.child)) for each in rules.country_lines(country())]
    return [first, *(replace(first, words=words, to_a_child=child) for words, child in told)]


def _line(talk: Instrument, question: Question) -> Line:
    signs = dict.fromkeys(say(sign.text) for path in Path for sign in rules.kinds_of(talk, question.code, path))
    child = say(question.child)
    return Line(
        question.to == "person" and question.kind != "needs",
        say(question.text),
        "" if child == say(question.text) else child,
        _boxes(talk, question),
        list(signs),
        question.kind not in FOR_A_SCREEN,
    )


def _boxes(talk: Instrument, question: Question) -> list[str]:
    """Give what can be ticked: the options, and where the question has none, what it lists."""
    if question.kind == "needs":
        return [say(need.text) for need in talk.needs.values()]
    if question.kind == "outcome":
        return [say(words.label) for words in talk.tables.outcomes.values()]
    return [say(option.text) for option in question.options]
