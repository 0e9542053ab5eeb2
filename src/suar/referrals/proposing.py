"""Asking for a yes: the smallest set for this receiver, and from a form to a proposal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from suar.consent import rules as consent
from suar.consent import wording
from suar.consent.codes import (
    AgeStatus,
    ContactWay,
    Field,
    Guardian,
    HowGiven,
    Interpretation,
    Involvement,
    Purpose,
    RecipientKind,
)
from suar.consent.queries import GivenConsent
from suar.consent.rules import ChildFacts, Proposal
from suar.consent.wording import SpokenConsent
from suar.core import clock
from suar.core.ids import new_id
from suar.core.urgency import Urgency
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import coming_back, hours, keeping_away, labels, partners, rules, telling
from suar.referrals.forms import ConsentForm
from suar.referrals.queries import SentOne
from suar.referrals.sending import Offer

USUAL_DAYS = 90
KINDS = {
    "HOU": RecipientKind.SHELTER,
    "HEA": RecipientKind.HEALTH,
    "MEN": RecipientKind.MENTAL,
    "JUS": RecipientKind.LEGAL,
    "SAF": RecipientKind.PROTECTION,
    "STA": RecipientKind.STATUS,
    "RET": RecipientKind.RETURN,
}
CHILD_TYPES = frozenset({"COO_GUARDIAN", "RET_CHILD"})
CLAIMS = frozenset({"JUS_WAGES", "JUS_COMPENSATION", "JUS_RESTITUTION"})
SOON = frozenset({"HOU_EMERGENCY", "HEA_EMERGENCY", "MEN_CRISIS"})


@dataclass(slots=True)
class Asked:
    """A yes being asked for: to whom, the one sentence, and the form with the rest.

    `spoken` marks which fields and end the sentence is about, `changed` that they are not the
    first ones; `instead` says whose place this takes, `never` names who must never know and stands
    there in words.
    """

    card: ServiceCard
    kind: RecipientKind
    purpose: Purpose
    types: list[str]
    child: ChildFacts | None
    sentence: str
    spoken: str
    warning: str
    instead: str
    changed: bool
    form: ConsentForm
    never: Sequence[str]


def asked(record: OpenRecord, card: ServiceCard, *, typed: QueryDict | None, sent: Sequence[SentOne] = ()) -> Asked:
    """Put together what is asked, with the smallest set already chosen.

    With `typed` the sentence is about what was chosen in the form.
    """
    types = types_for(record, card)
    kind, purpose = kind_of(types), purpose_of(types)
    allowed = consent.allowed_fields(kind, purpose)
    known = {field: value for field, value in telling.known(record).items() if field in allowed}
    if Field.NEEDS in known:
        known[Field.NEEDS] = ", ".join(types)
    smallest = [each for each in consent.smallest(purpose, kind) if each in known]
    usual = clock.today() + timedelta(days=USUAL_DAYS)
    first = {
        "fields_told": [each.value for each in smallest],
        "ends_on": usual,
        "ident": new_id(),
        "language": labels.language(),
    }
    child = child_facts(record)
    form = ConsentForm(typed, known=known, child=child is not None, initial=first)
    fields, ends_on = _chosen(form, smallest, usual)
    said = SpokenConsent(
        recipient=card.provider_name or card.name,
        purpose=purpose,
        fields=frozenset(fields),
        ends_on=ends_on,
        about=types[0] if types else "",
        contact=_contact(known),
    )
    language = labels.language()
    return Asked(
        card,
        kind,
        purpose,
        types,
        child,
        wording.consent_sentence(said, language=language),
        spoken_mark(fields, ends_on),
        wording.text("before", language=language),
        coming_back.in_place_of(came_back(sent, types), service=card.id),
        (fields, ends_on) != (smallest, usual),
        form,
        keeping_away.words_for(record),
    )


def spoken_mark(fields: Iterable[Field], ends_on: date) -> str:
    """Mark what a sentence was about, so that a yes to another sentence is noticed."""
    return f"{'.'.join(sorted(fields))}|{ends_on}"


def proposal(asked: Asked, *, by: UUID) -> Proposal:
    """Read the form as a consent about to be recorded; `asked.form` must be valid."""
    data = asked.form.cleaned_data
    child = ChildFacts(age=AgeStatus.ADULT)
    if asked.child is not None:
        child = replace(
            asked.child,
            assent=data["assent"],
            guardian=Guardian(data["guardian"]) if data["guardian"] else None,
            involvement=Involvement(data["involvement"] or Involvement.NOT_CHECKED),
        )
    return Proposal(
        recipient=asked.card.id,
        recipient_kind=asked.kind,
        purpose=asked.purpose,
        fields=frozenset(Field(each) for each in data["fields_told"]),
        ends_on=data["ends_on"],
        how=HowGiven(data["how"]),
        language=data["language"],
        interpretation=Interpretation(data["interpretation"]),
        said_back=data["said_back"],
        told_of_refusal=data["told"],
        told_of_withdrawal=data["told"],
        child=child,
        by=by,
        given_on=clock.today(),
        text_version=wording.LATEST,
    )


def offer_of(record: OpenRecord, given: GivenConsent, *, sent: Sequence[SentOne], at: datetime) -> Offer:
    """Make the offer of a consent: exactly its fields, to its recipient, for the needs it meets.

    Raises NotYours when the service is gone from the directory.
    """
    card = directory.service_card(given.facts.recipient)
    types = types_for(record, card)
    urgency, former = urgency_for(record, types), came_back(sent, types)
    open_one = to_renew(sent, card.id, at=at)
    by_link = open_one is not None and open_one.by_link
    return Offer(
        service=card.id,
        service_name=labels.named(card),
        receiving_organisation=None if by_link else receiver_of(card),
        consent=given.id,
        urgency=urgency,
        types=types,
        hours=hours.hours_of(card),
        preview=telling.preview(record, rules.preview_fields(given.facts, at=at), types=types, urgency=urgency),
        told=telling.told(record, rules.packet_fields(given.facts, at=at), types=types),
        follows=former.id if former else None,
        renews=open_one.id if open_one else None,
    )


def child_facts(record: OpenRecord) -> ChildFacts | None:
    """Say what matters of age for consent; None when the person is surely an adult."""
    profile = record.read(Compartment.CODED, telling.PROFILE) or {}
    age = AgeStatus(profile.get("age_status") or AgeStatus.UNKNOWN)
    return ChildFacts(age=age) if consent.on_child_path(age) else None


def types_for(record: OpenRecord, card: ServiceCard) -> list[str]:
    """Give the person's needs that this service meets; its first type when none was named."""
    wanted = {each["service_type"] for each in telling.needs_of(record)}
    return sorted(wanted & set(card.types)) or sorted(card.types)[:1]


