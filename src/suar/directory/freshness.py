"""Which entries need confirmation, which providers to ask, and what waits for an editor.

Suar sends nothing: it records who asked which provider when, so that nobody is asked twice a week.
Source: docs/decisions/directory-upkeep.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import catalogue, error_reports, proposals, provider_links, queries, search_index, snapshots
from suar.directory.cards import ServiceCard
from suar.directory.codes import Age, AskingState, Status
from suar.directory.models import ConfirmationRequest, EntryLink, ErrorReport, Proposal, Provider, Service
from suar.directory.revisions import count_edition, lock_edition
from suar.directory.rules import freshness
from suar.directory.search import SearchQuery

ENTRIES_A_PAGE, ENTRIES_A_BATCH = 50, 200
STALE = frozenset({Age.NEVER, Age.ADVISED, Age.REQUIRED, Age.HIDDEN})
Filter = Callable[[ServiceCard], bool]
FILTERS: dict[str, Filter] = {
    "ask": lambda card: card.age in STALE,
    "now": lambda card: card.age in (Age.NEVER, Age.REQUIRED, Age.HIDDEN),
    "hidden": lambda card: card.age is Age.HIDDEN,
    "closed": lambda card: True,
}
"""What a list can show besides every entry; a closed one is asked about no more."""


@dataclass(frozen=True, slots=True)
class EntryList:
    """One page of entries and where the next begins, empty at the end."""

    cards: tuple[ServiceCard, ...]
    next: str = ""


def list_entries(show: str, *, text: str = "", after: str = "") -> EntryList:
    """List entries for an editor: by words, or the oldest first, or those that wait."""
    if show in FILTERS:
        return _list_by_age(show, after)
    if show in ("drafts", "wrong"):
        return _list_waiting(proposals.list_waiting() if show == "drafts" else error_reports.list_open_reports(), after)
    page = queries.search_services(SearchQuery(text=text, after=after))
    return EntryList(page.cards, page.next)


def count_waiting() -> dict[str, int]:
    """Count what waits: drafts, reports of what is wrong, and entries to be asked about now."""
    return {
        "drafts": len(proposals.list_waiting()),
        "wrong": len(error_reports.list_open_reports()),
        "now": count_to_ask(),
    }


def count_to_ask(*, most: int = 1000) -> int:
    """Count open entries that have to be asked about now, up to a limit."""
    found = 0
    for _row, _card in _iter_matching(FILTERS["now"], _order_by_age("now"), ("", "")):
        found += 1
        if found == most:
            break
    return found


def _list_waiting(waiting: Iterable[Proposal | ErrorReport], after: str) -> EntryList:
    """List entries in the order of what waits, each once, from the one after `after` on."""
    ids = list(dict.fromkeys(row.service_id for row in waiting if row.service_id))
    start = next((at for at, each in enumerate(ids, 1) if str(each) == after), 0)
    shown, rest = ids[start : start + ENTRIES_A_PAGE], ids[start + ENTRIES_A_PAGE :]
    cards = queries.cards_by_id(shown)
    return EntryList(tuple(cards[each] for each in shown), str(shown[-1]) if rest else "")


def _iter_due_entries(*, after: str = "", among: Q | None = None) -> Iterator[tuple[str, ServiceCard]]:
    """Return the open entries of which asking is advised, the oldest first, each with its place.

    `after` is the place of the last one that was seen.
    """
    day, _, ident = after.partition("_")
    rows = _order_by_age("ask")
    for row, card in _iter_matching(FILTERS["ask"], rows.filter(among) if among else rows, (day, ident)):
        yield _cursor(row), card


def _list_by_age(show: str, after: str) -> EntryList:
    day, _, ident = after.partition("_")
    found: list[tuple[tuple[UUID, date | None], ServiceCard]] = []
    for row, card in _iter_matching(FILTERS[show], _order_by_age(show), (day, ident)):
        if len(found) == ENTRIES_A_PAGE:
            return EntryList(tuple(card for _row, card in found), _cursor(found[-1][0]))
        found.append((row, card))
    return EntryList(tuple(card for _row, card in found))


def _cursor(row: tuple[UUID, date | None]) -> str:
    return f"{row[1] or ''}_{row[0]}"


def _order_by_age(show: str) -> "QuerySet[Service]":
    """Return possibly outdated entries by the day they were last confirmed, never-confirmed ones first."""
    rows = Service.objects.order_by(F("confirmed").asc(nulls_first=True), "id")
    if show == "closed":
        return rows.exclude(status=Status.ACTIVE)
    sooner = min(line["advised"] for line in catalogue.freshness()["lines"])
    since = clock.today() - timedelta(days=sooner)
    return rows.filter(Q(confirmed=None) | Q(confirmed__lt=since), status=Status.ACTIVE)


def _iter_matching(
    fits: Filter, rows: "QuerySet[Service]", after: tuple[str, str]
) -> Iterator[tuple[tuple[UUID, date | None], ServiceCard]]:
    """Return entries that fit, a few hundred at a time, from a place on."""
    while True:
        part = list(_after_cursor(rows, *after).values_list("id", "confirmed")[:ENTRIES_A_BATCH])
        cards = queries.cards_by_id(each[0] for each in part)
        for row in part:
            if fits(cards[row[0]]):
                yield row, cards[row[0]]
        if len(part) < ENTRIES_A_BATCH:
            return
        after = (str(part[-1][1] or ""), str(part[-1][0]))


def _after_cursor(rows: "QuerySet[Service]", day: str, ident: str) -> "QuerySet[Service]":
    try:
        last, on = UUID(ident), date.fromisoformat(day) if day else None
    except ValueError:
        return rows
    if on is None:
        return rows.filter(Q(confirmed=None, id__gt=last) | Q(confirmed__isnull=False))
    return rows.filter(Q(confirmed__gt=on) | Q(confirmed=on, id__gt=last))


PROVIDERS_A_PAGE, PROVIDERS_A_BATCH = 20, 50


@dataclass(frozen=True, slots=True)
class DueProvider:
    """The entries of one provider that are due, the oldest first, and how it was asked before.

    `times` counts how often nobody answered; `asked` is when anybody last asked, and who did.
    """

    cards: tuple[ServiceCard, ...]
    email: str
    turn: AskingState
    times: int
    asked: datetime | None
    asked_by: UUID | None

    @property
    def service(self) -> UUID:
        """Return the entry by which the group is named."""
        return self.cards[0].id

    @property
    def name(self) -> str:
        """Return the name of the provider, or of its entry where it has none."""
        return self.cards[0].provider_name or self.cards[0].name

    @property
    def numbers(self) -> list[str]:
        """List the numbers of the provider's entries, each once."""
        phones = (phone.number for card in self.cards for phone in card.phones)
        return list(dict.fromkeys(phones))


