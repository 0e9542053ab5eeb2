"""What the second person sees: codes in words, with no name and no word of the talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from suar.screening import labels, rules
from suar.screening.rules.shapes import Instrument
from suar.screening.speaking import code_words, say
from suar.screening.terms import Outcome


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """An outcome lower than suggested, and what was tapped."""

    chosen: str
    suggested: str
    reason: str
    age: str | Promise
    stopped: str
    elements: Sequence[tuple[str, str]]
    signs: Sequence[str]


def reading_page(codes: Mapping[str, Any]) -> ReadingPage:
    """Say the codes of a finding in the language of the page."""
    talk = _instrument(codes)
    outcomes, stopped = talk.tables.outcomes, talk.stops.get(codes.get("stopped_by") or "")
    suggestion = codes.get("suggestion")
    return ReadingPage(
        chosen=say(outcomes[Outcome(codes["outcome"])].label),
        suggested=say(outcomes[Outcome(suggestion)].label) if suggestion else "",
        reason=code_words(talk, codes.get("reason", "")),
        age=labels.AGE_BANDS.get(codes.get("age_band", ""), labels.NOT_KNOWN),
        stopped=say(stopped.label) if stopped else "",
        elements=[
            (code_words(talk, name), code_words(talk, value)) for name, value in codes.get("elements", {}).items()
        ],
        signs=[*_signs(talk, codes.get("signs", {})), *_signs(talk, codes.get("seen", {}))],
    )


def _instrument(codes: Mapping[str, Any]) -> Instrument:
    """Give the version a finding names; what a partner sees names the shipped form and version."""
    code, _, version = (codes.get("form") or codes.get("instrument", "")).rpartition("-")
    return rules.instrument(code, int(version)) if code else rules.instrument()


def _signs(talk: Instrument, told: Mapping[str, Sequence[str]] | Sequence[str]) -> list[str]:
    lists = told.values() if isinstance(told, Mapping) else [told]
    return [say(talk.signs[sign].text) for signs in lists for sign in signs]
