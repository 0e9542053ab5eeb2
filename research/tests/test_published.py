"""What others published comes out again: estimates, replicates, all models, intervals."""

import numpy as np
import pytest

from suar_research.mse import threshold
from suar_research.mse.bootstrap import acceleration, bca, leave_one_out
from suar_research.mse.fitting import Status, status
from suar_research.mse.hierarchy import compare
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import members
from support import published
from support.rows import beside, name_of

REPLICATED = ["korea_3", "kosovo_4", "neworl_5_n185", "uk2013_5", "western_us_5"]
# R's strict comparison falls on rounding noise where replicates tie with the estimate.
TIES = {"korea_3": 0.006, "western_us_5": 0.002}
COMPARED = [
    ("kosovo_4", 2),
    ("kosovo_4", 3),
    ("netherlands_5", 2),
    ("uk2013_4", 2),
    ("uk2013_5", 2),
]
# The published computation ends at a model, or at a pair, that none of our runs finds, or is one
# chain of latent classes that stays for long where it is. See research/docs/validation.md.
NOT_EXPLAINED = [
    ("netherlands_6", "aic_stepwise_multinomial"),
    ("netherlands_6", "bayes_threshold"),
    ("uk2013_5", "latent_class_bayes"),
]
ROWS = published.estimates("")
APART = [row for row in ROWS if (row["dataset"], row["method"]) in NOT_EXPLAINED]
EXPLAINED = [row for row in ROWS if row not in APART]
SLOW = ("latent_class_bayes", "graphical_bma")


def slow_marked(rows):
    """Mark the rows of methods whose chains take seconds."""
    return [pytest.param(row, marks=pytest.mark.long if row["method"] in SLOW else (), id=name_of(row)) for row in rows]


@pytest.mark.parametrize("row", slow_marked(EXPLAINED))
def test_a_published_row_comes_out_again(row):
    found, wanted = beside(row)
    assert found == wanted


@pytest.mark.parametrize("row", slow_marked(APART))
def test_a_row_that_is_not_explained_still_differs(row):
    """One that begins to agree belongs among the others, and on the page."""
    found, wanted = beside(row)
    assert found != wanted


def test_a_pair_on_the_edge_explains_the_dutch_row_by_threshold():
    """P with R stands 1.97 deviations from 0, of 2 that are asked for; the published has it."""
    [row] = [row for row in APART if row["method"] == "bayes_threshold"]
    table = published.table("netherlands_6")
    without, kept = [threshold.estimate(table, 1, threshold=least) for least in (2.0, 1.94)]
    assert [kept.family.terms[at] for at in np.flatnonzero(without.selected != kept.selected)] == [0b011000]
    limits = [float(row[name]) for name in ("point", "lo95", "hi95")]
    assert list(np.quantile(kept.total, [0.5, 0.025, 0.975])) == pytest.approx(limits, rel=0.03)


def test_every_published_row_is_asked_about():
    assert len(ROWS) == 46
    assert len(APART) == len(NOT_EXPLAINED)


@pytest.mark.parametrize("name", REPLICATED)
def test_every_replicate_comes_out_again(name):
    tables, wanted = published.replicates(name)
    found = Stepwise(published.table(name).places).totals(tables)
    assert len(wanted) == 1000
    assert found == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("name", REPLICATED)
def test_bca_limits_on_the_same_replicates_are_those_published(name):
    row = next(r for r in published.estimates("stepwise_poisson+bca") if r["dataset"] == name)
    method, counts = Stepwise(published.table(name).places), published.counts(name)[0]
    bend = acceleration(*leave_one_out(method, counts))
    assert bend == pytest.approx(float(row["ahat"]), rel=1e-6)
    estimate = method.totals(counts[None])[0]
    found = {
        f"{side}{level:.0%}"[:-1]: getattr(limits, word)
        for level in (0.95, 0.8)
        for limits in [bca(estimate, published.replicates(name)[1], bend, level)]
        for side, word in (("lo", "low"), ("hi", "high"))
    }
    assert found == pytest.approx(published.limits(row), rel=TIES.get(name, 1e-6))


@pytest.mark.parametrize(("name", "order"), COMPARED)
def test_all_models_fit_as_published_and_stand_in_the_same_order(name, order):
    compared = compare(published.table(name), order)
    rows = published.all_models(name, order)
    places = {largest(compared.family.terms, flags): at for at, flags in enumerate(compared.chosen)}
    assert set(places) == set(rows)
    in_order = [places[model] for model in rows]
    for ours, theirs, closeness in [
        (compared.total, "abundance", {"rel": 1e-6}),
        (compared.deviance, "deviance", {"abs": 1e-5}),
        (compared.aic, "AIC", {"abs": 1e-5}),
        (compared.bic, "BIC", {"abs": 1e-5}),
    ]:
        wanted = [float(row[theirs]) for row in rows.values()]
        assert ours[in_order] == pytest.approx(wanted, **closeness)
    assert list(compared.by_bic()) == in_order


def largest(terms, flags):
    held = [term for term, flag in zip(terms, flags, strict=True) if flag and term]
    top = [item for item in held if not any(item & other == item != other for other in held)]
    return frozenset("".join(str(place + 1) for place in members(term)) for term in top)


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ((0b011, 0b101, 0b110), Status.NOT_IDENTIFIABLE),
        ((0b011,), Status.NO_ESTIMATE),
        ((0b101, 0b110), Status.FINE),
    ],
)
def test_the_broken_example_has_the_states_of_the_paper(pairs, wanted):
    present = published.table("artificial_3").counts > 0
    assert status(present, (0b001, 0b010, 0b100, *pairs)) is wanted
