"""The prompts about experience: which may be asked, on which page, and for how long."""

from collections.abc import Iterator

from suar.core.decisions import Decision
from suar.screening.codes import Answer, Step
from suar.screening.rules.answers import UNDER_18, AgeBand, AgeFacts, Answers, Path, path_of
from suar.screening.rules.instrument import Band, Question, StepSlot, instrument_of
from suar.screening.rules.setting import place_of

SECOND_ADULT = {"CH_SECOND": "YES", "CH_SUPPORT": "HERE"}
"""Answers that mean that a second adult is present."""
WARNING_SHARE = 0.8
TO_THEME = "theme-"
"""Prefix of the value of a button that opens another theme."""
RATED = frozenset({"sign", "told"})


def child_guidance(answers: Answers) -> Band | None:
    """Return the guidance for a talk with a child; None on the adult path and in versions without it.

    The band is UNKNOWN if the age is unknown or a stated age of 18 or more is doubted.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; data/children-1.json.
    """
    if path_of(answers) is Path.ADULT:
        return None
    band = answers.age.best_band
    return instrument_of(answers).bands.get(band if band in UNDER_18 else AgeBand.UNKNOWN)


def may_ask_experience(answers: Answers) -> Decision:
    """Return whether the prompts about experience may be asked.

    A child under 12 goes to a child specialist. From 12 to 14, and at an unknown age, only a trained worker asks; a
    worker who is not trained asks no child. If the form asks for a second adult, one must be present. Adults are asked
    after their consent.

    Source: UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    guidance = child_guidance(answers)
    if guidance is None:
        return Decision.allow()
    if guidance.asks_experience == "NEVER":
        return Decision.refuse("GOES_TO_SPECIALIST")
    trained = answers.choices.get("CH_TRAINED")
    if trained == Answer.NO or (guidance.asks_experience == "TRAINED" and trained != Answer.YES):
        return Decision.refuse("TRAINED_ONLY")
    has_adult = any(answers.choices.get(code) == option for code, option in SECOND_ADULT.items())
    if "CH_SECOND" in instrument_of(answers).questions and not has_adult:
        return Decision.refuse("SECOND_ADULT_OPEN")
    return Decision.allow(guidance.because)


def ends_before_prompts(answers: Answers) -> bool:
    """Return True if the questions end for a child before those about experience, also with consent.

    Source: UNICEF Guidelines 2006; data/children-1.json.
    """
    guidance = child_guidance(answers)
    return answers.age != AgeFacts() and guidance is not None and guidance.asks_experience == "NEVER"


def prompts_for(answers: Answers, opened: frozenset[str] = frozenset()) -> tuple[Question, ...]:
    """Return the prompts about experience that fit this person, with the opened sets.

    A prompt of the short form replaces the prompts of the full form that it names.

    Source: data/instrument-full-1.json, set; data/children-1.json, prompts.
    """
    if not may_ask_experience(answers):
        return ()
    talk, guidance = instrument_of(answers), child_guidance(answers)
    allowed = set(guidance.prompts) if guidance else set()
    return tuple(
        question
        for step in talk.steps
        if step.code is Step.SIGNS
        for question in step.questions
        if path_of(answers) in question.paths
        and (question.optional_set is None or question.optional_set in opened)
        and (not allowed or question.to == "worker" or allowed.intersection({question.code, *question.standard}))
    )


def fears_nobody(answers: Answers) -> bool:
    """Return True if the person was asked and is afraid of nobody now.

    Source: own design, docs/decisions/outcomes.md.
    """
    questions = instrument_of(answers).questions
    return all(answers.choices.get(code) == Answer.NO for code, asked in questions.items() if asked.raises)


def allowed_questions(slot: StepSlot, answers: Answers) -> Iterator[Question]:
    """Return the questions of a page without the prompts that may not be asked of this person.

    Source: UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    talk = instrument_of(answers)
    allowed = {prompt.code for prompt in prompts_for(answers, frozenset(talk.optional_sets))}
    also = [question for code, question in talk.questions.items() if code in slot.also]
    return (question for question in (*slot.questions, *also) if question.kind not in RATED or question.code in allowed)


