"""Printed figures of tests, intervals and curves, and ours."""

import json
from pathlib import Path

import numpy as np

from suar_research.tables.data import Selection, read
from suar_research.tables.statistics import clopper_pearson, exact_test, fisher, newcombe, pearson, wilson
from suar_research.tables.times import TimeColumns, kaplan_meier, log_rank, median, read_times

PLACE = Path(__file__).parent.parent / "fixtures" / "casefiles"
PUBLISHED = json.loads((PLACE / "published.json").read_text("utf-8"))
ORACLE = json.loads((PLACE / "oracle.json").read_text("utf-8"))


def remission():
    """Give the times of both groups by name."""
    columns = TimeColumns(time="weeks", came="relapse")
    frame = read((PLACE / "remission.csv").read_text("utf-8"), [*columns.names(), "treatment"], Selection())
    found = read_times(frame, columns, "treatment", "weeks")
    return {group.name: group for group in found.groups}


def ours(row):
    """Give our figure for a printed one."""
    method, _, side = row["method"].partition(" ")
    of = row["of"]
    if method in ("waiting", "error", "median", "expected", "log-rank"):
        return _of_remission(method, side, of)
    table = np.array(of)
    return {
        "fisher": lambda: getattr(fisher(table), side),
        "exact": lambda: exact_test(table, 1).p if side == "p" else getattr(clopper_pearson(*of), side),
        "wilson": lambda: getattr(wilson(*of), side),
        "newcombe": lambda: getattr(newcombe(*of).limits, side),
        "chi-square": lambda: pearson(table).statistic,
    }[method]()


def _of_remission(method, side, moment):
    groups = remission()
    if method in ("expected", "log-rank"):
        test = log_rank([groups["6-MP"].spans, groups["placebo"].spans])
        return test.statistic if method == "log-rank" else float(test.expected[0])
    curve = kaplan_meier(groups[side].spans)
    if method == "median":
        return median(curve).value
    place = int(np.searchsorted(curve.moments, moment))
    return float((curve.waiting if method == "waiting" else curve.error)[place])


def half_of_last_digit(printed):
    """Give how far a figure may be from one that was printed: half of its last digit."""
    digits = len(printed.partition(".")[2])
    return 0.5 * 10**-digits * 1.0001
