"""What the last pages of a talk show: the sum-up, a stop rule in use, and how the talk ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.roles import POLICE, Viewer
from suar.records.terms import ALL, Compartment, RecordFacts
from suar.screening import policy, rules
from suar.screening.codes import Outcome
from suar.screening.documents import Finding
from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import Instrument
from suar.screening.rules.law import Path
from suar.screening.rules.suggestion import Change, Suggestion
from suar.screening.step_context import SIGNPOST, marks, waiting_needs
from suar.screening.wording import code_words, say

MAX_CHANGES = 4


def sum_up_context(
    record: UUID, answers: Answers, *, by: Viewer, version: int, picked: tuple[str, str] | None
) -> dict[str, Any]:
    """Return what the page on which the worker chooses the outcome prints.

    `picked` are the outcome and the reason as sent, when the page is shown again.
    """
    talk, stopped_by = rules.instrument_of(answers), policy.ended_by(answers)
    found = rules.sum_up(answers, stopped_by)
    usual = _usual(answers, found.suggestion)
    outcome, reason = picked or usual
    return {
        "record": record,
        "version": version,
        "marks": marks(talk, None, reached=policy.reached(answers) if stopped_by else None),
        "earlier": policy.reached(answers),
        "still_open": _still_open(talk, answers, stopped_by),
        "waiting": waiting_needs(talk, answers),
        "talk": talk,
        "path": found.path,
        "lines": found.lines,
        "suggestion": found.suggestion,
        "suggested": talk.tables.outcomes[found.suggestion.outcome],
        "notes": [talk.tables.notes[each] for each in found.suggestion.notes]
        + [talk.words_of(each) for each in found.notes if each in talk.words],
        "would_change": [_change(talk, each, found.path) for each in found.changes[:MAX_CHANGES]],
        "elsewhere": found.elsewhere,
        "closing": _closing(talk, answers),
        "outcomes": _outcomes(talk, answers, found.suggestion, outcome),
        "reasons": talk.tables.reasons.values(),
        "reason": reason,
        "stopped": stop_context(answers) if stopped_by else None,
        "usual": code_words(talk, usual[0]),
        "never_kept": _never_kept(talk, answers, by=by),
        "is_child": policy.is_known_child(answers),
    }


def stop_context(answers: Answers) -> dict[str, Any] | None:
    """Return the stop rule a talk ends by: what to do, what to say, whom to call; None if there is none."""
    code = policy.ended_by(answers)
    if code is None:
        return None
    stop, child = rules.instrument_of(answers).stops[code], policy.is_known_child(answers)
    return {
        "stop": stop,
        "say": stop.child if child else stop.say,
        "services": stop.services or SIGNPOST,
        "tapped": answers.stopped_by == code,
        "quiet": not policy.may_leave_card(code),
    }


def end_context(finding: Finding) -> dict[str, Any]:
    """Return the signpost of a talk that left coded facts only."""
    talk = rules.instrument()
    words = talk.tables.outcomes[finding.outcome]
    stop = talk.stops[finding.stopped_by] if finding.stopped_by else None
    return {
        "tell": stop.say if stop else words.say,
        "next": words.next,
        "now": stop.now if stop else (),
        "services": (stop.services if stop else ()) or SIGNPOST,
        "quiet": not policy.may_leave_card(finding.stopped_by),
        "second_reading": finding.second_reading,
    }


def reading_context(codes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a second reader sees of a finding: codes, no name and no words of the talk."""
    talk = _instrument_named(codes)
    outcomes = talk.tables.outcomes
    suggestion, stopped = codes.get("suggestion"), talk.stops.get(codes.get("stopped_by") or "")
    return {
        "talk": talk,
        "chosen": outcomes[Outcome(codes["outcome"])].label,
        "suggested": outcomes[Outcome(suggestion)].label if suggestion else None,
        "reason": codes.get("reason", ""),
        "age": codes.get("age_band") or "UNKNOWN",
        "stopped": stopped.label if stopped else None,
        "elements": codes.get("elements", {}),
        "signs": [*_signs(talk, codes.get("signs", ())), *_signs(talk, codes.get("seen", ()))],
    }


