"""What waits for an editor: entries by age and state, whom to ask, what was said to be wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from suar.core import clock
from suar.directory import catalogue, drafting, queries, wrongs
from suar.directory.models import EntryDraft, Service, WrongReport
from suar.directory.terms import Age, ServiceCard, Status, Wanted

PAGE_SIZE, AT_ONCE = 50, 200
OLD = frozenset({Age.NEVER, Age.ADVISED, Age.REQUIRED, Age.HIDDEN})
Fits = Callable[[ServiceCard], bool]
SHOWN: dict[str, Fits] = {
    "ask": lambda card: card.age in OLD,
    "now": lambda card: card.age in (Age.NEVER, Age.REQUIRED, Age.HIDDEN),
    "hidden": lambda card: card.age is Age.HIDDEN,
    "closed": lambda card: True,
}
"""What a list can show besides every entry; a closed one is asked about no more."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of entries and where the next begins, empty at the end."""

    cards: tuple[ServiceCard, ...]
    next: str = ""


def listed(show: str, *, text: str = "", after: str = "") -> Listed:
    """List entries for an editor: by words, or the oldest first, or those that wait."""
    if show in SHOWN:
        return _by_age(show, after)
    if show in ("drafts", "wrong"):
        return _by_what_waits((drafting if show == "drafts" else wrongs).waiting(), after)
    page = queries.search(Wanted(text=text, after=after))
    return Listed(page.cards, page.next)


def counts() -> dict[str, int]:
    """Count what waits: drafts, reports of what is wrong, and entries to be asked about now."""
    return {"drafts": len(drafting.waiting()), "wrong": len(wrongs.waiting()), "now": to_ask()}


def to_ask(*, most: int = 1000) -> int:
    """Count open entries that have to be asked about now, up to a limit."""
    found = 0
    for _row, _card in _old(SHOWN["now"], _oldest_first("now"), ("", "")):
        found += 1
        if found == most:
            break
    return found


def _by_what_waits(waiting: Iterable[EntryDraft | WrongReport], after: str) -> Listed:
    """List entries in the order of what waits, each once, from the one after `after` on."""
    ids = list(dict.fromkeys(row.service_id for row in waiting if row.service_id))
    start = next((at for at, each in enumerate(ids, 1) if str(each) == after), 0)
    shown, rest = ids[start : start + PAGE_SIZE], ids[start + PAGE_SIZE :]
    cards = queries.cards_by_id(shown)
    return Listed(tuple(cards[each] for each in shown), str(shown[-1]) if rest else "")


def to_be_asked(*, after: str = "", among: Q | None = None) -> Iterator[tuple[str, ServiceCard]]:
    """Give the open entries of which asking is advised, the oldest first, each with its place.

    `after` is the place of the last one that was seen.
    """
    day, _, ident = after.partition("_")
    rows = _oldest_first("ask")
    for row, card in _old(SHOWN["ask"], rows.filter(among) if among else rows, (day, ident)):
        yield _place(row), card


def _by_age(show: str, after: str) -> Listed:
    day, _, ident = after.partition("_")
    found = []
    for row, card in _old(SHOWN[show], _oldest_first(show), (day, ident)):
        if len(found) == PAGE_SIZE:
            return Listed(tuple(card for _row, card in found), _place(found[-1][0]))
        found.append((row, card))
    return Listed(tuple(card for _row, card in found))


def _place(row: tuple[UUID, date | None]) -> str:
    return f"{row[1] or ''}_{row[0]}"


def _oldest_first(show: str) -> "QuerySet[Service]":
    """Order entries by the day of assurance, never first, that no clock calls fresh for sure."""
    rows = Service.objects.order_by(F("confirmed").asc(nulls_first=True), "id")
    if show == "closed":
        return rows.exclude(status=Status.ACTIVE)
    sooner = min(line["advised"] for line in catalogue.freshness()["lines"])
    since = clock.today() - timedelta(days=sooner)
    return rows.filter(Q(confirmed=None) | Q(confirmed__lt=since), status=Status.ACTIVE)


def _old(
    fits: Fits, rows: "QuerySet[Service]", after: tuple[str, str]
) -> Iterator[tuple[tuple[UUID, date | None], ServiceCard]]:
    """Give entries that fit, a few hundred at a time, from a place on."""
    while True:
        part = list(_beyond(rows, *after).values_list("id", "confirmed")[:AT_ONCE])
        cards = queries.cards_by_id(each[0] for each in part)
        for row in part:
            if fits(cards[row[0]]):
                yield row, cards[row[0]]
        if len(part) < AT_ONCE:
            return
        after = (str(part[-1][1] or ""), str(part[-1][0]))


def _beyond(rows: "QuerySet[Service]", day: str, ident: str) -> "QuerySet[Service]":
    try:
        last, on = UUID(ident), date.fromisoformat(day) if day else None
    except ValueError:
        return rows
    if on is None:
        return rows.filter(Q(confirmed=None, id__gt=last) | Q(confirmed__isnull=False))
    return rows.filter(Q(confirmed__gt=on) | Q(confirmed=on, id__gt=last))
