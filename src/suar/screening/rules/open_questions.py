"""Which questions of a step are still to be answered, all at once."""

from collections.abc import Callable

from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import Answers, path
from suar.screening.rules.conflict_of_interest import INTERPRETER, OUTSIDE, TIED, UNDERSTAND
from suar.screening.rules.draft import clashes
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.law import Path
from suar.screening.rules.needs import needs_were_asked
from suar.screening.rules.steps import SAFETY, age_known, is_safe


def still_asked(step: Step, answers: Answers) -> tuple[str, ...]:
    """Name the questions of a step that hold the talk up, in the order in which they stand.

    Source: own design, docs/decisions/talk.md; what holds it up stands in `next_step`.
    """
    found = ASKED.get(step, _nothing)(answers)
    slot = next(each for each in instrument_of(answers).steps if each.code is step)
    return tuple(each.code for each in slot.questions if each.code in found)


def _safe(answers: Answers) -> set[str]:
    first = (*SAFETY, TIED, OUTSIDE, UNDERSTAND, INTERPRETER)
    open_still = {code for code in first if code not in answers.choices}
    settled = is_safe(answers) or open_still.intersection(SAFETY)
    return open_still if settled else open_still | {"SF_WAY"}


def _needs(answers: Answers) -> set[str]:
    return set() if needs_were_asked(answers) else {"ND_LIST"}


def _age(answers: Answers) -> set[str]:
    if not age_known(answers):
        return {"AG_SAY"}
    on_child_path = path(answers) is Path.CHILD
    return {"AG_GUARDIAN"} if on_child_path and "AG_GUARDIAN" not in answers.choices else set()


def _consent(answers: Answers) -> set[str]:
    found = {"CN_BACK"} if answers.choices.get("CN_BACK") != Answer.YES else set()
    asked = ("CN_ANSWER", "CN_GUARDIAN") if path(answers) is Path.CHILD else ("CN_ANSWER",)
    return found | {code for code in asked if code not in answers.choices}


def _signs(answers: Answers) -> set[str]:
    return set(clashes(answers))


def _nothing(_answers: Answers) -> set[str]:
    return set()


ASKED: dict[Step, Callable[[Answers], set[str]]] = {
    Step.SAFE: _safe,
    Step.NEEDS: _needs,
    Step.AGE: _age,
    Step.CONSENT: _consent,
    Step.SIGNS: _signs,
}
