"""What each line of the sum-up says: signs, the answers behind them, why, what was not asked."""

from dataclasses import dataclass

from suar.screening.codes import Answer, Value
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.elements import Elements, ElementSum, conditions_count, element_values
from suar.screening.rules.instrument import Instrument, Sign, Wording, instrument_of
from suar.screening.rules.law import Element, Path
from suar.screening.rules.suggestion import Change, Suggestion, suggest, what_would_change

ALWAYS_SAID = ("PAPERS_LAWFUL", "MEN_TOO")


@dataclass(frozen=True, slots=True)
class SignLine:
    """One sign behind an element: where it was told, why it stands there, whether it weighs.

    `weighs` is false for what no table scores, and for a poor condition without a sign that holds.
    `reminder` stands beside debt and held papers. A sign that was seen never carries alone.
    """

    code: str
    text: Wording
    told: bool
    weighs: bool
    questions: tuple[str, ...]
    because: tuple[Wording, ...]
    reminder: Wording | None
    why_not: str


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element as the sum-up shows it."""

    element: Element
    value: Value
    because: str
    signs: tuple[SignLine, ...]
    not_asked: tuple[str, ...]
    not_answered: tuple[str, ...]

    @property
    def value_code(self) -> str:
        """Return the code whose wording says the value."""
        return "ELEMENT_UNKNOWN" if self.value is Value.UNKNOWN else self.value


@dataclass(frozen=True, slots=True)
class SumUp:
    """The whole sum-up: three lines, signs that no table scores, the suggestion, what changes it.

    `elsewhere` are signs that belong to no element, such as a doubt about age.
    """

    path: Path
    elements: Elements
    lines: tuple[ElementLine, ...]
    elsewhere: tuple[SignLine, ...]
    suggestion: Suggestion
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def sum_up(answers: Answers, stopped_by: str | None = None) -> SumUp:
    """Put together what the worker sees before choosing; nothing here decides.

    Papers in order lower nothing, and a man's pay is asked about like a woman's: both are said
    each time.

    Source: Palermo Protocol, art. 3; ILO and European Commission 2009; docs/decisions/talk.md.
    """
    talk, way = instrument_of(answers), path(answers)
    found = element_values(answers, way)
    sums = (found.act, found.means, found.purpose)
    ticked = {code for codes in answers.signs.values() for code in codes}
    elsewhere = [talk.signs[code] for code in sorted(ticked) if talk.signs[code].element is None]
    return SumUp(
        path=way,
        elements=found,
        lines=tuple(_line(talk, answers, way, each) for each in sums),
        elsewhere=tuple(_sign(talk, answers, way, sign) for sign in elsewhere),
        suggestion=suggest(found, way, stopped_by, of=talk),
        changes=what_would_change(answers, way, stopped_by),
        notes=ALWAYS_SAID,
    )


def _line(talk: Instrument, answers: Answers, way: Path, summed: ElementSum) -> ElementLine:
    untouched = {None, Answer.NOT_ASKED.value}
    return ElementLine(
        element=summed.element,
        value=summed.value,
        because=summed.because,
        signs=tuple(_sign(talk, answers, way, talk.signs[code]) for code in summed.signs),
        not_asked=tuple(code for code in summed.open_questions if answers.choices.get(code) in untouched),
        not_answered=tuple(code for code in summed.open_questions if answers.choices.get(code) not in untouched),
    )


def _sign(talk: Instrument, answers: Answers, way: Path, sign: Sign) -> SignLine:
    questions = tuple(
        question
        for question in talk.questions
        if sign.code in answers.signs.get(question, ()) and sign in talk.kinds_of(question, way)
    )
    scored = sign.element is not None and sign.strength[way] is not None
    return SignLine(
        code=sign.code,
        text=sign.text,
        told=not sign.observed,
        weighs=scored and (not sign.conditions or conditions_count(talk, answers, way)),
        questions=questions,
        because=tuple(
            line.because
            for line in talk.lines
            if line.sign == sign.code and line.question in questions and way in line.paths
        ),
        reminder=sign.reminder,
        why_not="UNSCORED_ONLY" if sign.strength[way] is None else "CONDITIONS_ONLY",
    )
