"""Retention: for how long a record is stored, and the job that announces its end and erases it.

The job has no keys and reads plain columns only: when anything was last written, what is due, and what prevents an
erasure.
Source: security.md 3.4, 3.8; docs/decisions/retention.md.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from suar.accounts import alarms, notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.cases.documents import ErasureLog, LegalHold
from suar.cases.models import Erasure, ErasureAsk, ErasureClock, RetentionSettings, TeamNotice
from suar.cases.rules import retention as rules
from suar.cases.rules.retention import RetentionFacts, Step
from suar.consent.rules import add_months
from suar.core import clock
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.queries import ListedRecord
from suar.records.terms import Kind, Status
from suar.referrals import queries as referrals
from suar.referrals import sending
from suar.screening import team_opinions

WISH, RETENTION = "erasure_wish", "erasure_retention"
"""Reasons for an erasure, in the audit log."""
NOT_ENTRIES = (ErasureLog.storage.name, LegalHold.storage.name)
"""Stored values about the end of a record, from which its retention does not count."""
MERGED, TAKEN_APART = "merge_records", "undo_merge"


@act("set_retention", needs=Permission.SET_RETENTION)
def set_months(months: dict[Kind, int], *, by: Acting) -> None:
    """Store for how many months the organisation stores records of each kind; raises Refused beyond the bounds."""
    rules.may_set_months(months).enforce()
    columns = {"months": {kind.value: number for kind, number in months.items()}, "by": by.worker, "at": by.at}
    RetentionSettings.objects.update_or_create(organisation=by.viewer.organisation, defaults=columns)


def months_of(organisation: UUID) -> dict[Kind, int]:
    """Return for how many months an organisation stores records of each kind."""
    row = RetentionSettings.objects.filter(organisation=organisation).first()
    chosen = row.months if row else {}
    return {kind: chosen.get(kind.value, rule.months) for kind, rule in rules.kind_rules().items()}


def merged_group(record: UUID) -> set[UUID]:
    """Return a record and those of the same person that are merged with it, by the audit log."""
    group, unread = {record}, [record]
    while unread:
        current, merged = unread.pop(), set[UUID]()
        for entry in audit.acts_with_verbs(current, verbs=(MERGED, TAKEN_APART)):
            pair = {UUID(ident) for ident in entry.about} - {current}
            merged = merged | pair if entry.verb == MERGED else merged - pair
        unread += merged - group
        group |= merged
    return group


def facts_of(record: UUID) -> RetentionFacts | None:
    """Return the plain facts on which the retention of a record depends; None if it was destroyed."""
    group = merged_group(record)
    rows = lists.stored_rows(group)
    own = next((row for row in rows if row.id == record), None)
    if own is None:
        return None
    last = lists.last_written_at(group, apart_from=NOT_ENTRIES)
    return RetentionFacts(
        kind=Kind(own.kind),
        last_entry=clock.local_date(last) if last else own.opened_month,
        until=max((row.retention for row in rows if row.retention), default=None),
        on_hold=Erasure.objects.filter(record__in=group, on_hold=True).exists(),
        referral_open=referrals.has_open_referral(group),
        case_open=any(row.kind == Kind.CASE and row.status == Status.OPEN for row in rows),
        duty_open=any(row.next_due for row in rows),
    )


def run(*, at: datetime) -> dict[str, int]:
    """Announce and erase due records, each in its own transaction; return the number of each.

    Nothing happens while the clock of the server is in doubt. Requests are done in each run, retention once a day.
    """
    counts = dict.fromkeys(("announced", "erased"), 0)
    last = _last_run(at=at)
    if last is None:
        return counts
    for record in list(Erasure.objects.filter(erase_at__lte=at).values_list("record", flat=True)):
        counts["erased"] += _erase_on_request(record, at=at)
    if clock.local_date(last.at) != clock.local_date(at):
        for record in _candidates(clock.local_date(at)):
            step = _act_on_retention(record, at=at)
            counts["announced"] += step is Step.ANNOUNCE
            counts["erased"] += step is Step.ERASE
    ErasureClock.objects.update(at=at)
    return counts


def may_end_apart(records_of_person: Iterable[UUID]) -> bool:
    """Return False while one of these records or of those merged with them is to be erased or is on legal hold."""
    group = {member for record in records_of_person for member in merged_group(record)}
    return not Erasure.objects.filter(Q(on_hold=True) | Q(erase_at__isnull=False), record__in=group).exists()


def announce(row: ListedRecord, day: date, *, at: datetime) -> None:
    """Store the day on which a record is erased, and notify its worker and the leads of the team."""
    columns = {"announced_on": day, "agreed": False, "organisation": row.organisation}
    Erasure.objects.update_or_create(record=row.id, defaults=columns)
    notices.notify({worker for worker in (row.assignee, *lists.leads_who_know(row)) if worker}, at=at)


def _last_run(*, at: datetime) -> ErasureClock | None:
    """Return the last run if the clock can be trusted; a jump raises an alarm, and a week without one must follow.

    A demonstration sets its clock on purpose and raises none.
    """
    last = ErasureClock.objects.first() or ErasureClock.objects.create(at=at, steady_since=at)
    if rules.clock_jumped(last.at, at):
        if settings.SUAR_MODE != "demo":
            alarms.raise_clock_alarm(last.at, at=at)
        last.steady_since = at
    if rules.is_steady(last.steady_since, at):
        return last
    ErasureClock.objects.update(at=at, steady_since=last.steady_since)
    return None


def _candidates(today: date) -> list[UUID]:
    """Return the records whose retention may end within the time of notice, and those announced before."""
    months = {kind: rule.months for kind, rule in rules.kind_rules().items()}
    for row in RetentionSettings.objects.all():
        months |= {kind: min(months[kind], row.months.get(kind.value, months[kind])) for kind in months}
    ahead = today + timedelta(days=rules.TABLE["announce_days"] + 1)
    written_before = {kind: clock.start_of(add_months(ahead, -number)) for kind, number in months.items()}
    old = lists.not_written_since(written_before, apart_from=NOT_ENTRIES)
    announced = Erasure.objects.exclude(announced_on=None).values_list("record", flat=True)
    return sorted({*old, *announced})


@transaction.atomic
def _act_on_retention(record: UUID, *, at: datetime) -> Step:
    """Announce the end of a record's retention, take the announcement back, or erase it, under its lock."""
    keyring.lock_record(record)
    facts = facts_of(record)
    if facts is None:
        return Step.NOTHING
    [row], plan = lists.stored_rows([record]), Erasure.objects.filter(record=record).first()
    months, announced = months_of(row.organisation)[facts.kind], plan.announced_on if plan else None
    step, day = rules.next_step(facts, months, announced=announced, today=clock.local_date(at))
    if step is Step.ANNOUNCE and day:
        announce(row, day, at=at)
    elif step is Step.CLEAR:
        Erasure.objects.filter(record=record).update(announced_on=None, agreed=False)
    elif step is Step.ERASE:
        _erase(record, by=None, at=at, because=RETENTION)
    return step


