"""Whom to ask now whether their entries are still true: by provider, and who did not answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet

from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import drafting, queries, rules, upkeep
from suar.directory.models import EntryAsked, EntryDraft, Provider, Service
from suar.directory.terms import ServiceCard, Status, Turn

PAGE_SIZE, AT_ONCE = 20, 50


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one provider that are due, the oldest first, and how it was asked before.

    `times` counts how often nobody answered; `asked` is when anybody last asked, and who did.
    """

    cards: tuple[ServiceCard, ...]
    email: str
    turn: Turn
    times: int
    asked: datetime | None
    asked_by: UUID | None

    @property
    def service(self) -> UUID:
        """Give the entry by which the group is named."""
        return self.cards[0].id

    @property
    def name(self) -> str:
        """Give the name of the provider, or of its entry where it has none."""
        return self.cards[0].provider_name or self.cards[0].name

    @property
    def numbers(self) -> list[str]:
        """List the numbers of the provider's entries, each once."""
        phones = (phone.number for card in self.cards for phone in card.phones)
        return list(dict.fromkeys(phones))


@dataclass(frozen=True, slots=True)
class Once:
    """One time at which somebody asked about an entry."""

    service: UUID
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of providers, and where the next begins, empty at the end."""

    groups: tuple[Group, ...]
    next: str = ""


def listed(turn: Turn, *, at: datetime, after: str = "", most: int = PAGE_SIZE, at_once: int = AT_ONCE) -> Listed:
    """List providers whose entries are due, each once: whose oldest entry is older comes first.

    `at_once` entries are read in one go until there are `most` providers.
    """
    found: list[tuple[str, Group]] = []
    for place, group in _groups(turn, after, at, at_once):
        if len(found) == most:
            return Listed(tuple(group for _place, group in found), found[-1][0])
        found.append((place, group))
    return Listed(tuple(group for _place, group in found))


def anybody(*, at: datetime) -> bool:
    """Say whether there is a provider to be asked now."""
    return any(listed(turn, at=at, most=1).groups for turn in (Turn.NOT_YET, Turn.SILENT))


def group_of(service: UUID, *, at: datetime) -> Group:
    """Give what is due of an entry's provider.

    Raises NotYours when there is no such entry, and Refused when nothing is due.
    """
    card = queries.service_card(service)
    found = list(_by_first([card], at=at).values())
    if not found:
        raise Refused("nothing_due")
    return found[0]


def last_asked(service: UUID) -> Once | None:
    """Say when somebody last asked about an entry, and who; None for never."""
    row = EntryAsked.objects.filter(service=service).order_by("-at").first()
    return Once(service, row.at, row.by) if row else None


def _groups(turn: Turn, after: str, at: datetime, at_once: int) -> Iterator[tuple[str, Group]]:
    rows = upkeep.to_be_asked(after=after, among=None if turn is Turn.NOT_YET else _ever_asked())
    while part := list(islice(rows, at_once)):
        by_first = _by_first([card for _place, card in part], at=at)
        for place, card in part:
            group = by_first.get(card.id)
            if group and group.turn is turn:
                yield place, group


def _ever_asked() -> Q:
    """Tell the entries of providers that somebody asked before."""
    asked = EntryAsked.objects.values("service")
    houses = Service.objects.filter(id__in=asked).exclude(provider=None).values("provider")
    return Q(id__in=asked) | Q(provider__in=houses)


def _by_first(cards: Iterable[ServiceCard], *, at: datetime) -> dict[UUID, Group]:
    """Group what is due of the providers of these entries, each under its oldest entry."""
    alone = [each.id for each in cards if not each.provider]
    every = Service.objects.filter(Q(provider__in={each.provider for each in cards if each.provider}) | Q(id__in=alone))
    asked, answers = _asked(every), _answers(every)
    due = _due(every.filter(status=Status.ACTIVE))
    emails = dict(Provider.objects.filter(id__in=list(due)).values_list("id", "email"))
    return {
        group[0].id: _group(group, asked.get(house, []), answers, email=emails.get(house, ""), at=at)
        for house, group in due.items()
    }


def _due(services: "QuerySet[Service]") -> dict[UUID, list[ServiceCard]]:
    """Give the entries that are due, by provider or entry without one, the oldest first.

    Where its provider sent a change that waits for an editor, an entry is not asked about.
    """
    ordered = services.order_by(F("confirmed").asc(nulls_first=True), "id")
    ids = list(ordered.values_list("id", flat=True))
    there = queries.cards_by_id(ids)
    waiting = {row.service_id for row in drafting.waiting() if row.by is None}
    found: dict[UUID, list[ServiceCard]] = defaultdict(list)
    for card in (there[each] for each in ids if each not in waiting):
        if card.age in upkeep.OLD:
            found[card.provider or card.id].append(card)
    return found


def _group(
    cards: Sequence[ServiceCard],
    asked: Sequence[Once],
    answers: Mapping[UUID, datetime],
    *,
    email: str,
    at: datetime,
) -> Group:
    """Say of due entries of a provider how it was asked before."""
    times = max(
        rules.unanswered(
            [(clock.local_date(each.at), each.at) for each in asked if each.service == card.id],
            assured=card.confirmed,
            proposed=answers.get(card.id),
        )
        for card in cards
    )
    last = max(asked, key=lambda each: each.at, default=None)
    turn = rules.turn_of(last and last.at, times=times, at=at)
    return Group(tuple(cards), email, turn, times, last and last.at, last and last.by)


def _asked(services: "QuerySet[Service]") -> dict[UUID, list[Once]]:
    """Give when whom asked about which entry, by provider or entry without one."""
    found: dict[UUID, list[Once]] = defaultdict(list)
    rows = EntryAsked.objects.filter(service__in=services)
    for service, house, at, by in rows.values_list("service", "service__provider", "at", "by"):
        found[house or service].append(Once(service, at, by))
    return found


def _answers(services: "QuerySet[Service]") -> dict[UUID, datetime]:
    """Give when the provider last proposed a change of each entry."""
    proposed = EntryDraft.objects.filter(service__in=services, by=None)
    return dict(proposed.values_list("service").annotate(Max("at")))
