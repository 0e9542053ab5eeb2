"""Possible duplicates: found by similar names or numbers; an editor decides and merges them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID, uuid5

from django.db import transaction

from suar.accounts import queries as accounts
from suar.audit import actions as audit
from suar.core.i18n import SOURCE_LANGUAGE, active_language
from suar.core.refusals import NotYours
from suar.directory import cards, diff, provider_links, providers, queries, snapshots
from suar.directory.cards import Snapshot, localise
from suar.directory.codes import DraftState, How, PlaceKind, Status
from suar.directory.diff import FlatEntry
from suar.directory.documents import ServiceDocument, Stamp, with_status
from suar.directory.models import MergedEntry, Proposal, Provider, ServiceTexts
from suar.directory.revisions import current_revision, write_revision
from suar.directory.rules import input_text, similarity
from suar.directory.tokens import tokenize

NEVER_MERGED = frozenset({"status"})


def differing_fields(stays: UUID, goes: UUID) -> tuple[dict[str, object], dict[str, object]]:
    """Return the fields in which two entries differ, as each of them tells it."""
    here, there = (diff.flatten(_load_document(each)) for each in (stays, goes))
    ways = [way for way in diff.changed_fields(here, there) if way not in NEVER_MERGED]
    return {way: here.get(way) for way in ways}, {way: there.get(way) for way in ways}


def merge_entries(stays: UUID, goes: UUID, *, of_other: Collection[str], by: UUID, at: datetime, over: int) -> None:
    """Merge two entries: fields named in `of_other` are those of the one that goes.

    Its id leads on from now; what it said stays as a revision. Raises EditConflict, and
    NotYours where one is unknown or was merged already.
    """
    if stays == goes or MergedEntry.objects.filter(old__in=(stays, goes)).exists():
        raise NotYours
    with transaction.atomic():
        _here, there = differing_fields(stays, goes)
        told = {way: value for way, value in there.items() if way in of_other}
        stamp = Stamp(by, at, How.MERGE)
        write_revision(stays, lambda now: diff.apply_fields(now, told), stamp, over=over)
        write_revision(goes, lambda now: with_status(now, Status.DEFUNCT), stamp, over=None)
        provider_links.end_links(goes, by=by, at=at)
        MergedEntry.objects.filter(new=goes).update(new=stays)
        MergedEntry.objects.create(old=goes, new_id=stays)
        audit.record("merge_entries", by=by, at=at, about=[stays, goes])


def _load_document(service: UUID) -> ServiceDocument:
    return ServiceDocument(**current_revision(service).state)


MOST_PAIRS, MOST_ALIKE = 50, 8


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two entries that may be one, with their names, and why: a number or a name and a place."""

    one: UUID
    other: UUID
    names: tuple[str, str]
    because: str


def find_duplicate_pairs() -> list[DuplicatePair]:
    """Propose open entries that may be one: the same number, or nearly a name in one place."""
    found: dict[tuple[str, str], str] = {}
    named = {}
    alike: dict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for each in snapshots.iter_snapshots():
        if each["service"]["status"] == Status.ACTIVE:
            named[each["service"]["id"]] = localise(each["service"]["name"], "en")
            for key in _duplicate_keys(each):
                alike[key].append(each)
    for (because, _key), group in sorted(alike.items(), key=lambda item: item[0]):
        for pair in _pair_up(group[:MOST_ALIKE]):
            found.setdefault(pair, because)
    return [
        DuplicatePair(UUID(one), UUID(other), (named[one], named[other]), because)
        for (one, other), because in list(found.items())[:MOST_PAIRS]
    ]


def _duplicate_keys(document: Snapshot) -> Iterator[tuple[str, str]]:
    """Return what two entries of one service would share."""
    service, provider = document["service"], document["provider"] or {"name": {}}
    kinds = " ".join(service["types"])
    for phone in service["phones"]:
        digits = "".join(sign for sign in phone["number"] if sign.isdigit())
        if len(digits) > 5:
            yield "number", f"{digits} {kinds}"
    places = service["areas"] or [site["district"] for site in document["sites"]]
    for name in {*service["name"].values(), *provider["name"].values()}:
        words = " ".join(sorted(tokenize(name)))
        for place in places:
            yield "name", f"{words} {place} {kinds}"


def _pair_up(group: list[Snapshot]) -> Iterator[tuple[str, str]]:
    """Pair entries of a group; two services of one provider that tell so apart are not one."""
    for one, other in combinations(group, 2):
        first, second = sorted((one["service"]["id"], other["service"]["id"]))
        if first != second and not _are_distinct(one, other):
            yield first, second


def _are_distinct(one: Snapshot, other: Snapshot) -> bool:
    mine, theirs = one["service"], other["service"]
    same_house = mine["provider"] is not None and mine["provider"] == theirs["provider"]
    return same_house and localise(mine["name"], SOURCE_LANGUAGE) != localise(theirs["name"], SOURCE_LANGUAGE)


MOST, FEWEST_DIGITS = 8, 6


