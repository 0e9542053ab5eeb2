"""How a case is closed: one worker asks, a second one agrees where the reason needs it; and back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from suar.accounts.acting import Acting
from suar.accounts.roles import Permission
from suar.cases import calendars, policy, rules
from suar.cases.codes import Because, ClosureReason, Confirmed, NeedEnd
from suar.cases.documents import Closing, ClosingRequest
from suar.cases.rules import ClosingFacts, Need
from suar.core import clock
from suar.core.acts import act
from suar.core.decisions import Decision
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import queries as referrals

ASKED, CLOSED, REOPENED, LEFT_OPEN = "asked", "closed", "reopened", "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingWish:
    """What a worker wrote on the page that closes a case.

    `reviews` are the days on which the goals were reviewed with the person and all was well;
    `needs` holds what became of each need; `call` is whom the person can call later.
    """

    reason: ClosureReason
    on: date
    agreed: str
    call: str
    confirmed: frozenset[Confirmed] = frozenset()
    reviews: tuple[date, ...] = ()
    needs: tuple[tuple[Need, NeedEnd], ...] = ()

    @property
    def open_urgent_needs(self) -> int:
        """How many urgent needs are still open."""
        return sum(rules.is_urgent(need) for need, end in self.needs if end is NeedEnd.OPEN)

    def as_request(self, *, by: UUID, at: datetime) -> ClosingRequest:
        """Return the wish as it is stored; of needs only how many ended how."""
        return ClosingRequest(
            reason=self.reason,
            on=self.on,
            agreed=self.agreed,
            call=self.call,
            confirmed=tuple(sorted(self.confirmed)),
            reviews=self.reviews,
            open_urgent=self.open_urgent_needs,
            needs=dict(Counter(str(end) for _, end in self.needs)),
            state=ASKED,
            asked_by=by,
            asked_at=at,
        )


@act("ask_closing", needs=Permission.MANAGE_CASE)
def ask_closing(
    record: OpenRecord, wish: ClosingWish, *, seen: Sequence[ClosingRequest], by: Acting, instead: bool = False
) -> str:
    """Close a case, or ask a second worker for it; return which of both it was.

    While it waits, it is due today for everybody who holds it, so that it is not forgotten. `seen`
    is what the worker saw: Conflict when somebody asked, closed or opened it since. `instead` sets
    aside what was asked or done before. Raises Refused when the rule refuses, and NotYours for
    somebody whom it does not concern any more.
    """
    if list(seen) != list_requests(record):
        raise Conflict
    if instead:
        reopen(record, by=by)
        leave_open(record, by=by)
        record = record.reopen(by)
    if not policy.may_ask_closing(by.viewer, record.facts) or record.facts.status is not Status.OPEN:
        raise NotYours
    if wish.on > clock.local_date(by.at):
        raise Refused(Because.IN_THE_FUTURE)
    request = wish.as_request(by=by.worker, at=by.at)
    decision = rules.may_close(_facts(record, request, at=by.at))
    waits = decision.because == Because.SECOND_WORKER_NEEDED
    if not decision and not waits:
        raise Refused(decision.because)
    if waits:
        _store(record, [*_decided(record), request], by=by)
        records.set_due(record.id, due=clock.local_date(by.at))
        return ASKED
    by.entry.verb = "close_case"
    _close(record, request, by=by)
    return CLOSED


@act("close_case", needs=Permission.MANAGE_CASE)
def agree(record: OpenRecord, *, by: Acting) -> None:
    """Close a case as a colleague asked; agreeing twice is the same as once.

    Raises Refused or NotYours as `ask_closing` does, and Refused when nothing waits any more.
    """
    request = waiting_request(record)
    if request is None:
        closed = closing_request(record)
        if closed is None or closed.agreed_by != by.worker:
            raise _nothing_waits(record)
        by.entry.skip = True
        return
    decision = Decision.first_refusal(
        policy.may_agree_closing(by.viewer, record.facts, asked_by=request.asked_by),
        rules.may_close(replace(_facts(record, request, at=by.at), agreed_by=by.worker)),
    )
    if not decision:
        raise Refused(decision.because)
    _close(record, request.model_copy(update={"agreed_by": by.worker}), by=by)


@act("keep_open", needs=Permission.MANAGE_CASE)
def leave_open(record: OpenRecord, *, by: Acting) -> None:
    """Reject a request to close: the worker who asked, who is assigned, or the lead may.

    Leaving it open twice is the same as once; Refused when it was closed in the meantime.
    """
    record = record.reopen(by)
    request = waiting_request(record)
    if request is None:
        if closing_request(record):
            raise _nothing_waits(record)
        by.entry.skip = True
        return
    if request.asked_by != by.worker and not policy.may_ask_closing(by.viewer, record.facts):
        raise NotYours
    _replace_last(record, request.model_copy(update={"state": LEFT_OPEN}), by=by)
    records.set_due(record.id, due=calendars.next_day(record))


@act("reopen_case", needs=Permission.MANAGE_CASE)
def reopen(record: OpenRecord, *, by: Acting) -> None:
    """Open a closed case again with the calendar it had; twice is the same as once."""
    if record.facts.status is not Status.CLOSED:
        by.entry.skip = True
        return
    if not policy.may_ask_closing(by.viewer, record.facts):
        raise NotYours
    requests = list_requests(record)
    if requests:
        changes = {"state": REOPENED, "reopened_by": by.worker, "reopened_at": by.at}
        _replace_last(record, requests[-1].model_copy(update=changes), by=by)
    records.reopen(record.id, due=calendars.next_day(record))


def is_stored(record: OpenRecord, wish: ClosingWish, *, by: UUID) -> bool:
    """Return True if this very wish of this worker waits or closed the case: it was pressed twice."""
    last = waiting_request(record) or closing_request(record)
    if last is None:
        return False
    mine = wish.as_request(by=by, at=last.asked_at)
    later = {name: getattr(last, name) for name in ("state", "agreed_by", "closed_at", "reopened_by", "reopened_at")}
    return mine.model_copy(update=later) == last


def list_requests(record: OpenRecord) -> list[ClosingRequest]:
    """Return every request to close a case, oldest first, each with what came of it."""
    closing = record.get(Closing)
    return list(closing.requests) if closing else []


def waiting_request(record: OpenRecord) -> ClosingRequest | None:
    """Return the request to close that waits for a second worker."""
    requests = list_requests(record)
    return requests[-1] if requests and requests[-1].state == ASKED else None


def closing_request(record: OpenRecord) -> ClosingRequest | None:
    """Return the request by which a case that is closed now was closed."""
    requests = list_requests(record)
    closed = record.facts.status is Status.CLOSED
    return requests[-1] if closed and requests and requests[-1].state == CLOSED else None


def _nothing_waits(record: OpenRecord) -> Exception:
    """Return what is raised where nobody waits: closed or left open meanwhile, or never asked."""
    if closing_request(record):
        return Refused(Because.CLOSED_NOW)
    return Refused(Because.LEFT_OPEN) if list_requests(record) else NotYours()


def _close(record: OpenRecord, request: ClosingRequest, *, by: Acting) -> None:
    closed = request.model_copy(update={"state": CLOSED, "closed_at": by.at})
    _store(record, [*_decided(record), closed], by=by)
    records.close(record.id)


def _store(record: OpenRecord, requests: Sequence[ClosingRequest], *, by: Acting) -> None:
    record.put(Closing(requests=tuple(requests)), by=by.worker, at=by.at)


def _replace_last(record: OpenRecord, request: ClosingRequest, *, by: Acting) -> None:
    _store(record, [*list_requests(record)[:-1], request], by=by)


def _decided(record: OpenRecord) -> list[ClosingRequest]:
    """Return what was decided before; a request that waits makes room for a new one."""
    return [each for each in list_requests(record) if each.state != ASKED]


def _facts(record: OpenRecord, request: ClosingRequest, *, at: datetime) -> ClosingFacts:
    _, outcomes = calendars.read_calendar(record)
    unanswered = [sent for sent in referrals.sent_for(record) if sent.state in referrals.UNANSWERED]
    return ClosingFacts(
        reason=request.reason,
        today=clock.local_date(at),
        asked_by=request.asked_by,
        confirmed=frozenset(request.confirmed),
        open_urgent_needs=request.open_urgent,
        unanswered_since=tuple(clock.local_date(sent.sent_at) for sent in unanswered),
        reviews=tuple(rules.attested(day) for day in request.reviews),
        tries_on=tuple(day for outcome in outcomes for day in outcome.tries_on),
    )
