"""Erasing a record at the wish of the person, storing it longer, legal holds, and certificates of what was erased.

A certificate says what was erased, when, why and by whom, without a name; each is an entry of the audit log. Its number
is the number of its entry and the beginning of the digest that chains it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.audit.queries import Entry
from suar.cases import calendars, policy, retention
from suar.cases.contact_status import notify_team
from suar.cases.documents import ENDINGS, ErasureAct, ErasureActs, ErasureLog, LegalHold
from suar.cases.models import Erasure, ErasureAsk
from suar.cases.retention import WISH
from suar.cases.rules import retention as rules
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.core.workflow import NOT_FROM_HERE
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.actions import contact_ended
from suar.records.backups.writing import KEYS_RETENTION
from suar.records.keyring import OpenRecord
from suar.referrals import queries as referrals
from suar.referrals.receiving import Referral

FREE = "FREE"
AGREED = "AGREED"
REQUEST, CONFIRM, TAKE_BACK = "request_erasure", "confirm_erasure", "take_back_erasure"
AGREE, LONGER = "agree_retention", "store_longer"
FORGET = "forget"
"""The verb of an erasure in the audit log."""
DIGEST_BYTES = 4


@act("change_erasure", needs=Permission.SEE_RECORD)
def change(record: OpenRecord, verb: str, facts: Mapping[str, Any], *, by: Acting) -> None:
    """Do one act of data/erasure.json or data/legal_hold.json; `facts` are the fields of `ErasureAct`.

    Raises Refused for an act that does not follow or needs a second person, under a legal hold, and too late.
    """
    kind = document_of(verb)
    entries = list_acts(record, kind)
    actor = policy.actor_of(by.viewer, record.facts, requester=_requester(entries))
    new_act = ErasureAct(verb=verb, actor=actor, by=by.worker, at=by.at, **facts)
    decision = kind.table().may_follow(entries, new_act)
    if not decision:
        raise Refused("transition_not_possible" if decision.because == NOT_FROM_HERE else decision.because)
    _check_facts(record, new_act, by=by)
    by.entry.verb = verb
    record.put(kind(entries=(*entries, new_act)), by=by.worker, at=by.at, expected=record.version_of(kind))
    _store_plan(record, new_act, entries, by=by)
    if verb not in (AGREE, LONGER):
        calendars.update_index_entry(record, by=by)
        notify_team(record, also=lists.leads_who_know(record.facts), by=by)


@act("answer_erasure_ask", needs=Permission.MANAGE_CASE)
def answer_ask(record: OpenRecord, referral: UUID, reply: str, *, by: Acting) -> None:
    """Answer another organisation that asks to erase a case; an agreement becomes a request for a second person here.

    Raises NotYours if nobody asked or it was answered, and Refused as `change` does.
    """
    ask = ErasureAsk.objects.select_for_update().filter(referral=referral, reply="").first()
    if ask is None or not Referral.objects.filter(id=referral, case=record.id).exists():
        raise NotYours
    if reply == AGREED and state_of(record, ErasureLog) == "STORED":
        change(record, REQUEST, {"on": by.today, "who": "PARTNER", "way": "MESSAGE"}, by=by)
    ask.reply, ask.replied_by, ask.replied_at = reply, by.worker, by.at
    ask.save()
    workers = Erasure.objects.filter(record=ask.record).values_list("asked_by", "confirmed_by").first()
    notices.notify({worker for worker in workers or () if worker}, at=by.at)


def document_of(verb: str) -> type[ErasureActs]:
    """Return the document in which an act is stored; raises NotYours for an unknown one."""
    kinds = (kind for kind in ENDINGS if verb in {row.verb for row in kind.table().transitions})
    return value_or_refuse(next(kinds, None))


def list_acts(record: OpenRecord, kind: type[ErasureActs]) -> tuple[ErasureAct, ...]:
    """Return the acts of a record of one kind, oldest first."""
    return record.get_or_empty(kind).entries


def state_of(record: OpenRecord, kind: type[ErasureActs]) -> str:
    """Return the state of the request to erase a record, or of its legal hold."""
    return kind.table().derive(list_acts(record, kind))


def next_verbs(record: OpenRecord, viewer: Viewer) -> list[str]:
    """Return the acts that a viewer may do now: about the request and the retention, then about a legal hold."""
    plan, verbs = plan_of(record.id), list[str]()
    not_yet = () if plan and plan.announced_on else (AGREE, LONGER)
    for kind in ENDINGS:
        entries, table = list_acts(record, kind), kind.table()
        actor = policy.actor_of(viewer, record.facts, requester=_requester(entries))
        for verb in table.next_acts(table.derive(entries), actor):
            possible = ErasureAct(verb=verb, actor=actor, by=viewer.worker, at=clock.now())
            if verb not in not_yet and table.may_follow(entries, possible):
                verbs.append(verb)
    return verbs


def plan_of(record: UUID) -> Erasure | None:
    """Return the plain row that the job reads about the erasure of a record."""
    return Erasure.objects.filter(record=record).first()


def list_asks(record: UUID) -> list[ErasureAsk]:
    """Return the unanswered requests of other organisations to erase this case."""
    received = Referral.objects.filter(case=record)
    return list(ErasureAsk.objects.filter(reply="", referral__in=received.values("id")).order_by("at"))


def check_stays(record: UUID) -> None:
    """Raise Refused for a record that will be erased after the pause: nothing of it may be sent meanwhile."""
    if Erasure.objects.filter(record=record, erase_at__isnull=False).exists():
        raise Refused("erasure_waits")


def holders_elsewhere(record: OpenRecord) -> list[tuple[str, bool]]:
    """Return the services that opened shared data, and whether Suar can ask them to erase (others: by phone)."""
    return [
        (sent.document.service_name, sent.case is not None)
        for sent in referrals.sent_for(record)
        if sent.case is not None or sent.packet.opened_at is not None
    ]


def _requester(entries: tuple[ErasureAct, ...]) -> str:
    return entries[-1].actor if entries else ""


def _check_facts(record: OpenRecord, new_act: ErasureAct, *, by: Acting) -> None:
    """Raise Refused if the current facts do not allow the act."""
    today, plan = by.today, plan_of(record.id)
    facts = retention.facts_of(record.id)
    if new_act.on and new_act.on > today:
        raise Refused("in_the_future")
    if new_act.verb in (REQUEST, CONFIRM) and facts and (refused := rules.reason_against_wish(facts)):
        raise Refused(refused)
    if new_act.verb == TAKE_BACK and plan and rules.is_over(plan.erase_at, at=by.at):
        raise Refused("erasure_too_late")
    announced = plan.announced_on if plan else None
    if new_act.verb == AGREE and announced is None:
        raise Refused("not_announced")
    if new_act.verb == LONGER and new_act.until:
        rules.may_store_until(new_act.until, announced=announced, today=today).enforce()


def _store_plan(record: OpenRecord, new_act: ErasureAct, before: tuple[ErasureAct, ...], *, by: Acting) -> None:
    """Store the plain facts that the job needs after an act, beside the record."""
    planned: dict[str, dict[str, Any]] = {AGREE: {"agreed": True}, LONGER: {"announced_on": None}}
    columns = planned.get(new_act.verb, {})
    if document_of(new_act.verb) is LegalHold:
        columns = {"on_hold": state_of(record, LegalHold) != FREE}
    if columns:
        columns["organisation"] = record.facts.organisation
        Erasure.objects.update_or_create(record=record.id, defaults=columns)
    if new_act.verb == LONGER and new_act.until:
        records.set_retention(record.id, new_act.until)
    elif new_act.verb == TAKE_BACK:
        Erasure.objects.filter(requested_on=record.id).update(erase_at=None, requested_on=None)
    elif new_act.verb == CONFIRM:
        _plan_erasure(record, next(entry for entry in reversed(before) if entry.verb == REQUEST), by=by)


def _plan_erasure(record: OpenRecord, asked: ErasureAct, *, by: Acting) -> None:
    """Let the job erase a record and those merged with it after the pause; destroy waiting summaries now."""
    plan = {
        "organisation": record.facts.organisation,
        "erase_at": rules.pause_ends(by.at),
        "requested_on": record.id,
        "asked_by": asked.by,
        "confirmed_by": by.worker,
        "asks_others": asked.ask_others,
    }
    for member in sorted(filter(keyring.find_record, retention.merged_group(record.id))):
        Erasure.objects.update_or_create(record=member, defaults=plan)
        with suppress(NotYours):
            opened = record if member == record.id else keyring.open_record(member, keys=by.keys)
            contact_ended.send(sender=OpenRecord, record=opened, by=by.worker, at=by.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One erased record. `replies` are the organisations that were asked to erase too, each with the code of its reply.

    The paper for the person leaves the replies out: the name of an organisation may reveal what happened.
    """

    number: str
    code: str
    organisation: str
    erased_on: date
    on_request: bool
    workers: tuple[str, ...]
    backups_until: date
    replies: tuple[tuple[str, str], ...] = ()