def places_to_keep(answers: Answers, *, by: Viewer) -> frozenset[Compartment]:
    """Return the compartments that may survive if the person wishes; the others are not asked for.

    Police store codes and no name.
    """
    if by.role in POLICE:
        return frozenset({Compartment.CODED})
    wished = frozenset(ALL) if policy.wish_counts(answers) else frozenset()
    talk = rules.instrument_of(answers)
    return rules.keeps_after(Outcome.UNABLE, wished, policy.ended_by(answers), of=talk).compartments


def colleagues(talk: RecordFacts, viewer: Viewer) -> dict[UUID, str]:
    """Return the names of the team, who would get the record; anybody else is excluded later."""
    names = accounts.members_by_name(talk.team)
    others = [each for each in names.items() if each[0] != viewer.worker]
    return dict(sorted(others, key=lambda each: each[1].casefold()))


def _change(talk: Instrument, change: Change, path: Path) -> str:
    asked = say(talk.questions[change.question].wording(path)) if change.question else ""
    outcome = say(talk.tables.outcomes[change.outcome].label)
    would = code_words(talk, change.would)
    return f"{would}: {asked} → {outcome}" if asked else f"{would} → {outcome}"


def _closing(talk: Instrument, answers: Answers) -> list[dict[str, str]]:
    """Return how a talk is brought to its end, by the worker and to the person."""
    child = policy.is_known_child(answers)
    return [each.child if child and each.child else each.text for each in talk.closing]


def _usual(answers: Answers, suggestion: Suggestion) -> tuple[str, str]:
    outcome = policy.usual_outcome(answers, suggestion.outcome, suggestion.stopped_by)
    return (outcome.value if outcome else ""), policy.usual_reason(outcome)


def _still_open(talk: Instrument, answers: Answers, stopped_by: str | None) -> str:
    """Say why only a talk without a claim may end now; "" when all is settled."""
    decision = rules.may_conclude(Outcome.POSSIBLE_AT_RISK, answers, stopped_by)
    return "" if decision else code_words(talk, decision.because)


def _outcomes(talk: Instrument, answers: Answers, suggestion: Suggestion, picked: str) -> list[dict[str, Any]]:
    child = policy.is_known_child(answers)
    rows = [talk.tables.outcomes[each] for each in suggestion.offered]
    return [
        {
            "words": words,
            "tell": words.child if child else words.say,
            "relation": rules.compared(words.code, suggestion, of=talk),
            "chosen": words.code == picked,
        }
        for words in rows
        if rules.may_conclude(words.code, answers, suggestion.stopped_by)
    ]


def _never_kept(talk: Instrument, answers: Answers, *, by: Viewer) -> str:
    """Say why no name can be stored; "" where the person may choose."""
    if places_to_keep(answers, by=by) - {Compartment.CODED}:
        return ""
    if by.role in POLICE:
        return code_words(talk, "POLICE_KEEP_CODES")
    if not policy.wish_counts(answers):
        return code_words(talk, "KEEP_CODES")
    kept = rules.keeps_after(Outcome.UNABLE, None, policy.ended_by(answers), of=talk)
    return code_words(talk, kept.because)


def _instrument_named(codes: Mapping[str, Any]) -> Instrument:
    """Return the version a finding names; what a partner sees names the shipped form and version."""
    code, _, version = (codes.get("form") or codes.get("instrument", "")).rpartition("-")
    return rules.instrument(code, int(version)) if code else rules.instrument()


def _signs(talk: Instrument, signs: Mapping[str, Sequence[str]] | Sequence[str]) -> list[dict[str, str]]:
    lists = signs.values() if isinstance(signs, Mapping) else [signs]
    return [talk.signs[code].text for codes in lists for code in codes]
