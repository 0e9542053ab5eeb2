"""Exactly what will be sent, before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.accounts.terms import Viewer
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.directory import queries as directory
from suar.directory.terms import ServiceCard
from suar.kernel import clock
from suar.kernel.refusals import Refused
from suar.referral import hours, partners, proposing, queries, rules, telling
from suar.referral.pages.parts import needs_in_words, rows, without_needs
from suar.referral.sending import Offer
from suar.vault.keyring import OpenRecord


@dataclass(frozen=True, slots=True)
class Message:
    """What is told before and after an acceptance, to whom, and whether keys were compared.

    `partner` is set when its keys must be compared first; `changed` says that they were others
    before. `instead` names what came back and whose place this takes.
    """

    offer: Offer
    card: ServiceCard
    needs: Sequence[str]
    preview_rows: Sequence[dict]
    told_rows: Sequence[dict]
    ends_on: date
    by_link: bool
    partner: UUID | None
    changed: bool
    words_to_compare: str
    instead: str


def message(record: OpenRecord, consent: UUID, *, viewer: Viewer) -> Message:
    """Put together the message of a consent; its fields are those of the consent, no more.

    Raises Refused when the consent was taken back or is over.
    """
    given, at = consents.one(record, consent), clock.now()
    holds = consent_rules.is_open(given.facts, at=at)
    if not holds:
        raise Refused(holds.because)
    card = directory.service_card(given.facts.recipient)
    types = proposing.types_for(record, card)
    urgency = proposing.urgency_for(record, types)
    told = telling.told(record, rules.packet_fields(given.facts, at=at), types=types)
    shown = telling.preview(
        record, rules.preview_fields(given.facts, at=at), types=types, urgency=urgency
    )
    partner = proposing.receiver_of(card)
    because = partners.refusal_of(viewer.organisation, partner) if partner else ""
    former = proposing.came_back(queries.sent_for(record), types)
    offer = Offer(
        service=card.id, service_name=card.name, receiving_organisation=partner, types=types,
        consent=consent, urgency=urgency, preview=shown, told=told, hours=hours.hours_of(card),
        follows=former.id if former else None,
    )  # fmt: skip
    return Message(
        offer, card, needs_in_words(shown), rows(without_needs(shown)), rows(told),
        given.facts.ends_on, partner is None, partner if because else None,
        because == "partner_key_changed",
        partners.words_to_compare(partner) if because and partner else "",
        former.service_name if former else "",
    )  # fmt: skip