def theme_of(question: Question) -> str:
    """Return the theme of a question, or the set for some people that it belongs to, or "".

    Source: own design, docs/decisions/talk.md.
    """
    return question.optional_set or question.theme or ""


def theme_pages(answers: Answers) -> tuple[tuple[str, ...], ...]:
    """Return the pages of the prompts, each with its themes: one theme a page, or two short ones.

    The sets for some people come last, or where the data says so if the place calls for them.

    Source: own design, docs/decisions/talk.md.
    """
    talk, path = instrument_of(answers), path_of(answers)
    slots = [slot for slot in talk.steps if slot.code is Step.SIGNS]
    themes = {
        theme_of(question)
        for slot in slots
        for question in allowed_questions(slot, answers)
        if question.kind in RATED and path in question.paths
    }
    pages: dict[str, list[str]] = {}
    for theme in _in_order(answers):
        if theme in themes:
            pages.setdefault(talk.beside.get(theme, theme), []).append(theme)
    return tuple(map(tuple, pages.values()))


def _in_order(answers: Answers) -> list[str]:
    talk, place = instrument_of(answers), place_of(answers)
    themes = [*talk.themes, *talk.optional_sets]
    for code, before in talk.before.items():
        if place in talk.places[code]:
            themes.remove(code)
            themes.insert(themes.index(before), code)
    return themes


def page_of(theme: str, answers: Answers) -> tuple[str, ...]:
    """Return the page of a theme, the first page for an unknown theme, () if nothing may be asked.

    Source: own design, docs/decisions/talk.md.
    """
    pages = theme_pages(answers)
    return next((page for page in pages if theme in page), pages[0] if pages else ())


def page_beside(page: tuple[str, ...], answers: Answers, *, steps: int = 1) -> tuple[str, ...]:
    """Return the next page, or the one before with `steps=-1`; () at either end.

    A page of a set for some people is passed over, unless the place calls for it or the set was answered.

    Source: own design, docs/decisions/talk.md.
    """
    talk = instrument_of(answers)
    answered = {theme_of(talk.questions[code]) for code in answers.choices}
    pages = [
        other
        for other in theme_pages(answers)
        if other == page
        or other[0] not in talk.optional_sets
        or other[0] in answered
        or place_of(answers) in talk.places[other[0]]
    ]
    index = pages.index(page) + steps if page in pages else -1
    return pages[index] if 0 <= index < len(pages) else ()


def next_page_of(page: tuple[str, ...], answers: Answers, *, button: str, then: str) -> tuple[tuple[str, ...], str]:
    """Return the next page for the pressed button, and what comes after it.

    After a theme that was chosen out of order, the remaining themes follow in their order.

    Source: own design, docs/decisions/talk.md.
    """
    remaining = page_of(then.removeprefix(TO_THEME), answers) if page and then.startswith(TO_THEME) else ()
    remaining = remaining if remaining != page else ()
    if not page or not button.startswith(TO_THEME):
        return remaining or page_beside(page, answers), "" if then.startswith(TO_THEME) else then
    theme, remaining = page_of(button.removeprefix(TO_THEME), answers), remaining or page_beside(page, answers)
    return theme, f"{TO_THEME}{remaining[0]}" if remaining and remaining != theme else ""


def questions_on(page: tuple[str, ...], answers: Answers) -> set[str]:
    """Return the questions of a page of prompts.

    Source: own design, docs/decisions/talk.md.
    """
    return {code for code, question in instrument_of(answers).questions.items() if theme_of(question) in page}


def time_notes(answers: Answers, *, spent: int) -> list[str]:
    """Return notes about the time after `spent` minutes: nearly over, over, or a pause for a child.

    Limits: full form 60 minutes (a child 30 or less), short form 10, signpost 2.

    Source: knowledge texts on identification, time box; data/children-1.json.
    """
    talk, guidance = instrument_of(answers), child_guidance(answers)
    minutes = talk.minutes if path_of(answers) is Path.ADULT else talk.minutes_child
    minutes = min(minutes, guidance.minutes) if guidance else minutes
    notes = ["TIME_OVER"] if spent >= minutes else ["TIME_SOON"] if spent >= minutes * WARNING_SHARE else []
    return [*notes, "TIME_PAUSE"] if guidance and spent >= guidance.pause_every else notes
