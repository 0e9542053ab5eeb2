"""What already stands in the directory, or waits, under nearly the same name as something new.

Nothing is decided by a machine: an editor looks, and says whether it is the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.translation import get_language

from suar.accounts import queries as accounts
from suar.directory import bodies, cards, queries, rules
from suar.directory.flat import Flat
from suar.directory.models import EntryDraft, Moved, Provider, ServiceWords
from suar.directory.terms import DraftState, PlaceKind
from suar.directory.words import words_of

MOST, FEWEST_DIGITS = 8, 6


@dataclass(frozen=True, slots=True)
class House:
    """An organisation that may be meant, and some of what it offers."""

    id: UUID
    name: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """An entry, or a draft of one, that may be the same."""

    id: UUID
    name: str
    house: str
    places: tuple[str, ...]
    waits: bool


def houses(typed: str) -> list[House]:
    """Give the organisations that a typed name or a part of it may mean."""
    words = words_of(typed)
    found = [
        (cards.said(name, _language()), id_)
        for id_, name in Provider.objects.values_list("id", "name")
        if words and any(_may_mean(typed, words, each) for each in name.values())
    ]
    first = {id_: name for name, id_ in sorted(found)[:MOST]}
    offers = _offers(first)
    return [House(id_, name, tuple(offers.get(id_, ()))) for id_, name in first.items()]


def house_of(told: Flat) -> str:
    """Give the name of who offers a new entry; empty where nobody was told or they are gone."""
    known = told.get("provider")
    return bodies.names_of([UUID(known)]).get(UUID(known), "") if known else (told.get("house.name", ""))


def own_name(organisation: str) -> str:
    """Give the name under which an organisation works here: what is sent to it comes to it."""
    known = UUID(organisation)
    return accounts.organisation_names([known]).get(known, "")


def services(told: Flat, *, apart_from: UUID | None = None) -> list[Like]:
    """Give entries and other drafts that may be the one a new draft tells of.

    They have nearly its name in its district, or its number. A draft that tells just the same is
    not asked about: it is this one, sent twice.
    """
    there = [*_entries(told), *_drafts(told, apart_from)]
    return there[:MOST]


def none_of(ids: Iterable[UUID]) -> str:
    """Give what stands for "none of these": it says so of these alone, not of others."""
    return str(uuid5(UUID(int=0), " ".join(sorted(map(str, ids)))))


def _entries(told: Flat) -> list[Like]:
    rows = ServiceWords.objects.exclude(service__in=Moved.objects.values("old"))
    columns = rows.values_list("service_id", "name", "phones")
    near = [id_ for id_, name, phones in columns if _is_near(told, name.values(), phones)]
    mine, numbers = places_of(told), _numbers(told.get("phones", ()))
    found = []
    for id_, card in queries.cards_by_id(near).items():
        places = card.districts or card.areas
        same_number = numbers & _numbers({"number": each.number} for each in card.phones)
        if same_number or rules.share_a_place(mine, {*card.districts, *card.areas}):
            found.append(Like(id_, card.name, card.provider_name, places, waits=False))
    return found


def _drafts(told: Flat, apart_from: UUID | None) -> list[Like]:
    waits = (DraftState.DRAFT, DraftState.CHECKED)
    rows = EntryDraft.objects.filter(service=None, state__in=waits).exclude(id=apart_from)
    return [
        Like(row.id, name_of(row.told), house_of(row.told), tuple(sorted(places_of(row.told))), waits=True)
        for row in rows.order_by("at")
        if row.told != told
        and _is_near(told, _names(row.told), row.told.get("phones", ()))
        and rules.share_a_place(places_of(told), places_of(row.told))
    ]


def name_of(told: Flat) -> str:
    """Give the name that a draft tells, in the language of the page or another."""
    texts = {way.partition(".")[2]: text for way, text in told.items() if way.startswith("name.")}
    return cards.said(texts, _language())


def places_of(told: Flat) -> frozenset[str]:
    """Give the district of an open place, and the places that a new entry serves."""
    district = told.get("site.district") if told.get("site.kind") == PlaceKind.OPEN else ""
    return frozenset(filter(None, (district, *told.get("areas", ()))))


def _is_near(told: Flat, names: Iterable[str], phones: Iterable[Mapping[str, str]]) -> bool:
    mine = _names(told)
    alike = any(rules.names_alike(one, other) for one in mine for other in names)
    return alike or bool(_numbers(told.get("phones", ())) & _numbers(phones))


def _names(told: Flat) -> list[str]:
    return [text for way, text in told.items() if way.startswith("name.") and text]


def _numbers(phones: Iterable[Mapping[str, str]]) -> set[str]:
    found = {rules.dialled(each["number"]) for each in phones}
    return {number for number in found if len(number) >= FEWEST_DIGITS}


def _may_mean(typed: str, words: list[str], name: str) -> bool:
    there = words_of(name)
    begun = all(any(word.startswith(each) for word in there) for each in words)
    return begun or rules.names_alike(typed, name)


def _offers(providers: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = ServiceWords.objects.filter(service__provider__in=list(providers))
    for id_, name in rows.order_by("service").values_list("service__provider", "name"):
        found.setdefault(id_, []).append(cards.said(name, _language()))
    return {id_: names[:3] for id_, names in found.items()}


def _language() -> str:
    return get_language() or "en"
