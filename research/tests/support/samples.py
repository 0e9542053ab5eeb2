"""Published samples by recruitment, as the fixtures hold them, and small ones made by hand."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from suar_research.rds.samples import Columns, read_sample

PLACE = Path(__file__).parent.parent / "fixtures" / "rds"
COLUMNS = {
    "fauxmadrona": Columns("disease", recruiter="recruiter.id"),
    "fauxsycamore": Columns("disease", recruiter="recruiter.id"),
    "faux": Columns("X", recruiter="recruiter.id", degree="network.size"),
    "fauxtime": Columns("var1", "SER", "recruiter.id", "NETWORK"),
}
NAMES = tuple(COLUMNS)


def text(name):
    return (PLACE / f"{name}.csv").read_text("utf-8")


def rows(name):
    return list(csv.DictReader(text(name).splitlines()))


@cache
def sample(name):
    """Read a sample as a user would."""
    return read_sample(text(name), COLUMNS[name])


def made(people, columns=("id", "recruiter", "degree", "said")):
    """Write people as a file."""
    return "\n".join(",".join(map(str, row)) for row in [columns, *people]) + "\n"


def drawn(rng, people=60, seeds=4, values=("a", "b", "c")):
    """Make up people who recruited each other: code, recruiter, contacts, answer."""
    found = []
    for place in range(people):
        recruiter = "" if place < seeds else f"p{rng.integers(place)}"
        found.append((f"p{place}", recruiter, rng.integers(1, 20), values[rng.integers(len(values))]))
    return found


def alike(first, second):
    """Compare numbers that differ only by the order in which they were added up."""
    return np.allclose(first, second, rtol=1e-9, atol=1e-12, equal_nan=True)
