"""Two entries of one service become one: which belong together, and what is kept of each.

Nothing is decided by a machine: pairs are proposed, and each field is chosen by an editor. The
entry that goes stays closed with its editions, and its id leads to the one that stays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core.refusals import NotYours
from suar.directory import editions, entry_links, flat, shown
from suar.directory.cards import said
from suar.directory.models import Moved
from suar.directory.shown import Document
from suar.directory.states import ServiceState, with_status
from suar.directory.terms import How, Stamp, Status
from suar.directory.words import words_of

MOST_PAIRS, MOST_ALIKE = 50, 8
STAYS = frozenset({"status"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one, with their names, and why: a number or a name and a place."""

    one: UUID
    other: UUID
    names: tuple[str, str]
    because: str


def pairs() -> list[Pair]:
    """Propose open entries that may be one: the same number, or nearly a name in one place."""
    found: dict[tuple[str, str], str] = {}
    named = {}
    alike: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for each in shown.every_document():
        if each["service"]["status"] == Status.ACTIVE:
            named[each["service"]["id"]] = said(each["service"]["name"], "en")
            for key in _keys(each):
                alike[key].append(each)
    for (because, _key), group in sorted(alike.items(), key=lambda item: item[0]):
        for pair in _within(group[:MOST_ALIKE]):
            found.setdefault(pair, because)
    return [
        Pair(UUID(one), UUID(other), (named[one], named[other]), because)
        for (one, other), because in list(found.items())[:MOST_PAIRS]
    ]


def differing(stays: UUID, goes: UUID) -> tuple[dict[str, object], dict[str, object]]:
    """Give the fields in which two entries differ, as each of them tells it."""
    here, there = (flat.flat_of(_state(each)) for each in (stays, goes))
    ways = [way for way in flat.changed(here, there) if way not in STAYS]
    return {way: here.get(way) for way in ways}, {way: there.get(way) for way in ways}


def merge(stays: UUID, goes: UUID, *, of_other: Collection[str], by: UUID, at: datetime, over: int) -> None:
    """Make two entries one: fields named in `of_other` are those of the one that goes.

    Its id leads on from now; what it said stays as an edition. Raises editions.Meanwhile, and
    NotYours where one is none, or was made one with another already.
    """
    if stays == goes or Moved.objects.filter(old__in=(stays, goes)).exists():
        raise NotYours
    with transaction.atomic():
        _here, there = differing(stays, goes)
        told = {way: value for way, value in there.items() if way in of_other}
        stamp = Stamp(by, at, How.MERGE)
        editions.change(stays, lambda now: flat.with_fields(now, told), stamp, over=over)
        editions.change(goes, lambda now: with_status(now, Status.DEFUNCT), stamp, over=None)
        entry_links.end(goes, by=by, at=at)
        Moved.objects.filter(new=goes).update(new=stays)
        Moved.objects.create(old=goes, new_id=stays)
        audit.record("merge_entries", by=by, at=at, about=[stays, goes])


def _keys(document: Document) -> Iterator[tuple[str, str]]:
    """Give what two entries of one service would share."""
    service, provider = document["service"], document["provider"] or {"name": {}}
    kinds = " ".join(service["types"])
    for phone in service["phones"]:
        digits = "".join(sign for sign in phone["number"] if sign.isdigit())
        if len(digits) > 5:
            yield "number", f"{digits} {kinds}"
    places = service["areas"] or [site["district"] for site in document["sites"]]
    for name in {*service["name"].values(), *provider["name"].values()}:
        words = " ".join(sorted(words_of(name)))
        for place in places:
            yield "name", f"{words} {place} {kinds}"


def _within(group: list[Document]) -> Iterator[tuple[str, str]]:
    """Pair entries of a group; two services of one provider that tell so apart are not one."""
    for one, other in combinations(group, 2):
        first, second = sorted((one["service"]["id"], other["service"]["id"]))
        if first != second and not _told_apart(one, other):
            yield first, second


def _told_apart(one: Document, other: Document) -> bool:
    mine, theirs = one["service"], other["service"]
    same_house = mine["provider"] is not None and mine["provider"] == theirs["provider"]
    return same_house and said(mine["name"], "en") != said(theirs["name"], "en")


def _state(service: UUID) -> ServiceState:
    return ServiceState(**editions.current(service).state)
