"""Published tables and results, as the fixtures hold them."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from suar_research.files import Unreadable
from suar_research.mse.tables import CaptureTable, read_lists

PLACE = Path(__file__).parent.parent / "fixtures" / "mse"


def text(name):
    return (PLACE / f"{name}.csv").read_text("utf-8")


@cache
def table(name):
    """Read a table as a user would; only the paper's broken example is made by hand."""
    try:
        return read_lists(text(name))["all"]
    except Unreadable:
        assert name == "artificial_3"
        return CaptureTable.of(("A", "B", "C"), {0b001: 40, 0b010: 30, 0b100: 20, 0b011: 6})


def counts(name):
    return table(name).counts[None].astype(float)


@cache
def estimates(method):
    """List the rows of a method, by the beginning of its name."""
    rows = csv.DictReader(text("estimates").splitlines())
    return [row for row in rows if row["method"].startswith(method)]


def limits(row):
    return {name: float(row[name]) for name in ("lo95", "lo80", "hi80", "hi95") if row[name]}


@cache
def replicates(name):
    """Give the resampled tables and the estimate published for each."""
    rows = list(csv.reader(text(f"replicates/{name}").splitlines()))
    numbers = np.array(rows[1:], dtype=float)
    tables = np.zeros((len(numbers), 1 << len(rows[0][0])))
    tables[:, [pattern(name) for name in rows[0][:-1]]] = numbers[:, :-1]
    return tables, numbers[:, -1]


def all_models(name, order):
    """Give published rows by model, a model being its largest terms."""
    rows = csv.DictReader(text(f"allmodels/{name}_order{order}").splitlines())
    return {frozenset(row["model"].strip("[]").split(";")): row for row in rows}


def pattern(digits):
    return sum(1 << place for place, digit in enumerate(digits) if digit == "1")