@dataclass(frozen=True, slots=True)
class ProviderMatch:
    """An organisation that may be meant, and some of what it offers."""

    id: UUID
    name: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """An entry, or a draft of one, that may be the same."""

    id: UUID
    name: str
    house: str
    places: tuple[str, ...]
    waits: bool


def find_similar_providers(typed: str) -> list[ProviderMatch]:
    """Return the organisations that a typed name or a part of it may mean."""
    words = tokenize(typed)
    found = [
        (cards.localise(name, active_language()), id_)
        for id_, name in Provider.objects.values_list("id", "name")
        if words and any(_matches_name(typed, words, each) for each in name.values())
    ]
    first = {id_: name for name, id_ in sorted(found)[:MOST]}
    offers = _services_by_provider(first)
    return [ProviderMatch(id_, name, tuple(offers.get(id_, ()))) for id_, name in first.items()]


def provider_name_of(told: FlatEntry) -> str:
    """Return the provider's name of a new entry, empty if unknown or deleted."""
    known = told.get("provider")
    return providers.provider_names([UUID(known)]).get(UUID(known), "") if known else (told.get("house.name", ""))


def organisation_name(organisation: str) -> str:
    """Return the name under which an organisation works here: what is sent to it comes to it."""
    known = UUID(organisation)
    return accounts.organisation_names([known]).get(known, "")


def find_similar_entries(told: FlatEntry, *, apart_from: UUID | None = None) -> list[EntryMatch]:
    """Return entries and other drafts that may be the one a new draft tells of.

    They have nearly its name in its district, or its number. A draft that tells just the same is
    not asked about: it is this one, sent twice.
    """
    there = [*_similar_entries(told), *_similar_proposals(told, apart_from)]
    return there[:MOST]


def none_of_these(ids: Iterable[UUID]) -> str:
    """Return a token for "none of these", valid only for this set of ids."""
    return str(uuid5(UUID(int=0), " ".join(sorted(map(str, ids)))))


def _similar_entries(told: FlatEntry) -> list[EntryMatch]:
    rows = ServiceTexts.objects.exclude(service__in=MergedEntry.objects.values("old"))
    columns = rows.values_list("service_id", "name", "phones")
    near = [id_ for id_, name, phones in columns if _is_similar(told, name.values(), phones)]
    mine, numbers = places_of_entry(told), _dialled_numbers(told.get("phones", ()))
    found = []
    for id_, card in queries.cards_by_id(near).items():
        places = card.districts or card.areas
        same_number = numbers & _dialled_numbers({"number": each.number} for each in card.phones)
        if same_number or similarity.places_overlap(mine, {*card.districts, *card.areas}):
            found.append(EntryMatch(id_, card.name, card.provider_name, places, waits=False))
    return found


def _similar_proposals(told: FlatEntry, apart_from: UUID | None) -> list[EntryMatch]:
    waits = (DraftState.DRAFT, DraftState.CHECKED)
    rows = Proposal.objects.filter(service=None, state__in=waits)
    rows = rows.exclude(id=apart_from) if apart_from else rows
    return [
        EntryMatch(
            row.id,
            entry_name_of(row.told),
            provider_name_of(row.told),
            tuple(sorted(places_of_entry(row.told))),
            waits=True,
        )
        for row in rows.order_by("at")
        if row.told != told
        and _is_similar(told, _names_in(row.told), row.told.get("phones", ()))
        and similarity.places_overlap(places_of_entry(told), places_of_entry(row.told))
    ]


def entry_name_of(told: FlatEntry) -> str:
    """Return the name that a draft tells, in the language of the page or another."""
    texts = {way.partition(".")[2]: text for way, text in told.items() if way.startswith("name.")}
    return cards.localise(texts, active_language())


def places_of_entry(told: FlatEntry) -> frozenset[str]:
    """Return the district of an open place, and the places that a new entry serves."""
    district = told.get("site.district") if told.get("site.kind") == PlaceKind.OPEN else ""
    return frozenset(filter(None, (district, *told.get("areas", ()))))


def _is_similar(told: FlatEntry, names: Iterable[str], phones: Iterable[Mapping[str, str]]) -> bool:
    mine = _names_in(told)
    alike = any(similarity.are_names_similar(one, other) for one in mine for other in names)
    return alike or bool(_dialled_numbers(told.get("phones", ())) & _dialled_numbers(phones))


def _names_in(told: FlatEntry) -> list[str]:
    return [text for way, text in told.items() if way.startswith("name.") and text]


def _dialled_numbers(phones: Iterable[Mapping[str, str]]) -> set[str]:
    found = {input_text.digits_to_dial(each["number"]) for each in phones}
    return {number for number in found if len(number) >= FEWEST_DIGITS}


def _matches_name(typed: str, words: list[str], name: str) -> bool:
    there = tokenize(name)
    begun = all(any(word.startswith(each) for word in there) for each in words)
    return begun or similarity.are_names_similar(typed, name)


def _services_by_provider(providers: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = ServiceTexts.objects.filter(service__provider__in=list(providers))
    for id_, name in rows.order_by("service").values_list("service__provider", "name"):
        found.setdefault(id_, []).append(cards.localise(name, active_language()))
    return {id_: names[:3] for id_, names in found.items()}
