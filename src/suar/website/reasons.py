"""Why a service fits, in the words of the person: short, in the second person, without codes.

`data/messages/reasons.json` has a sentence for each attribute and outcome, such as `EL_COST.states.FREE`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import pgettext

from suar.directory import labels
from suar.directory.codes import Effect
from suar.directory.facts import Fit, Reason
from suar.website.messages import read_messages


@dataclass(frozen=True, slots=True)
class Why:
    """One line: `kind` is "yes", "note", "warn" or "ask" (ask first)."""

    kind: str
    words: str


KINDS = {
    Effect.FOR: "yes",
    Effect.NOTE: "note",
    Effect.ASK: "ask",
    Effect.AGAINST: "ask",
    Effect.WARN: "warn",
}
SENTENCES: dict[str, Promise] = read_messages("reasons")
ADULT_AGE = 18

COMPARES_SELF = ("EL_SEX", "EL_AGE", "EL_AREA", "EL_LANGUAGE", "EL_CHILDREN_WITH")
"""Attributes that a person compares with themselves; an attribute without an answer is not asked about."""
WHO_ATTRIBUTES = ("EL_SEX", "EL_AGE")
LIMITS = ("match", "restricts")
ORDER = ("yes", "note", "warn", "ask")
WHOLE_COUNTRY = "NATIONAL"
NAMES_ITS_PEOPLE = ("ABROAD", "SEA")
"""Places whose name is a sentence of its own: no "in" stands before it."""


def why(fit: Fit, *, chosen: Collection[str] = ()) -> list[Why]:
    """Return the reasons that help a person choose: what fits, what to know, what to ask.

    Whom a place is for comes first, so that nobody calls in vain. `chosen` names the attributes
    that the person answered; of each kind they come first.
    """

    def order(reason: Reason) -> tuple[bool, int, bool]:
        is_who = reason.attribute in WHO_ATTRIBUTES and reason.outcome in LIMITS
        return not is_who, ORDER.index(_kind(reason)), reason.attribute not in chosen

    ages = _ages_taken(fit.because)
    reasons = sorted((part for reason in fit.because for part in _split_areas(reason)), key=order)
    lines = [Why(_kind(reason), words) for reason in reasons if (words := _sentence(reason, ages))]
    return list(dict.fromkeys(lines))


def listed(words: Iterable[str]) -> str:
    """Join words with the comma of the language."""
    return pgettext("between the words of a list", ", ").join(words)


def _split_areas(reason: Reason) -> Iterable[Reason]:
    """Split off the places that need a sentence of their own."""
    wide = tuple(code for code in reason.values if code in NAMES_ITS_PEOPLE)
    if reason.attribute != "EL_AREA" or not wide or len(wide) == len(reason.values):
        return (reason,)
    inside = tuple(code for code in reason.values if code not in wide)
    return (replace(reason, values=inside), replace(reason, values=wide))


def _ages_taken(reasons: Sequence[Reason]) -> str:
    """Return "adults" or "children" if a service is for them only."""
    for reason in reasons:
        if reason.attribute == "EL_AGE" and reason.outcome in LIMITS:
            low, high = reason.values
            return "adults" if int(low) >= ADULT_AGE else "children" if high and int(high) < ADULT_AGE else ""
    return ""


def _kind(reason: Reason) -> str:
    if reason.attribute in COMPARES_SELF and reason.outcome == "restricts":
        return "note"
    return KINDS[reason.effect]


def _sentence(reason: Reason, ages: str) -> str:
    attribute, outcome, values = reason.attribute, reason.outcome, reason.values
    if attribute == "EL_SEX":
        taken = values if outcome in ("open", *LIMITS) else ()
        return " ".join(filter(None, (_first(f"EL_SEX.{ages}.{value}", f"EL_SEX.{value}") for value in taken)))
    if attribute == "EL_AGE" and outcome in LIMITS:
        return _age_sentence(*values)
    if values and values[0] in NAMES_ITS_PEOPLE and outcome in (*LIMITS, "mismatch"):
        return listed(map(labels.place_name, values))
    sentence = _first(f"{attribute}.{outcome}.{values[0] if len(values) == 1 else ''}", f"{attribute}.{outcome}")
    if "%(" not in sentence:
        return sentence
    names = listed(map(labels.place_name if attribute == "EL_AREA" else labels.language_name, values))
    return sentence % {"place": names, "languages": names, "age": values[0]} if values else ""


def _first(*keys: str) -> str:
    return next((str(SENTENCES[key]) for key in keys if key in SENTENCES), "")


def _age_sentence(low: str, high: str) -> str:
    bounds = "between" if int(low) and high else "from" if int(low) else "up_to" if high else ""
    return _first(f"EL_AGE.{bounds}") % {"low": int(low), "high": high}
