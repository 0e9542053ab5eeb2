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
            ", ".join(labels.place_name(each) for each in card.districts or card.areas),
            labels.confirmed_text(card.confirmed),
            card.warn_old,
            "" if card.age is Age.FRESH else labels.code_label("freshness", card.age),
        )
        for card in cards
    ]


def entry_page(card: ServiceCard) -> EntryPage:
    """Say a service in words, with everything its provider has to be asked about."""
    facts = [
        (labels.attribute_label(code), labels.fact_text(code, card.facts)) for code in labels.comparable_attributes()
    ]
    told = [(labels.access_label(code), words) for code, words in card.access.items()]
    kinds = card.facts.kinds or frozenset()
    return EntryPage(
        card,
        _asked(facts),
        _asked(told),
        labels.confirmed_text(card.confirmed),
        labels.code_label("freshness", card.age),
        labels.interval_text(kinds),
        labels.interval_reason(kinds),
        "" if card.status == Status.ACTIVE else labels.field_value("status", card.status),
    )


def _asked(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"question": question, "answer": answer} for question, answer in pairs]