@dataclass(frozen=True, slots=True)
class Asking:
    """One time at which somebody asked about an entry."""

    service: UUID
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class ProviderList:
    """One page of providers, and where the next begins, empty at the end."""

    groups: tuple[DueProvider, ...]
    next: str = ""


def list_providers(
    turn: AskingState, *, at: datetime, after: str = "", most: int = PROVIDERS_A_PAGE, at_once: int = PROVIDERS_A_BATCH
) -> ProviderList:
    """List providers whose entries are due, each once: whose oldest entry is older comes first.

    `at_once` entries are read in one go until there are `most` providers.
    """
    found: list[tuple[str, DueProvider]] = []
    for place, group in _iter_due_providers(turn, after, at, at_once):
        if len(found) == most:
            return ProviderList(tuple(group for _place, group in found), found[-1][0])
        found.append((place, group))
    return ProviderList(tuple(group for _place, group in found))


def is_any_provider_due(*, at: datetime) -> bool:
    """Return True if there is a provider to be asked now."""
    return any(list_providers(turn, at=at, most=1).groups for turn in (AskingState.NOT_YET, AskingState.SILENT))


def get_due_provider(service: UUID, *, at: datetime) -> DueProvider:
    """Return what is due of an entry's provider.

    Raises NotYours when there is no such entry, and Refused when nothing is due.
    """
    card = queries.service_card(service)
    found = list(_group_by_provider([card], at=at).values())
    if not found:
        raise Refused("nothing_due")
    return found[0]


