"""From what was tapped on one step to the answers of the whole talk: pure."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from suar.screening import rules
from suar.screening.rules.shapes import Question
from suar.screening.terms import Answers, Step, Unreadable

TAPPED = frozenset({"one", "way", "sign", "seen"})


class Posted(Protocol):
    """A form as posted."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> Sequence[str]: ...


def with_step(answers: Answers, step: Step, posted: Posted) -> Answers:
    """Give the answers with what this step's page sent; other steps stay as they are.

    Raises Unreadable for a code the instrument does not know; nothing is changed then.
    Source: docs/decisions/0004.
    """
    draft = rules.write_draft(answers)
    talk = rules.instrument_of(answers)
    slot = next(each for each in talk.steps if each.code is step)
    for question in slot.questions:
        _take(draft, question, posted)
    if any(question.kind == "needs" for question in slot.questions):
        draft["needs"] = _needs(talk.needs, posted)
    if any(question.kind == "age" for question in slot.questions):
        draft["age"] = _age(draft["age"], posted)
    return rules.read_draft(draft)


def _take(draft: dict, question: Question, posted: Posted) -> None:
    if question.kind not in TAPPED:
        return
    value = posted.get(f"q-{question.code}", "")
    if value:
        draft["choices"][question.code] = value
    else:
        draft["choices"].pop(question.code, None)
    signs = list(posted.getlist(f"s-{question.code}"))
    if signs:
        draft["signs"][question.code] = signs
        draft["choices"][question.code] = "YES"
    else:
        draft["signs"].pop(question.code, None)


def _needs(needs: Mapping[str, object], posted: Posted) -> dict:
    """Read the ticked needs; the others count as no only when the worker says all were asked."""
    others = "NO" if posted.get("needs-all-asked", "") else ""
    found = {}
    for code in needs:
        answer = posted.get(f"n-{code}", "") or others
        if answer:
            found[code] = {
                "answer": answer,
                "level": posted.get(f"n-{code}-level", "") or None,
                "acted": posted.get(f"n-{code}-acted", "") or "NOT_YET",
                "who_answers": posted.get(f"n-{code}-who", ""),
            }
    return found


def _age(before: object, posted: Posted) -> dict:
    years = posted.get("age-years", "").strip()
    if years and not years.isdecimal():
        raise Unreadable("age.years")
    settled = before.get("settled") if isinstance(before, dict) else None
    return {
        "years": int(years) if years else None,
        "band": posted.get("age-band", "") or "UNKNOWN",
        "doubt": posted.get("age-doubt", "") or "NOT_ASKED",
        "settled": settled,
    }