@transaction.atomic
def _erase_on_request(record: UUID, *, at: datetime) -> bool:
    """Erase a record after the pause, unless the request was taken back.

    If something refuses it now, another pause begins: after a stop the request can be taken back for a day again.
    """
    keyring.lock_record(record)
    plan, facts = Erasure.objects.get(record=record), facts_of(record)
    if facts is None or not rules.is_over(plan.erase_at, at=at):
        return False
    if rules.reason_against_wish(facts):
        Erasure.objects.filter(record=record).update(erase_at=rules.pause_ends(at))
        notices.notify(_agreed_by(plan), at=at)
        return False
    _erase(record, by=plan.confirmed_by, at=at, because=WISH)
    return True


def _erase(record: UUID, *, by: UUID | None, at: datetime, because: str) -> None:
    """Destroy a locked record and what depends on it, keys first, and ask others who opened a case for the person."""
    plan = Erasure.objects.filter(record=record).first()
    agreed_by = _agreed_by(plan) if plan else set()
    team_opinions.destroy_about(record, at=at)
    for row in sending.close_erased(record, at=at):
        if plan and plan.asks_others and row.receiving_organisation and row.case and keyring.find_record(row.case):
            ask = {"record": record, "organisation": row.receiving_organisation, "sender": plan.organisation, "at": at}
            ErasureAsk.objects.get_or_create(referral=row.id, defaults=ask)
            notices.notify(referrals.receivers_of(row), at=at)
    TeamNotice.objects.filter(record=record).delete()
    records.destroy(record, by=by, at=at, because=because, agreed_by=agreed_by)
    [entry] = audit.acts_about(record, most=1)
    columns = {"announced_on": None, "agreed": False, "erase_at": None, "erased_at": at, "entry": entry.seq}
    Erasure.objects.filter(record=record).update(**columns)
    notices.notify(agreed_by, at=at)


def _agreed_by(plan: Erasure) -> set[UUID]:
    """Return the two workers who agreed to an erasure, without one whom the person excluded since."""
    return set(lists.who_may_know(plan.record, [*filter(None, (plan.asked_by, plan.confirmed_by))]))


def announced_in(organisation: UUID) -> QuerySet[Erasure]:
    """Return the announced erasures of an organisation to which nobody agreed yet, also those hidden from a viewer."""
    return Erasure.objects.filter(announced_on__isnull=False, agreed=False, organisation=organisation)


def announced_to(viewer: Viewer) -> QuerySet[Erasure]:
    """Return the announced erasures of the records of a worker and of the teams they lead, if nobody agreed yet."""
    visible = lists.visible(viewer, *lists.PEOPLE)
    own = visible.filter(Q(assignee=viewer.worker) | Q(covered_for=viewer.worker) | Q(team__in=viewer.leads))
    return announced_in(viewer.organisation).filter(record__in=own.values("id")).order_by("announced_on", "record")


def asks_to(organisation: UUID) -> QuerySet[ErasureAsk]:
    """Return the requests of other organisations that nobody answered yet, also those hidden from a viewer."""
    return ErasureAsk.objects.filter(reply="", organisation=organisation).order_by("at")


def day_context(viewer: Viewer, *, keys: Keys, announced: bool, asked: bool) -> dict[str, Any]:
    """Return the `announced` erasures of a worker's records by name, and the cases that others `asked` to erase."""
    context: dict[str, Any] = {}
    if announced and (plans := list(announced_to(viewer))):
        entries = lists.index_entries([plan.record for plan in plans], keys=keys)
        context["announced"] = [(entries[plan.record]["name"], plan) for plan in plans if plan.record in entries]
    if asked and (asks := list(asks_to(viewer.organisation))):
        received = referrals.received_by(viewer).filter(id__in=[ask.referral for ask in asks])
        cases = dict(received.values_list("id", "case"))
        names = accounts.organisation_names(ask.sender for ask in asks if ask.referral in cases)
        context["asked"] = [(names.get(ask.sender, ""), case) for ask in asks if (case := cases.get(ask.referral))]
    return context
