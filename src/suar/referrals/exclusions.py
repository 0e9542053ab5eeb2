"""Excluded organisations and colleagues: no service of theirs is shown, asked, or sent anything.

The list is the person's (`consent.exclusions`); here its ids meet services, accounts and shares.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from suar.consent import exclusions as person
from suar.consent import rules
from suar.consent.codes import ExclusionKind
from suar.core.refusals import NotYours, Refused
from suar.directory import providers as directory
from suar.directory import queries
from suar.directory.cards import ServiceCard
from suar.records.keyring import OpenRecord


def excluded_for(record: OpenRecord) -> frozenset[UUID]:
    """Return every id that must receive nothing of this person: providers, and their accounts here."""
    excluded = rules.excluded_ids(person.list_exclusions(record), ExclusionKind.ORGANISATION)
    if not excluded:
        return excluded
    known = directory.include_merged(excluded)
    return known | directory.organisations_behind(known)


def described_in_words(record: OpenRecord) -> list[str]:
    """Return those who are excluded in words only: a worker has to check."""
    entries = person.list_exclusions(record)
    return [entry.words for entry in entries if entry.active and entry.kind is ExclusionKind.WORDS]


def without_excluded(cards: Iterable[ServiceCard], excluded: Collection[UUID]) -> list[ServiceCard]:
    """Return the services that may be offered to this person, in their order."""
    return [card for card in cards if rules.may_learn(excluded, (card.id, card.provider, card.organisation))]


def get_service(record: OpenRecord, service: UUID) -> ServiceCard:
    """Return a service that may be asked for this person; NotYours when it is gone or excluded."""
    card = queries.service_card(service)
    if not without_excluded([card], excluded_for(record)):
        raise NotYours
    return card


def check_not_excluded(record: OpenRecord, service: UUID, organisation: UUID | None = None) -> None:
    """Raise Refused if who offers a service is excluded."""
    decision = rules.may_learn(excluded_for(record), {organisation, *directory.provider_identities(service)})
    if not decision:
        raise Refused(decision.because)
