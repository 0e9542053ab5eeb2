"""What of a case is due on which day, sealed; only the next day due stays plain."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from suar.accounts.keys import Keys
from suar.cases import rules
from suar.cases.terms import Due, DueKind, FollowUp, Outcome, Result
from suar.records import actions as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment

CALENDAR, PUT_OFF = "calendar", "put-off"
PLAN, CODE, PERSON = "plan", "code", "person"
"""Read here; `suar.cases.actions` writes them."""


def read(record: OpenRecord) -> tuple[list[Due], list[Outcome]]:
    """Give what is planned and what came of it, in order."""
    kept = record.read(Compartment.CODED, CALENDAR) or {"dues": [], "outcomes": []}
    words = (record.read(Compartment.NARRATIVE, PUT_OFF) or {"list": []})["list"]
    outcomes = [_outcome(each, reason) for each, reason in zip_longest(kept["outcomes"], words, fillvalue="")]
    return [_due(each) for each in kept["dues"]], outcomes


def author(record: OpenRecord) -> UUID | None:
    """Say who kept the last follow-up."""
    return record.author(Compartment.CODED, CALENDAR)


def keep(record: OpenRecord, dues: list[Due], outcomes: list[Outcome], *, by: UUID, at: datetime) -> None:
    """Seal the calendar; the caller then keeps the next day due beside the record.

    Why one was put off is in the worker's words and lies with the story: a statistics key
    opens the calendar.
    """
    kept = {
        "dues": [[each.code, str(each.due_on), str(each.opens_on), str(each.closes_on)] for each in dues],
        "outcomes": [
            {
                "code": each.code,
                "result": each.result,
                "on": str(each.on),
                "tries_on": [str(day) for day in each.tries_on],
                "again_on": str(each.again_on) if each.again_on else "",
            }
            for each in outcomes
        ],
    }
    record.write(Compartment.CODED, CALENDAR, kept, by=by, at=at)
    reasons = [each.reason for each in outcomes]
    if any(reasons):
        record.write(Compartment.NARRATIVE, PUT_OFF, {"list": reasons}, by=by, at=at)


def days(record: OpenRecord) -> dict[DueKind, date]:
    """Give the next day of each kind of thing that is due."""
    plan = record.read(Compartment.NARRATIVE, PLAN) or {}
    return rules.due_days(read(record)[0], plan)


def next_day(record: OpenRecord) -> date | None:
    """Give the next day on which anything is due."""
    return min(days(record).values(), default=None)


def show(record: OpenRecord, *, keys: Keys, at: datetime) -> None:
    """Put the name, or the code, on the sealed sheet for lists, and what is due when.

    The caller holds the record and opened it since.
    """
    own = (record.read(Compartment.IDENTITY, PERSON) or {}).get("name", "")
    code = (record.read(Compartment.CODED, CODE) or {}).get("code", "")
    sheet: dict[str, Any] = {"name": own, "aliases": [code]} if own else {"name": code}
    vault.set_sheet(record, sheet | on_sheet(days(record)), keys=keys, at=at)


def on_sheet(due: Mapping[DueKind, date]) -> dict[str, dict[str, str]]:
    """Write what is due when as a sheet keeps it, so that a list can say which."""
    return {"due": {kind.value: str(day) for kind, day in due.items()}}


def _due(kept: list[str]) -> Due:
    code, due_on, opens_on, closes_on = kept
    days = (date.fromisoformat(each) for each in (due_on, opens_on, closes_on))
    return Due(*days, FollowUp(code))


def _outcome(kept: dict, reason: str) -> Outcome:
    return Outcome(
        code=FollowUp(kept["code"]),
        result=Result(kept["result"]),
        on=date.fromisoformat(kept["on"]),
        tries_on=tuple(date.fromisoformat(day) for day in kept["tries_on"]),
        again_on=date.fromisoformat(kept["again_on"]) if kept["again_on"] else None,
        reason=reason,
    )
