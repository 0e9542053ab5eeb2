"""The fields that are disclosed to a receiver, the preview without identity, and the offer of a consent.

The document of each field is declared where the document is defined (`shareable`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suar.consent import rules as consent_rules
from suar.consent.codes import ContactWay, Field, Purpose, RecipientKind
from suar.consent.queries import GivenConsent
from suar.core.urgency import Urgency
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.records.documents import shareable_fields
from suar.records.keyring import OpenRecord
from suar.referrals import messages, needs, partners, rules
from suar.referrals.contact_text import contact_text, place_text
from suar.referrals.deadlines import OpeningHours
from suar.referrals.models import Referral

KINDS = {
    "HOU": RecipientKind.SHELTER,
    "HEA": RecipientKind.HEALTH,
    "MEN": RecipientKind.MENTAL,
    "JUS": RecipientKind.LEGAL,
    "SAF": RecipientKind.PROTECTION,
    "STA": RecipientKind.STATUS,
    "RET": RecipientKind.RETURN,
}
MIN_DIGITS = 5
WITH_CONDITIONS = {Field.SAFE_CONTACT: contact_text, Field.PLACE: place_text}
"""The fields that are shared with the conditions of the contact."""
CHILD_TYPES = frozenset({"COO_GUARDIAN", "RET_CHILD"})
CLAIMS = frozenset({"JUS_WAGES", "JUS_COMPENSATION", "JUS_RESTITUTION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A referral before it is sent: its service, consent, urgency and contents.

    `types` are the needs it is about, also when the person does not want them shared; `replaces`
    is a referral that came back, `renews` one that is open and goes on with this consent.
    """

    service: UUID
    service_name: str
    receiving_organisation: UUID | None
    consent: UUID
    urgency: Urgency
    preview: dict[str, Any]
    shared: dict[str, str]
    types: Sequence[str] = ()
    hours: OpeningHours = OpeningHours()
    replaces: UUID | None = None
    renews: UUID | None = None


def offer_of(record: OpenRecord, consent: GivenConsent, *, sent: Sequence[Referral], at: datetime) -> Offer:
    """Return the offer of a consent: exactly its fields, to its recipient, for the needs it meets.

    Raises NotYours when the service is gone from the directory.
    """
    card = directory.service_card(consent.facts.recipient)
    types, named_types = needs.types_met_by(record, card), needs.types_named_to(record, card)
    urgency, former = needs.most_urgent(record, types), find_replaced(sent, types)
    renewed = find_renewable(sent, card.id)
    preview_fields = rules.preview_fields(consent.facts, at=at)
    shared_fields = consent_rules.covered_fields(consent.facts, at=at)
    return Offer(
        service=card.id,
        service_name=messages.card_name(card),
        receiving_organisation=None if renewed and renewed.by_link else receiver_of(card),
        consent=consent.id,
        urgency=urgency,
        types=types,
        hours=OpeningHours.of_service(card),
        preview=preview(record, preview_fields, types=named_types, urgency=urgency),
        shared=shared_values(record, shared_fields, types=named_types),
        replaces=former.id if former else None,
        renews=renewed.id if renewed else None,
    )


def recipient_kind(types: Sequence[str]) -> RecipientKind:
    """Return what kind of organisation a service is for these needs; it limits what may be shared."""
    if not types:
        return RecipientKind.OTHER
    if CHILD_TYPES.issuperset(types):
        return RecipientKind.CHILD
    return KINDS.get(types[0][:3], RecipientKind.OTHER)


def purpose_of(types: Sequence[str]) -> Purpose:
    """Return the purpose of sharing for these needs."""
    return Purpose.CLAIM if types and CLAIMS.issuperset(types) else Purpose.SERVICE


def requires_status(card: ServiceCard) -> bool:
    """Return True if a service helps only people with a formal status."""
    return card.facts.formal not in (None, "", "NONE")


def receiver_of(card: ServiceCard) -> UUID | None:
    """Return the organisation that receives a referral here; None if it is reached by a link."""
    organisation = card.organisation
    return organisation if organisation and partners.can_receive(organisation) else None


def find_renewable(sent: Iterable[Referral], service: UUID) -> Referral | None:
    """Return the open referral to a service whose consent ends soon or has ended."""
    return next((row for row in sent if row.document.service == service and row.can_be_renewed), None)


def find_replaced(sent: Iterable[Referral], types: Iterable[str]) -> Referral | None:
    """Return the newest referral for one of these needs that came back and waits for another."""
    wanted = set(types)
    return next((row for row in sent if rules.can_be_replaced(row.state) and wanted & set(row.document.types)), None)


# Values of the record


def known_values(record: OpenRecord) -> dict[Field, str]:
    """Return every field that could be shared, with its value as the receiver would read it."""
    values = {field: _value(record, field) for field in Field}
    return {field: value for field, value in values.items() if value}


def contact_way(values: Mapping[Field, str]) -> ContactWay:
    """Return whether the safe contact among known values is a number, or another way."""
    text = values.get(Field.SAFE_CONTACT, "")
    return ContactWay.NUMBER if sum(map(str.isdigit, text)) >= MIN_DIGITS else ContactWay.OTHER


def shared_values(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str]) -> dict[str, str]:
    """Return exactly the consented fields that are known; needs only of this service."""
    wanted = set(fields)
    values = {field.value: value for field, value in known_values(record).items() if field in wanted}
    if Field.NEEDS in values:
        values[Field.NEEDS] = ", ".join(sorted(types))
    return values


def preview(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str], urgency: Urgency) -> dict[str, Any]:
    """Return what a receiver sees before accepting: the consented fields without identity.

    No name, contact or place; the needs only if the person wants them shared.
    """
    allowed = rules.WITHOUT_IDENTITY & set(fields)
    values = known_values(record)
    visible: dict[str, Any] = {
        field.value: values[field] for field in sorted(allowed - {Field.NEEDS}) if field in values
    }
    if Field.NEEDS in allowed:
        visible[Field.NEEDS.value] = [{"service_type": code, "urgency": urgency.value} for code in sorted(types)]
    return visible


def _value(record: OpenRecord, field: Field) -> str:
    if field is Field.NEEDS:
        return ", ".join(sorted({need.service_type for need in needs.list_needs(record)}))
    [(kind, name)] = shareable_fields()[field]
    document: Any = record.known(kind)
    value = getattr(document, name) if document else None
    if value and field in WITH_CONDITIONS:
        return WITH_CONDITIONS[field](document)
    return str(value) if value else ""
