"""Merge the posted answers of one step into the answers of the talk. Pure functions."""

from collections.abc import Iterable
from typing import Any

from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, Doubt, Unreadable
from suar.screening.rules.draft import SEVERAL, Posted, read_draft, write_draft
from suar.screening.rules.instrument import Question, instrument_of
from suar.screening.rules.needs import needs_raised
from suar.screening.rules.prompts import allowed_questions, page_of, theme_of
from suar.screening.rules.steps import default_answer

TAPPED = frozenset({"one", "way", "sign", "seen", "told"})
NO_SIGN, ALL_WELL, NONE_OF_THIS, THEME = "none", "well", "safe-none", "theme"
"""The buttons "asked, no sign" and "all else is well", the tick "none of this", and the theme of a page of prompts."""
ALL_ASKED, OTHER_NEEDS = "needs-all-asked", {"yes": Answer.NO.value, "no": Answer.UNKNOWN.value}
"""Whether all needs were asked: yes, or no where it was no moment to ask; and the answer to those without a tick."""
YEARS, DOUBT = "age-years", "AG_DOUBT"
MAX_AGE_DIGITS = 3
MAX_VERSION_DIGITS = 9


def with_step(answers: Answers, step: Step, posted: Posted, *, years: bool = True) -> Answers:
    """Return the answers with the posted values of a step; other steps are unchanged.

    With a theme only the questions of its page are read. The button "asked, no sign" answers the other prompts of the
    page with no. The button "all else is well" and the tick "none of this" give open questions their default answer. An
    answer that was tapped is never replaced.

    Raise Unreadable for a code that the question set does not have. Without `years` the typed age is ignored, so that
    the page can be shown again. A newly reported sign that raises a need reopens it, and what was done about it stays.
    Prompts that may not be asked at this age are ignored.
    Source: docs/decisions/talk.md.
    """
    draft: dict[str, Any] = write_draft(answers)
    talk = instrument_of(answers)
    slot = talk.step(step)
    theme = posted.get(THEME, "")
    page = page_of(theme, answers) if theme and step is Step.SIGNS else ()
    for question in allowed_questions(slot, answers):
        if page and theme_of(question) not in page:
            continue
        _store_answer(draft, question, posted, answers)
        was_yes = answers.choices.get(question.code) == Answer.YES
        before = needs_raised(question, answers.signs.get(question.code, ()), talk=talk) if was_yes else ()
        if draft["choices"].get(question.code) == Answer.YES:
            for need in needs_raised(question, draft["signs"].get(question.code, ()), talk=talk):
                _raise_need(draft["needs"], need, posted, is_new=need not in before)
    kinds = {question.kind for question in slot.questions} | ({"age"} if slot.also and posted.getlist(YEARS) else set())
    if "needs" in kinds:
        draft["needs"] = _ticked_needs(talk.needs, posted)
    if "age" in kinds:
        asks_doubt = DOUBT in {*slot.also, *(question.code for question in slot.questions)}
        draft["age"] = _read_age(posted, years=years, asks_doubt=asks_doubt)
    return read_draft(draft)


def version_of(posted: Posted) -> int:
    """Return the version of the answers that the page was rendered from; raise Unreadable."""
    version = posted.get("version", "")
    if not version.isdecimal() or len(version) > MAX_VERSION_DIGITS:
        raise Unreadable("version")
    return int(version)


def _store_answer(draft: dict[str, Any], question: Question, posted: Posted, answers: Answers) -> None:
    """Store the posted answer of a question, or delete it if nothing was posted."""
    tapped: dict[str, str | list[str]] = {}
    if question.kind in SEVERAL:
        tapped["picked"] = list(posted.getlist(f"m-{question.code}"))
    elif question.kind in TAPPED:
        value, signs = posted.get(f"q-{question.code}", ""), list(posted.getlist(f"s-{question.code}"))
        if value in ("", Answer.NOT_ASKED):
            value = Answer.YES.value if signs else _default_answer(question, posted, answers)
        tapped = {"choices": value, "signs": signs}
    for part, codes in tapped.items():
        stored = draft.setdefault(part, {})
        stored.pop(question.code, None)
        if codes:
            stored[question.code] = codes


def _default_answer(question: Question, posted: Posted, answers: Answers) -> str:
    """Return the answer that a button or tick gives to a question without an answer of its own, or ""."""
    if question.kind == "sign" and posted.get("go", "") == NO_SIGN:
        return Answer.NO.value
    is_well = posted.get("go", "") == ALL_WELL or (question.usual and posted.get(NONE_OF_THIS, ""))
    return default_answer(question, answers) if is_well else ""


def _ticked_needs(codes: Iterable[str], posted: Posted) -> dict[str, dict[str, str]]:
    """Return the ticked needs. The others are stored as no, or as not known, if the worker says which."""
    others = OTHER_NEEDS.get(posted.get(ALL_ASKED, ""), "")
    return {
        code: {
            "answer": answer,
            "acted": posted.get(f"n-{code}-acted", "") or ContactResult.NOT_YET.value,
            "who_answers": posted.get(f"n-{code}-who", ""),
        }
        for code in codes
        if (answer := posted.get(f"n-{code}", "") or others)
    }


def _raise_need(needs: dict[str, Any], code: str, posted: Posted, *, is_new: bool) -> None:
    """Reopen a need that was answered with no or not known, and store the call about it if the page asked for one."""
    need = needs.get(code, {})
    if is_new and need.get("answer") in (Answer.NO, Answer.UNKNOWN):
        need = {**need, "answer": Answer.NOT_ASKED.value}
    if acted := posted.get(f"n-{code}-acted", ""):
        need = {**need, "acted": acted, "who_answers": posted.get(f"n-{code}-who", "")}
    if need:
        needs[code] = need


def _read_age(posted: Posted, *, years: bool, asks_doubt: bool) -> dict[str, Any]:
    """Return the posted age. After a tapped "not known" without an answer about the doubt, the doubt is unknown too."""
    typed = posted.get(YEARS, "").strip() if years else ""
    if typed and not (typed.isdecimal() and len(typed) <= MAX_AGE_DIGITS):
        raise Unreadable("age.years")
    age_years, band, doubt = int(typed) if typed else None, posted.get("age-band", ""), posted.get("age-doubt", "")
    if asks_doubt and band == AgeBand.UNKNOWN and age_years is None and doubt in ("", Doubt.NOT_ASKED):
        doubt = Doubt.UNKNOWN
    if band in ("", AgeBand.UNKNOWN):
        band = AgeFacts(years=age_years).best_band
    return {"years": age_years, "band": band, "doubt": doubt or Doubt.NOT_ASKED}
