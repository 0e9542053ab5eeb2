"""Rules that end the questions of a talk early, while the talk goes on."""

from collections.abc import Collection

from suar.screening.codes import Answer, ContactResult, Step, Value
from suar.screening.rules.answers import Answers, NeedAnswer, definition_path, needed_elements, path_of
from suar.screening.rules.instrument import EarlyEnd, Stop, instrument_of
from suar.screening.rules.outcomes import element_values
from suar.screening.rules.steps import A_NOT_ACCUSED, Q_CUSTODY, Q_REMEDY, STOP_NO_LAWYER

CUSTODY_ANSWERS_WITHOUT_STOP = frozenset({A_NOT_ACCUSED, "LAWYER"})


def early_ends(step: Step, answers: Answers) -> list[tuple[EarlyEnd, bool]]:
    """Return the early ends of a step, each with whether the answers trigger it; triggered ones come first.

    An early end skips further questions but does not end the talk. "Enough for today" is triggered when all required
    elements are supported, "asked before" when the person says so. The worker decides.

    Source: WHO 2003, principle 8; data/stops-2.json, turns.
    """
    offered = [rule for rule in instrument_of(answers).early_ends.values() if step in rule.offered_at]
    return sorted(((rule, _is_end_triggered(rule, answers)) for rule in offered), key=lambda offer: not offer[1])


def is_acted_on(stop: Stop, answers: Answers, *, asked: Collection[str]) -> bool:
    """Return True if the worker acted on each answer that triggers a stop rule: by a call, attempt or safety measure.

    An answer to a question that is not among those `asked` on the page counts too, because the worker continued after
    it. The stop for a lawyer does not apply to a detained person who is not accused or has spoken with a lawyer.

    Source: own design, docs/decisions/talk.md.
    """
    if stop.code == STOP_NO_LAWYER and answers.choices.get(Q_CUSTODY) in CUSTODY_ANSWERS_WITHOUT_STOP:
        return True
    needs = [answers.needs.get(trigger.need or "", NeedAnswer()) for trigger in stop.triggers]
    is_open = any(need.answer is Answer.YES and need.acted is ContactResult.NOT_YET for need in needs)
    questions = {trigger.question for trigger in stop.triggers}
    return not is_open and (Q_REMEDY in answers.choices or not questions.intersection(asked))


def _is_end_triggered(rule: EarlyEnd, answers: Answers) -> bool:
    if rule.when != "ELEMENTS_SUPPORTED":
        return answers.choices.get("AT_TOLD") == Answer.YES
    path = path_of(answers)
    values = {result.element: result.value for result in element_values(answers, path).results}
    return all(values[element] is Value.SUPPORTED for element in needed_elements(definition_path(answers)))
