"""In which order services are asked for: how near they are meant to be, and what cannot wait."""

from collections.abc import Iterable, Iterator, Sequence

from suar.directory import catalogue
from suar.directory.index import Group, Tier
from suar.directory.words import term


def tiers(groups: Sequence[Group], place: str) -> list[Tier]:
    """Put first what is meant for the place, then its province, then the country, then unknown."""
    province = catalogue.province_of(place)
    near = [term("p", place) if place == province else term("a", place)]
    steps = [
        near,
        [term("a", province)] if province != place and province else [],
        [term("a", "NATIONAL"), term("a", "unknown")],
    ]
    if not place:
        everything = Group(frozenset({term("all", "")}))
        return [Tier(tuple(groups) or (everything,))]
    found, before = [], frozenset[str]()
    for step in filter(None, steps):
        found.append(Tier((*groups, Group(frozenset(step))), before))
        before |= frozenset(step)
    return found


def by_need(near_first: Sequence[Tier], needs: Sequence[str]) -> list[Tier]:
    """Part the tiers by how long needs can wait, where there are several such.

    A place and its province are asked together: a house whose place is secret serves its whole
    province, and would stand after everybody who names the district.
    """
    ranks = [terms_of(rank) for rank in catalogue.ranked(needs)]
    if len(ranks) < 2:
        return [*near_first]
    return [*_parted(near_first[:-1], ranks), *_parted(near_first[-1:], ranks)]


def terms_of(needs: Iterable[str]) -> frozenset[str]:
    """Give the terms of the index for groups and types of need."""
    return frozenset(term(kind, each) for kind in "tg" for each in needs)


def _parted(together: Sequence[Tier], ranks: Sequence[frozenset[str]]) -> Iterator[Tier]:
    before = frozenset[str]()
    for terms in ranks:
        for tier in together:
            yield Tier((*tier.groups, Group(terms)), tier.without | before)
        before |= terms
