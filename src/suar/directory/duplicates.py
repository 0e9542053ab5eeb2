"""Possible duplicates: found by similar names or numbers; editors decide and merge them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from suar.accounts import queries as accounts
from suar.core.i18n import SOURCE_LANGUAGE, active_language
from suar.directory import diff, proposals, providers, queries, snapshots
from suar.directory.cards import Snapshot, localise
from suar.directory.codes import PlaceKind, Status
from suar.directory.diff import FlatEntry
from suar.directory.models import MergedEntry, Provider, ServiceSnapshot
from suar.directory.revisions import current_revision
from suar.directory.rules import input_text, similarity
from suar.directory.tokens import contains_words, tokenize

MAX_PAIRS, MAX_MATCHES, MIN_DIGITS, MAX_OFFERS = 50, 8, 6, 3


class ProviderMatch(NamedTuple):
    """A provider with a similar name, and some of its services."""

    id: UUID
    name: str
    offers: list[str]


class EntryMatch(NamedTuple):
    """An entry, or the proposal of one, that may be the same."""

    id: UUID
    name: str
    provider: str
    places: Iterable[str]
    is_proposal: bool


def differing_fields(*services: UUID) -> tuple[dict[str, object], dict[str, object]]:
    """Return the fields in which two entries differ, with the values of each."""
    first, second = (diff.flatten(current_revision(service).document) for service in services)
    paths = [path for path in diff.changed_fields(first, second) if path != "status"]
    return {path: first.get(path) for path in paths}, {path: second.get(path) for path in paths}


def find_duplicate_pairs() -> list[dict[str, Any]]:
    """Return open entries that may be duplicates: the same number, or nearly a name in one place."""
    names: dict[str, str] = {}
    groups: dict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for document in snapshots.iter_snapshots():
        if document["service"]["status"] == Status.ACTIVE:
            names[document["service"]["id"]] = localise(document["service"]["name"], SOURCE_LANGUAGE)
            for key in _duplicate_keys(document):
                groups[key].append(document)
    pairs: dict[tuple[str, str], str] = {}
    for (because, _key), documents in sorted(groups.items(), key=lambda item: item[0]):
        for one, other in combinations(documents[:MAX_MATCHES], 2):
            first, second = sorted((one["service"]["id"], other["service"]["id"]))
            if first != second and not _are_distinct(one, other):
                pairs.setdefault((first, second), because)
    return [
        {"one": UUID(one), "other": UUID(other), "names": (names[one], names[other]), "because": because}
        for (one, other), because in list(pairs.items())[:MAX_PAIRS]
    ]


def find_similar_providers(typed: str) -> list[ProviderMatch]:
    """Return the providers that a typed name or a part of it may mean."""
    words = tokenize(typed)
    if not words:
        return []
    matches = sorted(
        (localise(names, active_language()), id_)
        for id_, names in Provider.objects.values_list("id", "name")
        if any(contains_words(name, words) or similarity.are_names_similar(typed, name) for name in names.values())
    )[:MAX_MATCHES]
    offers: dict[UUID, list[str]] = defaultdict(list)
    rows = ServiceSnapshot.objects.filter(service__provider__in=[id_ for _name, id_ in matches]).order_by("service")
    for id_, names in rows.values_list("service__provider", "document__service__name"):
        offers[id_].append(localise(names, active_language()))
    return [ProviderMatch(id_, name, offers[id_][:MAX_OFFERS]) for name, id_ in matches]


def find_similar_entries(entry: FlatEntry, *, apart_from: UUID | None = None) -> list[EntryMatch]:
    """Return entries and other proposals that a new entry may repeat: nearly its name in its place, or its number.

    A proposal with the same content is this one, sent twice.
    """
    names, numbers, places = _names_in(entry), _numbers(entry.get("phones", ())), places_of_entry(entry)

    def is_similar(other_names: Iterable[str], phones: Iterable[Mapping[str, str]]) -> bool:
        similar = any(similarity.are_names_similar(one, other) for one in names for other in other_names)
        return similar or bool(numbers & _numbers(phones))

    rows = ServiceSnapshot.objects.exclude(service__in=MergedEntry.objects.values("old"))
    texts = rows.values_list("service_id", "document__service__name", "document__service__phones")
    cards = queries.cards_by_id([id_ for id_, name, phones in texts if is_similar(name.values(), phones)])
    entries = [
        EntryMatch(card.id, card.name, card.provider_name, card.districts or card.areas, is_proposal=False)
        for card in cards.values()
        if numbers & _numbers({"number": phone.number} for phone in card.phones)
        or similarity.places_overlap(places, {*card.districts, *card.areas})
    ]
    waiting = [
        EntryMatch(row.id, entry_name_of(row.content), provider_name_of(row.content), sorted(theirs), is_proposal=True)
        for row in proposals.list_new_entries()
        if row.id != apart_from
        and row.content != entry
        and is_similar(_names_in(row.content), row.content.get("phones", ()))
        and similarity.places_overlap(places, theirs := places_of_entry(row.content))
    ]
    return [*entries, *waiting][:MAX_MATCHES]


def provider_name_of(entry: FlatEntry) -> str:
    """Return the provider's name of a new entry, empty if unknown or deleted."""
    id_ = entry.get("provider")
    return providers.provider_names([UUID(id_)]).get(UUID(id_), "") if id_ else entry.get("house.name", "")


def organisation_name(organisation: str) -> str:
    """Return the name under which an organisation works here."""
    return accounts.organisation_names([UUID(organisation)]).get(UUID(organisation), "")


def none_of_these(ids: Iterable[UUID]) -> str:
    """Return a token for "none of these", valid only for this set of ids."""
    return str(uuid5(UUID(int=0), " ".join(sorted(map(str, ids)))))


def entry_name_of(entry: FlatEntry) -> str:
    """Return the name of a new entry, in the language of the page or another."""
    return localise(
        {path.partition(".")[2]: entry[path] for path in entry if path.startswith("name.")}, active_language()
    )


def places_of_entry(entry: FlatEntry) -> frozenset[str]:
    """Return the district of an open site, and the places that a new entry serves."""
    district = entry.get("site.district") if entry.get("site.kind") == PlaceKind.OPEN else ""
    return frozenset(filter(None, (district, *entry.get("areas", ()))))


def _duplicate_keys(document: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield keys that two entries of one service would share."""
    service, provider = document["service"], document["provider"] or {"name": {}}
    types = " ".join(service["types"])
    for phone in service["phones"]:
        digits = "".join(filter(str.isdigit, phone["number"]))
        if len(digits) >= MIN_DIGITS:
            yield "number", f"{digits} {types}"
    places = service["areas"] or [site["district"] for site in document["sites"]]
    for name in {*service["name"].values(), *provider["name"].values()}:
        for place in places:
            yield "name", f"{' '.join(sorted(tokenize(name)))} {place} {types}"


def _are_distinct(one: Snapshot, other: Snapshot) -> bool:
    """Return True for two services of one provider that differ in name."""
    first, second = one["service"], other["service"]
    same_provider = first["provider"] is not None and first["provider"] == second["provider"]
    return same_provider and localise(first["name"], SOURCE_LANGUAGE) != localise(second["name"], SOURCE_LANGUAGE)


def _names_in(entry: FlatEntry) -> list[str]:
    return [text for path, text in entry.items() if path.startswith("name.") and text]


def _numbers(phones: Iterable[Mapping[str, Any]]) -> set[str]:
    numbers = {input_text.digits_to_dial(phone["number"]) for phone in phones}
    return {number for number in numbers if len(number) >= MIN_DIGITS}