def list_certificates(viewer: Viewer) -> list[Certificate]:
    """Return the certificates that a viewer may read, newest first: an entry of the audit log proves each."""
    rows = list(_readable(viewer).order_by("-entry"))
    entries = audit.entries_with([row.entry for row in rows if row.entry])
    asks = ErasureAsk.objects.filter(record__in=[row.record for row in rows]).order_by("at")
    replies: dict[UUID, list[ErasureAsk]] = {}
    for ask in asks:
        replies.setdefault(ask.record, []).append(ask)
    names = accounts.organisation_names([*(row.organisation for row in rows), *(ask.organisation for ask in asks)])
    workers = accounts.display_names(worker for row in rows for worker in (row.asked_by, row.confirmed_by))
    return [
        _certificate(row, entry, replies.get(row.record, []), names, workers)
        for row in rows
        if (entry := entries.get(row.entry or 0)) and entry.verb == FORGET and str(row.record) in entry.about
    ]


def find_certificate(number: str, *, viewer: Viewer) -> Certificate | None:
    """Return the certificate with this number if the viewer may read it; None for a wrong or a forged number."""
    wanted = "".join(number.split()).upper()
    return next((item for item in list_certificates(viewer) if item.number == wanted), None)


def number_of(entry: Entry) -> str:
    """Return the number of the certificate of an entry."""
    return f"{entry.seq}-{bytes(entry.digest)[:DIGEST_BYTES].hex()}".upper()


