"""Which urgent needs were told, how soon, and whether somebody knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.screening.codes import Acted, Answer
from suar.screening.rules.answers import Answers, NeedAnswer
from suar.screening.rules.instrument import Need, Stop, instrument_of

UNTOLD = NeedAnswer()


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A need that was told; `known` is true only when somebody who will help was spoken to."""

    need: str
    level: Urgency
    services: tuple[str, ...]
    acted: Acted
    who_answers: str
    known: bool


def urgent_needs(answers: Answers) -> tuple[UrgentNeed, ...]:
    """Give the needs that were told, most urgent first; the worker may change a level.

    A need is known only when somebody who will help was spoken to and named; sending is not help.
    A sign that raises a need (fear of someone now) counts as told until the need is answered.

    Source: WHO 2003, principle 9; data/needs-1.json, levels U1 to U5.
    """
    talk = instrument_of(answers)
    raised = _raised(answers)
    told = [
        _urgent(need, answers.needs.get(code, UNTOLD))
        for code, need in talk.needs.items()
        if _told(code, answers, raised)
    ]
    return tuple(sorted(told, key=lambda need: need.level))


def act_first(answers: Answers) -> bool:
    """Say whether a need for Now or Today waits for a call, made or tried, before any question.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    return any(need.level in CANNOT_WAIT and need.acted is Acted.NOT_YET for need in urgent_needs(answers))


def asks_whom_at_the_end(stop: Stop | None) -> bool:
    """Say whether a talk that ends by this rule ends only with what was done: who was called.

    Source: WHO 2003, principle 9; UNICEF guidelines 2006; docs/decisions/talk.md.
    """
    return stop is not None and stop.level in CANNOT_WAIT


def called_about(needs: Sequence[UrgentNeed], stop: Stop) -> UrgentNeed | None:
    """Give the told need that presses a stop rule; one that nobody knows of yet first.

    Source: own design, docs/decisions/talk.md.
    """
    pressing = {each.need for each in stop.pressed_by}
    fitting = [each for each in needs if each.need in pressing]
    return min(fitting, key=lambda each: each.known, default=None)


def with_call(needs: Sequence[UrgentNeed], stop: Stop, *, acted: Acted, who: str) -> tuple[UrgentNeed, ...]:
    """Give the needs with what was done at the end about the one a stop rule stands for.

    Source: own design, docs/decisions/talk.md.
    """
    about = called_about(needs, stop)
    known = acted is Acted.SPOKE and bool(who)
    return tuple(replace(each, acted=acted, who_answers=who, known=known) if each is about else each for each in needs)


def nobody_reached(needs: Sequence[UrgentNeed], stop: Stop | None, acted: Acted | None) -> bool:
    """Say whether something that cannot wait is left with nobody who knows of it.

    Source: WHO 2003, principle 9; docs/decisions/talk.md.
    """
    open_still = any(each.level in CANNOT_WAIT and not each.known for each in needs)
    return open_still or (asks_whom_at_the_end(stop) and acted is not Acted.SPOKE)


def needs_were_asked(answers: Answers) -> bool:
    """Say whether at least one need was answered, also with no.

    Source: own design, docs/decisions/talk.md.
    """
    return any(need.answer is not Answer.NOT_ASKED for need in answers.needs.values())


def _raised(answers: Answers) -> frozenset[str]:
    asked = instrument_of(answers).questions
    said_yes = [code for code, answer in answers.choices.items() if answer == Answer.YES]
    return frozenset(raised for code in said_yes if code in asked and (raised := asked[code].raises))


def _told(code: str, answers: Answers, raised: frozenset[str]) -> bool:
    answer = answers.needs.get(code, UNTOLD).answer
    return answer is Answer.YES or (answer is Answer.NOT_ASKED and code in raised)


def _urgent(need: Need, told: NeedAnswer) -> UrgentNeed:
    return UrgentNeed(
        need=need.code,
        level=told.level or need.level,
        services=need.services,
        acted=told.acted,
        who_answers=told.who_answers,
        known=told.acted is Acted.SPOKE and bool(told.who_answers),
    )