def last_asked(service: UUID) -> Asking | None:
    """Return when somebody last asked about an entry, and who; None for never."""
    row = ConfirmationRequest.objects.filter(service=service).order_by("-at").first()
    return Asking(service, row.at, row.by) if row else None


def _iter_due_providers(turn: AskingState, after: str, at: datetime, at_once: int) -> Iterator[tuple[str, DueProvider]]:
    rows = _iter_due_entries(after=after, among=None if turn is AskingState.NOT_YET else _asked_before())
    while part := list(islice(rows, at_once)):
        by_first = _group_by_provider([card for _place, card in part], at=at)
        for place, card in part:
            group = by_first.get(card.id)
            if group and group.turn is turn:
                yield place, group


def _asked_before() -> Q:
    """Filter entries of providers that were asked before."""
    asked = ConfirmationRequest.objects.values("service")
    houses = Service.objects.filter(id__in=asked).exclude(provider=None).values("provider")
    return Q(id__in=asked) | Q(provider__in=houses)


def _group_by_provider(cards: Iterable[ServiceCard], *, at: datetime) -> dict[UUID, DueProvider]:
    """Group what is due of the providers of these entries, each under its oldest entry."""
    alone = [each.id for each in cards if not each.provider]
    every = Service.objects.filter(Q(provider__in={each.provider for each in cards if each.provider}) | Q(id__in=alone))
    asked, answers = _askings_by_provider(every), _last_proposals(every)
    due = _due_by_provider(every.filter(status=Status.ACTIVE))
    emails = dict(Provider.objects.filter(id__in=list(due)).values_list("id", "email"))
    return {
        group[0].id: _due_provider(group, asked.get(house, []), answers, email=emails.get(house, ""), at=at)
        for house, group in due.items()
    }


def _due_by_provider(services: "QuerySet[Service]") -> dict[UUID, list[ServiceCard]]:
    """Return the entries that are due, by provider or entry without one, the oldest first.

    Where its provider sent a change that waits for an editor, an entry is not asked about.
    """
    ordered = services.order_by(F("confirmed").asc(nulls_first=True), "id")
    ids = list(ordered.values_list("id", flat=True))
    there = queries.cards_by_id(ids)
    waiting = {row.service_id for row in proposals.list_waiting() if row.by is None}
    found: dict[UUID, list[ServiceCard]] = defaultdict(list)
    for card in (there[each] for each in ids if each not in waiting):
        if card.age in STALE:
            found[card.provider or card.id].append(card)
    return found


def _due_provider(
    cards: Sequence[ServiceCard],
    asked: Sequence[Asking],
    answers: Mapping[UUID, datetime],
    *,
    email: str,
    at: datetime,
) -> DueProvider:
    """Return a provider with its due entries and earlier askings."""
    times = max(
        freshness.count_unanswered(
            [(clock.local_date(each.at), each.at) for each in asked if each.service == card.id],
            assured=card.confirmed,
            proposed=answers.get(card.id),
        )
        for card in cards
    )
    last = max(asked, key=lambda each: each.at, default=None)
    asked_at, asked_by = (last.at, last.by) if last else (None, None)
    state = freshness.asking_state(asked_at, times=times, at=at)
    return DueProvider(tuple(cards), email, state, times, asked_at, asked_by)


