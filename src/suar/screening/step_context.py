"""The page of one step: its questions with the answers, urgent needs, stop rules, progress."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from suar.consent.codes import AgeStatus
from suar.consent.documents import Profile
from suar.core.codes import code_list
from suar.core.urgency import CANNOT_WAIT
from suar.screening import policy
from suar.screening.actions import age_profile
from suar.screening.codes import Answer, ContactResult, Step
from suar.screening.rules import prompts, steps
from suar.screening.rules.answers import YEARS, AgeFacts, Answers, NeedAnswer, Path, path_of
from suar.screening.rules.draft import BY_WHICH, BY_WHO, asks_by_whom, clashes, yes_without_sign
from suar.screening.rules.instrument import Instrument, Need, Question, StepSlot, Wording, instrument_of
from suar.screening.rules.needs import UrgentNeed, may_agree_later, need_raised_by, urgent_needs, waiting_needs
from suar.screening.rules.next_steps import is_in_custody
from suar.screening.rules.note import NOTE_LATER, may_write_note
from suar.screening.rules.prompts import allowed_questions, page_beside, page_of, theme_of, theme_pages
from suar.screening.rules.reference import country_lines, end_groups, first_codes, settings
from suar.screening.rules.setting import place_of, setting_of, written_later
from suar.screening.rules.steps import default_answer, offered_options
from suar.screening.rules.stops import early_ends, is_acted_on
from suar.screening.wording import code_words, country, say

SIGNPOST = ("COO_INFO", "MEN_CRISIS", "SAF_RISK")
SEA = "SEA"
"""The set of prompts about ships."""
READ_ALOUD = frozenset({"say", "read", "country"})
ALWAYS_HIDDEN = frozenset({"outcome", "place", "noted"})
RATED = ("sign", "seen", "told")
RECORDED_ELSEWHERE, CUSTODY_WORDS = "TOLD_ELSEWHERE", "CN_HELD"
LONG_OPTION = 45
"""Options with more characters are listed below each other."""
NEEDS_IN_CUSTODY = frozenset({"ND_HELD", "ND_CONSULATE", "ND_CALL", "ND_INTERPRETER"})
"""Needs of somebody in custody; a short list asks about them in custody too: a lawyer, the consulate, a call home."""
GROUPS = {"BR_BARRIERS": "barriers", "MS_MISSED": "missed"}
"""The data file with the codes of a question."""


def step_context(
    record: UUID, answers: Answers, step: Step, *, version: int, time_notes: Sequence[str] = (), theme: str = ""
) -> dict[str, Any]:
    """Return the template context of a step; `time_notes` are codes about the time, `theme` the page of prompts."""
    talk = instrument_of(answers)
    slot = talk.step(step)
    need_list = next((question for question in slot.questions if question.kind == "needs"), None)
    late = written_later(answers) and slot.part != "after"
    title = slot.later if late and slot.later else slot.title
    page = page_of(theme, answers) if step is Step.SIGNS else ()
    needs = need_groups(talk, answers, need_list) if need_list else _late_needs(slot, answers, page)
    return {
        "record": record,
        "talk": talk,
        "step": step,
        "slot": slot,
        "title": " · ".join(say({**talk.themes, **talk.optional_sets}[code]) for code in page) or say(title),
        "theme": page[0] if page else "",
        "is_last_theme": not page_beside(page, answers),
        "themes": _theme_links(page, answers),
        "asked": " ".join(yes_without_sign(answers)),
        "why": code_words(talk, "WRITTEN_LATER") if late else say(slot.why),
        "marks": progress(talk, step, page=_place_of(page, answers), skipped=_steps_without_page(answers)),
        "notes": _notes(talk, answers, step, time_notes),
        "early_ends": _early_ends(step, answers, page),
        "parts": parts(talk, slot, answers, page=page),
        "needs": needs,
        "has_more_needs": (step is Step.SIGNPOST and is_in_custody(answers))
        or any(row["reported"] for group in needs for row in group.get("rest", ())),
        "waiting": () if need_list else waiting_needs(answers),
        **_triggered_stops(slot, answers),
        "age_years": "" if answers.age.years is None else answers.age.years,
        "version": version,
        "note": _note(step, answers),
        "bad_place": steps.place_was_bad(answers),
        "safety_changes": steps.place_was_bad(answers) and step is not talk.order[0] and not written_later(answers),
        "is_child": policy.is_known_child(answers),
        "all_asked": sum(need.answer is not Answer.UNKNOWN for need in answers.needs.values()) == len(talk.needs),
        "well": None if late else _all_well(slot, answers),
        "is_first": step is talk.order[0],
        "is_last": step is talk.order[-1],
        "missing": _missing(step, answers, page),
        "services": SIGNPOST,
    }


def person_context(answers: Answers) -> dict[str, Any]:
    """Return what is known of the person so far, so that the numbers on the page fit them.

    Before the age is asked they fit an adult; at a place for children a child, until an age is known; where people of
    any age may be, both. `elsewhere`: the person may be far from the worker. `abroad`: a service that needs a visit is
    of no use.
    """
    place = setting_of(answers)
    profile = age_profile(answers)
    assumed = AgeStatus.CHILD if place and place.child_worker else AgeStatus.ADULT
    assumed = AgeStatus.MAY_BE_CHILD if place and place.any_age else assumed
    is_unknown = profile.age_status is AgeStatus.MAY_BE_CHILD and assumed is AgeStatus.CHILD
    if is_unknown or answers.age == AgeFacts():
        profile = Profile(age_status=assumed)
    known = {"helped": profile, "age_range": YEARS.get(answers.age.best_band)}
    return {**known, **place_context(place_of(answers), talk=instrument_of(answers))}


def place_context(code: str, *, talk: Instrument) -> dict[str, bool]:
    """Return what the place of a talk says about the numbers that fit: `elsewhere`, `abroad`, `at_sea`."""
    place = settings().settings.get(code)
    far = {"elsewhere": bool(place and place.elsewhere), "abroad": bool(place and place.abroad)}
    return {**far, "at_sea": code in talk.places.get(SEA, ())}


def _note(step: Step, answers: Answers) -> str:
    """Return "offered" if the page leads to a note, "later" if it says that one comes later, or ""."""
    may_write = may_write_note(answers, in_talk=True)
    if step is Step.SIGNPOST:
        return "later" if may_write.because == NOTE_LATER else "offered"
    return "offered" if step is Step.SIGNS and may_write else ""


def _triggered_stops(slot: StepSlot, answers: Answers) -> dict[str, Any]:
    """Return the stop rules that the answers trigger; those that were acted on are reminders.

    `near`: on the signpost page, the advice for when somebody near may control the person.
    """
    triggered = [stop for stop, is_triggered in steps.stops_offered(slot.code, answers) if is_triggered]
    asked = {question.code for question in slot.questions}
    reminders = [stop for stop in triggered if is_acted_on(stop, answers, asked=asked)]
    near = instrument_of(answers).stops["STOP_CONTROLLER"].now if slot.code is Step.SIGNPOST else ()
    triggered = [stop for stop in triggered if stop not in reminders]
    return {"triggered_stops": triggered, "reminders": reminders, "near": near}


def _early_ends(step: Step, answers: Answers, page: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the early ends that the answers trigger and that lead to another step.

    That the person told it before is said on the first page only.
    """
    later = page != page_of("", answers) and bool(page)
    child = policy.spoken_path(answers) is Path.CHILD
    return [
        {"rule": rule, "say": rule.child if child else rule.say}
        for rule, asked_for in early_ends(step, answers)
        if asked_for and rule.leads_to is not step and not (later and rule.when == RECORDED_ELSEWHERE)
    ]


