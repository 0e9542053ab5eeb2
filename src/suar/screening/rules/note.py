"""The note after the questions ended: codes for what a person said unprompted or a worker saw, no text. Pure functions.

It changes the same answers as the steps, so that suggestion and retention follow the usual rules.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from suar.core.decisions import Decision
from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, Doubt, NeedAnswer, Path, Unreadable
from suar.screening.rules.draft import BY_WHO, Posted, read_draft, write_draft
from suar.screening.rules.instrument import Sign, Wording, instrument_of
from suar.screening.rules.prompts import may_ask_experience, theme_of
from suar.screening.rules.setting import initial_answers, is_report, written_later
from suar.screening.rules.steps import final_stop, final_stop_code, first_open, next_step, place_was_bad

LATER = frozenset({"STOP_CONTROLLER", "STOP_DANGER", "STOP_NO_PRIVACY"})
"""Stop rules after which a worker writes nothing down before they are alone."""
NOTE_LATER, BARE = "NOTE_LATER", "BARE"
NEUTRAL_ANSWERS = frozenset({"I_N_JOURNEY", "I_N_FRAUD"})
"""Answers that look like confinement or deception but are no sign. A note offers them; they lower nothing."""
REPORTED, NEEDS, BAND, DOUBT, BY = "said", "needs", "age-band", "age-doubt", "by"


def may_write_note(answers: Answers, *, in_talk: bool) -> Decision:
    """Return whether a note may be written: after a stop, and in forms and for children without prompts.

    `in_talk`: the worker comes straight from the talk. Somebody who may control the person could still be near, unless
    it is written up later.

    Source: WHO 2003, principles 1 and 2; UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    stop = final_stop_code(answers)
    if stop is None and instrument_of(answers).order[0] in (Step.REPORT, Step.SIGNPOST):
        is_open = first_open(Step.WRITE, answers) if is_report(answers) else next_step(Step.SIGNPOST, answers).step
        return Decision.refuse("NOT_STOPPED") if is_open else Decision.allow()
    if stop is None:
        ends_before_prompts = answers.age != AgeFacts() and not may_ask_experience(answers)
        return Decision.allow() if ends_before_prompts else Decision.refuse("NOT_STOPPED")
    if _stop_keeps(answers) == BARE:
        return Decision.refuse("KEEP_BARE")
    is_near = in_talk and stop in LATER and not written_later(answers)
    return Decision.refuse(NOTE_LATER) if is_near else Decision.allow()


def may_note_needs(answers: Answers) -> bool:
    """Return True if needs and calls can be noted now: always before a stop, and after one if it is safe.

    Source: WHO 2003, principles 1 and 9; docs/decisions/talk.md.
    """
    if Step.NEEDS not in instrument_of(answers).order:
        return False
    is_safe = not place_was_bad(answers) or written_later(answers)
    return final_stop_code(answers) is None or (is_safe and bool(may_write_note(answers, in_talk=True)))


def answers_for_late_note(
    instrument: str,
    stopped_by: str | None,
    place: str | None,
    age_band: AgeBand | None,
    signs: Mapping[str, Collection[str]],
) -> Answers | None:
    """Return the answers for a note about a talk that ended before anything could be written down, or None.

    `instrument`: form and version, as a finding names them. `signs`: those that were ticked before the talk ended.

    Source: WHO 2003, principle 2; docs/decisions/talk.md.
    """
    if stopped_by not in LATER:
        return None
    form, _, version = instrument.rpartition("-")
    answers = initial_answers(form, place or "", later=True, version=int(version))
    choices = {**answers.choices, **dict.fromkeys(signs, Answer.YES.value)}
    ticked = {question: frozenset(codes) for question, codes in signs.items()}
    age = AgeFacts(band=age_band or AgeBand.UNKNOWN)
    return replace(answers, stopped_by=stopped_by, age=age, choices=choices, signs=ticked)


def notes_only_seen(answers: Answers) -> bool:
    """Return True if what was said could be used against the person.

    Then only what was seen is noted. It counts for the suggestion and is not stored.

    Source: data/stops-3.json, keeps; docs/decisions/custody.md.
    """
    return _stop_keeps(answers) == "NO_SIGNS"


