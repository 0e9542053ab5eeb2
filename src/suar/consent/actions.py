"""Record, narrow, withdraw and end a consent."""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction

from suar.audit import actions as audit
from suar.consent import declined_services, queries, rules
from suar.consent.codes import Field
from suar.consent.documents import Consent as ConsentDocument
from suar.consent.documents import WithdrawalReason
from suar.consent.models import Consent, Ending, Withdrawal
from suar.consent.rules import Proposal
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.i18n import refuse_unchecked_wording
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.keyring import OpenRecord


@transaction.atomic
def record_consent(
    record: OpenRecord, proposal: Proposal, *, by: UUID, at: datetime, ident: UUID | None = None
) -> UUID:
    """Record a consent and return its id.

    With `ident` (made with the form) a form sent twice records one consent. If the person says
    something else on the same form, that is a new consent and the former one ends. Raises Refused
    with the code of what is missing or not allowed, and Conflict when the form was sent after the
    record was opened; nothing is stored then.
    """
    refuse_unchecked_wording()
    decision = rules.may_record(proposal, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    document = ConsentDocument.from_proposal(proposal)
    former, ident = _last_of_form(record, ident)
    if former and _stored(record, former) == document:
        return former
    ends_at = document.facts(given_at=at).ends_at
    row = {"record": record.id, "organisation": record.facts.organisation, "by": by, "at": at, "ends_at": ends_at}
    _, made = Consent.objects.get_or_create(id=ident, defaults=row)
    if not made:
        raise Conflict
    record.put(document, key=f"{ident}", by=by, at=at)
    declined_services.forget_decline(record, document.recipient, by=by, at=at)
    if former:
        end_consent(former, at=at)
    audit.record("give_consent", by=by, at=at, about=[record.id, ident, *([former] if former else [])])
    return ident


@transaction.atomic
def narrow_consent(
    record: OpenRecord,
    consent: UUID,
    *,
    fields: frozenset[Field],
    ends_on: date,
    by: UUID,
    at: datetime,
) -> None:
    """Reduce the fields or the time of a consent, as the person wishes; its history stays beside it.

    Raises Refused when it would become wider or empty, or is no longer valid.
    """
    row = _lock(record, consent)
    given = queries.get_consent(record, consent)
    decision = Decision.first_refusal(
        rules.is_open(given.facts, at=at),
        rules.may_narrow(given.facts, fields=fields, ends_on=ends_on),
        rules.may_end_on(ends_on, today=clock.local_date(at)),
    )
    if not decision:
        raise Refused(decision.because)
    facts = rules.narrow(given.facts, fields=fields, ends_on=ends_on)
    record.put(given.document.narrow(facts, by=by, at=at), key=f"{consent}", by=by, at=at)
    row.ends_at = facts.ends_at
    row.save(update_fields=["ends_at"])
    audit.record("narrow_consent", by=by, at=at, about=[record.id, consent])


@transaction.atomic
def withdraw_consent(record: OpenRecord, consent: UUID, *, by: UUID, at: datetime, reason: str) -> bool:
    """Withdraw a consent; return False if it was withdrawn before. The reason is sealed."""
    row = _lock(record, consent)
    _, made = Withdrawal.objects.get_or_create(consent=row, defaults={"by": by, "at": at})
    if made:
        record.put(WithdrawalReason(reason=reason), key=f"{consent}", by=by, at=at)
        audit.record("withdraw_consent", by=by, at=at, about=[record.id, consent])
    return made


def end_consent(consent: UUID, *, at: datetime) -> None:
    """End a consent because its referral ended; the caller's act is the audit entry.

    Twice is the same as once; a withdrawn one stays withdrawn. Needs no keys: a receiver and the
    clock end it too. Source: docs/decisions/consent.md.
    """
    if not Withdrawal.objects.filter(consent=consent).exists():
        Ending.objects.get_or_create(consent_id=consent, defaults={"at": at})


def _last_of_form(record: OpenRecord, first: UUID | None) -> tuple[UUID | None, UUID]:
    """Return the newest consent of a form, if there is one, and the id of the next.

    The ids follow from the form's, so that each of its submissions may come twice.
    """
    former, ident = None, first or new_id()
    while row := Consent.objects.filter(id=ident).first():
        if row.record != record.id:
            raise NotYours
        former, ident = ident, uuid5(ident, "next")
    return former, ident


def _stored(record: OpenRecord, consent: UUID) -> ConsentDocument:
    """Return a stored consent; Conflict when the record was opened before it was recorded."""
    document = record.get(ConsentDocument, f"{consent}")
    if document is None:
        raise Conflict
    return document


def _lock(record: OpenRecord, consent: UUID) -> Consent:
    row = Consent.objects.select_for_update(no_key=True).filter(id=consent, record=record.id).first()
    if row is None:
        raise NotYours
    return row
