"""Links between lists that are only likely: drawn again and again, and estimated each time.

Source: own design, docs/decisions/estimates.md; the idea is that of multiple imputation, as in Tancredi &
Liseo 2011, Annals of Applied Statistics 5, 1553-1585 (linkage and population size together).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.mse.draws import Pooled, pooled
from suar_research.mse.reading import LIST, PERSON
from suar_research.mse.tables import CaptureTable, Numbers
from suar_research.reading import Unreadable, rows_of

FIRST, SECOND, CHANCE = "first", "second", "probability"
LIKELY = 0.5
DRAWS = 500


@dataclass(frozen=True)
class Linked:
    """People as each list knows them, and which of them may be one person.

    `on` holds for each person the combination of lists; `first` and `second`, shape (pairs,), are
    places in it; `chance`, shape (pairs,), is the probability that the two are one.
    """

    lists: tuple[str, ...]
    on: tuple[int, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    chance: Numbers

    def table(self, accepted: np.ndarray) -> CaptureTable:
        """Count people when the accepted pairs, shape (pairs,) of flags, are one person each.

        The likeliest pairs are joined first. A pair that would put two people of one list together,
        though it does not say so of the two themselves, is left out: a person is on a list once.
        """
        head, lists = list(range(len(self.on))), list(self.on)
        for pair in np.argsort(-self.chance, kind="stable"):
            first, second = self.first[pair], self.second[pair]
            a, b = sorted((_head(head, first), _head(head, second)))
            said = self.on[first] & self.on[second]
            if accepted[pair] and a != b and not lists[a] & lists[b] & ~said:
                head[b] = a
                lists[a] |= lists[b]
        together = [on for at, on in enumerate(lists) if head[at] == at]
        found = np.bincount(together, minlength=1 << len(self.lists))
        return CaptureTable.of(self.lists, dict(enumerate(found.tolist())))

    @property
    def likely(self) -> CaptureTable:
        """Count people when every pair that is more likely one person than two is taken for one."""
        return self.table(self.chance >= LIKELY)


def _head(head: list[int], person: int) -> int:
    while head[person] != person:
        head[person] = head[head[person]]
        person = head[person]
    return person


def read_links(people: str, pairs: str) -> Linked:
    """Read `person,list` and `first,second,probability`; raises Unreadable."""
    header, body = rows_of(people, [PERSON, LIST])
    who, where = header.index(PERSON), header.index(LIST)
    lists = tuple(sorted({row[where].strip() for _, row in body}))
    on: dict[str, int] = defaultdict(int)
    for _, row in body:
        on[row[who].strip()] |= 1 << lists.index(row[where].strip())
    places = {person: place for place, person in enumerate(on)}
    header, body = rows_of(pairs, [FIRST, SECOND, CHANCE])
    ends = [header.index(name) for name in (FIRST, SECOND)]
    problems = [
        f"row {number}, column {header[end]}: nobody of this code is on a list"
        for number, row in body
        for end in ends
        if row[end].strip() not in places
    ]
    problems += _again([(number, [row[end].strip() for end in ends]) for number, row in body])
    chances = [_chance(row[header.index(CHANCE)]) for _, row in body]
    problems += [
        f"row {number}, column {CHANCE}: not a number from 0 to 1"
        for (number, _), chance in zip(body, chances, strict=True)
        if chance is None
    ]
    if problems:
        raise Unreadable(problems)
    first, second = (tuple(places[row[end].strip()] for _, row in body) for end in ends)
    return Linked(lists, tuple(on.values()), first, second, np.array(chances))


def _again(rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[str]:
    """Find pairs of one person, and pairs that stand twice, which would be drawn twice."""
    seen: dict[frozenset[str], int] = {}
    for number, pair in rows:
        first = seen.setdefault(frozenset(pair), number)
        if len(set(pair)) == 1:
            yield f"row {number}: both are the same code"
        elif first != number:
            yield f"row {number}: this pair stands in row {first} already"


def _chance(cell: str) -> float | None:
    try:
        chance = float(cell)
    except ValueError:
        return None
    return chance if 0 <= chance <= 1 else None


def estimate(linked: Linked, seed: int, draws: int = DRAWS) -> Pooled:
    """Draw the links, then the people, and estimate by the stepwise choice each time.

    The interval therefore holds the doubt about links and chance together.
    A draw without an estimate is infinite. Raises as `Stepwise.choose`.
    Source: own, docs/decisions/estimates.md; idea of Tancredi & Liseo 2011, Annals of Applied Statistics
    5.
    """
    rng = np.random.default_rng(seed)
    tables = [linked.table(rng.random(len(linked.chance)) < linked.chance) for _ in range(draws)]
    return pooled(tables, seed, f"stepwise, over {len(linked.chance):,} likely links")
