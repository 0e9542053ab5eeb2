"""Consents of an open record, and their status by plain rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from suar.consent.documents import Consent as ConsentDocument
from suar.consent.documents import WithdrawalReason
from suar.consent.models import Consent, Withdrawal
from suar.consent.rules import ConsentFacts
from suar.core import clock
from suar.core.refusals import get_or_refuse, value_or_refuse
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment

ENDS = ("withdrawal", "ending")


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A consent of a record: its facts, its document, and its withdrawal or end, if any.

    `withdrawal_reason` is in the person's words; empty to a reader without the narrative.
    """

    id: UUID
    facts: ConsentFacts
    document: ConsentDocument
    withdrawn_at: datetime | None
    ended_at: datetime | None
    withdrawn_by: UUID | None
    withdrawal_reason: str


@dataclass(frozen=True, slots=True)
class ConsentStatus:
    """The validity of a consent by its plain rows: why not, and the day of its withdrawal.

    `until` is its last day as the person agreed.
    """

    closed: str | None
    withdrawn_on: date | None = None
    until: date | None = None


def list_consents(record: OpenRecord) -> list[GivenConsent]:
    """Return all consents of a record, newest first."""
    if not record.get_all(ConsentDocument):
        return []
    rows = Consent.objects.filter(record=record.id).select_related(*ENDS).order_by("-at")
    return [_to_given_consent(record, row) for row in rows]


def get_consent(record: OpenRecord, consent: UUID) -> GivenConsent:
    """Return one consent of a record; raises NotYours when it is another's or absent."""
    row = get_or_refuse(Consent.objects.filter(id=consent, record=record.id).select_related(*ENDS))
    return _to_given_consent(record, row)


def consent_status(consent: UUID, *, at: datetime) -> ConsentStatus:
    """Return whether a consent is valid, without opening the record; an absent one is not."""
    row = Consent.objects.filter(id=consent).select_related(*ENDS).first()
    if row is None:
        return ConsentStatus("not_given_yet")
    if hasattr(row, "withdrawal"):
        return ConsentStatus("withdrawn", clock.local_date(row.withdrawal.at))
    ended = hasattr(row, "ending") or row.ends_at <= at
    return ConsentStatus("ended" if ended else None, until=last_day(row.ends_at))


def last_day(ends_at: datetime) -> date:
    """Return the last day before the moment at which a consent ends."""
    return clock.local_date(ends_at - timedelta(microseconds=1))


def withdrawn_since(moment: datetime) -> QuerySet[Withdrawal]:
    """Return the withdrawals of consents since then."""
    return Withdrawal.objects.filter(at__gte=moment)


def lock_consent(consent: UUID) -> None:
    """Keep others from withdrawing or narrowing a consent until this transaction ends.

    It may have changed since it was read: read it again afterwards.
    """
    Consent.objects.select_for_update(no_key=True).filter(id=consent).first()


def _to_given_consent(record: OpenRecord, row: Consent) -> GivenConsent:
    document = value_or_refuse(record.get(ConsentDocument, f"{row.id}"))
    withdrawal, ending = getattr(row, "withdrawal", None), getattr(row, "ending", None)
    ended_at, withdrawn_at = ending.at if ending else None, withdrawal.at if withdrawal else None
    reason = record.get(WithdrawalReason, f"{row.id}") if withdrawal and record.may(Compartment.NARRATIVE) else None
    return GivenConsent(
        id=row.id,
        facts=document.facts(given_at=row.at, withdrawn_at=withdrawn_at, ended_at=ended_at),
        document=document,
        withdrawn_at=withdrawn_at,
        ended_at=ended_at,
        withdrawn_by=withdrawal.by if withdrawal else None,
        withdrawal_reason=reason.reason if reason else "",
    )
