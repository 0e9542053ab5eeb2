"""What the editors' pages of the directory show, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.directory import labels
from suar.directory.cards import ServiceCard
from suar.directory.codes import Age, Status


@dataclass(frozen=True, slots=True)
class Row:
    """A service in the editors' list."""

    id: UUID
    name: str
    provider: str
    where: str
    confirmed: str
    warn: bool
    age: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A service as its editor checks it: questions and answers."""

    card: ServiceCard
    facts: Sequence[dict[str, str]]
    told: Sequence[dict[str, str]]
    confirmed: str
    age: str
    clock: str
    because: str
    closed: str


def rows(cards: Sequence[ServiceCard]) -> list[Row]:
    """Say a list of services in words."""
    return [
        Row(
            card.id,
            card.name,
            card.provider_name,
            ", ".join(labels.place(each) for each in card.districts or card.areas),
            labels.confirmed(card.confirmed),
            card.warn_old,
            "" if card.age is Age.FRESH else str(labels.AGES[card.age]),
        )
        for card in cards
    ]


def entry_page(card: ServiceCard) -> EntryPage:
    """Say a service in words, with everything its provider has to be asked about."""
    facts = [(labels.attribute(code), labels.stated(code, card.facts)) for code in labels.stated_attributes()]
    told = [(labels.access_field(code), words) for code, words in card.access.items()]
    kinds = card.facts.kinds or frozenset()
    return EntryPage(
        card,
        _asked(facts),
        _asked(told),
        labels.confirmed(card.confirmed),
        str(labels.AGES[card.age]),
        labels.clock(kinds),
        labels.clock_because(kinds),
        "" if card.status == Status.ACTIVE else labels.held("status", card.status),
    )


def _asked(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in pairs]
