"""Merge what was tapped on one step into the answers of the whole talk: pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import Answers, Unreadable
from suar.screening.rules.draft import read_draft, write_draft
from suar.screening.rules.instrument import Question, StepSlot, instrument_of
from suar.screening.rules.steps import prompts_for

TAPPED = frozenset({"one", "way", "sign", "seen", "told"})
RATED = frozenset({"sign", "told"})
EVERY_SET = frozenset({"SEA", "FORCED_CRIME"})
YEARS = "age-years"
MAX_AGE_DIGITS = 3
MAX_VERSION_DIGITS = 9


class Posted(Protocol):
    """A form as posted."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> Sequence[str]: ...


def with_step(answers: Answers, step: Step, posted: Posted, *, years: bool = True) -> Answers:
    """Return the answers with what this step's page sent; other steps stay as they are.

    Raises Unreadable for a code that the instrument does not have; nothing is changed then. Without `years` an age
    that is no number is ignored, so that the rest can be shown again. A sign that is newly reported and raises a need
    opens that need again. A prompt that may not be put to a child of this age is not read.
    Source: docs/decisions/talk.md.
    """
    draft: dict[str, Any] = write_draft(answers)
    talk = instrument_of(answers)
    slot = talk.step(step)
    for question in askable(slot, answers):
        _take(draft, question, posted)
        now, before = draft["choices"].get(question.code), answers.choices.get(question.code)
        if question.raises and now == Answer.YES != before:
            draft["needs"].pop(question.raises, None)
    kinds = {question.kind for question in slot.questions}
    if "needs" in kinds:
        draft["needs"] = dict(_needs(talk.needs, draft["needs"], posted))
    if "age" in kinds:
        draft["age"] = _age(draft["age"], posted, years=years)
    return read_draft(draft)


def version_of(posted: Posted) -> int:
    """Return which version of the answers a page was made from; raise Unreadable."""
    version = posted.get("version", "")
    if not version.isdecimal() or len(version) > MAX_VERSION_DIGITS:
        raise Unreadable("version")
    return int(version)


def askable(slot: StepSlot, answers: Answers) -> Iterator[Question]:
    """Return the questions of a step without the prompts that may not be put to this person."""
    allowed = {prompt.code for prompt in prompts_for(answers, EVERY_SET)}
    return (question for question in slot.questions if question.kind not in RATED or question.code in allowed)


def _take(draft: dict[str, Any], question: Question, posted: Posted) -> None:
    """Store what was tapped under a question, or delete what was stored: what is missing was not asked."""
    tapped: dict[str, str | list[str]] = {}
    if question.kind == "codes":
        tapped["picked"] = list(posted.getlist(f"m-{question.code}"))
    elif question.kind in TAPPED:
        value, signs = posted.get(f"q-{question.code}", ""), list(posted.getlist(f"s-{question.code}"))
        if value in ("", Answer.NOT_ASKED):
            value = Answer.YES.value if signs else ""
        tapped = {"choices": value, "signs": signs}
    for part, codes in tapped.items():
        stored = draft.setdefault(part, {})
        stored.pop(question.code, None)
        if codes:
            stored[question.code] = codes


def _needs(codes: Mapping[str, Any], before: Mapping[str, Any], posted: Posted) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the ticked needs; the others count as no only if the worker states that all were asked."""
    others = Answer.NO.value if posted.get("needs-all-asked", "") else ""
    for code in codes:
        if answer := posted.get(f"n-{code}", "") or others:
            yield (
                code,
                {
                    "answer": answer,
                    "level": before.get(code, {}).get("level"),
                    "acted": posted.get(f"n-{code}-acted", "") or ContactResult.NOT_YET.value,
                    "who_answers": posted.get(f"n-{code}-who", ""),
                },
            )


def _age(before: Mapping[str, Any], posted: Posted, *, years: bool) -> dict[str, Any]:
    typed = posted.get(YEARS, "").strip() if years else ""
    if typed and not (typed.isdecimal() and len(typed) <= MAX_AGE_DIGITS):
        raise Unreadable("age.years")
    return {
        "years": int(typed) if typed else None,
        "band": posted.get("age-band", "") or "UNKNOWN",
        "doubt": posted.get("age-doubt", "") or "NOT_ASKED",
        "settled": before.get("settled"),
    }
