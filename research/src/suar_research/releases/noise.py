"""The discrete Gaussian, drawn exactly: whole numbers and chances that are fractions, no rounding.

Source: Canonne, Kamath & Steinke 2020, The discrete Gaussian for differential privacy, NeurIPS 33,
algorithms 1 to 3; Bun & Steinke 2016, Concentrated differential privacy, TCC 2016, proposition 1.3.

Counts with noise: tables whose cells tell nearly nothing of any one person.

Two sets of people that differ by one person give nearly the same tables. This cost is counted
as `rho` (zero-concentrated differential privacy): a table in which a person stands in one cell
costs 1 / (2 variance), and costs of several tables add up. Which codes there are is taken as known.

Source: Bun & Steinke 2016, TCC 2016, propositions 1.6 and 1.7, lemma 2.3; Qardaji, Yang & Li 2014,
PriView, SIGMOD (what is common to several tables is averaged).

Invented people whose tables look like those of the real ones, made from noisy counts alone.

Every two columns are crossed and counted with noise; the pairs that tell most of each other form a
tree, and each invented person is drawn along it. Nothing but the noisy counts is used, so whatever
is done with the invented people costs no more than those counts.

Source: Chow & Liu 1968, IEEE Transactions on Information Theory 14, 462-467 (the tree); McKenna,
Miklau & Sheldon 2021, Winning the NIST contest, Journal of Privacy and Confidentiality 11 (such a
tree from noisy tables).
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from suar_research.files import Unreadable
from suar_research.releases.cells import Numbers, People, Whole

# Gives a whole number from 0 below its argument, each with the same chance.
Below = Callable[[int], int]


def random_source(seed: int | None) -> Below:
    """Return the randomness of the system; with a seed one that can be repeated, for tests only."""
    drawn = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - as said
    return drawn.randrange


def gaussian(variance: Fraction, below: Below) -> int:
    """Draw one whole number x with chance proportional to exp(-x^2 / (2 variance)).

    `variance` is above 0. Raises nothing.
    Source: Canonne, Kamath & Steinke 2020, algorithm 3.
    """
    up, down = variance.numerator, variance.denominator
    scale = math.isqrt(up // down) + 1
    while True:
        drawn = _laplace(scale, below)
        off = abs(drawn) * scale * down - up
        if _happens(off * off, 2 * scale * scale * down * up, below):
            return drawn


def chances(variance: float, most: int) -> list[float]:
    """Return the chance of 0, 1, ..., most (each also of its negative)."""
    far = max(most, int(12 * math.sqrt(variance)) + 12)
    weights = [math.exp(-item * item / (2 * variance)) for item in range(far + 1)]
    whole = weights[0] + 2 * math.fsum(weights[1:])
    return [weight / whole for weight in weights[: most + 1]]


def within(variance: float, share: float) -> int:
    """Return the smallest distance that at least this share of the draws does not exceed."""
    chance = chances(variance, int(12 * math.sqrt(variance)) + 12)
    reached, distance = chance[0], 0
    while reached < share:
        distance += 1
        reached += 2 * chance[distance]
    return distance


def expected(variance: float) -> float:
    """Return the expected distance from 0."""
    chance = chances(variance, int(12 * math.sqrt(variance)) + 12)
    return 2 * math.fsum(item * at for at, item in enumerate(chance))


def epsilon(rho: float, delta: float) -> float:
    """Return what `rho` of zero-concentrated privacy means as (epsilon, delta) privacy.

    `delta` of 0 raises ZeroDivisionError, one above 1 ValueError.
    Source: Bun & Steinke 2016, proposition 1.3.
    """
    return rho + 2 * math.sqrt(rho * math.log(1 / delta))


def _laplace(scale: int, below: Below) -> int:
    while True:
        part = below(scale)
        if not _happens(part, scale, below):
            continue
        whole = 0
        while _happens(1, 1, below):
            whole += 1
        size = part + scale * whole
        if below(2):
            return size
        if size:
            return -size


def _happens(up: int, down: int, below: Below) -> bool:
    """Let something happen with the chance exp(-up / down)."""
    while up > down:
        if not _happens(1, 1, below):
            return False
        up -= down
    turn = 1
    while below(down * turn) < up:
        turn += 1
    return turn % 2 == 1


SURE = 0.95


@dataclass(frozen=True, slots=True)
class Noisy:
    """A table with noise: `counts` of the shape of its codes, and how far off a cell may be.

    `error` is the expected distance of a cell from the truth, `off` the distance that 95% of the
    cells keep; both are of the noise alone, before anything was smoothed.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    counts: Numbers
    error: float
    off: int


def variance_of(rho: Fraction, tables: int) -> Fraction:
    """Return the variance of the noise when so many tables share `rho`."""
    return Fraction(tables) / (2 * rho)


def tables_of(people: People, tables: Sequence[tuple[str, ...]], rho: Fraction, below: Below) -> list[Noisy]:
    """Count tables and add noise; together they cost `rho`, however many people there are.

    Counts are people with noise, whole numbers and also below 0. Raises nothing; `rho` must be
    above 0.
    Source: Bun & Steinke 2016, propositions 1.6 and 1.7 (Gaussian noise, costs add up).
    """
    variance = variance_of(rho, len(tables))
    error, off = expected(float(variance)), within(float(variance), SURE)
    result = []
    for names in tables:
        true = people.crossed(names).astype(float)
        drawn = np.array([gaussian(variance, below) for _ in range(true.size)])
        codes = tuple(people.codes[people.names.index(name)] for name in names)
        result.append(Noisy(names, codes, true + drawn.reshape(true.shape), error, off))
    return result