def _askings_by_provider(services: "QuerySet[Service]") -> dict[UUID, list[Asking]]:
    """Return when whom asked about which entry, by provider or entry without one."""
    found: dict[UUID, list[Asking]] = defaultdict(list)
    rows = ConfirmationRequest.objects.filter(service__in=services)
    for service, house, at, by in rows.values_list("service", "service__provider", "at", "by"):
        found[house or service].append(Asking(service, at, by))
    return found


def _last_proposals(services: "QuerySet[Service]") -> dict[UUID, datetime]:
    """Return when the provider last proposed a change of each entry."""
    proposed = Proposal.objects.filter(service__in=services, by=None)
    return dict(proposed.values_list("service").annotate(Max("at")))


def ask_provider(service: UUID, *, by: UUID, at: datetime) -> tuple[DueProvider, dict[UUID, str]]:
    """Make a link for each entry of a provider that is due; returns the tokens, shown once.

    Raises NotYours, and Refused where nothing is due or somebody asked within a week.
    """
    with transaction.atomic():
        group = _record_asking_of_provider(service, by=by, at=at)
        made = {card.id: provider_links.create_link(card.id, by=by, at=at) for card in group.cards}
    return group, made


def record_unanswered_call(service: UUID, *, by: UUID, at: datetime) -> None:
    """Record that somebody called and reached nobody; raises as `write` does."""
    with transaction.atomic():
        _record_asking_of_provider(service, by=by, at=at)


def take_back_asking(service: UUID, *, by: UUID, at: datetime) -> None:
    """Forget that a provider was asked just now: it was not, after all. Its links end.

    Raises Refused for whoever did not ask.
    """
    with transaction.atomic():
        lock_edition()
        every = _askings_of_provider(service)
        last = every.order_by("-at").first()
        if last is None or last.by != by:
            raise Refused("not_asked_by_you")
        together = every.filter(at=last.at, by=by)
        ids = list(together.values_list("service_id", flat=True))
        together.delete()
        made = EntryLink.objects.filter(service__in=ids, made_at=last.at, ended_at=None)
        made.update(ended_at=at)
        audit.record("take_asking_back", by=by, at=at, about=ids)


def _askings_of_provider(service: UUID) -> QuerySet[ConfirmationRequest]:
    """Return all askings of the provider of an entry, due or not by now."""
    provider = Service.objects.filter(id=service).values_list("provider_id", flat=True).first()
    if provider is None:
        return ConfirmationRequest.objects.filter(service=service)
    return ConfirmationRequest.objects.filter(service__provider=provider)


def record_asking(service: UUID, *, by: UUID, at: datetime) -> None:
    """Record that an entry's provider was asked about this entry alone, with a link of its own."""
    ConfirmationRequest.objects.create(service_id=service, at=at, by=by)


def _record_asking_of_provider(service: UUID, *, by: UUID, at: datetime) -> DueProvider:
    """Record that a provider is asked about all that is due of it; one editor waits for another."""
    lock_edition()
    group = get_due_provider(service, at=at)
    decision = freshness.may_ask(group.asked, at=at)
    if not decision:
        raise Refused(decision.because)
    ids = [card.id for card in group.cards]
    ConfirmationRequest.objects.bulk_create(ConfirmationRequest(service_id=each, at=at, by=by) for each in ids)
    audit.record("ask_provider", by=by, at=at, about=ids)
    return group


def confirm_service(service: UUID, *, by: UUID | None, at: datetime) -> None:
    """Record that a person confirmed the entry today: it is right. `by` is None for its provider.

    That is no new revision: what the entry says stays as it is.
    """
    with transaction.atomic():
        edition, day = lock_edition(), clock.local_date(at)
        if not Service.objects.filter(id=service).update(confirmed=day):
            raise NotYours
        [state] = snapshots.load_services([service]).values()
        snapshots.write_snapshots([replace(state, confirmed=day.isoformat())])
        search_index.update_service(service, today=day)
        count_edition(edition, at=at)
        audit.record("confirm_service", by=by, at=at, about=[service])
