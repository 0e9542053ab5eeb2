"""Rules about how long a record is stored, what prevents its erasure, and when it is announced and done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from suar.consent.rules import add_months
from suar.core.codes import read_data
from suar.core.decisions import Decision
from suar.records.terms import Kind

TABLE: Mapping[str, Any] = read_data("cases", "retention")
ON_HOLD, REFERRAL_OPEN = "on_hold", "referral_open"
STOPS = (ON_HOLD, REFERRAL_OPEN, "case_open", "duty_open")
"""Reasons that prevent an erasure, as fields of `RetentionFacts` and codes of codes/retention_stops.json."""


class Step(StrEnum):
    """An act of the daily job on a record."""

    NOTHING = "nothing"
    ANNOUNCE = "announce"
    CLEAR = "clear"
    ERASE = "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionFacts:
    """Facts about a record and the records of the same person that are merged with it.

    `last_entry` is the day on which anything was last written: a contact, the closing, a fact. `until` is the day
    until which it stays in any case.
    """

    kind: Kind
    last_entry: date
    until: date | None = None
    on_hold: bool = False
    referral_open: bool = False
    case_open: bool = False
    duty_open: bool = False


class KindRule(NamedTuple):
    """For how many months records of a kind are stored, and within which bounds an organisation may change it."""

    months: int
    least: int
    most: int


def kind_rules() -> dict[Kind, KindRule]:
    """Return the rule of each kind of record; a talk has its own, which destroys it after seven days.

    Source: data/retention.json.
    """
    return {Kind(row["kind"]): KindRule(row["months"], row["least"], row["most"]) for row in TABLE["kinds"]}


def may_set_months(months: dict[Kind, int]) -> Decision:
    """Return whether an organisation may choose these months.

    Source: data/retention.json, least and most.
    """
    rules = kind_rules()
    fits = all(kind in rules and rules[kind].least <= chosen <= rules[kind].most for kind, chosen in months.items())
    return Decision.require(fits, "not_offered")


def stops(facts: RetentionFacts) -> tuple[str, ...]:
    """Return the reasons that prevent an erasure, by codes of codes/retention_stops.json.

    Source: security.md T8 (hold blocks erasure); docs/decisions/retention.md.
    """
    return tuple(code for code in STOPS if getattr(facts, code))


def reason_against_wish(facts: RetentionFacts) -> str:
    """Return the reason against erasing a record that the person wants erased, or ""; an open case or duty is none.

    Source: ET19 (delete with legal hold list); an open referral ends by withdrawing the consent.
    """
    return next((code for code in stops(facts) if code in (ON_HOLD, REFERRAL_OPEN)), "")


def ends_on(facts: RetentionFacts, months: int) -> date:
    """Return the day on which the retention ends, counted from the last entry.

    Source: data/retention.json.
    """
    day = add_months(facts.last_entry, months)
    return max(day, facts.until) if facts.until else day


def next_step(facts: RetentionFacts, months: int, *, announced: date | None, today: date) -> tuple[Step, date | None]:
    """Return the step of the job today, and the day that it announces.

    Between the announcement and the erasure lie at least 60 days, also after a stop. A new entry starts anew.
    Source: data/retention.json, announce_days.
    """
    notice = timedelta(days=TABLE["announce_days"])
    end = ends_on(facts, months)
    if stops(facts) or end > today + notice:
        return (Step.CLEAR if announced else Step.NOTHING), None
    if announced is None or announced > max(end, today + notice):
        return Step.ANNOUNCE, max(end, today + notice)
    if announced < end:
        return Step.ANNOUNCE, end
    return (Step.ERASE if announced <= today else Step.NOTHING), None


def is_over(erase_at: datetime | None, *, at: datetime) -> bool:
    """Return True if the pause after a confirmed request is over.

    Source: data/retention.json, pause_hours.
    """
    return erase_at is not None and erase_at <= at


def pause_ends(confirmed_at: datetime) -> datetime:
    """Return until when a confirmed request can be taken back.

    Source: data/retention.json, pause_hours.
    """
    return confirmed_at + timedelta(hours=TABLE["pause_hours"])


def may_store_until(day: date, *, announced: date | None, today: date) -> Decision:
    """Return whether an announced erasure may be put off until this day.

    Source: data/retention.json, longest_extension_months.
    """
    if announced is None:
        return Decision.refuse("not_announced")
    if day <= announced:
        return Decision.refuse("new_date_needed")
    return Decision.require(day <= add_months(today, TABLE["longest_extension_months"]), "too_far")


def clock_jumped(last: datetime, now: datetime) -> bool:
    """Return True if the time since the last run cannot be trusted: it went back, or more than 14 days on.

    Source: own design, docs/decisions/retention.md; data/retention.json, clock_jump_days.
    """
    return not timedelta(hours=-1) <= now - last <= timedelta(days=TABLE["clock_jump_days"])


def is_steady(since: datetime, now: datetime) -> bool:
    """Return True if the clock ran without a jump long enough to erase by it.

    Source: data/retention.json, clock_wait_days.
    """
    return now - since >= timedelta(days=TABLE["clock_wait_days"])
