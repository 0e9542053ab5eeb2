"""Random tables, and what is to be protected in them."""

import numpy as np

from suar_research.releases.cells import Design, People, Rules, equations, sums_of
from suar_research.releases.suppression import Task


def people(shape, number, seed, *, skew=1.0):
    """Draw people whose columns are independent; shape says how many codes each column has."""
    drawn = np.random.default_rng(seed)
    names = tuple(f"v{at}" for at in range(len(shape)))
    codes = tuple(tuple(f"c{code:02d}" for code in range(size)) for size in shape)
    columns = [drawn.choice(size, number, p=drawn.dirichlet(np.full(size, skew))) for size in shape]
    at = np.column_stack(columns).astype(np.int64)
    return People(names, codes, at, np.ones(number, dtype=np.int64))


def design(made, *tables):
    """Give the design of tables; without any, one that crosses all columns."""
    tables = tables or (made.names,)
    return Design(tuple(map(tuple, tables)), dict(zip(made.names, made.codes, strict=True)))


def task(made, *tables, rules=None):
    """Give what is to be protected, and its cells."""
    rules, wanted = rules or Rules(), design(made, *tables)
    cells = wanted.cells()
    place = {key: at for at, key in enumerate(cells)}
    counts = made.counted(wanted)
    values = np.array([float(counts[key]) for key in cells])
    must = np.array([rules.hides(counts[key]) for key in cells])
    may = (values >= rules.least) & np.array([key != () for key in cells])
    flat = np.ones(len(cells))
    sums = equations(sums_of(wanted, place), len(cells))
    return Task(sums, values, flat * rules.least, must, may, flat * rules.width, flat), cells
