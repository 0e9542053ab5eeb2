"""Exactly what will be sent, before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.accounts.terms import Viewer
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.core import clock
from suar.core.refusals import Refused
from suar.records.keyring import OpenRecord
from suar.referrals import coming_back, keeping_away, partners, proposing, queries
from suar.referrals.pages.parts import needs_in_words, rows, without_needs
from suar.referrals.sending import Offer


@dataclass(frozen=True, slots=True)
class Message:
    """What is told before and after an acceptance, to whom, and whether keys were compared.

    `partner` is set when its keys must be compared first; `changed` says that they were others
    before. `instead` says whose place this takes, `never` who must never know
    and is named in words.
    """

    offer: Offer
    needs: Sequence[str]
    preview_rows: Sequence[dict]
    told_rows: Sequence[dict]
    ends_on: date
    by_link: bool
    partner: UUID | None
    changed: bool
    words_to_compare: str
    instead: str
    never: Sequence[str]


def message(record: OpenRecord, consent: UUID, *, viewer: Viewer) -> Message:
    """Put together the message of a consent; its fields are those of the consent, no more.

    Raises Refused when the consent was taken back or is over.
    """
    given, at = consents.get_consent(record, consent), clock.now()
    holds = consent_rules.is_open(given.facts, at=at)
    if not holds:
        raise Refused(holds.because)
    sent = queries.sent_for(record)
    offer = proposing.offer_of(record, given, sent=sent, at=at)
    partner = offer.receiving_organisation
    because = partners.refusal_of(viewer.organisation, partner) if partner else ""
    former = next((each for each in sent if each.id == offer.follows), None)
    return Message(
        offer,
        needs_in_words(offer.preview),
        rows(without_needs(offer.preview)),
        rows(offer.told),
        given.facts.ends_on,
        partner is None,
        partner if because else None,
        because == "partner_key_changed",
        partners.words_to_compare(partner) if because and partner else "",
        coming_back.in_place_of(former, service=offer.service),
        keeping_away.words_for(record),
    )
