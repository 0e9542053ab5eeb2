"""What the pages of a talk show, in the language of the page, so that templates only print."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from suar.law.terms import Path
from suar.screening import rules
from suar.screening.rules.shapes import Instrument, Question, Text
from suar.screening.terms import Answers, Outcome, Step, Urgency

TONES = {Urgency.U1: "now", Urgency.U2: "today"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be tapped."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A question as it is printed."""

    code: str
    kind: str
    words: str
    said: bool
    choices: Sequence[Choice]
    signs: Sequence[Choice]
    reminder: str
    theme: str


@dataclass(frozen=True, slots=True)
class NeedLine:
    """An urgent need as it is printed, with who answers now."""

    code: str
    words: str
    level: str
    tone: str
    acted: Sequence[Choice]
    who: str
    told: bool
    cannot_wait: bool
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop rule that can be tapped on this step."""

    code: str
    words: str
    pressing: bool


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step of a talk."""

    record: UUID
    step: Step
    title: str
    why: str
    steps: Sequence[dict]
    lines: Sequence[Line]
    needs: Sequence[NeedLine]
    stops: Sequence[StopLine]
    path: Path
    age_years: int | None
    earlier: str
    version: int
    first_unsafe: bool
    last: bool
    all_needs_asked: bool


def say(text: Text | None) -> str:
    """Give a wording in the language of the page."""
    return text.in_language(language()) if text else ""


def language() -> str:
    """Give the language of the page as the instrument knows it."""
    return "id" if (get_language() or "en").startswith("id") else "en"


def step_page(record: UUID, answers: Answers, step: Step, *, version: int) -> StepPage:
    """Put together one step."""
    talk, path = rules.instrument_of(answers), rules.path(answers)
    order = [slot.code for slot in talk.steps]
    slot, here = talk.steps[order.index(step)], order.index(step)
    shown = [each for each in slot.questions if not each.paths or path in each.paths]
    asks_needs = any(each.kind == "needs" for each in slot.questions)
    return StepPage(
        record, step, say(slot.title), say(slot.why), step_marks(record, talk, step),
        [line(talk, each, answers, path) for each in shown if each.kind != "outcome"],
        [need_line(talk, code, answers) for code in talk.needs] if asks_needs else (),
        stop_lines(talk, step, answers), path, answers.age.years,
        reverse("talk_step", args=[record, order[here - 1]]) if here else "",
        version, step is Step.SAFE and not rules.is_safe(answers), here + 1 == len(order),
        len(answers.needs) == len(talk.needs),
    )  # fmt: skip


def step_marks(record: UUID, talk: Instrument, now: Step) -> list[dict]:
    """Say where in the talk one is; steps already done can be gone back to."""
    order = [slot.code for slot in talk.steps]
    here = order.index(now)
    return [
        {
            "label": say(slot.title),
            "done": place < here,
            "current": place == here,
            "href": reverse("talk_step", args=[record, slot.code]) if place < here else "",
        }
        for place, slot in enumerate(talk.steps)
    ]


def line(talk: Instrument, question: Question, answers: Answers, path: Path) -> Line:
    """Put together one question with what was tapped."""
    chosen = answers.choices.get(question.code)
    if question.kind == "age":
        chosen = answers.age.band.value
    if question.kind == "doubt":
        chosen = answers.age.doubt.value
    ticked = answers.signs.get(question.code, frozenset())
    bears = [
        each.sign for each in talk.lines if each.question == question.code and path in each.paths
    ]
    themes = {theme.code: say(theme.label) for theme in talk.themes}
    return Line(
        question.code, question.kind, say(question.wording(path)), question.to == "person",
        [Choice(each.code, say(each.text), each.code == chosen) for each in question.options],
        [Choice(code, say(talk.signs[code].text), code in ticked) for code in bears],
        say(question.reminder), themes.get(question.theme or "", ""),
    )  # fmt: skip


def need_line(talk: Instrument, code: str, answers: Answers) -> NeedLine:
    """Put together one urgent need; one that cannot wait comes with who answers now."""
    need, told = talk.needs[code], answers.needs.get(code)
    found = {each.need: each for each in rules.urgent_needs(answers)}.get(code)
    level = found.level if found else need.level
    cannot_wait = found is not None and level in TONES
    acted = talk.answer_sets["ACTED"]
    return NeedLine(
        code, say(need.text), say(talk.levels[level].label), TONES.get(level, ""),
        [Choice(each.code, say(each.text), told is not None and each.code == told.acted)
         for each in acted],
        told.who_answers if told else "", found is not None, cannot_wait,
        need.services if cannot_wait else (),
    )  # fmt: skip


def stop_lines(talk: Instrument, step: Step, answers: Answers) -> list[StopLine]:
    """List the stop rules of a step, pressing ones first."""
    return [
        StopLine(each.stop, say(talk.stops[each.stop].label), each.pressing)
        for each in rules.stop_offered(step, answers)
    ]


