"""What the last pages of a talk show: the sum-up, the stop rule it ends by, and how the talk ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.roles import POLICE, Viewer
from suar.records.terms import ALL, Compartment, RecordFacts
from suar.screening import policy
from suar.screening.codes import Outcome
from suar.screening.documents import Finding
from suar.screening.rules import outcomes
from suar.screening.rules.answers import Answers, path_of
from suar.screening.rules.instrument import Instrument, instrument, instrument_of
from suar.screening.rules.keeping import CODES, keeps_after
from suar.screening.step_context import SIGNPOST, progress, waiting_needs
from suar.screening.wording import code_words

MAX_CHANGES = 4
ALWAYS_VISIBLE = ("PAPERS_LAWFUL", "MEN_TOO")
"""Lawful papers lower nothing, and a man's pay is asked about like a woman's: both are shown each time."""


def sum_up_context(
    record: UUID, answers: Answers, *, by: Viewer, version: int, picked: tuple[str, str] | None
) -> dict[str, Any]:
    """Return what the page on which the worker chooses the outcome prints.

    `picked` are the outcome and the reason as sent, when the page is shown again.
    """
    talk, stopped_by, path = instrument_of(answers), policy.ended_by(answers), path_of(answers)
    elements, child = outcomes.element_values(answers, path), policy.is_known_child(answers)
    suggestion = outcomes.suggest(elements, path, stopped_by, of=talk)
    usual = policy.usual_choice(answers, suggestion.outcome, stopped_by)
    outcome, reason = picked or usual
    ready = outcomes.may_conclude(Outcome.POSSIBLE_AT_RISK, answers, stopped_by)
    changes = outcomes.what_would_change(answers, path, stopped_by)[:MAX_CHANGES]
    words = talk.tables.outcomes
    offered = [words[code] for code in suggestion.offered if outcomes.may_conclude(code, answers, stopped_by)]
    return {
        "record": record,
        "version": version,
        "marks": progress(talk, None, reached=policy.reached(answers) if stopped_by else None),
        "earlier": policy.reached(answers),
        "still_open": "" if ready else code_words(talk, ready.because),
        "waiting": waiting_needs(talk, answers),
        "talk": talk,
        "path": path,
        "lines": outcomes.element_lines(answers, elements),
        "suggestion": suggestion,
        "notes": [*suggestion.notes, *(code for code in ALWAYS_VISIBLE if code in talk.words)],
        "would_change": changes,
        "elsewhere": outcomes.signs_without_element(answers),
        "closing": [(child and row.child) or row.text for row in talk.closing],
        "outcomes": [
            {
                "words": choice,
                "tell": choice.child if child else choice.say,
                "relation": outcomes.compared(choice.code, suggestion, of=talk),
                "chosen": choice.code == outcome,
            }
            for choice in offered
        ],
        "reasons": talk.tables.reasons.values(),
        "reason": reason,
        "stopped": stop_context(answers),
        "usual": code_words(talk, usual[0]),
        "never_kept": _why_nothing_stored(talk, answers, by=by),
        "is_child": child,
    }


def stop_context(answers: Answers) -> dict[str, Any] | None:
    """Return the stop rule a talk ends by: what to do, what to say, whom to call; None if there is none."""
    code = policy.ended_by(answers)
    if code is None:
        return None
    stop = instrument_of(answers).stops[code]
    return {
        "stop": stop,
        "say": stop.child if policy.is_known_child(answers) else stop.say,
        "services": stop.services or SIGNPOST,
        "tapped": answers.stopped_by == code,
        "quiet": not policy.may_leave_card(code),
    }


def end_context(finding: Finding) -> dict[str, Any]:
    """Return the signpost of a talk that left coded facts only."""
    talk = instrument()
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
    """Return what a second reader sees of a finding: codes, no name and no words of the talk.

    A finding names its version; what a partner sees names the shipped form and version.
    """
    code, _, version = (codes.get("form") or codes.get("instrument", "")).rpartition("-")
    talk = instrument(code, int(version)) if code else instrument()
    labels = talk.tables.outcomes
    suggestion, stop = codes.get("suggestion"), talk.stops.get(codes.get("stopped_by") or "")
    return {
        "talk": talk,
        "chosen": labels[Outcome(codes["outcome"])].label,
        "suggested": labels[Outcome(suggestion)].label if suggestion else None,
        "reason": codes.get("reason", ""),
        "age": codes.get("age_band") or "UNKNOWN",
        "stopped": stop.label if stop else None,
        "elements": codes.get("elements", {}),
        "signs": [talk.signs[sign].text for part in ("signs", "seen") for sign in _flat(codes.get(part, ()))],
    }


def places_to_keep(answers: Answers, *, by: Viewer) -> frozenset[Compartment]:
    """Return the compartments that may survive if the person wishes; the others are not asked for.

    Police store codes and no name.
    """
    if by.role in POLICE:
        return CODES
    wished = frozenset() if policy.place_was_bad(answers) else frozenset(ALL)
    return keeps_after(Outcome.UNABLE, wished, policy.ended_by(answers), of=instrument_of(answers)).compartments


def colleagues(talk: RecordFacts, viewer: Viewer) -> dict[UUID, str]:
    """Return the names of the team, who would get the record; anybody else is excluded later."""
    names = accounts.members_by_name(talk.team)
    others = [member for member in names.items() if member[0] != viewer.worker]
    return dict(sorted(others, key=lambda member: member[1].casefold()))


def _why_nothing_stored(talk: Instrument, answers: Answers, *, by: Viewer) -> str:
    """Return why no name can be stored; "" if the person may choose."""
    if places_to_keep(answers, by=by) - CODES:
        return ""
    if by.role in POLICE:
        return code_words(talk, "POLICE_KEEP_CODES")
    if policy.place_was_bad(answers):
        return code_words(talk, "KEEP_CODES")
    return code_words(talk, keeps_after(Outcome.UNABLE, None, policy.ended_by(answers), of=talk).because)


def _flat(signs: Mapping[str, Sequence[str]] | Sequence[str]) -> Sequence[str]:
    """Return signs that are stored by question, or sent to a partner as a list."""
    return [sign for codes in signs.values() for sign in codes] if isinstance(signs, Mapping) else signs
