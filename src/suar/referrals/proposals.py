"""Asking for consent: the smallest set for this receiver, and from the form to a proposal and an offer."""

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
from suar.core.i18n import active_language
from suar.core.ids import new_id
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.directory.codes import Formal
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, exclusions, messages, needs, partners, rules
from suar.referrals.forms import ConsentForm
from suar.referrals.opening_hours import opening_hours
from suar.referrals.queries import SentReferral
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
MIN_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A consent being asked for: from whom, the spoken sentence, and the form.

    `fields` and `ends_on` are what the sentence is about, `changed` that they are not the first
    ones; `child` is None for an adult.
    """

    card: ServiceCard
    kind: RecipientKind
    purpose: Purpose
    child: ChildFacts | None
    fields: Sequence[Field]
    ends_on: date
    changed: bool
    sentence: str
    form: ConsentForm

    @property
    def spoken(self) -> str:
        """Mark what the sentence was about, so that consent to another sentence is noticed."""
        return f"{'.'.join(sorted(self.fields))}|{self.ends_on}"

    @property
    def status_required(self) -> bool:
        """Return True if the service helps only people with a formal status."""
        return _asks_formal_status(self.card)


def request_consent(record: OpenRecord, card: ServiceCard, *, typed: QueryDict | None) -> ConsentRequest:
    """Return what is asked, with the smallest set already chosen.

    With `typed` the sentence is about what was chosen in the form.
    """
    types = needs.met_by(record, card)
    kind, purpose = recipient_kind(types), purpose_of(types)
    allowed = consent.allowed_fields(kind, purpose, status_required=_asks_formal_status(card))
    known = {field: value for field, value in disclosure.known_values(record).items() if field in allowed}
    if Field.NEEDS in known:
        known[Field.NEEDS] = ", ".join(types)
    smallest = [field for field in consent.smallest(purpose, kind) if field in known]
    usual = clock.today() + timedelta(days=USUAL_DAYS)
    initial = {"fields_told": smallest, "ends_on": usual, "ident": new_id(), "language": active_language()}
    child = child_facts(record)
    form = ConsentForm(typed, known=known, child=child is not None, initial=initial)
    fields, ends_on = _chosen(form, smallest, usual)
    spoken = SpokenConsent(
        recipient=card.provider_name or card.name,
        purpose=purpose,
        fields=frozenset(fields),
        ends_on=ends_on,
        about=types[0] if types else "",
        contact=_contact_way(known),
    )
    return ConsentRequest(
        card=card,
        kind=kind,
        purpose=purpose,
        child=child,
        fields=fields,
        ends_on=ends_on,
        changed=(fields, ends_on) != (smallest, usual),
        sentence=wording.consent_sentence(spoken),
        form=form,
    )


def to_proposal(request: ConsentRequest, *, by: UUID) -> Proposal:
    """Return the answers of a valid form as a consent about to be recorded."""
    data = request.form.cleaned_data
    child = ChildFacts(age=AgeStatus.ADULT)
    if request.child is not None:
        child = replace(
            request.child,
            assent=data["assent"],
            guardian=Guardian(data["guardian"]) if data["guardian"] else None,
            involvement=Involvement(data["involvement"] or Involvement.NOT_CHECKED),
        )
    return Proposal(
        recipient=request.card.id,
        recipient_kind=request.kind,
        purpose=request.purpose,
        fields=frozenset(map(Field, data["fields_told"])),
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
        status_required=request.status_required,
    )


def offer_of(record: OpenRecord, given: GivenConsent, *, sent: Sequence[SentReferral], at: datetime) -> Offer:
    """Return the offer of a consent: exactly its fields, to its recipient, for the needs it meets.

    Raises NotYours when the service is gone from the directory.
    """
    card = directory.service_card(given.facts.recipient)
    types = needs.met_by(record, card)
    urgency, former = needs.most_urgent(record, types), find_replaced(sent, types)
    open_one = find_renewable(sent, card.id, at=at)
    by_link = open_one is not None and open_one.by_link
    previewed, packed = rules.preview_fields(given.facts, at=at), rules.packet_fields(given.facts, at=at)
    return Offer(
        service=card.id,
        service_name=messages.card_name(card),
        receiving_organisation=None if by_link else receiver_of(card),
        consent=given.id,
        urgency=urgency,
        types=types,
        hours=opening_hours(card),
        preview=disclosure.preview(record, previewed, types=types, urgency=urgency),
        shared=disclosure.shared_values(record, packed, types=types),
        replaces=former.id if former else None,
        renews=open_one.id if open_one else None,
    )


def child_facts(record: OpenRecord) -> ChildFacts | None:
    """Return what matters of age for consent; None when the person is surely an adult."""
    age = needs.age_status(record)
    return ChildFacts(age=age) if consent.on_child_path(age) else None


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


def receiver_of(card: ServiceCard) -> UUID | None:
    """Return the organisation that receives here; None when it is reached by a link."""
    organisation = card.organisation
    return organisation if organisation and partners.can_receive(organisation) else None


def find_renewable(sent: Iterable[SentReferral], service: UUID, *, at: datetime) -> SentReferral | None:
    """Return the open referral to a service whose consent ends soon or has ended."""
    return next((each for each in sent if each.service == service and each.may_renew(at)), None)


def find_replaced(sent: Iterable[SentReferral], types: Iterable[str]) -> SentReferral | None:
    """Return the newest referral for one of these needs that came back and waits for another."""
    wanted = set(types)
    return next((each for each in sent if rules.can_be_replaced(each.state) and wanted & set(each.types)), None)


def replacement_text(record: OpenRecord, card: ServiceCard, sent: Sequence[SentReferral]) -> str:
    """Return whose place another service takes, to be read with the person; empty when nobody's."""
    return messages.replacement(find_replaced(sent, needs.met_by(record, card)), service=card.id)


def excluded_in_words(record: OpenRecord) -> list[str]:
    """Return those who are excluded in words only; a worker checks them before asking."""
    return exclusions.described_in_words(record)


def _asks_formal_status(card: ServiceCard) -> bool:
    return card.facts.formal not in (None, "", Formal.NONE)


def _chosen(form: ConsentForm, smallest: list[Field], usual: date) -> tuple[list[Field], date]:
    """Return what the sentence is about: what was typed, else the smallest set."""
    if not form.is_bound:
        return smallest, usual
    fields = form.known_fields(form.data.getlist("fields_told"))
    try:
        return fields, form.fields["ends_on"].clean(form.data.get("ends_on"))
    except ValidationError:
        return fields, usual


def _contact_way(known: dict[Field, str]) -> ContactWay:
    """Return how the safe contact is spoken of: as a number only when it holds one."""
    contact = known.get(Field.SAFE_CONTACT, "")
    return ContactWay.NUMBER if sum(map(str.isdigit, contact)) >= MIN_DIGITS else ContactWay.OTHER
