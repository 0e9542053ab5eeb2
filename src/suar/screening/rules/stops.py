"""Rules that end the questions of a talk early, while the talk goes on."""

from suar.screening.codes import Answer, Step, Value
from suar.screening.rules.answers import Answers, definition_path, needed_elements, path_of
from suar.screening.rules.instrument import EarlyEnd, instrument_of
from suar.screening.rules.outcomes import element_values


def early_ends(step: Step, answers: Answers) -> list[tuple[EarlyEnd, bool]]:
    """Return the early ends of a step, each with whether the answers trigger it; triggered ones come first.

    An early end skips further questions but does not end the talk. "Enough for today" is triggered when all required
    elements are supported, "asked before" when the person says so. The worker decides.

    Source: WHO 2003, principle 8; data/stops-2.json, turns.
    """
    offered = [rule for rule in instrument_of(answers).early_ends.values() if step in rule.offered_at]
    return sorted(((rule, _is_end_triggered(rule, answers)) for rule in offered), key=lambda offer: not offer[1])


def _is_end_triggered(rule: EarlyEnd, answers: Answers) -> bool:
    if rule.when != "ELEMENTS_SUPPORTED":
        return answers.choices.get("AT_TOLD") == Answer.YES
    path = path_of(answers)
    values = {total.element: total.value for total in element_values(answers, path).sums}
    return all(values[element] is Value.SUPPORTED for element in needed_elements(definition_path(answers)))
