"""What others published comes out again: estimates, replicates, all models, intervals."""

import numpy as np
import pytest

from suar.insight.mse import akaike, classes, graphs, threshold
from suar.insight.mse.bootstrap import leave_one_out
from suar.insight.mse.existence import Status, status
from suar.insight.mse.hierarchy import compare
from suar.insight.mse.intervals import acceleration, bca
from suar.insight.mse.multinomial import profile
from suar.insight.mse.panel import Fixed
from suar.insight.mse.stepwise import Stepwise
from suar.insight.mse.tables import members
from tests.insight import published

REPLICATED = ["korea_3", "kosovo_4", "neworl_5_n185", "uk2013_5", "western_us_5"]
# R's strict comparison falls on rounding noise where replicates tie with the estimate.
TIES = {"korea_3": 0.006, "western_us_5": 0.002}
STEPWISE = [(row["dataset"], float(row["point"])) for row in published.estimates("stepwise")]
COMPARED = [
    ("kosovo_4", 2),
    ("kosovo_4", 3),
    ("netherlands_5", 2),
    ("uk2013_4", 2),
    ("uk2013_5", 2),
]
# Not reproduced: the published computation ends at a model that none of our runs finds.
NOT_REPRODUCED = {"netherlands_6"}
CHOSEN_BY_AIC = [
    row for row in published.estimates("aic") if row["dataset"] not in NOT_REPRODUCED
]  # fmt: skip
# Not reproduced and not explained; the published chain may have kept another pair.
NOT_EXPLAINED = {"netherlands_6"}


@pytest.mark.parametrize(("name", "point"), STEPWISE)
def test_stepwise_estimates_are_those_published(name, point):
    method = Stepwise(published.table(name).places)
    assert method.totals(published.counts(name))[0] == pytest.approx(point, abs=0.05)


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
    top = [each for each in held if not any(each & other == each != other for other in held)]
    return frozenset("".join(str(place + 1) for place in members(term)) for term in top)


def test_the_model_of_the_kosovo_study_gives_its_number():
    """[123;14;34] of Ball and others 2002; it is the best of all by BIC."""
    terms = tuple(published.pattern(each) for each in ("11", "101", "011", "111", "1001", "0011"))
    found = Fixed(4, 3, terms).totals(published.counts("kosovo_4"))
    assert found[0] == pytest.approx(10356.518978, rel=1e-8)


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


@pytest.mark.parametrize("row", CHOSEN_BY_AIC, ids=lambda row: row["dataset"])
def test_the_first_uk_method_gives_its_published_interval(row):
    table = published.table(row["dataset"])
    family, chosen = akaike.choose(table)
    found = profile(table.counts.astype(float), family, chosen)
    assert found.estimate == pytest.approx(float(row["point"]), rel=2e-6)
    assert limits_of(found.limits) == pytest.approx(published.limits(row), rel=2e-6)


@pytest.mark.parametrize("row", published.estimates("graphical"), ids=lambda row: row["settings"])
def test_averaging_over_graphs_agrees_with_dga(row):
    """Published rounded to hundreds."""
    table = published.table(row["dataset"])
    farthest = int(row["settings"].split(";")[0].split()[1]) - table.seen
    weights = graphs.posterior(table, farthest)
    found = [table.seen + graphs.quantile(weights, at) for at in (0.5, 0.025, 0.1, 0.9, 0.975)]
    assert found == pytest.approx([float(row["point"]), *published.limits(row).values()], rel=0.01)


@pytest.mark.parametrize("row", published.estimates("bayes"), ids=lambda row: row["dataset"])
def test_the_threshold_method_agrees_within_the_noise_of_both_chains(row):
    if row["dataset"] in NOT_EXPLAINED:
        pytest.skip("not reproduced, as docs/research/validation.md says")
    drawn = threshold.estimate(published.table(row["dataset"]), seed=1)
    found = np.quantile(drawn.total, [0.5, 0.025, 0.1, 0.9, 0.975])
    wanted = [float(row["point"]), *published.limits(row).values()]
    assert found[[0, 2, 3]] == pytest.approx([wanted[0], *wanted[2:4]], rel=0.02)
    assert found[[1, 4]] == pytest.approx([wanted[1], wanted[4]], rel=0.03)


def test_latent_classes_come_near_the_published_draws():
    """A short run, still on its way up; `./suar prove estimates` runs the chains in full."""
    drawn = classes.estimate(published.table("kosovo_4"), 1, burn=800, kept=20, thin=10)
    assert np.median(drawn) == pytest.approx(10600, rel=0.2)


def limits_of(found):
    return {
        "lo95": found[0.95][0], "lo80": found[0.8][0],
        "hi80": found[0.8][1], "hi95": found[0.95][1],
    }  # fmt: skip
