"""How a case ends: one worker asks, a second one agrees where the reason needs it; and back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.cases import calendars, policy, rules
from suar.cases.terms import (
    Because,
    ClosingFacts,
    ClosureReason,
    Confirmed,
    Need,
    NeedEnd,
)
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as vault
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind, Status
from suar.referrals import queries as referrals

CLOSING = "closing"
ASKED, CLOSED, REOPENED, NOT_YET = "asked", "closed", "reopened", "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a worker wrote on the page that closes a case.

    `reviews` are the days on which the goals were looked at with the person and all was well;
    `needs` says what became of each need that was told; `call` is whom the person can call later.
    """

    reason: ClosureReason
    on: date
    agreed: str
    call: str
    confirmed: frozenset[Confirmed] = frozenset()
    reviews: tuple[date, ...] = ()
    needs: tuple[tuple[Need, NeedEnd], ...] = ()


@transaction.atomic
def ask(record: OpenRecord, wish: Wish, *, viewer: Viewer, keys: Keys, at: datetime) -> str:
    """Close a case, or ask a second worker for it; give which of both it was.

    While it waits, it is due today for everybody who holds it, so that it is not forgotten.
    Raises Refused when the rule says no, NotYours for whom it does not concern any more, and
    Conflict when somebody asked, closed or opened it since it was read.
    """
    read, record = record, _held(record, keys=keys)
    if lines(read) != lines(record):
        raise Conflict
    if not policy.may_ask_closing(viewer, record.facts) or record.facts.status is not Status.OPEN:
        raise NotYours
    if wish.on > clock.local_date(at):
        raise Refused(Because.IN_THE_FUTURE)
    open_urgent = _open_urgent(wish)
    facts = _facts(record, wish, open_urgent, asked_by=viewer.worker, at=at)
    decision = rules.may_close(facts)
    waits = decision.because == Because.SECOND_WORKER_NEEDED
    if not decision and not waits:
        raise Refused(decision.because)
    line = _line(wish, open_urgent) | {"state": ASKED, "asked_by": str(viewer.worker), "asked_at": at.isoformat()}
    if waits:
        _keep(record, [*_past(record), line], by=viewer.worker, at=at)
        vault.set_due(record.id, due=clock.local_date(at))
        audit.record("ask_closing", by=viewer.worker, at=at, about=[record.id])
        return ASKED
    _close(record, line, by=viewer.worker, at=at)
    return CLOSED