def without_negative(created: Sequence[Noisy]) -> list[Noisy]:
    """Raise what is below 0 to 0; sums come out too high on average."""
    return [_with(item, np.maximum(item.counts, 0.0)) for item in created]


def consistent(created: Sequence[Noisy]) -> list[Noisy]:
    """Make tables agree on what they have in common; counts are no whole numbers then.

    From the whole to larger and larger common margins, each is averaged, the better known counting
    more, and the difference is spread evenly over the cells of each table.
    Raises nothing.
    Source: Qardaji, Yang & Li 2014, PriView (common margins are averaged).
    """
    counts = [item.counts.copy() for item in created]
    for common in _common(created):
        holding = [at for at, item in enumerate(created) if set(common) <= set(item.names)]
        margins = [_margin(created[at], counts[at], common) for at in holding]
        weights = np.array([margins[0].size / counts[at].size for at in holding])
        mean = sum(w * m for w, m in zip(weights, margins, strict=True)) / weights.sum()
        for at, margin in zip(holding, margins, strict=True):
            spread = (mean - margin) * margin.size / counts[at].size
            counts[at] += _broadcast(created[at], spread, common)
    return [_with(item, new) for item, new in zip(created, counts, strict=True)]


def _common(created: Sequence[Noisy]) -> list[tuple[str, ...]]:
    """List what any two tables have in common, the smallest first."""
    sets = {frozenset[str]()}
    for one in created:
        sets |= {frozenset(one.names) & frozenset(other.names) for other in created if other is not one}
    closed = sets | {one & other for one in sets for other in sets}
    return sorted((tuple(sorted(item)) for item in closed), key=lambda names: (len(names), names))


def _margin(item: Noisy, counts: Numbers, common: tuple[str, ...]) -> Numbers:
    away = tuple(at for at, name in enumerate(item.names) if name not in common)
    left = [name for name in item.names if name in common]
    summed = counts.sum(axis=away)
    return np.asarray(np.transpose(summed, [left.index(name) for name in common]))


def _broadcast(item: Noisy, margin: Numbers, common: tuple[str, ...]) -> Numbers:
    left = [name for name in item.names if name in common]
    turned = np.transpose(margin, [common.index(name) for name in left])
    shape = [len(codes) if name in common else 1 for name, codes in zip(item.names, item.codes, strict=True)]
    return turned.reshape(shape)


def _with(item: Noisy, counts: Numbers) -> Noisy:
    return Noisy(item.names, item.codes, counts, item.error, item.off)


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
    """Make invented people; costs `rho`. Their number comes from the noisy counts too.

    Raises nothing; `check` refuses too many columns.
    Source: Chow & Liu 1968; McKenna, Miklau & Sheldon 2021.
    """
    check(names)
    pairs = list(combinations(names, 2))
    noisy = without_negative(consistent(tables_of(people, pairs, rho, below)))
    tables = {item.names: item.counts for item in noisy}
    number = max(round(float(np.mean([item.counts.sum() for item in noisy]))), 0)
    draw = np.random.default_rng(below(2**63))
    at = _drawn(names, tables, _tree(names, noisy), (draw, number))
    codes = tuple(people.codes[people.names.index(name)] for name in names)
    return People(tuple(names), codes, at, np.ones(number, dtype=np.int64))


def check(names: Sequence[str]) -> None:
    """Refuse too few or too many columns; raises Unreadable."""
    if not FEWEST <= len(set(names)) == len(names) <= MOST:
        raise Unreadable([f"{FEWEST} to {MOST} different columns can be invented together"])


def compare(real: People, created: People, most: int = 3) -> list[Compared]:
    """Compare cross-tables of one to `most` columns. The result is not private itself."""
    result = []
    for size in range(1, min(most, len(created.names)) + 1):
        for names in combinations(created.names, size):
            one, other = (people.crossed(names).astype(float) for people in (real, created))
            shares = np.abs(one / max(one.sum(), 1) - other / max(other.sum(), 1))
            worst = float(np.abs(one - other).max())
            result.append(Compared(names, float(shares.sum() / 2), worst))
    return result


def _tree(names: Sequence[str], noisy: Sequence[Noisy]) -> list[tuple[str, str]]:
    """Return (known, next) pairs that reach every column, by what they tell of each other."""
    data = {frozenset(item.names): _information(item.counts) for item in noisy}
    reached, order = [names[0]], []
    while len(reached) < len(names):
        open_pairs = [(one, other) for one in reached for other in names if other not in reached]
        best = max(open_pairs, key=lambda pair: data[frozenset(pair)])
        order.append(best)
        reached.append(best[1])
    return order


def _information(counts: Numbers) -> float:
    """Return the mutual information of a table, in nats."""
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
    """Return codes to people in the shares of the weights, as evenly as whole people allow, mixed."""
    share = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    result = []
    for number in numbers.tolist():
        exact = share * number
        count = np.floor(exact).astype(np.int64)
        rest = number - int(count.sum())
        if rest:
            chance = (exact - count) / (exact - count).sum()
            there = int((chance > 0).sum())
            count[draw.choice(len(share), size=min(rest, there), replace=False, p=chance)] += 1
        codes = np.repeat(np.arange(len(share)), count)
        result.append(draw.permutation(np.resize(codes, number) if len(codes) else codes))
    return result
