"""Limits of a second opinion: what a partner sees of an outcome, for how long, and possible answers.

Source: issue of the talk, point 3 (codes and reason only); docs/decisions/second-opinions.md.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from suar.core.codes import code_list
from suar.core.decisions import Decision
from suar.screening.codes import Outcome, Value
from suar.screening.rules.answers import LATEST, AgeBand, Element
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.setting import SHORT

ANSWER_PERIOD = timedelta(days=14)
"""Two weeks: a reader who works once a week sees it, and the person can still be reached."""

KEYS = frozenset({"form", "outcome", "suggestion", "reason", "age_band", "stopped_by", "elements", "signs", "seen"})
"""The keys of a packet; every value is a shipped code."""


def packet_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a partner may see of a finding: codes of the shipped form only.

    Left out are words, names, ids, times, the place, and the codes of an organisation's own questions.
    Raise KeyError for a finding without an outcome.
    Source: issue of the talk, point 3; docs/decisions/second-opinions.md.
    """
    talk = _shipped(finding.get("instrument"))
    known = {
        "outcome": [*Outcome],
        "suggestion": [*Outcome],
        "reason": [*talk.tables.reasons],
        "age_band": [*AgeBand],
        "stopped_by": [*talk.stops],
    }
    packet = {name: str(finding.get(name)) for name, codes in known.items() if finding.get(name) in codes}
    if "outcome" not in packet:
        raise KeyError("outcome")
    parts = {
        "elements": _elements(finding.get("elements")),
        "signs": _signs(finding.get("signs"), talk),
        "seen": _signs(finding.get("seen"), talk),
    }
    return {"form": f"{talk.code}-{talk.version}", **packet, **{name: part for name, part in parts.items() if part}}


def ends_at(asked_at: datetime) -> datetime:
    """Return when a packet that nobody answered is destroyed.

    Source: own design, docs/decisions/second-opinions.md.
    """
    return asked_at + ANSWER_PERIOD


def may_answer(answer: str, reason: str) -> Decision:
    """Return whether a reason fits an answer.

    Source: own design, docs/decisions/second-opinions.md.
    """
    fits = answer in code_list("screening", "opinion_reasons")[reason]["fits"]
    return Decision.allow() if fits else Decision.refuse("reason_does_not_fit")


def _shipped(name: object) -> Instrument:
    """Return the shipped form of a finding, also if the organisation used its own version."""
    code = name.rpartition("-")[0] if isinstance(name, str) else ""
    return instrument(code if code in LATEST else SHORT)


def _elements(values: object) -> dict[str, str]:
    known = values if isinstance(values, Mapping) else {}
    return {element.value: str(known[element.value]) for element in Element if known.get(element.value) in [*Value]}


def _signs(by_question: object, talk: Instrument) -> list[str]:
    """Return the signs alone, in the order of their table, without the questions under which they were ticked."""
    lists = by_question.values() if isinstance(by_question, Mapping) else ()
    ticked = [code for codes in lists if isinstance(codes, list | tuple) for code in codes]
    return [code for code in talk.signs if code in ticked]
