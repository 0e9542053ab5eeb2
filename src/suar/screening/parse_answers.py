"""Merge what was tapped on one step into the answers of the whole talk: pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from suar.screening import rules
from suar.screening.codes import Acted, Answer, Step
from suar.screening.rules.answers import Answers, Unreadable
from suar.screening.rules.instrument import Need, Question, StepSlot

TAPPED = frozenset({"one", "way", "sign", "seen", "told"})
SEVERAL = frozenset({"codes"})
RATED = frozenset({"sign", "told"})
EVERY_SET = frozenset({"SEA", "FORCED_CRIME"})
YEARS = "age-years"
LONGEST_AGE = 3
LONGEST_VERSION = 9


class Posted(Protocol):
    """A form as posted."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> Sequence[str]: ...


def with_step(answers: Answers, step: Step, posted: Posted, *, years: bool = True) -> Answers:
    """Give the answers with what this step's page sent; other steps stay as they are.

    Raises Unreadable for a code the instrument does not know; nothing is changed then. Without
    `years` an age that is no number is passed over, so that the rest can be shown again. A sign
    told late that raises a need opens that need again. A prompt that may not be put to a child of
    this age is not read.
    Source: docs/decisions/talk.md.
    """
    draft: dict[str, Any] = rules.write_draft(answers)
    talk = rules.instrument_of(answers)
    slot = talk.step(step)
    for question in askable(slot, answers):
        _take(draft, question, posted)
        if _newly_told(question, answers, draft):
            draft["needs"].pop(question.raises, None)
    if any(question.kind == "needs" for question in slot.questions):
        draft["needs"] = _needs(talk.needs, draft["needs"], posted)
    if any(question.kind == "age" for question in slot.questions):
        draft["age"] = _age(draft["age"], posted, years=years)
    return rules.read_draft(draft)


def version_of(posted: Posted) -> int:
    """Read which version of the answers a page was made from; raises Unreadable."""
    version = posted.get("version", "")
    if not version.isdecimal() or len(version) > LONGEST_VERSION:
        raise Unreadable("version")
    return int(version)


def asks_whom(answers: Answers) -> tuple[str, ...]:
    """Return the needs where the worker spoke to somebody but did not say to whom."""
    return tuple(each.need for each in rules.urgent_needs(answers) if each.acted is Acted.SPOKE and not each.known)


def askable(slot: StepSlot, answers: Answers) -> Iterator[Question]:
    """Return the questions of a step without the prompts that may not be put to this person."""
    allowed = {each.code for each in rules.prompts_for(answers, EVERY_SET)}
    return (each for each in slot.questions if each.kind not in RATED or each.code in allowed)


def _newly_told(question: Question, before: Answers, draft: dict[str, Any]) -> bool:
    """Say whether a sign that raises a need was told just now: an earlier no to it is then open."""
    is_told = draft["choices"].get(question.code) == Answer.YES
    return bool(question.raises) and is_told and before.choices.get(question.code) != Answer.YES


def _take(draft: dict[str, Any], question: Question, posted: Posted) -> None:
    if question.kind in SEVERAL:
        picked = list(posted.getlist(f"m-{question.code}"))
        _put(draft.setdefault("picked", {}), question.code, picked)
    if question.kind not in TAPPED:
        return
    value = posted.get(f"q-{question.code}", "")
    signs = list(posted.getlist(f"s-{question.code}"))
    if signs and value in ("", Answer.NOT_ASKED):
        value = Answer.YES.value
    _put(draft["choices"], question.code, "" if value == Answer.NOT_ASKED else value)
    _put(draft["signs"], question.code, signs)


def _put(part: dict[str, Any], code: str, value: str | list[str]) -> None:
    """Keep a value, or take away what stood there; what is missing was not asked."""
    part.pop(code, None)
    if value:
        part[code] = value


def _needs(needs: Mapping[str, Need], before: Mapping[str, Any], posted: Posted) -> dict[str, dict[str, Any]]:
    """Read the ticked needs; the others count as no only when the worker says all were asked."""
    others = Answer.NO.value if posted.get("needs-all-asked", "") else ""
    found = {}
    for code in needs:
        answer = posted.get(f"n-{code}", "") or others
        if answer:
            found[code] = {
                "answer": answer,
                "level": before.get(code, {}).get("level"),
                "acted": posted.get(f"n-{code}-acted", "") or Acted.NOT_YET.value,
                "who_answers": posted.get(f"n-{code}-who", ""),
            }
    return found


def _age(before: Mapping[str, Any], posted: Posted, *, years: bool) -> dict[str, Any]:
    typed = posted.get(YEARS, "").strip() if years else ""
    if typed and not (typed.isdecimal() and len(typed) <= LONGEST_AGE):
        raise Unreadable("age.years")
    return {
        "years": int(typed) if typed else None,
        "band": posted.get("age-band", "") or "UNKNOWN",
        "doubt": posted.get("age-doubt", "") or "NOT_ASKED",
        "settled": before.get("settled"),
    }
