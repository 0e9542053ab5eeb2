"""Drawing who is whom again and again, each time as likely as it is: the doubt about links.

A way to make people of records weighs as much as its people together; a person of k records
weighs the geometric mean of the odds of its pairs, to the power of k - 1, so that what three
records say of each other is not counted twice. Drawn by Gibbs steps (one record chooses anew among
the people it may belong to) and swaps of two records of one list.
Source: own design, docs/decisions/linkage.md; for two lists the posterior of Sadinle 2017, Journal of the
American Statistical Association 112, 600-612, with odds that are known.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations

import numpy as np

from suar_research.linkage.matching import Record
from suar_research.linkage.probabilities import Chances, joined
from suar_research.linkage.tokens import TokenFile

NEGLIGIBLE, SETTLED, LIKELY = 1e-3, 1 - 1e-5, 0.5
FIRST_ROUNDS, ROUNDS = 30, 2
Person = frozenset[Record]
Counts = dict[tuple[int, ...], int]


def tables(lists: Sequence[TokenFile], known: Chances, draws: int, seed: int) -> Iterator[Counts]:
    """Return for each draw the number of people by lists: 0 and 1 for each list, in its order.

    The same seed gives the same draws. Pairs less likely than 0.001 are never drawn.
    """
    people, rng = _People(lists, known), np.random.default_rng(seed)
    for _ in range(FIRST_ROUNDS):
        people.round(rng)
    for _ in range(draws):
        for _ in range(ROUNDS):
            people.round(rng)
        yield people.counted()


class _People:
    """The people of one draw, with the steps that lead to the next."""

    def __init__(self, lists: Sequence[TokenFile], known: Chances) -> None:
        self._lists = len(lists)
        self._odds: dict[tuple[Record, Record], float] = {}
        self._beneath = {item.between.lists: item.beneath for item in known.pairs}
        self._near: dict[Record, list[Record]] = {}
        doubted: set[Record] = set()
        sure = min(SETTLED, known.most)
        for item in known.pairs:
            pairs = item.between.records()
            for pair, odds, chance in zip(pairs, item.log_odds.tolist(), item.chance.tolist(), strict=True):
                self._odds[pair] = odds
                if chance >= NEGLIGIBLE:
                    self._near.setdefault(pair[0], []).append(pair[1])
                    self._near.setdefault(pair[1], []).append(pair[0])
                    doubted |= set(pair) if chance < sure else set()
        for record, near in self._near.items():
            doubted |= {record} if len({at for at, _ in near}) < len(near) else set()
        self._doubted = sorted(doubted)
        self._rivals = self._list_rivals()
        self._of: dict[Record, Person] = {}
        self._begin(joined(lists, known, LIKELY).people)

    def _begin(self, people: Sequence[Sequence[Record]]) -> None:
        """Hold each person whom somebody doubted may be with; count all others once for all."""
        near = {item for record in self._doubted for item in self._near.get(record, ())}
        may_change = near.union(self._doubted)
        self._settled = Counter[int]()
        for item in map(frozenset, people):
            if item & may_change:
                self._of |= dict.fromkeys(item, item)
            else:
                self._settled[_mask(item)] += 1

    def _list_rivals(self) -> list[tuple[Record, Record]]:
        """Return records of one list that may both be one record of another."""
        doubted = set(self._doubted)
        result = {
            pair
            for near in self._near.values()
            for pair in combinations(sorted(doubted.intersection(near)), 2)
            if pair[0][0] == pair[1][0]
        }
        return sorted(result)

    def round(self, rng: np.random.Generator) -> None:
        """Let each doubted record choose once, and each two rivals change places or not."""
        for record, drawn in zip(self._doubted, rng.random(len(self._doubted)).tolist(), strict=True):
            self._choose(record, drawn)
        for (one, other), drawn in zip(self._rivals, rng.random(len(self._rivals)).tolist(), strict=True):
            self._change_places(one, other, drawn)

    def _choose(self, record: Record, drawn: float) -> None:
        """Take a record out, and put it with one of the people it may be, or alone."""
        rest = self._of[record] - {record}
        self._of |= dict.fromkeys(rest, rest)
        self._of[record] = frozenset([record])
        near = {self._of[item] for item in self._near[record]}
        free = [item for item in near if all(at != record[0] for at, _ in item)]
        free.sort(key=min)
        gains = [self._weight(item | {record}) - self._weight(item) for item in free]
        greatest = max([0.0, *gains])
        shares = list(accumulate(math.exp(gain - greatest) for gain in (0.0, *gains)))
        if at := bisect_left(shares, drawn * shares[-1]):
            whole = free[at - 1] | {record}
            self._of |= dict.fromkeys(whole, whole)

    def _change_places(self, one: Record, other: Record, drawn: float) -> None:
        """Let two records of one list take each other's place where that is likely enough."""
        before = self._of[one], self._of[other]
        after = before[0] - {one} | {other}, before[1] - {other} | {one}
        gain = sum(map(self._weight, after)) - sum(map(self._weight, before))
        if drawn < math.exp(min(gain, 0.0)):
            for item in after:
                self._of |= dict.fromkeys(item, item)

    def _weight(self, person: Person) -> float:
        """Return the logarithm of what one person weighs: 0 for a record alone."""
        if len(person) == 1:
            return 0.0
        pairs = [
            self._odds.get(pair, self._beneath[pair[0][0], pair[1][0]]) for pair in combinations(sorted(person), 2)
        ]
        return (len(person) - 1) * sum(pairs) / len(pairs)

    def counted(self) -> Counts:
        """Count people by their lists."""
        counts = self._settled + Counter(map(_mask, set(self._of.values())))
        return {
            tuple(mask >> at & 1 for at in range(self._lists)): number
            for mask, number in sorted(counts.items(), key=lambda item: _order(item[0]))
        }


def _mask(person: Person) -> int:
    return sum(1 << at for at, _ in person)


def _order(mask: int) -> list[int]:
    """Put those on the first list first, and of them those on it alone."""
    return [-(mask >> at & 1) for at in range(mask.bit_length())]
