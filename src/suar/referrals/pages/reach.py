"""How a worker reaches a service: its numbers, when somebody is there, and its whole entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from suar.core.refusals import NotYours
from suar.directory import labels as directory
from suar.directory import queries
from suar.directory.cards import CardPhone, ServiceCard
from suar.directory.codes import Age, Status
from suar.referrals import labels


@dataclass(frozen=True, slots=True)
class Reach:
    """The numbers of a service with what each is for, its hours, and the address of its entry.

    `entry` is empty where the public door does not show the service.
    """

    numbers: Sequence[CardPhone]
    hours: Sequence[str]
    entry: str


def reach(card: ServiceCard) -> Reach:
    """Say how a service is reached; a line that somebody answers now comes first."""
    urgent = [CardPhone(card.urgent.number, card.urgent.hours)] if card.urgent else []
    of_places = [each for site in card.sites for each in site.phones]
    once = {each.number: each for each in reversed([*urgent, *card.phones, *of_places])}
    hours = [words for each in card.hours if (words := directory.hours_text(each))]
    return Reach(list(once.values())[::-1], hours, _entry(card))


def reach_of(service: UUID) -> Reach:
    """Say how a service is reached; with no number when it is gone from the directory."""
    try:
        return reach(queries.service_card(service))
    except NotYours:
        return Reach((), (), "")


def _entry(card: ServiceCard) -> str:
    """Give the address of an entry at the public door, in the language of the page."""
    shown = card.status == Status.ACTIVE and card.age is not Age.HIDDEN
    if not (shown and settings.SUAR_PUBLIC_ORIGIN):
        return ""
    return f"{settings.SUAR_PUBLIC_ORIGIN}/{labels.language()}/s/{card.id}"
