"""A person's page at the organisation that met them, and one consent of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from suar.accounts.terms import Permission, Viewer
from suar.cases import labels
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent import wording
from suar.consent.queries import GivenConsent
from suar.consent.wording import Reading
from suar.core import clock
from suar.core.ids import short_code
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import keeping_away, telling
from suar.referrals import pages as referral_pages
from suar.referrals import queries as referrals
from suar.referrals.pages import NeedLine, NeverList, SentLine
from suar.referrals.queries import SentOne
from suar.screening import queries as talks


@dataclass(frozen=True, slots=True)
class FindingLine:
    """What a talk found, as the action it asks for."""

    when: datetime
    outcome: str
    reason: str
    second_reading: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent in words: who, what, until when; who already read; what a withdrawal does.

    `over_at` is when what was asked on it was over, before the last day that was agreed;
    `withdrawn_because` is in the person's words.
    """

    id: UUID
    recipient: str
    fields: Sequence[str]
    ends_on: date
    withdrawn_at: datetime | None
    over_at: datetime | None
    is_open: bool
    may_take_back: bool
    warning: Sequence[str]
    withdrawn_by: UUID | None
    withdrawn_because: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person's page at the organisation that met them."""

    record: OpenRecord
    name: str
    number: str
    contact: dict
    do_not: str
    never: NeverList
    findings: Sequence[FindingLine]
    needs: Sequence[NeedLine]
    consents: Sequence[ConsentLine]
    sent: Sequence[SentLine]
    may_refer: bool
    may_withdraw: bool
    sees_readers: bool


def person(record: OpenRecord, viewer: Viewer) -> Person:
    """Put together the page of a person."""
    sent, blocked = referrals.sent_for(record), keeping_away.blocked_for(record)
    called = record.read(Compartment.IDENTITY, "person") or {}
    may_refer, may_withdraw, sees_readers = (
        viewer.may(each) for each in (Permission.REFER, Permission.GIVE_CONSENT, Permission.SEE_READERS)
    )
    return Person(
        record=record,
        name=called.get("name") or str(labels.NO_NAME),
        number=short_code(record.id),
        contact=record.read(Compartment.WHEREABOUTS, "contact") or {},
        do_not=(record.read(Compartment.NARRATIVE, "do_not") or {}).get("text", ""),
        never=referral_pages.never_list(record),
        findings=_findings(record),
        needs=[referral_pages.need_line(each, sent, blocked) for each in telling.needs_to_show(record)],
        consents=[_consent_line(each, sent) for each in consents.list_consents(record)],
        sent=referral_pages.sent_lines(sent),
        may_refer=may_refer,
        may_withdraw=may_withdraw,
        sees_readers=sees_readers,
    )


def consent_line(record: OpenRecord, consent: UUID) -> ConsentLine:
    """Put together one consent of a person, for the page that takes it back.

    Raises NotYours when it is another's or absent.
    """
    return _consent_line(consents.get_consent(record, consent), referrals.sent_for(record))


def _findings(record: OpenRecord) -> list[FindingLine]:
    words = talks.reasons_in_words(record)
    return [
        FindingLine(
            each.at,
            talks.outcome_words(each.outcome),
            words.get(each.at) or talks.reason_words(each.reason or ""),
            each.second_reading,
        )
        for each in talks.findings(record)
    ]


def _consent_line(given: GivenConsent, sent: Sequence[SentOne]) -> ConsentLine:
    mine = [each for each in sent if each.consent == given.id]
    read, saw = (
        [Reading(who or str(labels.SOMEBODY_BY_LINK), clock.local_date(at)) for each in mine for who, at in found(each)]
        for found in (referral_pages.readings_of, referral_pages.previews_of)
    )
    return ConsentLine(
        given.id,
        mine[0].service_name if mine else labels.service_name(given.facts.recipient),
        [labels.field(name) for name in sorted(given.facts.fields)],
        given.facts.ends_on,
        given.withdrawn_at,
        given.ended_at,
        bool(consent_rules.is_open(given.facts, at=clock.now())),
        bool(consent_rules.may_withdraw(given.facts, at=clock.now())),
        wording.withdrawal_lines(read, saw, language=labels.language()),
        given.withdrawn_by,
        given.withdrawal_reason,
    )