@transaction.atomic
def agree(record: OpenRecord, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Close a case as a colleague asked; agreeing twice is the same as once.

    Raises Refused or NotYours as `ask` does, and Refused when nothing waits any more.
    """
    record = _held(record, keys=keys)
    asked = waiting(record)
    if asked is None:
        if (ended(record) or {}).get("agreed_by") == str(viewer.worker):
            return
        raise _refusal_of_a_word(record)
    asked_by = UUID(asked["asked_by"])
    allowed = policy.may_agree_closing(viewer, record.facts, asked_by=asked_by)
    facts = _facts(record, _wish(asked), asked["open_urgent"], asked_by=asked_by, at=at)
    decision = Decision.first_refusal(allowed, rules.may_close(replace(facts, agreed_by=viewer.worker)))
    if not decision:
        raise Refused(decision.because)
    _close(record, asked | {"agreed_by": str(viewer.worker)}, by=viewer.worker, at=at)


@transaction.atomic
def not_yet(record: OpenRecord, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Let a wish to close rest: the worker who asked, who is assigned, or the lead may.

    Leaving it open twice is the same as once; Refused when it was closed in the meantime.
    """
    record = _held(record, keys=keys)
    asked = waiting(record)
    if asked is None and ended(record):
        raise _refusal_of_a_word(record)
    if asked is None:
        return
    theirs = asked["asked_by"] == str(viewer.worker)
    if not theirs and not policy.may_ask_closing(viewer, record.facts):
        raise NotYours
    _replace_last(record, asked | {"state": NOT_YET}, by=viewer.worker, at=at)
    vault.set_due(record.id, due=calendars.next_day(record))
    audit.record("keep_open", by=viewer.worker, at=at, about=[record.id])


@transaction.atomic
def reopen(record: OpenRecord, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Open a closed case again with the calendar it had; opening it twice is the same as once."""
    record = _held(record, keys=keys)
    if record.facts.status is not Status.CLOSED:
        return
    if not policy.may_ask_closing(viewer, record.facts):
        raise NotYours
    past = lines(record)
    if past:
        again = {
            "state": REOPENED,
            "reopened_by": str(viewer.worker),
            "reopened_at": at.isoformat(),
        }
        _replace_last(record, past[-1] | again, by=viewer.worker, at=at)
    rows = records.visible(viewer, Kind.CASE).filter(id=record.id)
    rows.update(status=Status.OPEN, next_due=calendars.next_day(record))
    audit.record("reopen_case", by=viewer.worker, at=at, about=[record.id])


def was_asked(record: OpenRecord, wish: Wish, *, by: UUID) -> bool:
    """Say whether this very wish of this worker waits or closed the case: it was pressed twice."""
    last = waiting(record) or ended(record) or {}
    mine = _line(wish, _open_urgent(wish)) | {"asked_by": str(by)}
    return all(last.get(name) == value for name, value in mine.items())


def lines(record: OpenRecord) -> list[dict]:
    """Give every wish to close a case, oldest first, each with what came of it."""
    kept = record.read(Compartment.NARRATIVE, CLOSING) or {"list": []}
    return list(kept["list"])


def waiting(record: OpenRecord) -> dict | None:
    """Give the wish to close that waits for a second worker."""
    past = lines(record)
    return past[-1] if past and past[-1]["state"] == ASKED else None


def ended(record: OpenRecord) -> dict | None:
    """Give how a case that is closed now was closed."""
    past = lines(record)
    closed = record.facts.status is Status.CLOSED
    return past[-1] if closed and past and past[-1]["state"] == CLOSED else None


def _held(record: OpenRecord, *, keys: Keys) -> OpenRecord:
    """Hold a record and open it anew: what it says, and who may, may have changed since."""
    records.hold(record.id)
    return keyring.open_record(record.id, keys=keys)


def _refusal_of_a_word(record: OpenRecord) -> Exception:
    """Make what is raised where nobody waits: closed or left open meanwhile, or never asked."""
    if ended(record):
        return Refused(Because.CLOSED_NOW)
    return Refused(Because.LEFT_OPEN) if lines(record) else NotYours()


def _close(record: OpenRecord, line: dict, *, by: UUID, at: datetime) -> None:
    closed = line | {"state": CLOSED, "closed_at": at.isoformat()}
    _keep(record, [*_past(record), closed], by=by, at=at)
    vault.close(record.id)
    audit.record("close_case", by=by, at=at, about=[record.id])


def _keep(record: OpenRecord, every: Sequence[dict], *, by: UUID, at: datetime) -> None:
    expected = record.version(Compartment.NARRATIVE, CLOSING)
    record.write(Compartment.NARRATIVE, CLOSING, {"list": [*every]}, by=by, at=at, expected=expected)


def _replace_last(record: OpenRecord, line: dict, *, by: UUID, at: datetime) -> None:
    _keep(record, [*lines(record)[:-1], line], by=by, at=at)


def _open_urgent(wish: Wish) -> int:
    return sum(rules.is_urgent(need) for need, end in wish.needs if end is NeedEnd.OPEN)


def _past(record: OpenRecord) -> list[dict]:
    """Give what was decided before; a wish that waits makes room for a new one."""
    return [each for each in lines(record) if each["state"] != ASKED]


def _facts(record: OpenRecord, wish: Wish, open_urgent: int, *, asked_by: UUID, at: datetime) -> ClosingFacts:
    _, outcomes = calendars.read(record)
    sent = referrals.sent_for(record)
    return ClosingFacts(
        reason=wish.reason,
        today=clock.local_date(at),
        asked_by=asked_by,
        confirmed=wish.confirmed,
        open_urgent_needs=open_urgent,
        unanswered_since=tuple(clock.local_date(each.sent_at) for each in sent if each.state in referrals.UNANSWERED),
        reviews=tuple(rules.attested(day) for day in wish.reviews),
        tries_on=tuple(day for each in outcomes for day in each.tries_on),
    )


def _line(wish: Wish, open_urgent: int) -> dict:
    """Write a wish down; of needs only how many ended how: what was told stays in the packet."""
    return {
        "reason": str(wish.reason),
        "on": str(wish.on),
        "agreed": wish.agreed,
        "call": wish.call,
        "confirmed": sorted(wish.confirmed),
        "reviews": [str(day) for day in wish.reviews],
        "open_urgent": open_urgent,
        "needs": dict(Counter(str(end) for _, end in wish.needs)),
    }


def _wish(line: Mapping) -> Wish:
    return Wish(
        reason=ClosureReason(line["reason"]),
        on=date.fromisoformat(line["on"]),
        agreed=line["agreed"],
        call=line["call"],
        confirmed=frozenset(map(Confirmed, line["confirmed"])),
        reviews=tuple(date.fromisoformat(day) for day in line["reviews"]),
    )