def note_themes(answers: Answers) -> list[tuple[Wording, list[Sign]]]:
    """Return the kinds of sign by theme, each once; only what was seen if the answers could be used against the person.

    Source: own design, docs/decisions/talk.md; docs/decisions/custody.md.
    """
    talk = instrument_of(answers)
    themes: dict[str, list[Sign]] = {}
    for sign, question in _questions_of_signs(answers).items():
        themes.setdefault(theme_of(talk.questions[question]) or Step.WRITE.value, []).append(talk.signs[sign])
    labels = {**talk.themes, **talk.optional_sets, **{slot.code.value: slot.title for slot in talk.steps}}
    return [(labels[theme], signs) for theme, signs in themes.items()]


def with_note(answers: Answers, posted: Posted) -> Answers:
    """Return the answers with what was noted; raise Unreadable for an unknown code.

    The stop rule is stored, so that a likely age cannot undo it.

    Source: own design, docs/decisions/talk.md.
    """
    known, noted = _questions_of_signs(answers), set(posted.getlist(REPORTED))
    if not noted <= known.keys():
        raise Unreadable(REPORTED)
    signs = {code: frozenset(ticked - known.keys()) for code, ticked in answers.signs.items()}
    for sign in noted:
        signs[known[sign]] = signs.get(known[sign], frozenset()) | {sign}
    choices = {code: choice for code, choice in answers.choices.items() if code not in signs or choice != Answer.YES}
    choices |= {code: Answer.YES.value for code, ticked in signs.items() if ticked}
    if (by := posted.get(BY, "")) and not notes_only_seen(answers):
        choices[BY_WHO] = by
    noted_answers = replace(
        answers,
        choices=choices,
        signs={code: ticked for code, ticked in signs.items() if ticked},
        needs=_needs(answers, set(posted.getlist(NEEDS))),
        age=_age(answers.age, posted),
        stopped_by=final_stop_code(answers),
    )
    return read_draft(write_draft(noted_answers))


def _questions_of_signs(answers: Answers) -> dict[str, str]:
    """Return the question under which each sign is stored: where it was ticked before, else the one closest to it.

    That asks about the element of the sign and has the fewest kinds, so that it stands under the theme where one looks.
    """
    talk, only_seen = instrument_of(answers), notes_only_seen(answers)
    if _stop_keeps(answers) == BARE:
        return {}
    ticked = {sign: question for question, signs in answers.signs.items() for sign in signs}
    order = list(talk.questions)
    rows = [(question, sign) for question in order for path in Path for sign in talk.signs_of(question, path)]
    kinds = Counter(question for question, _ in rows)

    def distance(row: tuple[str, Sign]) -> tuple[bool, int, int]:
        question, sign = row
        is_apt = sign.element in talk.questions[question].asks
        return not is_apt, kinds[question] if is_apt else 0, order.index(question) * (-1 if is_apt else 1)

    questions: dict[str, str] = {}
    for question, sign in sorted(rows, key=distance):
        if sign.observed if only_seen else (not sign.neutral or sign.code in NEUTRAL_ANSWERS):
            questions.setdefault(sign.code, ticked.get(sign.code, question))
    return dict(sorted(questions.items(), key=lambda item: order.index(item[1])))


def _stop_keeps(answers: Answers) -> str:
    stop = final_stop(answers)
    return stop.keeps if stop else ""


def _needs(answers: Answers, ticked: set[str]) -> dict[str, NeedAnswer]:
    """Return the needs: those ticked with what was done about them, without those that are no longer ticked."""
    others = {code: need for code, need in answers.needs.items() if need.answer is not Answer.YES}
    yes = {code: replace(answers.needs.get(code, NeedAnswer()), answer=Answer.YES) for code in ticked}
    return {**others, **yes}


def _age(age: AgeFacts, posted: Posted) -> AgeFacts:
    """Return the likely age; years that were stated stay if the band fits them."""
    try:
        band, doubt = AgeBand(posted.get(BAND, "") or age.best_band), Doubt(posted.get(DOUBT, "") or age.doubt)
    except ValueError:
        raise Unreadable("age") from None
    return replace(age, band=band, doubt=doubt, years=age.years if band is age.best_band else None)
