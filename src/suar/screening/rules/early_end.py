"""Rules that end the questions and not the talk: enough for today, and told before."""

from dataclasses import dataclass

from suar.screening.codes import Answer, Step, Value
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.elements import element_values
from suar.screening.rules.instrument import Turn, instrument_of
from suar.screening.rules.law import needed_elements

TOLD_BEFORE = "AT_TOLD"
WHEN_ENOUGH = "ELEMENTS_" + Value.SUPPORTED


@dataclass(frozen=True, slots=True)
class TurnOffer:
    """A turn on a step; a pressing one is asked for by the answers and stands first."""

    turn: Turn
    pressing: bool


def turns_offered(step: Step, answers: Answers) -> tuple[TurnOffer, ...]:
    """Give the turns of a step, pressing ones first; the worker taps, nothing turns by itself.

    Enough presses when each element that this path needs is supported; told before presses when
    the person said so.

    Source: WHO 2003, principle 8; data/stops-2.json, turns.
    """
    offers = [
        TurnOffer(turn, pressing=_holds(turn, answers))
        for turn in instrument_of(answers).turns.values()
        if step in turn.offered_at
    ]
    return tuple(sorted(offers, key=lambda offer: not offer.pressing))


def _holds(turn: Turn, answers: Answers) -> bool:
    if turn.when != WHEN_ENOUGH:
        return answers.choices.get(TOLD_BEFORE) == Answer.YES
    way = path(answers)
    found = element_values(answers, way)
    sums = {each.element: each.value for each in (found.act, found.means, found.purpose)}
    return all(sums[element] is Value.SUPPORTED for element in needed_elements(way))
