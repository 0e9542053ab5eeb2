"""What the last pages of a talk show: a stop rule in use, the sum-up, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.terms import POLICE, Viewer
from suar.records.terms import ALL, Compartment, RecordFacts
from suar.screening import policy, rules, summing_pages
from suar.screening.needs_pages import Waiting, waiting
from suar.screening.queries import Finding
from suar.screening.rules.shapes import Instrument, OutcomeWords, Text
from suar.screening.speaking import code_words, say
from suar.screening.step_pages import SIGNPOST, Mark, marks
from suar.screening.terms import Answers, Outcome, Step, Suggestion


@dataclass(frozen=True, slots=True)
class StopPage:
    """A stop rule in use: what to do now, what to say, who answers; `quiet` folds what betrays."""

    code: str
    title: str
    ask: str
    now: Sequence[str]
    say: str
    services: Sequence[str]
    tapped: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """An outcome that may be chosen, with what the person then hears and what comes next."""

    code: str
    words: str
    tell: str
    next: str
    relation: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason that can be tapped, and which choices it fits."""

    code: str
    words: str
    fits: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SumUp:
    """The page on which the worker chooses; `still_open` says why a talk is not done yet."""

    record: UUID
    version: int
    marks: Sequence[Mark]
    earlier: Step
    still_open: str
    waiting: Sequence[Waiting]
    elements: Sequence[summing_pages.ElementLine]
    suggested: str
    because: Sequence[str]
    notes: Sequence[str]
    would_change: Sequence[str]
    elsewhere: Sequence[str]
    closing: Sequence[str]
    outcomes: Sequence[OutcomeChoice]
    reasons: Sequence[ReasonChoice]
    stopped: StopPage | None
    usual: str
    never_kept: str
    is_child: bool


@dataclass(frozen=True, slots=True)
class Picked:
    """What was tapped on the outcome page, when it is shown again."""

    outcome: str = ""
    reason: str = ""


def sum_up(record: UUID, answers: Answers, *, by: Viewer, version: int, picked: Picked | None = None) -> SumUp:
    """Put together the page on which the worker chooses the outcome."""
    talk = rules.instrument_of(answers)
    stopped_by = policy.ended_by(answers)
    found = rules.sum_up(answers, stopped_by)
    suggestion = found.suggestion
    usual = _usual(answers, suggestion)
    picked = picked or usual
    return SumUp(
        record=record,
        version=version,
        marks=_marks(talk, answers, stopped_by),
        earlier=policy.reached(answers),
        still_open=_still_open(answers, stopped_by),
        waiting=waiting(talk, answers),
        elements=summing_pages.elements(talk, found),
        suggested=say(talk.tables.outcomes[suggestion.outcome].label),
        because=[code_words(talk, each) for each in suggestion.because],
        notes=summing_pages.notes(talk, found),
        would_change=summing_pages.changes(talk, found),
        elsewhere=summing_pages.elsewhere(talk, found),
        closing=_closing(talk, answers),
        outcomes=_outcomes(talk, answers, suggestion, picked),
        reasons=_reasons(talk, picked),
        stopped=stop_page(answers) if stopped_by else None,
        usual=code_words(talk, usual.outcome),
        never_kept=_never_kept(answers, by=by),
        is_child=policy.is_known_child(answers),
    )


def _closing(talk: Instrument, answers: Answers) -> list[str]:
    """Say how a talk is brought to its end, by the worker and to the person."""
    child = policy.is_known_child(answers)
    closing = rules.beside(talk).closing
    return [say(each.child if child and each.child else each.text) for each in closing]


def _marks(talk: Instrument, answers: Answers, stopped_by: str | None) -> list[Mark]:
    """Say which steps are behind one; a talk that stopped has not done those it did not come to."""
    return marks(talk, None, reached=policy.reached(answers) if stopped_by else None)


def places_to_keep(answers: Answers, *, by: Viewer) -> frozenset[Compartment]:
    """Give the compartments that may survive if the person wishes; the others are not asked for.

    Police keep codes and no name.
    """
    if by.role in POLICE:
        return frozenset({Compartment.CODED})
    talk = rules.instrument_of(answers)
    wished = frozenset(ALL) if policy.wish_counts(answers) else frozenset()
    return rules.keeps_after(Outcome.UNABLE, wished, policy.ended_by(answers), of=talk).compartments


