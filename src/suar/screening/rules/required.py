"""Which questions a house may leave out, and why the others stay where they are."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from suar.screening.codes import Step
from suar.screening.rules.data_files import Raw, load_file
from suar.screening.rules.law import Path

OF_STEP = {
    Step.SAFE: "STAYS_SAFETY",
    Step.NEEDS: "STAYS_NEEDS",
    Step.AGE: "STAYS_AGE",
    Step.CONSENT: "STAYS_CONSENT",
    Step.SIGNPOST: "STAYS_SIGNPOST",
}
NEVER_TELL = frozenset({"Q33"})
SUMMED = frozenset({"seen", "outcome", "place"})
SIGN = "sign"


def why_required(base: Raw, code: str, left_out: Collection[str] = ()) -> str | None:
    """Return why a question is required, given those already left out; None if it may be left out.

    Questions before consent are required, and so are those that a stop rule or an immediate need
    depends on, the exclusion list, and the last question about an element or for "no signs".

    Source: WHO 2003, principles 1, 2, 6 and 9; docs/decisions/question-sets.md.
    """
    step, question = next((step, each) for step in base["steps"] for each in step["questions"] if each["code"] == code)
    if step["code"] in OF_STEP:
        return OF_STEP[Step(step["code"])]
    if code in _pressing(base["uses"]["stops"]):
        return "STAYS_STOP"
    if question.get("raises"):
        return "STAYS_NEEDS"
    if code in NEVER_TELL:
        return "STAYS_NEVER_TELL"
    if question["kind"] in SUMMED:
        return "STAYS_SUM_UP"
    return "STAYS_LAST_ONE" if _is_last(base, code, left_out) else None


@lru_cache(maxsize=4)
def _pressing(stops: str) -> frozenset[str]:
    rows = load_file(stops)["stops"]
    return frozenset(press.get("question") for stop in rows for press in stop["pressed_by"])


@lru_cache(maxsize=4)
def _gates(outcomes: str) -> tuple[frozenset[str], ...]:
    gates = load_file(outcomes)["gates"]
    return tuple(frozenset(gate["any_answered"]) for gate in gates if "any_answered" in gate)


def _is_last(base: Raw, code: str, left_out: Collection[str]) -> bool:
    """Say whether some group of questions, of which one must be asked, would be empty without."""
    gone = {*left_out, code}
    return any(code in group and group <= gone for group in _one_of_these(base))


def _one_of_these(base: Raw) -> Iterator[frozenset[str]]:
    prompts = [each for step in base["steps"] for each in step["questions"] if each["kind"] == SIGN]
    elements = {element for each in prompts for element in each.get("asks", ())}
    for path in Path:
        here = {each["code"]: each for each in prompts if path in _paths(each)}
        for element in elements:
            yield frozenset(code for code, each in here.items() if element in each["asks"])
        for gate in _gates(base["uses"]["outcomes"]):
            yield gate & here.keys()


def _paths(question: Mapping[str, Any]) -> Collection[str]:
    return tuple(question.get("paths", Path))
