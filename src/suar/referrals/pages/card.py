"""The card for the person: numbers, what was agreed, how they are reached; no word that betrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import NotYours
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.records.keyring import OpenRecord
from suar.referrals import keeping_away, telling
from suar.screening import policy
from suar.screening import queries as talks
from suar.screening.rules.card_words import revealing_words

MOST, CONSIDERED = 3, 12


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number that answers and when; a name or an hour that would betray is empty."""

    number: str
    hours: str
    name: str


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """Who was agreed to be asked, until when; a name that would betray is empty."""

    name: str
    until: date


@dataclass(frozen=True, slots=True)
class Card:
    """What the person may carry or hears; `left_out` is what would have betrayed."""

    record: UUID
    numbers: Sequence[NumberLine]
    agreed: Sequence[AgreedLine]
    contact: str
    left_out: Sequence[str]
    on_paper: bool


def card(record: OpenRecord) -> Card:
    """Put the card together from what stands in the record now; of a service its body only."""
    at, found = clock.now(), talks.findings(record)
    answering = [(_body(each), each.urgent) for each in _answering(record) if each.urgent]
    agreed = [
        (_asked(each.facts.recipient), each.facts.ends_on)
        for each in consents.list_consents(record)
        if consent_rules.is_open(each.facts, at=at)
    ]
    reached = telling.known(record).get(Field.SAFE_CONTACT, "")
    return Card(
        record.id,
        [NumberLine(told.number, _quiet(told.hours), _quiet(body)) for body, told in answering],
        [AgreedLine(_quiet(body), until) for body, until in agreed],
        _quiet(reached),
        _left_out([*(body for body, _ in (*answering, *agreed)), reached]),
        policy.may_leave_card(found[0].stopped_by if found else None),
    )


def _body(card: ServiceCard) -> str:
    return card.provider_name or card.name


def _asked(service: UUID) -> str:
    """Name the body that was asked; nothing when it is gone from the directory."""
    try:
        return _body(directory.service_card(service))
    except NotYours:
        return ""


def _answering(record: OpenRecord) -> list[ServiceCard]:
    """Give who answers now for the needs of the person at their place, else for the country."""
    types = [each["service_type"] for each in telling.needs_of(record)]
    blocked = keeping_away.blocked_for(record)
    place = telling.about(record)["district"]
    near = directory.answers_now(types, most=CONSIDERED, place=place) if types else ()
    wide = directory.country_lines(most=CONSIDERED)
    found = {each.id: each for each in keeping_away.shown([*near, *wide], blocked)}
    return list(found.values())[:MOST]


def _quiet(text: str) -> str:
    return "" if revealing_words(text) else text


def _left_out(told: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys(told) if revealing_words(each)]
