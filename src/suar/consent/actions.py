"""Record, narrow, withdraw and end a consent."""

from datetime import date, datetime
from uuid import UUID, uuid5

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.consent import declined_services, life, queries, rules
from suar.consent.codes import Field
from suar.consent.documents import Consent as ConsentDocument
from suar.consent.documents import WithdrawalReason
from suar.consent.models import Consent, Ending, Withdrawal
from suar.consent.rules import Proposal
from suar.core.decisions import Decision
from suar.core.i18n import refuse_unchecked_wording
from suar.core.ids import new_id
from suar.core.refusals import NotYours, get_or_refuse
from suar.records.keyring import OpenRecord


@act("give_consent", needs=Permission.GIVE_CONSENT)
def record_consent(record: OpenRecord, proposal: Proposal, *, by: Acting, ident: UUID | None = None) -> UUID:
    """Record a consent and return its id.

    With `ident` (made with the form) a form sent twice records one consent. If the person says
    something else on the same form, that is a new consent and the former one ends. Raises Refused
    with the code of what is missing or not allowed, also when the person died or is missing.
    """
    refuse_unchecked_wording()
    life.check_contact(record)
    rules.may_record(proposal, today=by.today).enforce()
    document = ConsentDocument.from_proposal(proposal)
    former, ident = _last_of_form(record, ident)
    if former and record.get(ConsentDocument, f"{former}") == document:
        by.entry.skip = True
        return former
    Consent.objects.create(
        id=ident,
        record=record.id,
        organisation=record.facts.organisation,
        by=by.worker,
        at=by.at,
        ends_at=document.facts(given_at=by.at).ends_at,
    )
    record.put(document, key=f"{ident}", by=by.worker, at=by.at)
    declined_services.forget_decline(record, document.recipient, by=by)
    by.entry.about.append(ident)
    if former:
        end_consent(former, at=by.at)
        by.entry.about.append(former)
    return ident


def narrow_consent(record: OpenRecord, consent: UUID, *, fields: frozenset[Field], ends_on: date, by: Acting) -> None:
    """Reduce the fields or the time of a consent in the caller's act; its history stays beside it.

    Raises Refused when it would become wider or empty, or is no longer valid.
    """
    row = _lock(record, consent)
    current = queries.get_consent(record, consent)
    Decision.first_refusal(
        rules.is_valid(current.facts, at=by.at),
        rules.may_narrow(current.facts, fields=fields, ends_on=ends_on),
        rules.may_end_on(ends_on, today=by.today),
    ).enforce()
    facts = rules.narrow(current.facts, fields=fields, ends_on=ends_on)
    narrowed = current.document.narrow(facts, by=by.worker, at=by.at)
    record.put(narrowed, key=f"{consent}", by=by.worker, at=by.at)
    row.ends_at = facts.ends_at
    row.save(update_fields=["ends_at"])


def withdraw_consent(record: OpenRecord, consent: UUID, *, by: Acting, reason: str) -> bool:
    """Withdraw a consent in the caller's act, and seal the reason; return False if it was withdrawn before."""
    row = _lock(record, consent)
    _, created = Withdrawal.objects.get_or_create(consent=row, defaults={"by": by.worker, "at": by.at})
    if created:
        record.put(WithdrawalReason(reason=reason), key=f"{consent}", by=by.worker, at=by.at)
    return created


def end_consent(consent: UUID, *, at: datetime) -> None:
    """End a consent because its referral ended; the caller's act is the audit entry.

    Ending it again changes nothing, and a withdrawn consent stays withdrawn. No keys are needed, so a receiver or a
    job can end it. Source: docs/decisions/consent.md.
    """
    if not Withdrawal.objects.filter(consent=consent).exists():
        Ending.objects.get_or_create(consent_id=consent, defaults={"at": at})


def _last_of_form(record: OpenRecord, first: UUID | None) -> tuple[UUID | None, UUID]:
    """Return the id of the newest consent recorded with a form, or None, and the id for the next one.

    Each id is derived from the one before, so that a repeated submission finds the consent that it recorded.
    """
    former, ident = None, first or new_id()
    while row := Consent.objects.filter(id=ident).first():
        if row.record != record.id:
            raise NotYours
        former, ident = ident, uuid5(ident, "next")
    return former, ident


def _lock(record: OpenRecord, consent: UUID) -> Consent:
    return get_or_refuse(Consent.objects.select_for_update(no_key=True).filter(id=consent, record=record.id))
