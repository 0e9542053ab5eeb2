"""The page that closes a case: reasons with what each asks, and a wish that waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.cases import actions, closing, labels, policy, rules
from suar.cases.forms import ClosingForm
from suar.cases.terms import ClosureReason, Need
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import labels as referral_labels


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to confirm for a reason."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason with what it asks: things to confirm, perhaps two days of looking back."""

    code: str
    words: str
    chosen: bool
    checks: Sequence[Check]
    looks_back: bool


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish to close, or how a case was closed, in words."""

    who: str
    why: str
    on: str
    agreed: str
    call: str
    agreed_by: str
    may_agree: bool
    may_leave: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """The page that closes a case; `wished` waits for a second person or has closed it."""

    record: UUID
    code: str
    reasons: Sequence[ReasonLine]
    wished: Wished | None
    is_closed: bool


def closing_page(record: OpenRecord, viewer: Viewer, form: ClosingForm) -> ClosingPage:
    """Put together the page that closes a case."""
    chosen, confirmed = form["reason"].value(), form["confirmed"].value() or ()
    asked = closing.waiting(record) or closing.ended(record)
    return ClosingPage(
        record.id,
        actions.code_of(record),
        [_reason(each, chosen, confirmed) for each in ClosureReason],
        wished(record, viewer, asked) if asked else None,
        record.facts.status is Status.CLOSED,
    )


def need_questions(needs: Iterable[Need]) -> list[tuple[str, str]]:
    """Give the kind and the words of each need that was told."""
    return [(need.service_type, referral_labels.service_type(need.service_type)) for need in needs]


def wished(record: OpenRecord, viewer: Viewer, line: Mapping) -> Wished:
    """Say a wish to close, or how a case was closed."""
    asked_by, second = UUID(line["asked_by"]), line.get("agreed_by", "")
    names = accounts.shown_names([asked_by, *([UUID(second)] if second else [])])
    may_agree = policy.may_agree_closing(viewer, record.facts, asked_by=asked_by)
    may_leave = viewer.worker == asked_by or policy.may_ask_closing(viewer, record.facts)
    return Wished(
        names.get(asked_by, ""),
        labels.say(line["reason"]),
        labels.written_day(line["on"]),
        line["agreed"],
        line["call"],
        names.get(UUID(second), "") if second else "",
        bool(may_agree),
        bool(may_leave),
        asked_by == viewer.worker,
    )


def _reason(reason: ClosureReason, chosen: str, confirmed: Collection[str]) -> ReasonLine:
    checks = [Check(each, labels.say(each), each in confirmed) for each in rules.confirmations(reason)]
    goals = reason is ClosureReason.GOALS
    return ReasonLine(reason, labels.say(reason), reason == chosen, checks, goals)
