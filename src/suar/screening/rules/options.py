"""The options of a question that can be chosen in this talk. Pure functions."""

from collections.abc import Collection

from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import Option, Question
from suar.screening.rules.setting import setting_of
from suar.screening.rules.steps import A_CONTINUE, A_NOT_ACCUSED, Q_CONTROLLER, Q_CUSTODY, Q_REMEDY, bad_safety

NO_CUSTODY = frozenset({"NO", "UNKNOWN"})


def offered_options(question: Question, answers: Answers) -> tuple[Option, ...]:
    """Return the options of a question that can be chosen.

    Continuing is not an option if a controlling person may be near. In a place of detention, "no" and "unknown" are
    not answers about custody. In police custody "not accused" is none either, because a lawyer comes first.

    Source: WHO 2003, principle 2; docs/decisions/talk.md; docs/decisions/custody.md.
    """
    closed: Collection[str] = ()
    if question.code == Q_REMEDY and Q_CONTROLLER in bad_safety(answers):
        closed = {A_CONTINUE}
    elif question.code == Q_CUSTODY and (place := setting_of(answers)) and place.detains:
        closed = NO_CUSTODY | ({A_NOT_ACCUSED} if place.lawyer_first else set())
    return tuple(option for option in question.options if option.code not in closed)


def usual_answer(question: Question, answers: Answers) -> str:
    """Return the answer of "all else is well" or "none of this", or "" if it cannot be chosen here.

    Source: own design, docs/decisions/talk.md.
    """
    usual = question.well or question.usual
    return usual if usual in {option.code for option in offered_options(question, answers)} else ""
