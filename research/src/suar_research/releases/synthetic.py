"""Invented people whose tables look like those of the real ones, made from noisy counts alone.

Every two columns are crossed and counted with noise; the pairs that tell most of each other form a
tree, and each invented person is drawn along it. Nothing but the noisy counts is used, so whatever
is done with the invented people costs no more than those counts.

Source: Chow & Liu 1968, IEEE Transactions on Information Theory 14, 462-467 (the tree); McKenna,
Miklau & Sheldon 2021, Winning the NIST contest, Journal of Privacy and Confidentiality 11 (such a
tree from noisy tables).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from suar_research.reading import Unreadable
from suar_research.releases.cells import Numbers, Whole
from suar_research.releases.noise import Below
from suar_research.releases.noisy import Noisy, consistent, crossed, tables_of, without_negative
from suar_research.releases.people import People

FEWEST, MOST = 2, 40


@dataclass(frozen=True, slots=True)
class Compared:
    """A cross-table of real and invented people: shares that stand in another cell, worst cell.

    `apart` is half of the sum of differences of shares, from 0 (alike) to 1. `worst` is in people.
    """

    names: tuple[str, ...]
    apart: float
    worst: float


def invent(people: People, names: Sequence[str], rho: Fraction, below: Below) -> People:
    """Make invented people; costs `rho`. How many there are comes from the noisy counts too.

    Raises nothing; `check` refuses too many columns.
    Source: Chow & Liu 1968; McKenna, Miklau & Sheldon 2021.
    """
    check(names)
    pairs = list(combinations(names, 2))
    noisy = without_negative(consistent(tables_of(people, pairs, rho, below)))
    tables = {each.names: each.counts for each in noisy}
    number = max(round(float(np.mean([each.counts.sum() for each in noisy]))), 0)
    draw = np.random.default_rng(below(2**63))
    at = _drawn(names, tables, _tree(names, noisy), (draw, number))
    codes = tuple(people.codes[people.names.index(name)] for name in names)
    return People(tuple(names), codes, at, np.ones(number, dtype=np.int64))


def check(names: Sequence[str]) -> None:
    """Refuse too few or too many columns; raises Unreadable."""
    if not FEWEST <= len(set(names)) == len(names) <= MOST:
        raise Unreadable([f"{FEWEST} to {MOST} different columns can be invented together"])


def compare(real: People, made: People, most: int = 3) -> list[Compared]:
    """Compare cross-tables of one to `most` columns. What it says is not private itself."""
    found = []
    for size in range(1, min(most, len(made.names)) + 1):
        for names in combinations(made.names, size):
            one, other = crossed(real, names), crossed(made, names)
            shares = np.abs(one / max(one.sum(), 1) - other / max(other.sum(), 1))
            worst = float(np.abs(one - other).max())
            found.append(Compared(names, float(shares.sum() / 2), worst))
    return found


def _tree(names: Sequence[str], noisy: Sequence[Noisy]) -> list[tuple[str, str]]:
    """Give (known, next) pairs that reach every column, by what they tell of each other."""
    told = {frozenset(each.names): _information(each.counts) for each in noisy}
    reached, order = [names[0]], []
    while len(reached) < len(names):
        open_pairs = [(one, other) for one in reached for other in names if other not in reached]
        best = max(open_pairs, key=lambda pair: told[frozenset(pair)])
        order.append(best)
        reached.append(best[1])
    return order


def _information(counts: Numbers) -> float:
    """Give the mutual information of a table, in nats."""
    share = counts / max(counts.sum(), 1e-9)
    alone = share.sum(axis=1, keepdims=True) * share.sum(axis=0, keepdims=True)
    there = (share > 0) & (alone > 0)
    return float((share[there] * np.log(share[there] / alone[there])).sum())


def _drawn(
    names: Sequence[str],
    tables: dict[tuple[str, ...], Numbers],
    order: list[tuple[str, str]],
    drawing: tuple[np.random.Generator, int],
) -> Whole:
    draw, number = drawing
    first = tables[names[0], names[1]].sum(axis=1)
    at = {names[0]: _spread(first, np.array([number]), draw)[0]}
    for known, new in order:
        table = tables[known, new] if (known, new) in tables else tables[new, known].T
        cells = np.empty(number, dtype=np.int64)
        for code in range(len(table)):
            members = np.flatnonzero(at[known] == code)
            weights = table[code] if table[code].sum() > 0 else table.sum(axis=0)
            cells[members] = _spread(weights, np.array([len(members)]), draw)[0]
        at[new] = cells
    return np.column_stack([at[name] for name in names])


def _spread(weights: Numbers, numbers: Whole, draw: np.random.Generator) -> list[Whole]:
    """Give codes to people in the shares of the weights, as evenly as whole people allow, mixed."""
    share = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    found = []
    for number in numbers.tolist():
        exact = share * number
        count = np.floor(exact).astype(np.int64)
        rest = number - int(count.sum())
        if rest:
            chance = (exact - count) / (exact - count).sum()
            there = int((chance > 0).sum())
            count[draw.choice(len(share), size=min(rest, there), replace=False, p=chance)] += 1
        codes = np.repeat(np.arange(len(share)), count)
        found.append(draw.permutation(np.resize(codes, number) if len(codes) else codes))
    return found
