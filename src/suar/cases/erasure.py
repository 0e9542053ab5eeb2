"""Erasing a record at the wish of the person, storing it longer, and legal holds: acts of two workers."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.accounts.acting import Acting
from suar.accounts.roles import Permission, Viewer
from suar.cases import calendars, policy, retention
from suar.cases.codes import Because
from suar.cases.contact_status import tell_team
from suar.cases.documents import ENDINGS, ErasureAct, ErasureLog, LegalHold
from suar.cases.models import Erasure, ErasureAsk
from suar.cases.rules import retention as rules
from suar.core import clock
from suar.core.acts import act
from suar.core.refusals import NotYours, Refused
from suar.core.workflow import NOT_FROM_HERE
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.actions import contact_ended
from suar.records.keyring import OpenRecord
from suar.referrals import queries as referrals
from suar.referrals.receiving import Referral

FREE = "FREE"
AGREED = "AGREED"
REQUEST, CONFIRM, TAKE_BACK = "request_erasure", "confirm_erasure", "take_back_erasure"
AGREE, LONGER = "agree_retention", "store_longer"


@act("change_erasure", needs=Permission.SEE_RECORD)
def change(record: OpenRecord, verb: str, facts: Mapping[str, Any], *, by: Acting) -> None:
    """Do one act of data/erasure.json or data/legal_hold.json; `facts` are the fields of `ErasureAct`.

    Raises Refused: for an act that does not follow or needs a second person, under a legal hold, and too late.
    """
    kind = table_of(verb)
    entries = list_acts(record, kind)
    actor = policy.erasure_actor(by.viewer, record.facts, asked_as=_asked_as(entries))
    done = ErasureAct(verb=verb, actor=actor, by=by.worker, at=by.at, **facts)
    decision = kind.table().may_follow(entries, done)
    if not decision:
        raise Refused(Because.TRANSITION_NOT_POSSIBLE if decision.because == NOT_FROM_HERE else decision.because)
    _check(record, done, by=by)
    by.entry.verb = verb
    record.put(kind(entries=(*entries, done)), by=by.worker, at=by.at, expected=record.version_of(kind))
    _store_plan(record, done, entries, by=by)
    if verb not in (AGREE, LONGER):
        calendars.update_index_entry(record, by=by)
        tell_team(record, also=lists.leads_who_know(record.facts), by=by)


@act("answer_erasure_ask", needs=Permission.MANAGE_CASE)
def answer_ask(record: OpenRecord, referral: UUID, reply: str, *, by: Acting) -> None:
    """Answer another organisation that asks to erase a case; an agreement becomes a request for a second person here.

    Raises NotYours if nobody asked or it was answered, and Refused as `change` does.
    """
    ask = ErasureAsk.objects.select_for_update().filter(referral=referral, reply="").first()
    if ask is None or not Referral.objects.filter(id=referral, case=record.id).exists():
        raise NotYours
    if reply == AGREED and state_of(record, ErasureLog) == "STORED":
        today = clock.local_date(by.at)
        change(record, REQUEST, {"on": today, "who": "PARTNER", "way": "MESSAGE"}, by=by)
    ask.reply, ask.replied_by, ask.replied_at = reply, by.worker, by.at
    ask.save()
    asked = Erasure.objects.filter(record=ask.record).values_list("asked_by", "confirmed_by").first()
    notices.notify({worker for worker in asked or () if worker}, at=by.at)


def table_of(verb: str) -> type[ErasureLog] | type[LegalHold]:
    """Return the document in which an act is stored; raises NotYours for an unknown one."""
    for kind in ENDINGS:
        if verb in {row.verb for row in kind.table().transitions}:
            return kind
    raise NotYours


def list_acts(record: OpenRecord, kind: type[ErasureLog] | type[LegalHold]) -> tuple[ErasureAct, ...]:
    """Return the acts of a record of one kind, oldest first."""
    stored = record.get(kind)
    return stored.entries if stored else ()


def state_of(record: OpenRecord, kind: type[ErasureLog] | type[LegalHold]) -> str:
    """Return the state of the request to erase a record, or of its legal hold."""
    return kind.table().derive(list_acts(record, kind))


def next_verbs(record: OpenRecord, viewer: Viewer) -> list[str]:
    """Return the acts that a viewer may do now: about the request and the retention, then about a legal hold."""
    plan, verbs = plan_of(record.id), list[str]()
    for kind in ENDINGS:
        entries, table = list_acts(record, kind), kind.table()
        actor = policy.erasure_actor(viewer, record.facts, asked_as=_asked_as(entries))
        for verb in table.next_acts(table.derive(entries), actor):
            probe = ErasureAct(verb=verb, actor=actor, by=viewer.worker, at=clock.now())
            announced = plan is not None and plan.announced_on is not None
            if (announced or verb not in (AGREE, LONGER)) and table.may_follow(entries, probe):
                verbs.append(verb)
    return verbs


def plan_of(record: UUID) -> Erasure | None:
    """Return the plain row that the job reads about the erasure of a record."""
    return Erasure.objects.filter(record=record).first()


def asks_to(record: UUID) -> list[ErasureAsk]:
    """Return the unanswered requests of other organisations to erase this case."""
    return list(retention.asks_for(Referral.objects.filter(case=record)))


def check_stays(record: UUID) -> None:
    """Raise Refused for a record that will be erased after the pause: nothing of it may leave meanwhile."""
    if Erasure.objects.filter(record=record, erase_at__isnull=False).exists():
        raise Refused(Because.ERASURE_WAITS)


def holders_elsewhere(record: OpenRecord) -> list[tuple[str, bool]]:
    """Return the services that opened shared data, and whether Suar can ask them to erase (others: by phone)."""
    return [
        (sent.document.service_name, sent.case is not None)
        for sent in referrals.sent_for(record)
        if sent.case is not None or sent.packet.opened_at is not None
    ]


def _asked_as(entries: tuple[ErasureAct, ...]) -> str:
    return entries[-1].actor if entries else ""


def _check(record: OpenRecord, done: ErasureAct, *, by: Acting) -> None:
    """Raise Refused if the current facts do not allow the act."""
    today, plan = clock.local_date(by.at), plan_of(record.id)
    facts = retention.facts_of(record.id)
    if done.on and done.on > today:
        raise Refused(Because.IN_THE_FUTURE)
    if done.verb in (REQUEST, CONFIRM) and facts and (refused := rules.refuses_wish(facts)):
        raise Refused(refused)
    if done.verb == TAKE_BACK and plan and rules.is_over(plan.erase_at, at=by.at):
        raise Refused(Because.ERASURE_TOO_LATE)
    announced = plan.announced_on if plan else None
    if done.verb == AGREE and announced is None:
        raise Refused(Because.NOT_ANNOUNCED)
    if done.verb == LONGER and done.until:
        rules.may_store_until(done.until, announced=announced, today=today).enforce()


def _store_plan(record: OpenRecord, done: ErasureAct, before: tuple[ErasureAct, ...], *, by: Acting) -> None:
    """Store the plain facts that the job needs after an act, beside the record."""
    planned: dict[str, dict[str, Any]] = {AGREE: {"agreed": True}, LONGER: {"announced_on": None}}
    columns = planned.get(done.verb, {})
    if table_of(done.verb) is LegalHold:
        columns = {"on_hold": state_of(record, LegalHold) != FREE}
    if columns:
        columns["organisation"] = record.facts.organisation
        Erasure.objects.update_or_create(record=record.id, defaults=columns)
    if done.verb == LONGER and done.until:
        records.set_retention(record.id, done.until)
    elif done.verb == TAKE_BACK:
        Erasure.objects.filter(requested_on=record.id).update(erase_at=None, requested_on=None)
    elif done.verb == CONFIRM:
        _plan_erasure(record, next(entry for entry in reversed(before) if entry.verb == REQUEST), by=by)


def _plan_erasure(record: OpenRecord, asked: ErasureAct, *, by: Acting) -> None:
    """Let the job erase a record and those merged with it after the pause; summaries that wait go at once."""
    plan = {
        "organisation": record.facts.organisation,
        "erase_at": rules.pause_ends(by.at),
        "requested_on": record.id,
        "asked_by": asked.by,
        "confirmed_by": by.worker,
        "asks_others": asked.ask_others,
    }
    for ident in sorted(filter(keyring.existing, retention.merged_group(record.id))):
        Erasure.objects.update_or_create(record=ident, defaults=plan)
        with suppress(NotYours):
            opened = record if ident == record.id else keyring.open_record(ident, keys=by.keys)
            contact_ended.send(sender=OpenRecord, record=opened, by=by.worker, at=by.at)