def colleagues(talk: RecordFacts, viewer: Viewer) -> dict[UUID, str]:
    """Name those of the team, who would get the record; anybody else is kept away later."""
    named = accounts.members_by_name(talk.team)
    others = [each for each in named.items() if each[0] != viewer.worker]
    return dict(sorted(others, key=lambda each: each[1].casefold()))


def stop_page(answers: Answers) -> StopPage | None:
    """Put together the stop rule a talk ends by: what to do, what to say, whom to call."""
    code = policy.ended_by(answers)
    return _stop(answers, code) if code else None


def _stop(answers: Answers, code: str) -> StopPage:
    stop, child = rules.instrument_of(answers).stops[code], policy.is_known_child(answers)
    return StopPage(
        code=code,
        title=say(stop.label),
        ask=say(stop.ask),
        now=[say(each) for each in stop.now],
        say=say(stop.child if child else stop.say),
        services=stop.services or SIGNPOST,
        tapped=answers.stopped_by == code,
        quiet=not policy.may_leave_card(code),
    )


@dataclass(frozen=True, slots=True)
class EndPage:
    """How a talk ended without a person's record: the words, the signpost, and what was kept."""

    outcome: str
    tell: str
    next: str
    now: Sequence[str]
    services: Sequence[str]
    quiet: bool
    second_reading: bool


def end_page(found: Finding) -> EndPage:
    """Put together the signpost of a talk that left coded facts only."""
    talk = rules.instrument()
    words = talk.tables.outcomes[found.outcome]
    stop = talk.stops[found.stopped_by] if found.stopped_by else None
    spoken: Text = stop.say if stop else words.say
    return EndPage(
        outcome=say(words.label),
        tell=say(spoken),
        next=say(words.next),
        now=[say(each) for each in stop.now] if stop else [],
        services=(stop.services if stop else ()) or SIGNPOST,
        quiet=not policy.may_leave_card(found.stopped_by),
        second_reading=found.second_reading,
    )


def _usual(answers: Answers, suggestion: Suggestion) -> Picked:
    outcome = policy.usual_outcome(answers, suggestion.outcome, suggestion.stopped_by)
    return Picked(outcome.value if outcome else "", policy.usual_reason(outcome))


def _still_open(answers: Answers, stopped_by: str | None) -> str:
    """Say why only a talk without a claim may end now; empty when all is settled."""
    decision = rules.may_conclude(Outcome.POSSIBLE_AT_RISK, answers, stopped_by)
    return "" if decision else code_words(rules.instrument_of(answers), decision.because)


def _outcomes(talk: Instrument, answers: Answers, suggestion: Suggestion, picked: Picked) -> list[OutcomeChoice]:
    stopped_by = suggestion.stopped_by
    child = policy.is_known_child(answers)
    return [
        OutcomeChoice(
            each.value,
            say(words.label),
            say(_heard(words, child=child)),
            say(words.next),
            rules.compared(each, suggestion, of=talk),
            each.value == picked.outcome,
        )
        for each in suggestion.offered
        for words in [talk.tables.outcomes[each]]
        if rules.may_conclude(each, answers, stopped_by)
    ]


def _heard(words: OutcomeWords, *, child: bool) -> Text:
    return words.child if child else words.say


def _reasons(talk: Instrument, picked: Picked) -> list[ReasonChoice]:
    return [
        ReasonChoice(each.code, say(each.text), " ".join(sorted(each.fits)), each.code == picked.reason)
        for each in talk.tables.reasons.values()
    ]


def _never_kept(answers: Answers, *, by: Viewer) -> str:
    """Say why no name can be kept, where none can; empty where the person may choose."""
    if places_to_keep(answers, by=by) - {Compartment.CODED}:
        return ""
    talk = rules.instrument_of(answers)
    if by.role in POLICE:
        return code_words(talk, "POLICE_KEEP_CODES")
    if not policy.wish_counts(answers):
        return code_words(talk, "KEEP_CODES")
    kept = rules.keeps_after(Outcome.UNABLE, None, policy.ended_by(answers), of=talk)
    return code_words(talk, kept.because)
