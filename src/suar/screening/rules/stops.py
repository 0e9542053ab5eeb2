"""Which stop rules are offered on a step, and which of them an answer asks for."""

from dataclasses import dataclass

from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.instrument import Press, Stop, instrument_of
from suar.screening.rules.law import Path
from suar.screening.rules.needs import UNTOLD


@dataclass(frozen=True, slots=True)
class StopOffer:
    """A stop rule on a step; a pressing one is asked for by an answer and stands first."""

    stop: str
    pressing: bool


def stop_offered(step: Step, answers: Answers) -> tuple[StopOffer, ...]:
    """Give the stop rules of a step, pressing ones first; four stand on every step.

    A rule is offered and never applied by itself: the worker taps it.

    Source: WHO 2003, principles 1, 2 and 10; data/stops-1.json.
    """
    way = path(answers)
    offers = [
        StopOffer(stop.code, pressing=_pressed(stop, answers, way))
        for stop in instrument_of(answers).stops.values()
        if step in stop.offered_at
    ]
    return tuple(sorted(offers, key=lambda offer: not offer.pressing))


def pressing(step: Step, answers: Answers) -> str | None:
    """Give the first stop rule that an answer asks for on this step, or None.

    Source: data/stops-1.json, pressed_by.
    """
    return next((offer.stop for offer in stop_offered(step, answers) if offer.pressing), None)


def _pressed(stop: Stop, answers: Answers, way: Path) -> bool:
    return any(_holds(press, answers, way) for press in stop.pressed_by)


def _holds(press: Press, answers: Answers, way: Path) -> bool:
    if press.path not in (None, way):
        return False
    if press.question is not None:
        return answers.choices.get(press.question, Answer.NOT_ASKED) in press.values
    return answers.needs.get(press.need or "", UNTOLD).answer in press.values
