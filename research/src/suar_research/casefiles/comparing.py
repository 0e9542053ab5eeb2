"""Tests of a table, and two groups compared line by line: women and men, or any other two."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from suar_research.answers import Limits
from suar_research.casefiles.crossing import Cross
from suar_research.casefiles.exact import ExactTest, exact_test
from suar_research.casefiles.fisher import Fisher, fisher
from suar_research.casefiles.frames import Counts
from suar_research.casefiles.intervals import newcombe
from suar_research.casefiles.shares import NONE, Printed, decimal, p_value, percent
from suar_research.casefiles.sheets import Cell, Sheet
from suar_research.casefiles.tails import chi_square_tail
from suar_research.reading import Unreadable

FEW_EXPECTED = 5
TWO = 2
NOBODY = "Nobody of one of the two groups is in this table: there is nothing to compare."
LESS_THAN_ALL = (
    "A test asks whether chance alone would make a table like this one if the two columns had "
    "nothing to do with each other in a larger population of which these files were drawn at "
    "random. "
    "Files are seldom drawn at random: who was looked for, and who was believed, is in them as "
    "well."
)
HOLM = "The last column corrects p for how many lines were looked at (Holm 1979)."


@dataclass(frozen=True)
class Pearson:
    """The chi-square test without correction, Cramer's V, and the smallest expected count."""

    statistic: float
    freedom: int
    p: float
    v: float
    expected: float


@dataclass(frozen=True)
class Compared:
    """One line of two groups compared: counts and bases, the difference, and Fisher's test."""

    name: str
    first: tuple[int, int]
    second: tuple[int, int]
    difference: float
    limits: Limits
    fisher: Fisher
    holm: float


def pearson(table: Counts) -> Pearson:
    """Test a table, shape (rows, columns), without empty rows or columns.

    Raises nothing.
    Source: Pearson 1900, Philosophical Magazine 50, 157-175; Cramer 1946, Mathematical Methods of
    Statistics, chapter 21 (V).
    """
    total = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    statistic = float(((table - expected) ** 2 / expected).sum())
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    v = sqrt(statistic / (total * (min(table.shape) - 1)))
    p = chi_square_tail(statistic, freedom)
    return Pearson(statistic, freedom, p, v, float(expected.min()))


def without_empty(table: Counts) -> Counts:
    """Leave out rows and columns in which nobody is."""
    return np.asarray(table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0])


def significance(cross: Cross, seed: int) -> Sheet | None:
    """Test one table of people with both values; None where it has fewer than two by two."""
    table = without_empty(cross.known)
    if min(table.shape) < TWO:
        return None
    chi = pearson(table)
    rows: list[tuple[Cell, ...]] = [
        (
            "Pearson chi-square",
            decimal(chi.statistic),
            decimal(chi.freedom, 0),
            p_value(chi.p),
            f"Cramer's V {chi.v:.2f}",
        ),
    ]
    if table.shape == (TWO, TWO):
        rows.append(("Fisher exact", "", "", p_value(fisher(table).p), _odds_words(fisher(table))))
    else:
        exact = exact_test(table, seed)
        rows.append(("Fisher-Freeman-Halton exact", "", "", p_value(exact.p), _how(exact)))
    few = chi.expected < FEW_EXPECTED
    notes = [f"Tested are {int(table.sum()):,} people with both values recorded."]
    if few:
        notes.append(
            f"The smallest expected count is {chi.expected:.1f}, under {FEW_EXPECTED}: take the "
            "exact "
            "test and not chi-square."
        )
    heads = ("test", "statistic", "degrees of freedom", "p", "besides")
    name = f"Tests of {cross.rows.name} by {cross.columns.name if cross.columns else ''}"
    return Sheet(f"{name}, {cross.stratum}", heads, tuple(rows), (*notes, LESS_THAN_ALL))


