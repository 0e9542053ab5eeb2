"""Links between lists that are only likely: drawn again and again, and estimated each time.

Source: own design, docs/decisions/estimates.md; the idea is that of multiple imputation, as in Tancredi &
Liseo 2011, Annals of Applied Statistics 5, 1553-1585 (linkage and population size together).

Counts drawn again and again by who may be whom, pooled into one answer with the doubt of links.

`./suar link match --drawn` draws them where the tokens are; here only counts are known.
Source: the limits are quantiles of all resamples of all draws put together (Schomaker & Heumann
2018, Statistics in Medicine 37, 2252-2266, "MI boot pooled"); what share of the variance comes from
links follows Rubin 1987, Multiple Imputation for Nonresponse in Surveys, chapter 3, on logarithms.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import LEVELS, Answer, Limits, percentile
from suar_research.coverage import texts
from suar_research.files import refuse, rows_of
from suar_research.linkage.matching import with_lost_links
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.study import stepwise
from suar_research.mse.tables import LIST, PERSON, CaptureTable, Numbers, patterns_by
from suar_research.report import people

DRAW = "draw"
FEWEST_DRAWS = 20
REPLICATES = 2_000
TEXTS = texts("mse.draws")
OFTEN_LOST = (0.07, 0.28)
"""Shares of true pairs with two years of birth, in two published sets: research/docs/linkage.md."""


@dataclass(frozen=True)
class Pooled:
    """An answer over all draws, what the draws alone say, and the share of doubt from links.

    `share` is from 0 to 1, or None where an estimate is infinite too often to say.
    """

    answer: Answer
    alone: Limits
    share: float | None
    draws: int

    @property
    def notice(self) -> str:
        """The share of the uncertainty that comes from links."""
        if self.share is None:
            return f"Who is whom was drawn {self.draws:,} times; too often without an estimate."
        low, high = people(self.alone.low), people(self.alone.high)
        text: str = TEXTS["share"]
        return text.format(draws=self.draws, share=self.share, low=low, high=high)


def read_draws(text: str, table: CaptureTable) -> list[CaptureTable]:
    """Read draws of the lists of a table; raises Unreadable when they are of other lists."""
    tables = patterns_by(text, DRAW)
    refuse(f"{DRAW} {name}: {problem}" for name, drawn in tables.items() for problem in _differences(drawn, table))
    if len(tables) < FEWEST_DRAWS:
        refuse([f"{len(tables)} draws; at least {FEWEST_DRAWS} are needed"])
    return list(tables.values())


def _differences(drawn: CaptureTable, table: CaptureTable) -> Iterator[str]:
    """Find lists that differ: who is on a list stays on it, whoever else they may be."""
    if drawn.lists != table.lists:
        yield f"its lists are {', '.join(drawn.lists)}, not {', '.join(table.lists)}"
        return
    for at, name in enumerate(table.lists):
        one, other = drawn.on(1 << at), table.on(1 << at)
        if one != other:
            yield f"column {name}: {one} people on this list, and {other} in the file of counts"


def pooled(tables: Sequence[CaptureTable], seed: int, model: str) -> Pooled:
    """Resample the people of each draw, estimate by the stepwise choice, and put all together.

    As many resamples for each draw, about 2,000 in all. Those without an estimate are infinite.
    All tables are of the same lists. Raises as `Stepwise.choose`.
    Source: Schomaker & Heumann 2018, Statistics in Medicine 37, 2252-2266 (MI boot pooled).
    """
    counts = np.array([item.counts for item in tables], np.float64)
    method, resamples = Stepwise(tables[0].places), -(-REPLICATES // len(tables))
    alone = method.totals(counts)
    rng = np.random.default_rng(seed)
    people = counts.sum(axis=1)
    resampled = np.concatenate(
        [rng.multinomial(int(number), row / number, size=resamples) for row, number in zip(counts, people, strict=True)]
    ).astype(np.float64)
    result = np.sort(method.totals(resampled))
    limits = tuple(percentile(result, level) for level in LEVELS)
    drawn = tuple(percentile(alone, level) for level in LEVELS)
    answer = Answer("links", float(result[len(result) // 2]), {"links": limits, "draws": drawn}, model, len(result))
    return Pooled(answer, drawn[0], _share(alone, result), len(tables))


def _share(alone: Numbers, result: Numbers) -> float | None:
    """Return the variance between draws over the whole variance, on logarithms.

    Those without an estimate are left out; if they are more than half of either, the result is None.
    """
    finite = [totals[np.isfinite(totals)] for totals in (alone, result)]
    if 2 * len(finite[0]) <= len(alone) or 2 * len(finite[1]) <= len(result):
        return None
    between, whole = (float(np.log(totals).var()) for totals in finite)
    return min(1.0, between / whole) if whole else 0.0


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
            text = self.on[first] & self.on[second]
            if accepted[pair] and a != b and not lists[a] & lists[b] & ~text:
                head[b] = a
                lists[a] |= lists[b]
        together = [on for at, on in enumerate(lists) if head[at] == at]
        result = np.bincount(together, minlength=1 << len(self.lists))
        return CaptureTable.of(self.lists, dict(enumerate(result.tolist())))

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
    for _, cells in body:
        on[cells[who].strip()] |= 1 << lists.index(cells[where].strip())
    places = {person: place for place, person in enumerate(on)}
    header, body = rows_of(pairs, [FIRST, SECOND, CHANCE])
    rows = [(number, dict(zip(header, map(str.strip, cells), strict=True))) for number, cells in body]
    problems = [
        f"row {number}, column {end}: nobody of this code is on a list"
        for number, row in rows
        for end in (FIRST, SECOND)
        if row[end] not in places
    ]
    seen: dict[frozenset[str], int] = {}
    for number, row in rows:
        # A pair that stands twice would be drawn twice.
        before = seen.setdefault(frozenset((row[FIRST], row[SECOND])), number)
        if row[FIRST] == row[SECOND]:
            problems.append(f"row {number}: both are the same code")
        elif before != number:
            problems.append(f"row {number}: this pair stands in row {before} already")
    chances = [(number, _probability(row[CHANCE])) for number, row in rows]
    wrong = [number for number, chance in chances if chance is None]
    refuse([*problems, *(f"row {number}, column {CHANCE}: not a number from 0 to 1" for number in wrong)])
    first, second = (tuple(places[row[end]] for _, row in rows) for end in (FIRST, SECOND))
    return Linked(lists, tuple(on.values()), first, second, np.array([chance for _, chance in chances]))


def _probability(cell: str) -> float | None:
    try:
        chance = float(cell)
    except ValueError:
        return None
    return chance if 0 <= chance <= 1 else None


def estimate_links(linked: Linked, seed: int, draws: int = DRAWS) -> Pooled:
    """Draw the links, then the people, and estimate by the stepwise choice each time.

    The interval therefore holds the doubt about links and chance together.
    A draw without an estimate is infinite. Raises as `Stepwise.choose`.
    Source: own, docs/decisions/estimates.md; idea of Tancredi & Liseo 2011, Annals of Applied Statistics 5.
    """
    rng = np.random.default_rng(seed)
    tables = [linked.table(rng.random(len(linked.chance)) < linked.chance) for _ in range(draws)]
    return pooled(tables, seed, f"stepwise, over {len(linked.chance):,} likely links")


def salt_notice(table: CaptureTable, corrected: float) -> str:
    """Say what links that a salt loses do to an estimate from these counts, or for which share they are corrected.

    Source: own, research/docs/decisions/linkage.md; the shares are those of two published sets.
    """
    if corrected:
        text: str = TEXTS["salt_corrected"]
        return text.format(lost=corrected)
    counts = {
        tuple(on >> at & 1 for at in range(table.places)): int(number) for on, number in enumerate(table.counts) if on
    }
    seen, cases = stepwise(table), []
    for lost in OFTEN_LOST:
        true = with_lost_links(counts, lost)
        people_then = {sum(1 << at for at, one in enumerate(on) if one): number for on, number in true.items()}
        estimate = stepwise(CaptureTable.of(table.lists, people_then))
        if np.isfinite(seen) and np.isfinite(estimate):
            cases.append(TEXTS["salt_case"].format(lost=lost, people=people(estimate), high=seen / estimate - 1))
    text = TEXTS["salt_lost"]
    return text.format(people=people(seen), cases=" ".join(cases))
