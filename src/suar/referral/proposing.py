"""Asking for a yes: the smallest set for this receiver, and from a form to a proposal."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from suar.consent import rules as consent
from suar.consent.terms import (
    AgeStatus,
    ChildFacts,
    Field,
    Guardian,
    HowGiven,
    Interpretation,
    Involvement,
    Proposal,
    Purpose,
    RecipientKind,
    Spoken,
)
from suar.directory.terms import ServiceCard
from suar.kernel import clock
from suar.referral import labels, telling
from suar.referral.forms import ConsentForm
from suar.referral.terms import Urgency
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment

USUAL_DAYS = 90
KINDS = {
    "HOUSING": RecipientKind.SHELTER,
    "HEALTH": RecipientKind.HEALTH,
    "MENTAL": RecipientKind.MENTAL,
    "JUSTICE": RecipientKind.LEGAL,
    "SAFETY": RecipientKind.PROTECTION,
    "STATUS": RecipientKind.STATUS,
    "RETURN": RecipientKind.RETURN,
}
SOON = {"HOU_EMERGENCY", "HEA_EMERGENCY", "MEN_CRISIS"}


@dataclass(slots=True)
class Asked:
    """A yes being asked for: to whom, the one sentence, and the form with the rest."""

    card: ServiceCard
    kind: RecipientKind
    purpose: Purpose
    types: list[str]
    child: ChildFacts | None
    sentence: str
    warning: str
    form: ConsentForm


def asked(record: OpenRecord, card: ServiceCard, *, typed: dict | None) -> Asked:
    """Put together what is asked, with the smallest set already chosen."""
    kind, purpose = kind_of(card), purpose_of(card)
    types = types_for(record, card)
    known = {
        field: value
        for field, value in telling.known(record).items()
        if field in consent.allowed_fields(kind, purpose)
    }
    smallest = [each for each in consent.smallest(purpose, kind) if each in known]
    ends_on = clock.today() + timedelta(days=USUAL_DAYS)
    child = child_facts(record)
    form = ConsentForm(
        typed, known=known, child=child is not None,
        initial={"fields_told": [each.value for each in smallest], "ends_on": ends_on},
    )  # fmt: skip
    spoken = Spoken(
        recipient=card.name, purpose=purpose, fields=frozenset(smallest), ends_on=ends_on,
        about=types[0] if types else "",
    )  # fmt: skip
    language = labels.language()
    return Asked(
        card, kind, purpose, types, child, consent.sentence(spoken, language=language),
        consent.before(language=language), form,
    )  # fmt: skip


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
        recipient=asked.card.id, recipient_kind=asked.kind, purpose=asked.purpose,
        fields=frozenset(Field(each) for each in data["fields_told"]), ends_on=data["ends_on"],
        how=HowGiven(data["how"]), language=labels.language(),
        interpretation=Interpretation(data["interpretation"]), said_back=data["said_back"],
        told_of_refusal=data["told"], told_of_withdrawal=data["told"], child=child, by=by,
        given_on=clock.today(), text_version=consent.LATEST,
    )  # fmt: skip


def child_facts(record: OpenRecord) -> ChildFacts | None:
    """Say what matters of age for consent; None when the person is surely an adult."""
    profile = record.read(Compartment.CODED, telling.PROFILE) or {}
    age = AgeStatus(profile.get("age_status") or AgeStatus.UNKNOWN)
    return None if age is AgeStatus.ADULT else ChildFacts(age=age)


def types_for(record: OpenRecord, card: ServiceCard) -> list[str]:
    """Give the person's needs that this service meets; all its types when none was named."""
    wanted = {each["service_type"] for each in telling.needs_of(record)}
    return sorted(wanted & set(card.types)) or sorted(card.types)[:1]


def urgency_for(record: OpenRecord, types: list[str]) -> Urgency:
    """Give the soonest urgency among the needs that are told."""
    found = [each["urgency"] for each in telling.needs_of(record) if each["service_type"] in types]
    return Urgency(min(found, default=Urgency.PLANNED))


def planned(service_type: str) -> Urgency:
    """Give the usual urgency of a need chosen on the options page."""
    return Urgency.TODAY if service_type in SOON else Urgency.WEEK


def kind_of(card: ServiceCard) -> RecipientKind:
    """Say what kind of body a service is, from its first type."""
    group = card.types[0].partition("_")[0] if card.types else ""
    by_prefix = {"HOU": "HOUSING", "HEA": "HEALTH", "MEN": "MENTAL", "JUS": "JUSTICE",
                 "SAF": "SAFETY", "STA": "STATUS", "RET": "RETURN"}  # fmt: skip
    return KINDS.get(by_prefix.get(group, ""), RecipientKind.OTHER)


def purpose_of(card: ServiceCard) -> Purpose:
    """Say what a share with this service is for."""
    return Purpose.CLAIM if "JUS_WAGES" in card.types else Purpose.SERVICE