@dataclass(frozen=True, slots=True)
class StopPage:
    """A stop rule about to be used, or just used: what to do now and what to say."""

    code: str
    title: str
    what: str
    ask: str
    now: Sequence[str]
    say: str
    services: Sequence[str]


def stop_page(code: str, *, path: Path, talk: Instrument | None = None) -> StopPage:
    """Put together a stop rule: the signpost of a talk that ends here."""
    talk = talk or rules.instrument()
    stop = talk.stops[code]
    spoken = stop.child if path is Path.CHILD else stop.say
    return StopPage(
        code, say(stop.label), say(stop.what), say(stop.ask), [say(each) for each in stop.now],
        say(spoken), stop.services,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SumUp:
    """The sum-up: three elements with their signs, what is suggested and why, what would change it."""

    record: UUID
    elements: Sequence[dict]
    suggested: str
    because: Sequence[str]
    notes: Sequence[str]
    outcomes: Sequence[Choice]
    reasons: Sequence[Choice]
    would_change: Sequence[str]
    steps: Sequence[dict]
    stopped: StopPage | None
    child: bool
    earlier: str


def sum_up(record: UUID, answers: Answers, stopped_by: str | None) -> SumUp:
    """Put together the page on which the worker chooses the outcome."""
    talk, path = rules.instrument_of(answers), rules.path(answers)
    elements = rules.element_values(answers, path)
    suggestion = rules.suggest(elements, path, stopped_by)
    changes = rules.what_would_change(answers, path, stopped_by)[:4]
    last = talk.steps[-1]
    return SumUp(
        record,
        [element_line(talk, each) for each in (elements.act, elements.means, elements.purpose)],
        say(talk.tables.outcomes[suggestion.outcome].label),
        [code_words(talk, each) for each in suggestion.because],
        [say(talk.tables.notes[each]) for each in suggestion.notes if each in talk.tables.notes],
        [Choice(each.value, say(talk.tables.outcomes[each].label), each is suggestion.outcome)
         for each in suggestion.offered],
        [Choice(each.code, say(each.text), False) for each in talk.tables.reasons.values()],
        [_change(talk, each, path) for each in changes],
        step_marks(record, talk, last.code),
        stop_page(stopped_by, path=path, talk=talk) if stopped_by else None,
        path is Path.CHILD,
        reverse("talk_step", args=[record, last.code]),
    )  # fmt: skip


def element_line(talk: Instrument, each) -> dict:
    """Say one element: its value, why, and the signs behind it."""
    value = "ELEMENT_UNKNOWN" if each.value.value == "UNKNOWN" else each.value.value
    return {
        "name": code_words(talk, each.element.value),
        "value": code_words(talk, value),
        "because": code_words(talk, each.because),
        "signs": [say(talk.signs[code].text) for code in each.signs],
        "supported": each.value.value == "SUPPORTED",
    }


def code_words(talk: Instrument, code: str) -> str:
    """Say a code of the rules."""
    return say(rules.words_of(code, of=talk)) if code else ""


PROBLEMS = {
    "overtaken": gettext_lazy(
        "A colleague saved this step in the meantime. Nothing was overwritten: "
        "what you tapped is below, what they tapped stands beside it. Save again to keep yours."
    ),
    "unreadable": gettext_lazy("Something on this page could not be read. Nothing was changed."),
}


def problem(code: str) -> str:
    """Say why a step did not go on."""
    if not code:
        return ""
    if code.partition(" ")[0] in PROBLEMS:
        return str(PROBLEMS[code.partition(" ")[0]])
    return code_words(rules.instrument(), code)


def refusal(code: str) -> str:
    """Say why an outcome was not taken."""
    return code_words(rules.instrument(), code)


def differing(mine: Answers, theirs: Answers, step: Step) -> list[dict]:
    """List the questions of a step that a colleague answered otherwise."""
    talk, path = rules.instrument_of(theirs), rules.path(theirs)
    slot = next(each for each in talk.steps if each.code is step)
    lines = (
        (line(talk, each, mine, path), line(talk, each, theirs, path)) for each in slot.questions
    )
    return [
        {
            "words": other.words,
            "answer": ", ".join(each.words for each in other.choices if each.chosen),
        }
        for own, other in lines
        if own.choices != other.choices
    ]


def outcome_words(outcome: Outcome) -> str:
    """Say an outcome as the action it asks for."""
    return say(rules.instrument().tables.outcomes[outcome].label)


def reason_words(code: str) -> str:
    """Say a reason that was tapped."""
    return code_words(rules.instrument(), code)


def _change(talk: Instrument, change, path: Path) -> str:
    words = say(talk.words.get(change.would.value)) if change.would.value in talk.words else ""
    asked = say(talk.questions[change.question].wording(path)) if change.question else ""
    outcome = say(talk.tables.outcomes[change.outcome].label)
    return f"{words}: {asked} → {outcome}" if asked else f"{words} → {outcome}"
