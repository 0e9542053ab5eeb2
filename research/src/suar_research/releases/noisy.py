"""Counts with noise: tables whose cells tell nearly nothing of any one person.

Two sets of people that differ by one person give nearly the same tables. What that costs is counted
as `rho` (zero-concentrated differential privacy): a table in which a person stands in one cell
costs 1 / (2 variance), and costs of several tables add up. Which codes there are is taken as known.

Source: Bun & Steinke 2016, TCC 2016, propositions 1.6 and 1.7, lemma 2.3; Qardaji, Yang & Li 2014,
PriView, SIGMOD (what is common to several tables is averaged).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from suar_research.releases.cells import Numbers
from suar_research.releases.noise import Below, expected, gaussian, within
from suar_research.releases.people import People

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
    """Give the variance of the noise when so many tables share `rho`."""
    return Fraction(tables) / (2 * rho)


def tables_of(people: People, tables: Sequence[tuple[str, ...]], rho: Fraction, below: Below) -> list[Noisy]:
    """Count tables and add noise; together they cost `rho`, however many people there are.

    Counts are people with noise, whole numbers and also below 0. Raises nothing; `rho` must be
    above 0.
    Source: Bun & Steinke 2016, propositions 1.6 and 1.7 (Gaussian noise, costs add up).
    """
    variance = variance_of(rho, len(tables))
    error, off = expected(float(variance)), within(float(variance), SURE)
    found = []
    for names in tables:
        true = crossed(people, names)
        drawn = np.array([gaussian(variance, below) for _ in range(true.size)])
        codes = tuple(people.codes[people.names.index(name)] for name in names)
        found.append(Noisy(names, codes, true + drawn.reshape(true.shape), error, off))
    return found


def crossed(people: People, names: Sequence[str]) -> Numbers:
    """Count a cross-table, shape (codes of the first column, codes of the second, ...)."""
    places = [people.names.index(name) for name in names]
    shape = tuple(len(people.codes[place]) for place in places)
    cell = np.ravel_multi_index([people.at[:, place] for place in places], shape)
    counts = np.bincount(cell, people.count, minlength=int(np.prod(shape)))
    return counts.reshape(shape).astype(float)


def without_negative(made: Sequence[Noisy]) -> list[Noisy]:
    """Raise what is below 0 to 0; sums come out too high on average."""
    return [_with(each, np.maximum(each.counts, 0.0)) for each in made]


def consistent(made: Sequence[Noisy]) -> list[Noisy]:
    """Make tables agree on what they have in common; counts are no whole numbers then.

    From the whole to larger and larger common margins, each is averaged, the better known counting
    more, and the difference is spread evenly over the cells of each table.
    Raises nothing.
    Source: Qardaji, Yang & Li 2014, PriView (common margins are averaged).
    """
    counts = [each.counts.copy() for each in made]
    for common in _common(made):
        holding = [at for at, each in enumerate(made) if set(common) <= set(each.names)]
        margins = [_margin(made[at], counts[at], common) for at in holding]
        weights = np.array([margins[0].size / counts[at].size for at in holding])
        mean = sum(w * m for w, m in zip(weights, margins, strict=True)) / weights.sum()
        for at, margin in zip(holding, margins, strict=True):
            spread = (mean - margin) * margin.size / counts[at].size
            counts[at] += _spread(made[at], spread, common)
    return [_with(each, new) for each, new in zip(made, counts, strict=True)]


def _common(made: Sequence[Noisy]) -> list[tuple[str, ...]]:
    """List what any two tables have in common, the smallest first."""
    sets = {frozenset[str]()}
    for one in made:
        sets |= {frozenset(one.names) & frozenset(other.names) for other in made if other is not one}
    closed = sets | {one & other for one in sets for other in sets}
    return sorted((tuple(sorted(each)) for each in closed), key=lambda names: (len(names), names))


def _margin(each: Noisy, counts: Numbers, common: tuple[str, ...]) -> Numbers:
    away = tuple(at for at, name in enumerate(each.names) if name not in common)
    left = [name for name in each.names if name in common]
    summed = counts.sum(axis=away)
    return np.asarray(np.transpose(summed, [left.index(name) for name in common]))


def _spread(each: Noisy, margin: Numbers, common: tuple[str, ...]) -> Numbers:
    left = [name for name in each.names if name in common]
    turned = np.transpose(margin, [common.index(name) for name in left])
    shape = [len(codes) if name in common else 1 for name, codes in zip(each.names, each.codes, strict=True)]
    return turned.reshape(shape)


def _with(each: Noisy, counts: Numbers) -> Noisy:
    return Noisy(each.names, each.codes, counts, each.error, each.off)