def _readable(viewer: Viewer) -> QuerySet[Erasure]:
    """Return the erased records whose certificate a viewer may read: own acts, led teams; privacy officers read all."""
    rows = Erasure.objects.filter(organisation=viewer.organisation, entry__isnull=False)
    if viewer.may(Permission.SEE_ACCESS_LOG):
        return rows
    return rows.filter(_own(viewer) | Q(record__in=lists.erased_of_teams(viewer.leads)))


def was_erased_by(record: UUID, viewer: Viewer) -> bool:
    """Return True if a record was erased that this worker asked or agreed to erase, unless they were excluded."""
    return Erasure.objects.filter(_own(viewer), record=record, entry__isnull=False).exists()


def _own(viewer: Viewer) -> Q:
    """Return the condition of the erasures that a worker asked or agreed to, unless they were excluded since."""
    agreed = Q(asked_by=viewer.worker) | Q(confirmed_by=viewer.worker)
    return agreed & (Q(entry__in=audit.mentions_of(viewer.worker)) | ~Q(record__in=lists.restricted_ids()))


def _certificate(
    row: Erasure, entry: Entry, asks: list[ErasureAsk], names: dict[UUID, str], workers: dict[UUID, str]
) -> Certificate:
    erased_on, on_request = clock.local_date(entry.at), entry.because == WISH
    involved = (row.asked_by, row.confirmed_by) if on_request else ()
    return Certificate(
        number=number_of(entry),
        code=short_code(row.record),
        organisation=names.get(row.organisation, ""),
        erased_on=erased_on,
        on_request=on_request,
        workers=tuple(workers.get(worker, "") for worker in involved if worker),
        backups_until=clock.local_date(entry.at + KEYS_RETENTION),
        replies=tuple((names.get(ask.organisation, ""), ask.reply) for ask in asks),
    )
