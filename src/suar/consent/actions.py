"""What is done with consent: give it, make it smaller, take it back; and who must never know."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction

from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.consent import noes, queries, rules
from suar.consent.content import (
    facts_from,
    field_name,
    narrowed,
    never_written,
    withdrawal_name,
    written,
)
from suar.consent.models import Consent, Ending, Withdrawal
from suar.consent.queries import NEVER_TELL
from suar.consent.terms import Field, Proposal
from suar.consent.terms.never import Named, NeverKind, NeverTell
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.db.together import together
from suar.records import actions as vault
from suar.records import keyring
from suar.records import queries as vault_queries
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment


@transaction.atomic
def give(record: OpenRecord, proposal: Proposal, *, by: UUID, at: datetime, ident: UUID | None = None) -> UUID:
    """Keep a consent as it was given and return its id.

    With `ident` (made with the form) a form sent twice gives one consent. When the person says
    something else on the same form, that is a consent of its own and the one before is over.
    Raises Refused with the code of what is missing or not allowed, and Conflict when the form was
    sent after the record was opened; nothing is kept then.
    """
    decision = rules.may_give(proposal, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    content = written(proposal)
    former, ident = _last_of(record, ident)
    if former and _kept(record, former) == content:
        return former
    ends_at = facts_from(content, given_at=at, withdrawals=(), over_at=None).ends_at
    _, made = Consent.objects.get_or_create(
        id=ident,
        defaults={
            "record": record.id,
            "organisation": record.facts.organisation,
            "by": by,
            "at": at,
            "ends_at": ends_at,
        },
    )
    if not made:
        raise Conflict
    record.write(Compartment.CODED, field_name(ident), content, by=by, at=at)
    noes.let_go(record, proposal.recipient, by=by, at=at)
    if former:
        end(former, at=at)
    about = [record.id, ident, former] if former else [record.id, ident]
    audit.record("give_consent", by=by, at=at, about=about)
    return ident


def _last_of(record: OpenRecord, first: UUID | None) -> tuple[UUID | None, UUID]:
    """Give the newest consent of a form, if there is one, and the id of the next.

    The ids follow from the form's, so that each of its sendings may come twice.
    """
    former, ident = None, first or new_id()
    while row := Consent.objects.filter(id=ident).first():
        if row.record != record.id:
            raise NotYours
        former, ident = ident, uuid5(ident, "next")
    return former, ident


def _kept(record: OpenRecord, consent: UUID) -> dict:
    """Give what a consent says; Conflict when the record was opened before it was given."""
    content = record.read(Compartment.CODED, field_name(consent))
    if content is None:
        raise Conflict
    return content


@transaction.atomic
def narrow(
    record: OpenRecord,
    consent: UUID,
    *,
    fields: frozenset[Field],
    ends_on: date,
    by: UUID,
    at: datetime,
) -> None:
    """Make a consent smaller or shorter, as the person wishes; what it was stays beside it.

    Raises Refused when it would become wider or empty, or does not hold any more.
    """
    row = Consent.objects.select_for_update(no_key=True).filter(id=consent, record=record.id).first()
    if row is None:
        raise NotYours
    given = queries.one(record, consent)
    decision = Decision.first_refusal(
        rules.is_open(given.facts, at=at),
        rules.narrow(given.facts, fields=fields, ends_on=ends_on),
        rules.still_to_come(ends_on, today=clock.local_date(at)),
    )
    if not decision:
        raise Refused(decision.because)
    facts = rules.narrowed(given.facts, fields=fields, ends_on=ends_on)
    record.write(
        Compartment.CODED,
        field_name(consent),
        narrowed(given.content, facts, by=by, at=at),
        by=by,
        at=at,
    )
    row.ends_at = facts.ends_at
    row.save(update_fields=["ends_at"])
    audit.record("narrow_consent", by=by, at=at, about=[record.id, consent])


@transaction.atomic
def withdraw(record: OpenRecord, consent: UUID, *, by: UUID, at: datetime, reason: str) -> bool:
    """Take a consent back; gives whether it was not yet. The reason is sealed."""
    row = Consent.objects.select_for_update(no_key=True).filter(id=consent, record=record.id).first()
    if row is None:
        raise NotYours
    _, made = Withdrawal.objects.get_or_create(consent=row, defaults={"by": by, "at": at})
    if made:
        said = {"reason": reason}
        record.write(Compartment.NARRATIVE, withdrawal_name(consent), said, by=by, at=at)
        audit.record("withdraw_consent", by=by, at=at, about=[record.id, consent])
    return made


@together()
def asked_never_tell(record: OpenRecord, named: Iterable[Named], *, keys: Keys, at: datetime) -> None:
    """Keep who must never know, as the person answered; naming nobody is an answer too.

    Who stands on the list already stays one line. A colleague who is named loses the record in
    this moment, and it is held by name from then on. Raises Refused when a line names nobody or
    the one who writes it, and Conflict when a colleague wrote in between; nothing is kept then.
    """
    if not record.begun_with:
        vault_queries.hold(record.id)
    lines, by = queries.never_tell(record), keys.worker
    for each in named:
        line = NeverTell(id=new_id(), kind=each.kind, ref=each.ref, words=each.words.strip(), by=by, at=at)
        decision = rules.may_put_on(line)
        if not decision:
            raise Refused(decision.because)
        if rules.same_line(lines, line) is None:
            lines.append(line)
    _keep_lines(record, lines, by=by, at=at)
    audit.record("never_tell", by=by, at=at, about=[record.id])
    away = rules.blocked_by(lines, NeverKind.WORKER)
    if away:
        vault.hold_by_name(record, without=away, keys=keys, at=at)


def nobody_named() -> tuple[Compartment, str, dict]:
    """Give what a record begins with whose person named nobody: that is an answer too.

    Who begins the record notes it with `noted_nobody`, in the same act.
    """
    return Compartment.NARRATIVE, NEVER_TELL, {"list": []}


def noted_nobody(record: OpenRecord, *, by: UUID, at: datetime) -> None:
    """Note that a person was asked who must never know, and named nobody."""
    audit.record("never_tell", by=by, at=at, about=[record.id])


@transaction.atomic
def may_know_again(record: OpenRecord, line: UUID, *, by: UUID, at: datetime, reason: str) -> None:
    """Take a line off the list again; it stays in the history. Twice is the same as once.

    Nobody gets back what the line took from them. Raises Refused without a reason.
    """
    vault_queries.hold(record.id)
    lines = queries.never_tell(record)
    found = next((each for each in lines if each.id == line), None)
    if found is None:
        raise NotYours
    decision = rules.may_take_off(reason)
    if not decision:
        raise Refused(decision.because)
    if found.stands:
        ended = replace(found, ended_at=at, ended_by=by, reason=reason.strip())
        _keep_lines(record, [ended if each is found else each for each in lines], by=by, at=at)
        audit.record("may_know_again", by=by, at=at, about=[record.id])


@transaction.atomic
def hand_over(record: OpenRecord, *, worker: UUID, keys: Keys, at: datetime) -> None:
    """Give a colleague a record, unless the person said that they must never know.

    The list is read again under its lock. Raises Refused; nobody is given anything then.
    """
    vault_queries.hold(record.id)
    fresh = keyring.open_record(record.id, keys=keys)
    away = rules.blocked_by(queries.never_tell(fresh), NeverKind.WORKER)
    vault.hand_to(fresh, worker=worker, kept_from=away, keys=keys, at=at)


def end(consent: UUID, *, at: datetime) -> None:
    """Let a consent be over, since what was asked on it is; the caller's act is the audit entry.

    Twice is the same as once; one that was taken back stays so. Needs no keys: a receiver and
    the clock end it too. Source: docs/decisions/0012.
    """
    if not Withdrawal.objects.filter(consent=consent).exists():
        Ending.objects.get_or_create(consent_id=consent, defaults={"at": at})


def _keep_lines(record: OpenRecord, lines: Iterable[NeverTell], *, by: UUID, at: datetime) -> None:
    kept = {"list": [never_written(each) for each in lines]}
    record.write(Compartment.NARRATIVE, NEVER_TELL, kept, by=by, at=at)
