"""The published rows beside ours: what each method finds, and how near it has to come.

Each function gives what is found and what is wanted; the two compare as equal when they agree.
"""

import numpy as np
import pytest

from suar_research.mse import classes, graphs, stepwise, threshold
from suar_research.mse.hierarchy import ByBic, compare
from suar_research.mse.multinomial import profile
from suar_research.mse.panel import main_effects
from suar_research.mse.stepwise import Stepwise
from suar_research.running import Plan, Runner
from support import published
from support.fixed import Fixed

MIDDLE_AND_LIMITS = [0.5, 0.025, 0.1, 0.9, 0.975]
# [123;14;34] of Ball and others 2002.
KOSOVO_STUDY = ("11", "101", "011", "111", "1001", "0011")


def beside(row):
    """Give what is found for a published row, and what is wanted."""
    return METHODS[row["method"]](row)


def name_of(row):
    """Name a row by its table, method and settings."""
    return f"{row['dataset']} {row['method']} {row['settings']}"


def _stepwise(row):
    found = Stepwise(published.table(row["dataset"]).places).totals(published.counts(row["dataset"]))
    return found[0], pytest.approx(float(row["point"]), abs=0.05)


def _bic(row):
    order = 3 if "order 3" in row["settings"] else 2
    compared = compare(published.table(row["dataset"]), order)
    found = ByBic(compared, 60).totals(published.counts(row["dataset"]))
    return found[0], pytest.approx(float(row["point"]), rel=1e-6)


def _fixed(row):
    terms = tuple(published.pattern(item) for item in KOSOVO_STUDY)
    found = Fixed(4, 3, terms).totals(published.counts(row["dataset"]))
    return found[0], pytest.approx(float(row["point"]), rel=1e-8)


def _main(row):
    lists = published.table(row["dataset"]).places
    found = Fixed(lists, 1).totals(published.counts(row["dataset"]))
    return found[0], pytest.approx(float(row["point"]), rel=1e-3)


def _main_multinomial(row):
    found = main_effects(published.table(row["dataset"]), None, None)
    (low95, high95), (low80, high80) = [(interval.low, interval.high) for interval in found.intervals["profile"]]
    return [found.estimate, low95, low80, high80, high95], _whole(row, rel=2e-6)


def _aic(row):
    table = published.table(row["dataset"])
    found = profile(table.counts.astype(float), *stepwise.choose_by_aic(table))
    (low95, high95), (low80, high80) = found.limits[0.95], found.limits[0.8]
    return [found.estimate, low95, low80, high80, high95], _whole(row, rel=2e-6)


def _graphs(row):
    """Published rounded to hundreds."""
    table = published.table(row["dataset"])
    farthest = int(row["settings"].split(";")[0].split()[1]) - table.seen
    weights = graphs.posterior(table, farthest)
    found = [table.seen + graphs.quantile(weights, at) for at in MIDDLE_AND_LIMITS]
    return found, _whole(row, rel=0.01)


def _threshold(row):
    """Both sides have the noise of their chains; the outer limits have the most."""
    drawn = threshold.estimate(published.table(row["dataset"]), seed=1)
    found = np.quantile(drawn.total, MIDDLE_AND_LIMITS)
    whole = _whole(row, rel=0.02)
    whole[1], whole[4] = [pytest.approx(float(row[name]), rel=0.03) for name in ("lo95", "hi95")]
    return list(found), whole


def _classes(row):
    """A short run; `./suar prove estimates` takes all turns. Of the first, see `NOT_EXPLAINED`."""
    drawn = classes.estimate(published.table(row["dataset"]), Plan(1, 800, 800), Runner())
    rel = 0.05 if row["dataset"] == "uk2013_5" else 0.15
    return float(np.median(drawn)), pytest.approx(float(row["point"]), rel=rel)


def _whole(row, rel):
    names = ("point", "lo95", "lo80", "hi80", "hi95")
    return [pytest.approx(float(row[name]), rel=rel) for name in names]


METHODS = {
    "stepwise_poisson+bca": _stepwise,
    "stepwise_poisson": _stepwise,
    "bic+bca": _bic,
    "loglinear_fixed": _fixed,
    "main_effects": _main,
    "main_effects_multinomial": _main_multinomial,
    "aic_stepwise_multinomial": _aic,
    "graphical_bma": _graphs,
    "bayes_threshold": _threshold,
    "latent_class_bayes": _classes,
}
