"""People with nested columns (district and province, age band and minor), and an attacker who knows how they nest."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from suar_research.releases.cells import People

TABLES = (
    (("district", "sex"), ("province", "sex")),
    (("age", "sex"), ("minor", "sex")),
    (("district", "minor"), ("province", "age")),
    (("district", "sex"), ("province", "age"), ("minor", "sex")),
    (("district", "form"), ("form", "province"), ("minor", "province")),
)
AGES = {"00-09": ("yes",), "10-14": ("yes",), "15-19": ("yes", "no"), "20-29": ("no",), "30+": ("no",)}
"""Each band with the codes of `minor` that it allows: one band lies on both sides."""


def nested(seed):
    """Return people, the tables asked of them, and which codes go together in truth."""
    chance = np.random.default_rng(seed)
    province_of = {f"d{at}": f"p{at % chance.integers(2, 4)}" for at in range(chance.integers(4, 9))}
    districts, ages = list(province_of), list(AGES)
    number = int(chance.integers(60, 400))
    shares, age_shares = chance.dirichlet(np.ones(len(districts))), chance.dirichlet(np.full(5, 2.0))
    rows = []
    for _ in range(number):
        district, age = chance.choice(districts, p=shares), chance.choice(ages, p=age_shares)
        form = chance.choice(["labour", "sexual", "other"], p=[0.6, 0.3, 0.1])
        rows.append(
            [
                district,
                province_of[district],
                chance.choice(["F", "M"], p=[0.7, 0.3]),
                age,
                chance.choice(AGES[age]),
                form,
            ]
        )
    names = ("district", "province", "sex", "age", "minor", "form")
    coded = [np.unique(column, return_inverse=True) for column in zip(*rows, strict=True)]
    people = People(
        names,
        tuple(tuple(map(str, values)) for values, _ in coded),
        np.column_stack([at for _, at in coded]).astype(np.int64),
        np.ones(number, dtype=np.int64),
    )
    allowed = {
        ("district", "province"): set(province_of.items()),
        ("age", "minor"): {(a, m) for a in AGES for m in AGES[a]},
    }
    return people, TABLES[seed % len(TABLES)], allowed


def intervals(published, allowed, known=()):
    """Return what an attacker works out of each hidden cell: the least and the most by linear programmes.

    `allowed` has the combinations of some columns that can be; `known` are counts the attacker has besides.
    """
    design = published.design
    names = design.variables
    joint = [dict(zip(names, codes, strict=True)) for codes in product(*(design.codes[name] for name in names))]
    joint = [
        cell
        for cell in joint
        if all(
            tuple(cell[name] for name in group) in together
            for group, together in allowed.items()
            if set(group) <= cell.keys()
        )
    ]
    counts = published.counts | dict(known)
    row_of = {key: np.array([float(all(cell[name] == code for name, code in key)) for cell in joint]) for key in counts}
    shown = [key for key, count in counts.items() if count is not None]
    hidden = [key for key, count in published.counts.items() if count is None]
    if not hidden:
        return {}
    equal, right = np.array([row_of[key] for key in shown]), np.array([float(counts[key]) for key in shown])
    least = -np.array([row_of[key] for key in hidden])
    limits = {}
    for key in hidden:
        ends = [
            linprog(sign * row_of[key], A_ub=least, b_ub=np.full(len(hidden), -1.0), A_eq=equal, b_eq=right)
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), "the published tables are possible"
        limits[key] = (np.ceil(ends[0].fun - 1e-6), np.floor(-ends[1].fun + 1e-6))
    return limits
