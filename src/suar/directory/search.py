"""Search queries over the index: filters for public data, tiers by distance and urgency."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suar.core import clock
from suar.directory import catalogue, models, search_index
from suar.directory.cards import ServiceCard
from suar.directory.search_index import Group, Tier
from suar.directory.tokens import PROVIDER_TERM, code_term, tokenize


@dataclass(frozen=True, slots=True)
class SearchWord:
    """A word that is looked for, and codes of kinds and places of which each is as good as it.

    One that is not `needed` is let go where nothing has it.
    """

    text: str
    codes: frozenset[str] = frozenset()
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What somebody looks for; an empty field asks for nothing.

    `needs` are groups or types; `place` a district, a province, ABROAD or SEA; `age` CHILD or
    ADULT; `children` says that a child comes along, of an age that is not asked; `looked` is what
    the words of `text` may mean, where that is known; `after` is where the last page ended.
    """

    needs: tuple[str, ...] = ()
    place: str = ""
    sex: str = ""
    age: str = ""
    children: bool = False
    nationality: str = ""
    language: str = ""
    without_papers: bool = False
    now: bool = False
    free: bool = False
    text: str = ""
    looked: tuple[SearchWord, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of found services, and where the next begins (empty at the end)."""

    cards: tuple[ServiceCard, ...]
    next: str


MOST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFilters:
    """What is asked for; what is None or empty asks for nothing. `sites` are open places."""

    text: str = ""
    types: Collection[str] | None = None
    provider: UUID | None = None
    changed_since: datetime | None = None
    sites: Collection[UUID] | None = None


def filter_public(rows: Any, asked: PublicFilters, *, entry: str = "service__searchentry__") -> Any:
    """Keep of rows that hang on a service those that are public and that are asked for.

    The index says which those are: closed services are not in it, and each entry has its last day.
    `entry` is the way from a row to its entry there.
    """
    rows = rows.filter(**{f"{entry}shown_until__gte": clock.today()})
    if asked.types is not None:
        typed = models.ServiceType.objects.filter(code__in=asked.types)
        rows = rows.filter(service__in=typed.values("service"))
    if asked.provider is not None:
        rows = rows.filter(service__provider=asked.provider)
    if asked.changed_since is not None:
        rows = rows.filter(service__snapshot__changed_at__gte=asked.changed_since)
    return _matching_text(rows, asked.text, entry) if asked.text else rows


def public_entries(asked: PublicFilters) -> Any:
    """Return the entries of the index that are public: one for each service, and small."""
    return filter_public(models.SearchEntry.objects.all(), asked, entry="")


def _matching_text(rows: Any, text: str, entry: str) -> Any:
    words = query_words(text)
    if not words:
        return rows.none()
    there = search_index.positions_subquery(search_index.forgiving_groups(words))
    return rows.filter(**{f"{entry}position__in": there})


def query_words(text: str) -> list[str]:
    """Return the words of a question, as far as anybody types them."""
    return tokenize(text)[:MOST_WORDS]


def filter_by_provider_text(rows: Any, text: str) -> Any:
    """Keep entries whose provider's own texts hold a word that begins with each that is typed."""
    groups = [search_index.Group(starts=frozenset({code_term(PROVIDER_TERM, word)})) for word in query_words(text)]
    return rows.filter(position__in=search_index.positions_subquery(groups)) if groups else rows.none()


def tiers_by_distance(groups: Sequence[Group], place: str) -> list[Tier]:
    """Put first what is meant for the place, then its province, then the country, then unknown."""
    province = catalogue.province_of(place)
    near = [code_term("p", place) if place == province else code_term("a", place)]
    steps = [
        near,
        [code_term("a", province)] if province != place and province else [],
        [code_term("a", "NATIONAL"), code_term("a", "unknown")],
    ]
    if not place:
        everything = Group(frozenset({code_term("all", "")}))
        return [Tier(tuple(groups) or (everything,))]
    found, before = [], frozenset[str]()
    for step in filter(None, steps):
        found.append(Tier((*groups, Group(frozenset(step))), before))
        before |= frozenset(step)
    return found


def order_by_need(near_first: Sequence[Tier], needs: Sequence[str]) -> list[Tier]:
    """Part the tiers by how long needs can wait, where there are several such.

    A place and its province are asked together: an organisation whose place is secret serves its whole
    province, and would stand after everybody who names the district.
    """
    ranks = [need_terms(rank) for rank in catalogue.ranked(needs)]
    if len(ranks) < 2:
        return [*near_first]
    return [*_split_by_rank(near_first[:-1], ranks), *_split_by_rank(near_first[-1:], ranks)]


def need_terms(needs: Iterable[str]) -> frozenset[str]:
    """Return the terms of the index for groups and types of need."""
    return frozenset(code_term(kind, each) for kind in "tg" for each in needs)


def _split_by_rank(together: Sequence[Tier], ranks: Sequence[frozenset[str]]) -> Iterator[Tier]:
    before = frozenset[str]()
    for terms in ranks:
        for tier in together:
            yield Tier((*tier.groups, Group(terms)), tier.without | before)
        before |= terms
