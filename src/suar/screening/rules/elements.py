"""Sum up act, means and purpose from the signs that were told and seen."""

from collections import Counter
from dataclasses import dataclass

from suar.screening.codes import Answer, Strength, Value
from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import Gate, Instrument, Sign, instrument_of
from suar.screening.rules.law import Element, Path
from suar.screening.rules.steps import is_safe

ANSWERED = frozenset({Answer.YES, Answer.NO})


@dataclass(frozen=True, slots=True)
class ElementSum:
    """One element: its value, why, the signs behind it, and the questions still open.

    `counted` is what the signs say; it differs from `value` only where the worker set the value.
    """

    element: Element
    value: Value
    counted: Value
    because: str
    signs: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elements:
    """The sum-up: three elements, told signs that no table scores, and what bars 'no signs'."""

    act: ElementSum
    means: ElementSum
    purpose: ElementSum
    unscored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """One talk on one path, with the signs that were ticked in it."""

    talk: Instrument
    answers: Answers
    path: Path
    ticked: tuple[Sign, ...]

    @property
    def conditions_count(self) -> bool:
        return self.path is Path.CHILD or any(s.holds for s in self.ticked if not s.observed)


@dataclass(frozen=True, slots=True)
class _Signs:
    """The signs of one element: told, seen, and prompts tapped without saying which kind."""

    told: tuple[Sign, ...]
    seen: tuple[Sign, ...]
    nameless: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sign.code for sign in (*self.told, *self.seen))


def element_values(answers: Answers, path: Path) -> Elements:
    """Sum up the three elements with the signs and open questions behind each.

    The order of answers does not matter; what was not asked, skipped or not known is never a no.

    Source: Palermo Protocol, art. 3; ILO and European Commission 2009; docs/decisions/outcomes.md.
    """
    talk = instrument_of(answers)
    found = _Found(talk, answers, path, _ticked(talk, answers, path))
    sums = {element: _sum(found, element) for element in Element}
    told = [sign for sign in found.ticked if not sign.observed]
    return Elements(
        act=sums[Element.ACT],
        means=sums[Element.MEANS],
        purpose=sums[Element.PURPOSE],
        unscored=tuple(sign.code for sign in told if sign.strength[path] is None),
        missing=tuple(gate.code for gate in talk.tables.gates if not _open(gate, answers)),
    )


def conditions_count(talk: Instrument, answers: Answers, path: Path) -> bool:
    """Say whether poor conditions count: beside a told sign that holds, and always for a child.

    Source: ILO Convention 29, art. 2; docs/decisions/outcomes.md.
    """
    return _Found(talk, answers, path, _ticked(talk, answers, path)).conditions_count


def _sum(found: _Found, element: Element) -> ElementSum:
    answers, signs = found.answers, _signs_of(found, element)
    asking = [each.code for each in found.talk.prompts(found.path) if element in each.asks]
    still_open = tuple(code for code in asking if answers.choices.get(code) not in ANSWERED)
    counted, because = _value(found, signs)
    denied = bool(asking) and all(answers.choices.get(code) == Answer.NO for code in asking)
    if counted is Value.UNKNOWN and denied:
        counted, because = Value.NOT_SUPPORTED, "ASKED_AND_DENIED"
    value = answers.sums.get(element, counted)
    because = because if value is counted else "BY_WORKER"
    return ElementSum(element, value, counted, because, signs.codes, still_open)


def _value(found: _Found, signs: _Signs) -> tuple[Value, str]:
    path, counts = found.path, found.conditions_count
    told = [sign for sign in signs.told if counts or not sign.conditions]
    seen = [sign for sign in signs.seen if counts or not sign.conditions]
    scored = [sign for sign in told if sign.strength[path] is not None]
    if scored and _reaches(found.talk, [*scored, *seen], path):
        return Value.SUPPORTED, "ENOUGH_SIGNS"
    if scored:
        return Value.SOME_SIGNS, "BELOW_THRESHOLD"
    if told:
        return Value.SOME_SIGNS, "UNSCORED_ONLY"
    if signs.told:
        return Value.SOME_SIGNS, "CONDITIONS_ONLY"
    if signs.nameless:
        return Value.SOME_SIGNS, "KIND_MISSING"
    return (Value.SOME_SIGNS, "SEEN_ONLY") if signs.seen else (Value.UNKNOWN, "NOT_ALL_ASKED")


def _reaches(talk: Instrument, signs: list[Sign], path: Path) -> bool:
    count = Counter(sign.strength[path] for sign in signs)
    return any(
        count[Strength.STRONG] >= line.strong
        and count[Strength.MEDIUM] >= line.medium
        and count[Strength.WEAK] >= line.weak
        for line in talk.thresholds
    )


def _signs_of(found: _Found, element: Element) -> _Signs:
    talk, answers, path = found.talk, found.answers, found.path
    here = [sign for sign in found.ticked if sign.element is element]
    nameless = [
        question.code
        for question in talk.prompts(path)
        if answers.choices.get(question.code) == Answer.YES
        and not answers.signs.get(question.code)
        and element in (question.asks or _elements_of(talk, question.code, path))
    ]
    return _Signs(
        told=tuple(sign for sign in here if not sign.observed),
        seen=tuple(sign for sign in here if sign.observed),
        nameless=tuple(nameless),
    )


def _elements_of(talk: Instrument, question: str, path: Path) -> frozenset[Element | None]:
    return frozenset(sign.element for sign in talk.kinds_of(question, path))


def _ticked(talk: Instrument, answers: Answers, path: Path) -> tuple[Sign, ...]:
    ticked = {
        sign.code
        for question, codes in answers.signs.items()
        for sign in talk.kinds_of(question, path)
        if sign.code in codes
    }
    return tuple(sign for code, sign in talk.signs.items() if code in ticked)


def _open(gate: Gate, answers: Answers) -> bool:
    if gate.all_good:
        return is_safe(answers)
    if gate.all_yes:
        return all(answers.choices.get(code) == Answer.YES for code in gate.all_yes)
    return any(answers.choices.get(code) in ANSWERED for code in gate.any_answered)
