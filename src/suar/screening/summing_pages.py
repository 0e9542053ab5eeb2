"""The sum-up in words: each element with its signs, the answers behind them, and what is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.law.terms import Path
from suar.screening.rules.shapes import Instrument
from suar.screening.rules.summing import ElementLine as Summed
from suar.screening.rules.summing import SignLine as Told
from suar.screening.rules.summing import SumUp as Found
from suar.screening.speaking import code_words, say
from suar.screening.terms import Change

MOST_CHANGES = 4


@dataclass(frozen=True, slots=True)
class SignLine:
    """One sign: under which prompts it was told or seen, why it stands there, and what to keep in
    mind; `weighs` is empty, or says why it does not weigh."""

    words: str
    seen: bool
    asked: Sequence[str]
    because: Sequence[str]
    reminder: str
    weighs: str


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element: its value, why, the signs behind it, and what was not asked or not answered."""

    name: str
    value: str
    because: str
    signs: Sequence[SignLine]
    not_asked: Sequence[str]
    not_answered: Sequence[str]


def elements(talk: Instrument, found: Found) -> list[ElementLine]:
    """Say the three elements."""
    return [_element(talk, each, found.path) for each in found.lines]


def elsewhere(talk: Instrument, found: Found) -> list[str]:
    """Say the signs that belong to no element, such as a doubt about age."""
    return [say(each.text) for each in found.elsewhere]


def notes(talk: Instrument, found: Found) -> list[str]:
    """Say what to keep in mind beside this suggestion, and what holds for every one."""
    suggested = [say(talk.tables.notes[each]) for each in found.suggestion.notes]
    always = [code_words(talk, each) for each in found.notes if each in talk.words]
    return suggested + always


def changes(talk: Instrument, found: Found) -> list[str]:
    """Say what would change the suggestion, and to what."""
    return [_change(talk, each, found.path) for each in found.changes[:MOST_CHANGES]]


def _element(talk: Instrument, each: Summed, path: Path) -> ElementLine:
    value = "ELEMENT_UNKNOWN" if each.value.value == "UNKNOWN" else each.value.value
    asked = talk.questions
    return ElementLine(
        code_words(talk, each.element.value),
        code_words(talk, value),
        code_words(talk, each.because),
        [_sign(talk, sign, path) for sign in each.signs],
        [say(asked[code].wording(path)) for code in each.not_asked],
        [say(asked[code].wording(path)) for code in each.not_answered],
    )


def _sign(talk: Instrument, sign: Told, path: Path) -> SignLine:
    unscored = talk.signs[sign.code].strength[path] is None
    why = "UNSCORED_ONLY" if unscored else "CONDITIONS_ONLY"
    return SignLine(
        words=say(sign.text),
        seen=not sign.told,
        asked=[say(talk.questions[code].wording(path)) for code in sign.questions],
        because=[say(each) for each in sign.because],
        reminder=say(sign.reminder),
        weighs="" if sign.weighs else code_words(talk, why),
    )


def _change(talk: Instrument, change: Change, path: Path) -> str:
    asked = say(talk.questions[change.question].wording(path)) if change.question else ""
    outcome = say(talk.tables.outcomes[change.outcome].label)
    would = code_words(talk, change.would.value)
    return f"{would}: {asked} → {outcome}" if asked else f"{would} → {outcome}"
