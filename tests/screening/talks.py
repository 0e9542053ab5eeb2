"""Answers that several tests begin from."""

from collections.abc import Iterator
from functools import partial

from suar.screening.codes import Answer, ContactResult, Value
from suar.screening.rules import outcomes, retention
from suar.screening.rules.answers import (
    AgeBand,
    AgeFacts,
    Answers,
    Doubt,
    Element,
    NeedAnswer,
    Path,
    definition_path,
    path_of,
)
from suar.screening.rules.data_files import DATA
from suar.screening.rules.draft import BY_WHO
from suar.screening.rules.instrument import instrument
from suar.screening.rules.outcomes import ElementResult, Elements, Suggestion, element_values
from suar.screening.rules.retention import Retention

FILES = sorted(DATA.glob("*.json"))
TALK = instrument()
FULL, SIGNPOST = instrument("full"), instrument("signpost")
INSTRUMENTS = (TALK, FULL, SIGNPOST, instrument("short", 1), instrument("short", 2))
suggest, may_choose = partial(outcomes.suggest, talk=TALK), partial(outcomes.may_choose, talk=TALK)
compared = partial(outcomes.compared, tables=TALK.tables)
STEPS = tuple(slot.code for slot in TALK.steps)
SAFE = {
    "SF_HEARD": "NO",
    "SF_NEAR": "NO",
    "SF_PHONE": "YES",
    "TI_KNOWS": "NONE",
    "LG_INTERPRETER": "NONE_NEEDED",
    "CU_HELD": "NO",
}
FULL_SAFE = {
    **SAFE,
    "TI_OUTSIDE": "NO",
    "LG_UNDERSTAND": "YES",
    "LG_INTERPRETER": "NONE_NEEDED",
}
AGREED = {"CN_BACK": "YES", "CN_ANSWER": "YES"}
NO_NEED = {"ND_BED": NeedAnswer(Answer.NO)}
GROWN = AgeFacts(years=31, doubt=Doubt.NO)
YOUNG = AgeFacts(band=AgeBand.FROM_15_TO_17)
GUARDED = {"AG_GUARDIAN": "HERE", "CN_GUARDIAN": "YES"}
SIGN_QUESTIONS = tuple(q.code for q in TALK.prompts[Path.ADULT])
BED_FOUND = NeedAnswer(Answer.YES, acted=ContactResult.SPOKE, who_answers="duty officer, House One")


def adult_talk(choices=None, signs=None, **more) -> Answers:
    """Return a talk with a grown person that is safe, agreed and without urgent needs."""
    return Answers(
        choices={**SAFE, **AGREED, BY_WHO: "THEM", **(choices or {})},
        signs={q: frozenset(codes) for q, codes in (signs or {}).items()},
        **{"needs": NO_NEED, "age": GROWN, **more},
    )


def child_talk(choices=None, signs=None, **more) -> Answers:
    """Return a talk with someone of about 16, with a safe guardian who agrees."""
    return adult_talk({**GUARDED, **(choices or {})}, signs, **{"age": YOUNG, **more})


def sign_answers(signs, others=Answer.NO):
    """Return choices where these questions have a sign and the others this answer."""
    choices = dict.fromkeys(SIGN_QUESTIONS, others) | dict.fromkeys(signs, Answer.YES)
    return choices, signs


def elements_of(act, means, purpose, *, unscored=(), missing=()) -> Elements:
    """Return elements with these values, as if the signs had said so."""
    values = zip(Element, (act, means, purpose), strict=True)
    results = [ElementResult(element, Value(value), "TEST") for element, value in values]
    return Elements(*results, unscored=unscored, missing=missing)


def suggestion_of(answers: Answers, stopped_by=None) -> Suggestion:
    """Sum up and suggest on the path of the answers."""
    path = path_of(answers)
    return suggest(element_values(answers, path), definition_path(answers), stopped_by)


def retention_after(outcome, wished=None, stopped_by=None, *, talk=TALK) -> Retention:
    """Return what is stored after a talk; without a wish and a stop, by default."""
    return retention.retention_after(outcome, wished, stopped_by, talk=talk)


def walk(node: object) -> Iterator[dict]:
    """Yield every object in a file."""
    if isinstance(node, dict):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from walk(child)
