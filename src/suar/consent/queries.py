"""Reading consents of an opened record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from suar.consent.content import facts_from, field_name, never_read, withdrawal_name
from suar.consent.models import Consent, Withdrawal
from suar.consent.terms import Because, ConsentFacts
from suar.consent.terms.never import NeverTell
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment

ENDS = ("withdrawal", "ending")
NEVER_TELL = "never_tell"


@dataclass(frozen=True, slots=True)
class Given:
    """A consent of a record: its facts, its words, and when it was taken back or over, if so.

    `withdrawn_because` is why it was taken back, in the person's words; empty to a reader
    without the story.
    """

    id: UUID
    facts: ConsentFacts
    content: dict
    by: UUID
    at: datetime
    withdrawn_at: datetime | None
    over_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_because: str


def of_record(record: OpenRecord) -> list[Given]:
    """List all consents of a record, newest first."""
    rows = Consent.objects.filter(record=record.id).select_related(*ENDS).order_by("-at")
    return [_given(record, row) for row in rows]


def one(record: OpenRecord, consent: UUID) -> Given:
    """Give one consent of a record; raises NotYours when it is another's or absent."""
    rows = Consent.objects.filter(id=consent, record=record.id)
    row = rows.select_related(*ENDS).first()
    if row is None:
        raise NotYours
    return _given(record, row)


def record_of(consent: UUID) -> UUID:
    """Say which record a consent belongs to; raises NotYours when there is none."""
    found = Consent.objects.filter(id=consent).values_list("record", flat=True).first()
    if found is None:
        raise NotYours
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a consent holds by its plain rows: why not, and the day it was taken back.

    `until` is its last day as the person said it.
    """

    closed: Because | None
    on: date | None = None
    until: date | None = None


def standing(consent: UUID, *, at: datetime) -> Standing:
    """Say whether a consent holds, without opening the record; an absent one does not."""
    row = Consent.objects.filter(id=consent).select_related(*ENDS).first()
    if row is None:
        return Standing(Because.NOT_GIVEN_YET)
    if hasattr(row, "withdrawal"):
        return Standing(Because.WITHDRAWN, clock.local_date(row.withdrawal.at))
    over = hasattr(row, "ending") or row.ends_at <= at
    return Standing(Because.ENDED if over else None, until=last_day(row.ends_at))


def last_day(ends_at: datetime) -> date:
    """Say which day is the last one before the moment at which a yes no longer holds."""
    return clock.local_date(ends_at - timedelta(microseconds=1))


def taken_back(*, since: datetime) -> dict[UUID, datetime]:
    """Give the consents that were taken back since then, each with the moment."""
    rows = Withdrawal.objects.filter(at__gte=since)
    return dict(rows.values_list("consent", "at"))


def hold(consent: UUID) -> None:
    """Keep others from taking a consent back or narrowing it until this transaction ends.

    What was read of it before may have changed in between: read it again afterwards.
    """
    Consent.objects.select_for_update(no_key=True).filter(id=consent).first()


def never_tell(record: OpenRecord) -> list[NeverTell]:
    """List who must never learn of the person, in the order they were named; ended lines too.

    Raises NotYours without the compartment: who cannot read the list tells nobody anything.
    """
    kept = record.read(Compartment.NARRATIVE, NEVER_TELL) or {"list": []}
    return [never_read(each) for each in kept["list"]]


def never_tell_asked(record: OpenRecord) -> bool:
    """Say whether the person was asked who must never know; an empty list is an answer."""
    return record.version(Compartment.NARRATIVE, NEVER_TELL) > 0


def ended_or_withdrawn(consent: UUID, *, at: datetime) -> bool:
    """Say whether a consent no longer holds."""
    return standing(consent, at=at).closed is not None


def _given(record: OpenRecord, row: Consent) -> Given:
    content = record.read(Compartment.CODED, field_name(row.id)) or {}
    taken_back = row.withdrawal.at if hasattr(row, "withdrawal") else None
    over = row.ending.at if hasattr(row, "ending") else None
    facts = facts_from(content, given_at=row.at, withdrawals=(taken_back,) if taken_back else (), over_at=over)
    by = row.withdrawal.by if taken_back else None
    because = _because(record, row.id) if taken_back else ""
    return Given(row.id, facts, content, row.by, row.at, taken_back, over, by, because)


def _because(record: OpenRecord, consent: UUID) -> str:
    if not record.may(Compartment.NARRATIVE):
        return ""
    said = record.read(Compartment.NARRATIVE, withdrawal_name(consent)) or {}
    return said.get("reason", "")