def _all_well(slot: StepSlot, answers: Answers) -> dict[str, Any] | None:
    """Return what the one button of a page says about its open questions, if it can answer all of them."""
    questions, still_open = instrument_of(answers).questions, steps.unanswered(slot.code, answers)
    if slot.code is Step.SIGNPOST:
        still_open = tuple(item.code for item in slot.questions if item.well and item.code not in answers.choices)
    can_answer = slot.well and all(questions[code].well or questions[code].usual for code in still_open)
    rows = [questions[code] for code in still_open if can_answer and default_answer(questions[code], answers)]
    return {"says": slot.well, "open": rows} if rows else None


def _missing(step: Step, answers: Answers, page: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the questions of the page that must be answered before the talk continues."""
    questions = instrument_of(answers).questions
    return {
        code: question_context(questions[code], answers)
        for code in steps.unanswered(step, answers)
        if not page or theme_of(questions[code]) in page
    }


def parts(talk: Instrument, slot: StepSlot, answers: Answers, *, page: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Return the questions of a step, or of one page of prompts, in reading order, grouped into parts.

    A part is a question, sentences to say, notes to the worker, a theme, groups of codes with their counts, or the
    questions to which "none of this" is the usual answer. `extra`: a theme for some people only, such as ships.
    """
    rows: list[dict[str, Any]] = []
    first = page == page_of("", answers)
    questions = [
        question
        for question in _visible_questions(slot, answers)
        if not page or (theme_of(question) in page if theme_of(question) else first)
    ]
    for (theme, kind, _), group in groupby(questions, key=_part_of):
        if kind == "codes":
            rows += [_codes_part(question, answers) for question in group]
            continue
        lines = [row for question in group for row in _lines(question, answers)]
        if all(row["by_whom"] and not row["shows_by_whom"] for row in lines):
            continue
        label = talk.optional_sets.get(theme) or talk.themes.get(theme)
        noted = sum(row["answered"] for row in lines)
        part = {"kind": kind, "label": label, "lines": lines, "noted": noted, "extra": theme in talk.optional_sets}
        part["folded"] = [row for row in lines if "folded" in row]
        unusual = [row for row in lines if row["chosen"] != row["question"].usual]
        part |= {"all_usual": not unusual, "fits": all(default_answer(row["question"], answers) for row in lines)}
        rows.append({**part, "opened": any(row["answered"] for row in unusual) or not part["fits"]})
    if steps.place_was_bad(answers) and not written_later(answers):
        rows.sort(key=lambda part: part["kind"] != "way")
    for part in [part for part in rows if part["kind"] == "theme" and not part["noted"]][:1]:
        part["opened"] = True
    return rows


def question_context(question: Question, answers: Answers) -> dict[str, Any]:
    """Return a question with its wording for this person and its answer."""
    chosen, kinds = _chosen(question, answers), instrument_of(answers).signs_of(question.code, path_of(answers))
    return {
        "question": question,
        "wording": _wording(question, answers),
        "chosen": Answer.NOT_ASKED if chosen is None and question.kind in RATED else chosen,
        "options": offered_options(question, answers),
        "signs": [sign for sign in kinds if not sign.neutral],
        "neutral": [sign for sign in kinds if sign.neutral],
        "ticked": answers.signs.get(question.code, frozenset()),
        "picked": answers.picked.get(question.code, frozenset()),
        "is_long": any(len(say(option.text)) > LONG_OPTION for option in question.options),
        "is_read_aloud": question.to == "person" and not (question.later and written_later(answers)),
        "by_whom": question.code in (BY_WHO, BY_WHICH),
        "shows_by_whom": asks_by_whom(answers) and (question.code == BY_WHO or answers.choices.get(BY_WHO) == "SOME"),
        "lacks_sign": question.code in yes_without_sign(answers),
        "late_need": _late_need(question, answers),
        "answered": chosen is not None,
        "clashes": question.code in clashes(answers),
        "is_bad": question.why_bad is not None and chosen in question.bad,
        "only_child": question.paths == {Path.CHILD},
    }


def _late_need(question: Question, answers: Answers) -> dict[str, Any] | None:
    """Return the need that cannot wait and that a sign under this question raises, with what was done about it."""
    need = need_raised_by(question, answers)
    raised = {need.need: need for need in urgent_needs(answers) if need.raised}
    return _need_row(need, raised, answers) if need else None


def _need_row(need: Need, reported: Mapping[str, UrgentNeed], answers: Answers) -> dict[str, Any]:
    """Return a need with its answer, the services that help this person, and the results of a call to choose from."""
    results, may_wait = instrument_of(answers).answer_sets["ACTED"], may_agree_later(need, answers)
    answer = answers.needs.get(need.code, NeedAnswer())
    return {
        "need": need,
        "reported": reported.get(need.code),
        "answer": answer,
        "no_longer_waits": answer.acted is ContactResult.LATER and not may_wait,
        "services": need.services_for(policy.spoken_path(answers)),
        "results": [option for option in results if may_wait or option.code != ContactResult.LATER],
    }


def _late_needs(slot: StepSlot, answers: Answers, page: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the needs that signs on this page raised, as one group."""
    rows = [_late_need(question, answers) for question in slot.questions if theme_of(question) in page]
    return [{"needs": [row for row in rows if row]}]


def _theme_links(page: tuple[str, ...], answers: Answers) -> list[dict[str, Any]]:
    """Return the other pages of prompts with how many of their questions were answered."""
    talk = instrument_of(answers)
    labels, answered = (
        {**talk.themes, **talk.optional_sets},
        [theme_of(talk.questions[code]) for code in answers.choices],
    )
    return [
        {
            "code": other[0],
            "label": ", ".join(say(labels[theme]) for theme in other),
            "noted": sum(answered.count(theme) for theme in other),
        }
        for other in theme_pages(answers)
        if page and other != page
    ]


def _place_of(page: tuple[str, ...], answers: Answers) -> tuple[int, int] | None:
    pages = theme_pages(answers)
    return (pages.index(page) + 1, len(pages)) if page else None


def need_groups(talk: Instrument, answers: Answers, question: Question) -> list[dict[str, Any]]:
    """Return the needs by level, each with its answer; the `rest` is folded.

    A short list has some levels only, and in custody the needs of somebody who is held.
    """
    also = NEEDS_IN_CUSTODY if is_in_custody(answers) else frozenset()
    reported = {need.need: need for need in urgent_needs(answers)}
    groups = []
    for level, label in talk.levels.items():
        tone = level.name.lower() if level in CANNOT_WAIT else ""
        is_listed = not question.groups or level.name in question.groups
        needs = [need for need in talk.needs.values() if need.level is level and (is_listed or need.code in also)]
        if not needs:
            continue
        lines = [_need_row(need, reported, answers) for need in needs]
        first = [row for row, need in zip(lines, needs, strict=True) if tone and not need.folded]
        rest = [row for row in lines if row not in first]
        groups.append({"label": label, "tone": tone, "needs": lines, "first": first, "rest": rest})
    return groups


def _steps_without_page(answers: Answers) -> set[Step]:
    talk, path = instrument_of(answers), policy.spoken_path(answers)
    return {slot.code for slot in talk.steps if steps.is_asked_earlier(slot, answers, path=path)}


def progress(
    talk: Instrument,
    current: Step | None,
    *,
    stopped_at: Step | None = None,
    page: tuple[int, int] | None = None,
    skipped: Collection[Step] = (),
) -> list[dict[str, Any]]:
    """Return the parts of the talk for the progress bar; a done part links to the step `code`.

    `current` is None on the summary. With `stopped_at` no part is the current one. `page`: which of how many pages.
    `skipped`: steps that an earlier page asks about; they are not counted.
    """
    order = talk.order
    index = order.index(stopped_at) if stopped_at else len(order) if current is None else order.index(current)
    labels = code_list("screening", "parts")
    rows = []
    for part in labels:
        slots = [(place, slot.code) for place, slot in enumerate(talk.steps) if slot.part == part]
        places = [place for place, code in slots if code is current or code not in skipped]
        if not places:
            continue
        is_current = stopped_at is None and (index in places or index == places[-1] + 1 == len(order))
        is_done = places[-1] < index and not is_current
        count = f" {places.index(index) + 1}/{len(places)}" if is_current and index in places and places[1:] else ""
        count = f" {page[0]}/{page[1]}" if is_current and page else count
        code = order[places[-1]] if is_done else ""
        rows.append({"code": code, "label": labels.label(part) + count, "done": is_done, "current": is_current})
    return rows


def differences(mine: Answers, theirs: Answers, step: Step) -> list[dict[str, str]]:
    """Return the answers of a step that differ between two versions, as texts."""
    my_rows, their_rows = _answered(mine, step), _answered(theirs, step)
    words = {code: asked for code, (asked, _) in [*their_rows.items(), *my_rows.items()]}
    rows = [
        {"words": words[code], "mine": my_rows.get(code, ("", ""))[1], "theirs": their_rows.get(code, ("", ""))[1]}
        for code in words
    ]
    return [row for row in rows if row["mine"] != row["theirs"]]


def _answered(answers: Answers, step: Step) -> dict[str, tuple[str, str]]:
    """Return the questions and answers of a step as texts, by code."""
    talk = instrument_of(answers)
    slot = talk.step(step)
    rows = {}
    for question in slot.questions:
        ticked = [talk.signs[code].text for code in sorted(answers.signs.get(question.code, ()))]
        codes = {*answers.picked.get(question.code, ()), question_context(question, answers)["chosen"]}
        texts = [*(option.text for option in question.options if option.code in codes), *ticked]
        label = say(question.wording(policy.spoken_path(answers)))
        rows[question.code] = (label, ", ".join(say(text) for text in texts))
        if question.kind == "age":
            rows["age.years"] = (say(slot.title), str(answers.age.years or ""))
        if question.kind == "needs":
            acted = {option.code: say(option.text) for option in talk.answer_sets["ACTED"]}
            for need in urgent_needs(answers):
                result = f"{acted.get(need.acted, need.acted)} {need.who_answers}".strip()
                rows[need.need] = (say(talk.needs[need.need].text), result)
    return rows


def _wording(question: Question, answers: Answers) -> Wording:
    if question.later and written_later(answers):
        return question.later
    return question.wording(policy.spoken_path(answers))


def _chosen(question: Question, answers: Answers) -> str | None:
    if question.kind == "age":
        age = answers.age
        return None if age == AgeFacts() else (age.band if age.contradicts else age.best_band).value
    if question.kind == "doubt":
        doubt = answers.age.doubt.value
        return None if doubt == Answer.NOT_ASKED else doubt
    return answers.choices.get(question.code)


def _lines(question: Question, answers: Answers) -> list[dict[str, Any]]:
    """Return the lines of a question; the question about the country has a line for each sentence."""
    question_line = question_context(question, answers)
    sentences = country_lines(country()) if question.kind == "country" else ()
    child = policy.spoken_path(answers) is Path.CHILD
    return [
        question_line,
        *(
            {
                **question_line,
                "wording": sentence.child if child else sentence.text,
                "folded": True,
                "asked_with": question_line["wording"],
            }
            for sentence in sentences
        ),
    ]


def _codes_part(question: Question, answers: Answers) -> dict[str, Any]:
    picked = answers.picked.get(question.code, frozenset())
    groups = end_groups(GROUPS[question.code], place_of(answers))
    first = first_codes(GROUPS[question.code], place_of(answers))
    rest = [(group, [code for code in group.codes if code not in first]) for group in groups]
    return {
        "kind": "codes",
        "label": question.text,
        "lines": [{"question": question, "ticked": picked}],
        "first": first,
        "groups": [(group, codes, sum(code.code in picked for code in codes)) for group, codes in rest if codes],
        "noted": len(picked - {code.code for code in first}),
    }


def _visible_questions(slot: StepSlot, answers: Answers) -> list[Question]:
    """Return the questions of a step to render, those of optional sets last.

    The step that asks the age also has the questions for a child. A talk that is written up has nothing to read aloud.
    """
    path, asks_age = path_of(answers), any(question.kind == "age" for question in slot.questions)
    late = written_later(answers)
    hidden = ALWAYS_HIDDEN | ({*READ_ALOUD, "way"} if late else frozenset())
    questions = [
        question
        for question in allowed_questions(slot, answers)
        if question.kind not in hidden
        and (late or not question.only_later)
        and (question.code != CUSTODY_WORDS or steps.is_not_accused(answers))
    ]
    fitting = [question for question in questions if asks_age or path in question.paths]
    return sorted(fitting, key=lambda question: question.optional_set or "")


def _part_of(question: Question) -> tuple[str, str, str]:
    """Return the key of the part of a question: theme, kind and code."""
    if theme := question.optional_set or question.theme or "":
        return theme, "theme", ""
    if question.kind in READ_ALOUD:
        aloud = "aloud" if question.to == "person" else "aside"
        return "", aloud, aloud
    return ("", "usual", "usual") if question.usual else ("", question.kind, question.code)


def _notes(talk: Instrument, answers: Answers, step: Step, time_notes: Sequence[str]) -> list[str]:
    """Return the notes to the worker on this step: an unknown tie, guidance for a child, the time."""
    notes: list[str | Wording] = []
    if step is Step.SAFE and steps.worker_tie(answers) == "TIE_NOT_KNOWN":
        notes.append("TIE_NOT_KNOWN")
    if step in (Step.CONSENT, Step.SIGNS) and steps.is_not_accused(answers):
        notes.append("HELD_NOT_ACCUSED")
    if step is Step.SIGNS:
        may_ask, guidance = prompts.may_ask_experience(answers), prompts.child_guidance(answers)
        notes += [] if may_ask else [may_ask.because]
        notes += guidance.how if guidance else ()
    return [code_words(talk, note) if isinstance(note, str) else say(note) for note in (*notes, *time_notes)]
