"""The questions of one step as they are printed: said, asked one by one, by theme, as codes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from suar.law.terms import AgeFacts, Path
from suar.screening import policy, rules
from suar.screening.posting import EVERY_SET
from suar.screening.rules.beside_shapes import EndGroup
from suar.screening.rules.shapes import Instrument, Question, StepSlot
from suar.screening.speaking import country, say
from suar.screening.terms import Answer, Answers

SAID = frozenset({"say", "read", "country"})
NEVER_SHOWN = frozenset({"outcome", "place"})
GROUPS = {"BR_BARRIERS": rules.barrier_groups, "MS_MISSED": lambda _place: rules.missed_groups()}
RATED = ("sign", "seen", "told")
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
class CodeGroup:
    """A group of codes: the first tap opens it, the second is the code."""

    label: str
    choices: Sequence[Choice]
    noted: int


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that stand together: sentences to say, a word to the worker, a theme, groups of codes.

    `extra` is a theme for some people only, such as work on a ship.
    """

    kind: str
    label: str
    lines: Sequence[Line]
    noted: int = 0
    opened: bool = False
    extra: bool = False
    groups: Sequence[CodeGroup] = ()


def parts(talk: Instrument, slot: StepSlot, answers: Answers) -> list[Part]:
    """Put the questions of a step together as they are read, from the top."""
    found: list[Part] = []
    for (key, kind, _), group in groupby(_shown(talk, slot, answers), key=_together):
        if kind == "codes":
            found += [_codes(each, answers) for each in group]
            continue
        lines = [each for question in group for each in _lines(talk, question, answers)]
        noted = sum(each.answered for each in lines)
        label = say(rules.beside(talk).opened_sets.get(key)) or _theme(talk, key)
        found.append(Part(kind, label, lines, noted, extra=key in EVERY_SET))
    if policy.place_was_bad(answers):
        found.sort(key=lambda part: part.kind != "way")
    return _with_first_untouched_open(found)


def line(talk: Instrument, question: Question, answers: Answers) -> Line:
    """Put together one question with what was tapped."""
    path, worded = rules.path(answers), policy.spoken_path(answers)
    chosen, ticked = _chosen(question, answers), answers.signs.get(question.code, frozenset())
    shown = UNTOUCHED if chosen is None and question.kind in RATED else chosen
    bears = rules.kinds_of(talk, question.code, path)
    return Line(
        question.code,
        question.kind,
        say(question.wording(worded)),
        question.to == "person",
        [Choice(each.code, say(each.text), each.code == shown, each.code in question.bad) for each in question.options],
        [Choice(sign.code, say(sign.text), sign.code in ticked) for sign in bears],
        say(question.reminder),
        chosen is not None,
        question.code in rules.clashes(answers),
        question.paths == {Path.CHILD},
    )


def _chosen(question: Question, answers: Answers) -> str | None:
    if question.kind == "age":
        return None if answers.age == AgeFacts() else answers.age.band.value
    if question.kind == "doubt":
        doubt = answers.age.doubt.value
        return None if doubt == UNTOUCHED else doubt
    return answers.choices.get(question.code)


def _lines(talk: Instrument, question: Question, answers: Answers) -> list[Line]:
    """Give the line of a question; what can change in a country is read as a sentence each."""
    first = line(talk, question, answers)
    if question.kind != "country":
        return [first]
    child = policy.spoken_path(answers) is Path.CHILD
    told = rules.country_lines(country())
    return [
        first,
        *(replace(first, words=say(each.child if child else each.text)) for each in told),
    ]


def _codes(question: Question, answers: Answers) -> Part:
    picked = answers.picked.get(question.code, frozenset())
    groups = [_group(each, picked) for each in GROUPS[question.code](rules.place_of(answers))]
    words, noted = say(question.text), len(picked)
    asked = Line(
        question.code,
        "codes",
        words,
        said=False,
        choices=(),
        signs=(),
        reminder="",
        answered=bool(picked),
        clashes=False,
        only_child=False,
    )
    return Part("codes", words, [asked], noted, groups=groups)


def _group(group: EndGroup, picked: frozenset[str]) -> CodeGroup:
    choices = [Choice(each.code, say(each.text), each.code in picked) for each in group.codes]
    return CodeGroup(say(group.label), choices, sum(each.chosen for each in choices))


def _shown(talk: Instrument, slot: StepSlot, answers: Answers) -> list[Question]:
    """Give the questions of a step; where the age is asked, those for a child are at hand.

    A talk that is written later has nothing to read aloud. Prompts for some people stand last.
    """
    path, asks_age = rules.path(answers), any(each.kind == "age" for each in slot.questions)
    never = NEVER_SHOWN | (SAID if rules.written_later(answers) else frozenset())
    fitting = [each for each in _put_to(slot, answers) if each.kind not in never and (asks_age or path in each.paths)]
    return sorted(fitting, key=lambda each: each.opened_with or "")


def _put_to(slot: StepSlot, answers: Answers) -> Iterator[Question]:
    allowed = rules.prompts_for(answers, EVERY_SET)
    rated = ("sign", "told")
    return (each for each in slot.questions if each.kind not in rated or each in allowed)


def _together(question: Question) -> tuple[str, str, str]:
    said, theme = question.kind in SAID, question.opened_with or question.theme or ""
    spoken = "said" if question.to == "person" else "aside"
    kind = "theme" if theme else spoken if said else question.kind
    alone = "" if theme else spoken if said else question.code
    return theme, kind, alone


def _theme(talk: Instrument, code: str) -> str:
    return next((say(theme.label) for theme in talk.themes if theme.code == code), "")


def _with_first_untouched_open(found: list[Part]) -> list[Part]:
    """Open the theme that comes next, and every theme in which something has to be settled."""
    untouched = [each for each in found if each.kind == "theme" and not each.noted]
    return [
        replace(each, opened=True) if each in untouched[:1] or any(line.clashes for line in each.lines) else each
        for each in found
    ]
