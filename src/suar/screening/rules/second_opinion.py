"""What a partner organisation may see of an outcome, for how long, and what it may answer: pure.

Source: issue of the talk, point 3 (codes and reason only); docs/decisions/second-opinions.md.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from suar.core.decisions import Decision
from suar.screening.codes import Outcome, Value
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.law import AgeBand, Element
from suar.screening.rules.setting import LATEST, SHORT

WAITS = timedelta(days=14)
"""Two working weeks: a reader who comes once a week sees it, and the person can still be met."""

SENT = frozenset(
    {
        "form",
        "outcome",
        "suggestion",
        "reason",
        "age_band",
        "stopped_by",
        "elements",
        "signs",
        "seen",
    }
)
"""All that a packet can hold; each value is a code that ships with Suar."""

AGREES, LOOK_AGAIN = "PARTNER_AGREES", "PARTNER_LOOK_AGAIN"
FITS: Mapping[str, frozenset[str]] = {
    "REASON_FITS": frozenset({AGREES}),
    "SIGNS_WEIGH_MORE": frozenset({LOOK_AGAIN}),
    "TOO_LITTLE_ASKED": frozenset({LOOK_AGAIN}),
    "CHILD_NEEDS_NO_MEANS": frozenset({LOOK_AGAIN}),
    "ANOTHER": frozenset({AGREES, LOOK_AGAIN}),
}
"""The answers that each reason fits."""


def packet_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """Cut from a finding what a partner may see: codes of the shipped form, and nothing else.

    Whatever is no such code stays behind: words, names, ids, times, the place, the codes of a
    house's own questions. Raises KeyError for a finding without an outcome.
    Source: issue of the talk, point 3; docs/decisions/second-opinions.md.
    """
    talk = _shipped(found.get("instrument"))
    outcome = _one(found.get("outcome"), Outcome)
    if outcome is None:
        raise KeyError("outcome")
    cut = {
        "form": f"{talk.code}-{talk.version}",
        "outcome": outcome,
        "suggestion": _one(found.get("suggestion"), Outcome),
        "reason": _one(found.get("reason"), talk.tables.reasons),
        "age_band": _one(found.get("age_band"), AgeBand),
        "stopped_by": _one(found.get("stopped_by"), talk.stops),
        "elements": _elements(found.get("elements")),
        "signs": _signs(found.get("signs"), talk),
        "seen": _signs(found.get("seen"), talk),
    }
    return {name: told for name, told in cut.items() if told}


def ends_at(asked_at: datetime) -> datetime:
    """Say when a packet that nobody answered is destroyed.

    Source: own design, docs/decisions/second-opinions.md.
    """
    return asked_at + WAITS


def may_answer(answer: str, reason: str) -> Decision:
    """Say whether a reason fits an answer.

    Source: own design, docs/decisions/second-opinions.md.
    """
    return Decision.yes() if answer in FITS[reason] else Decision.no("reason_does_not_fit")


def _shipped(named: object) -> Instrument:
    """Give the shipped form behind a finding, also behind a house's own version of it."""
    code = named.rpartition("-")[0] if isinstance(named, str) else ""
    form = code if code in LATEST else SHORT
    return instrument(form, LATEST[form])


def _one(told: object, known: Iterable[str]) -> str | None:
    """Give a code if it is one of those that ship."""
    return next((str(each) for each in known if isinstance(told, str) and each == told), None)


def _elements(told: object) -> dict[str, str]:
    found = told if isinstance(told, Mapping) else {}
    values = {each.value: _one(found.get(each.value), Value) for each in Element}
    return {name: value for name, value in values.items() if value}


def _signs(told: object, talk: Instrument) -> list[str]:
    """Give the signs alone, in the order of their table: not under which question they stood."""
    lists = told.values() if isinstance(told, Mapping) else ()
    ticked = {each for some in lists if isinstance(some, list | tuple) for each in some if isinstance(each, str)}
    return [code for code in talk.signs if code in ticked]
