"""An estimate averaged over the choice of its model: the middle of replicates that choose anew."""

import json
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.answers import Answer, Limits
from suar_research.cli.main import main
from suar_research.mse import report as telling
from suar_research.mse.bootstrap import bootstrap, resample, smoothed, wander
from suar_research.mse.panel import panel
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.study import study
from suar_research.mse.tables import CaptureTable, members
from suar_research.running import Plan, Runner
from support import published
from support.fixed import fixed

SHORT = Plan(seed=5, least=1000, most=1000)
PEOPLE = st.lists(st.floats(2, 1e6), min_size=1, max_size=31).filter(lambda each: len(each) % 2)


def smoothed_of(name, runner, plan=SHORT):
    return panel(published.table(name), plan, runner, ("stepwise",))[0][0].smoothed


@pytest.mark.parametrize(
    ("replicates", "middle"),
    [
        ([300.0, 100.0, 200.0], 200.0),
        ([300.0, 100.0, 200.0, 250.0], 225.0),
        ([inf, 100.0, 200.0], 200.0),
        ([inf, 100.0, inf], inf),
        ([inf, 100.0], inf),
    ],
)
def test_the_middle_is_found_by_hand_and_no_estimate_counts_as_the_largest(replicates, middle):
    assert smoothed(np.array(replicates)) == middle


@settings(derandomize=True, max_examples=40, deadline=None)
@given(PEOPLE)
def test_the_middle_is_the_same_on_any_scale(people):
    found = smoothed(np.array(people))
    assert exp(smoothed(np.log(people))) == pytest.approx(found, rel=1e-9)
    assert smoothed(np.array(people) - 1) + 1 == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("name", ["kosovo_4", "western_us_5"])
def test_the_order_of_the_lists_changes_no_smoothed_estimate(name):
    counts, lists = published.counts(name)[0], published.table(name).places
    drawn = resample(counts, 300, np.random.SeedSequence(4))
    turned = np.zeros_like(drawn)
    for pattern in range(drawn.shape[1]):
        turned[:, sum(1 << (lists - 1 - at) for at in members(pattern))] = drawn[:, pattern]
    assert (turned != drawn).any()
    method = Stepwise(lists)
    found = [smoothed(method.totals(item)) for item in (drawn, turned)]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_the_same_seed_gives_the_same_number_on_one_worker_or_two():
    with Runner(workers=2) as two:
        assert smoothed_of("korea_3", two) == smoothed_of("korea_3", Runner())
    assert smoothed_of("kosovo_4", Runner()) != smoothed_of("kosovo_4", Runner(), Plan(seed=6, least=1000, most=1000))


def test_it_is_the_middle_of_the_replicates_whose_limits_are_shown():
    table = published.table("uk2013_5")
    found = bootstrap(Stepwise(table.places), table, SHORT, Runner())
    middle = smoothed_of("uk2013_5", Runner())
    assert (found.replicates < middle).mean() == (found.replicates > middle).mean() == 0.5


def test_only_what_chooses_anew_in_each_resample_has_one():
    table = published.table("korea_3")
    answers = panel(table, SHORT, Runner(), ("stepwise", "bic", "aic", "main", "graphs"))[0]
    having = [answer.name for answer in answers if answer.smoothed is not None]
    assert having == ["stepwise", "bic"]
    assert fixed(table, (0b011,), SHORT, Runner()).smoothed is None


def smoothed_wander(replicates):
    return wander(replicates, lambda rest: (smoothed(rest),))


def test_it_wanders_by_the_spread_of_its_parts():
    assert smoothed_wander(np.full(100, 5.0)) == 0
    assert smoothed_wander(np.full(100, inf)) == 0
    assert smoothed_wander(np.array([10.0, inf] * 50)) == inf
    drawn = np.random.default_rng(3).lognormal(0, 0.1, 4000)
    theory = 0.1 * np.sqrt(np.pi / 2 / 4000)
    assert theory / 2 < smoothed_wander(drawn) < theory * 2


@pytest.mark.parametrize(
    ("wander", "settled", "unsettled"),
    [(0.1, True, ()), (0.04, True, ("bca",)), (1e-6, False, ("percentile", "bca", "smoothed"))],
)
def test_what_has_not_settled_is_named_also_where_it_is_not_shown(wander, settled, unsettled):
    plan = Plan(seed=1, least=500, most=500, wander=wander)
    found = bootstrap(Stepwise(3), published.table("korea_3"), plan, Runner())
    assert (found.settled, found.unsettled) == (settled, unsettled)


def test_nothing_has_settled_where_the_model_chosen_has_no_estimate():
    apart = CaptureTable.of(("A", "B", "C"), {1: 5, 2: 5, 4: 5})
    found = bootstrap(Stepwise(3), apart, Plan(seed=1, least=100, most=200), Runner())
    assert (found.estimate, found.wander, len(found.replicates)) == (inf, inf, 200)
    assert (found.settled, found.unsettled) == (False, ("percentile", "bca", "smoothed"))


def test_it_stands_beside_the_estimate_of_the_model_that_was_chosen():
    table = published.table("korea_3")
    told = study(table, SHORT, Runner(), ("stepwise", "main"))
    middle, plain = told.answers[0].smoothed, told.answers[1]
    lines = telling.report_of({"all": told}, None).text().splitlines()
    head = lines.index(next(line for line in lines if line.startswith("method ")))
    assert lines[head].split()[:3] == ["method", "people", "smoothed"]
    assert lines[head + 2].split()[:3] == ["stepwise", "269", f"{middle:,.0f}"]
    assert lines[head + 3].split()[1:3] == [f"{plain.estimate:,.0f}", f"{plain.interval.low:,.0f}"]
    assert any(line.startswith("- smoothed: the middle of the resamples") for line in lines)


def test_without_any_there_is_neither_column_nor_word():
    told = study(published.table("korea_3"), SHORT, Runner(), ("main",))
    assert "smoothed" not in telling.report_of({"all": told}, None).text()


def test_json_and_report_have_it(tmp_path, capsys):
    path = tmp_path / "lists.csv"
    path.write_text(published.text("korea_3"), "utf-8")
    page = tmp_path / "page.html"
    words = ["mse", str(path), "--replicates", "1000", "--seed", "5", "--workers", "1", "--json"]
    words += ["--methods", "stepwise,main", "--report", str(page)]
    assert main(["estimate", *words]) == 0
    first, plain = json.loads(capsys.readouterr().out)["methods"]
    assert first["smoothed"] == pytest.approx(smoothed_of("korea_3", Runner()), abs=1e-4)
    assert "percentile" in first["unsettled"]
    assert (plain["smoothed"], plain["unsettled"]) == (None, [])
    assert "smoothed: the middle" in page.read_text("utf-8")


def test_a_middle_without_limit_is_null():
    limits = {"bca": (Limits(0.95, 1.0, inf),)}
    endless = Answer("bic", 9.0, limits, "A", smoothed=inf, unsettled=("bca",))
    told = study(published.table("korea_3"), SHORT, Runner(), ("main",), [endless])
    last = telling.as_json(told)["methods"][-1]
    assert (last["smoothed"], last["unsettled"]) == (None, ["bca"])
    assert "no limit" in next(
        line for line in telling.report_of({"all": told}, None).text().splitlines() if line.startswith("bic ")
    )
