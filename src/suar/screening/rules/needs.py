"""Which urgent needs were told, how soon, and whether somebody knows."""

from suar.kernel.urgency import Urgency
from suar.screening.rules.reading import instrument_of
from suar.screening.rules.shapes import Need
from suar.screening.terms import Acted, Answer, Answers, NeedAnswer, UrgentNeed

CANNOT_WAIT = frozenset({Urgency.NOW, Urgency.TODAY})
UNTOLD = NeedAnswer()


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

    Source: WHO 2003, principle 9; docs/decisions/0004.
    """
    return any(
        need.level in CANNOT_WAIT and need.acted is Acted.NOT_YET for need in urgent_needs(answers)
    )


def needs_were_asked(answers: Answers) -> bool:
    """Say whether at least one need was answered, also with no.

    Source: own design, docs/decisions/0004.
    """
    return any(need.answer is not Answer.NOT_ASKED for need in answers.needs.values())


def _raised(answers: Answers) -> frozenset[str]:
    asked = instrument_of(answers).questions
    said_yes = [code for code, answer in answers.choices.items() if answer == Answer.YES]
    return frozenset(
        raised for code in said_yes if code in asked and (raised := asked[code].raises)
    )


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