def urgency_for(record: OpenRecord, types: list[str]) -> Urgency:
    """Give the soonest urgency among the needs that are told."""
    found = [each["urgency"] for each in telling.needs_of(record) if each["service_type"] in types]
    return Urgency(min(found, default=Urgency.PLANNED))


def planned(service_type: str) -> Urgency:
    """Give the usual urgency of a need chosen on the options page."""
    return Urgency.TODAY if service_type in SOON else Urgency.WEEK


def kind_of(types: Sequence[str]) -> RecipientKind:
    """Say what kind of body a service is for what it is asked; it limits what may be told."""
    if not types:
        return RecipientKind.OTHER
    if CHILD_TYPES.issuperset(types):
        return RecipientKind.CHILD
    return KINDS.get(types[0][:3], RecipientKind.OTHER)


def purpose_of(types: Sequence[str]) -> Purpose:
    """Say what a share for these needs is for."""
    return Purpose.CLAIM if types and CLAIMS.issuperset(types) else Purpose.SERVICE


def receiver_of(card: ServiceCard) -> UUID | None:
    """Give the organisation that receives here; None when it is reached by a link."""
    house = card.organisation
    return house if house and partners.can_receive(house) else None


def to_renew(sent: Iterable[SentOne], service: UUID, *, at: datetime) -> SentOne | None:
    """Give the open referral to a service whose yes ends soon or has ended."""
    return next(
        (each for each in sent if each.service == service and rules.may_renew(each.state, each.ends_at, at=at)),
        None,
    )


def came_back(sent: Iterable[SentOne], types: Iterable[str]) -> SentOne | None:
    """Give the newest referral for one of these needs that came back and waits for another."""
    wanted = set(types)
    return next(
        (each for each in sent if rules.can_be_followed(each.state) and wanted & set(each.types)),
        None,
    )


def _chosen(form: ConsentForm, smallest: list[Field], usual: date) -> tuple[list[Field], date]:
    """Give what the sentence is about: what was typed, else the smallest set."""
    if not form.is_bound:
        return smallest, usual
    known = {code for code, _ in form.fields["fields_told"].choices}
    fields = [Field(each) for each in form.data.getlist("fields_told") if each in known]
    try:
        return fields, form.fields["ends_on"].clean(form.data.get("ends_on"))
    except ValidationError:
        return fields, usual


def _contact(known: dict[Field, str]) -> ContactWay:
    """Say how the safe contact is spoken of: as a number only when it holds one."""
    told = known.get(Field.SAFE_CONTACT, "")
    return ContactWay.NUMBER if sum(map(str.isdigit, told)) > 4 else ContactWay.OTHER
