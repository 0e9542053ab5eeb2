"""Who must never know gets nothing: no service of theirs is shown, asked, or sent anything.

The list is the person's (consent stage); here its bodies meet services, accounts and shares.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from suar.consent import exclusions, rules
from suar.consent.codes import ExclusionKind
from suar.core.refusals import NotYours, Refused
from suar.directory import providers as directory
from suar.directory import queries
from suar.directory.cards import ServiceCard
from suar.records.keyring import OpenRecord


def blocked_for(record: OpenRecord) -> frozenset[UUID]:
    """Give every id that must get nothing of this person: bodies, and their accounts here."""
    return _with_accounts(rules.excluded_ids(exclusions.list_exclusions(record), ExclusionKind.ORGANISATION))


def words_for(record: OpenRecord) -> list[str]:
    """Give those who must never know and are named in words only: a worker has to look."""
    lines = exclusions.list_exclusions(record)
    return [each.words for each in lines if each.active and each.kind is ExclusionKind.WORDS]


def shown(cards: Iterable[ServiceCard], blocked: Collection[UUID]) -> list[ServiceCard]:
    """Give the services that may be offered to this person, in their order."""
    return [each for each in cards if rules.may_learn(blocked, (each.id, each.provider, each.organisation))]


def card_to_ask(record: OpenRecord, service: UUID) -> ServiceCard:
    """Give a service that may be asked for this person; NotYours when it is gone or kept away."""
    card = queries.service_card(service)
    if not shown([card], blocked_for(record)):
        raise NotYours
    return card


def check(record: OpenRecord, service: UUID, organisation: UUID | None = None) -> None:
    """Raise Refused when who offers a service must never know of this person."""
    decision = rules.may_learn(blocked_for(record), {organisation, *directory.provider_identities(service)})
    if not decision:
        raise Refused(decision.because)


def _with_accounts(bodies: Collection[UUID]) -> frozenset[UUID]:
    known = directory.include_merged(bodies) if bodies else frozenset()
    return known | directory.organisations_behind(known) if known else known