def _odds_words(found: Fisher) -> str:
    if found.odds is None or found.limits is None:
        return "no odds ratio: a row or column decides all"
    low, high = decimal(found.limits.low).text, decimal(found.limits.high).text
    return f"odds ratio {decimal(found.odds).text} (95% {low} to {high}), conditional"


def _how(exact: ExactTest) -> str:
    if exact.limits is None:
        return "all tables with these totals were looked at"
    return (
        f"too many tables to look at: {exact.draws:,} were drawn; the exact p is between "
        f"{exact.limits.low:.5f} and {exact.limits.high:.5f} with 99% confidence"
    )


def compared(cross: Cross, two: tuple[str, str]) -> list[Compared]:
    """Compare two columns line by line, among people with both values; raises Unreadable.

    Gives nothing where one of the two columns has nobody.
    """
    values = cross.columns.values if cross.columns else ()
    name = cross.columns.name if cross.columns else ""
    if missing := [word for word in two if word not in values]:
        raise Unreadable([f"column {name}: {len(missing)} of the two groups to compare stand in no row"])
    places = [values.index(word) for word in two]
    table = cross.known[:, places]
    bases = [int(each) for each in table.sum(axis=0)]
    if not all(bases):
        return []
    names = [name for name, row in zip(cross.rows.values, table, strict=True) if row.any()]
    lines = table[table.any(axis=1)].tolist()
    tests = [fisher(np.array([[a, b], [bases[0] - a, bases[1] - b]])) for a, b in lines]
    adjusted = holm([each.p for each in tests])
    found = []
    for at, (a, b) in enumerate(lines):
        gap = newcombe((a, bases[0]), (b, bases[1]))
        found.append(Compared(names[at], (a, bases[0]), (b, bases[1]), gap.value, gap.limits, tests[at], adjusted[at]))
    return found


def holm(ps: list[float]) -> list[float]:
    """Correct p-values for their number. Source: Holm 1979, Scandinavian J. Statistics 6, 65-70."""
    found, largest = [0.0] * len(ps), 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        largest = max(largest, min(1.0, ps[at] * (len(ps) - rank)))
        found[at] = largest
    return found


def comparison(cross: Cross, two: tuple[str, str], digits: int, least: int) -> Sheet:
    """Print two groups compared; raises Unreadable."""
    rows = tuple(_row(each, digits, least) for each in compared(cross, two))
    heads = (
        cross.rows.name,
        "people",
        "%",
        "people",
        "%",
        "difference in points",
        "95% between",
        "odds ratio",
        "95% between",
        "p (Fisher)",
        "p (Holm)",
    )
    groups = ((two[0], 2), (two[1], 2), (f"{two[0]} against {two[1]}", 6))
    name = f"{cross.rows.name}: {two[0]} and {two[1]}, {cross.stratum}"
    notes = (
        "Only people with both values recorded. Each line is compared with all other lines together.",
        "Intervals: Newcombe's for the difference, exact for the conditional odds ratio.",
        HOLM,
        LESS_THAN_ALL,
    )
    return Sheet(name, heads, rows, notes if rows else (NOBODY, *notes), groups)


def _row(each: Compared, digits: int, least: int) -> tuple[Cell, ...]:
    few = min(each.first[1], each.second[1]) < least
    odds, limits = each.fisher.odds, each.fisher.limits
    gap = Printed(NONE) if few else decimal(each.difference * 100, 1)
    return (
        each.name,
        each.first[0],
        percent(*each.first, digits, least),
        each.second[0],
        percent(*each.second, digits, least),
        gap,
        Printed(NONE if few else _points(each.limits)),
        decimal(odds) if odds is not None else Printed(NONE),
        Printed(f"{decimal(limits.low).text} to {decimal(limits.high).text}" if limits else NONE),
        p_value(each.fisher.p),
        p_value(each.holm),
    )


def _points(limits: Limits) -> str:
    return f"{decimal(limits.low * 100, 1).text} to {decimal(limits.high * 100, 1).text}"
