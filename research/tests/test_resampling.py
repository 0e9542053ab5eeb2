"""Replicates: the same from the same seed on any number of workers, kept, and run until settled."""

import time
from dataclasses import dataclass

import numpy as np
import pytest

from suar_research.answers import percentile
from suar_research.mse import classes
from suar_research.mse.bootstrap import _wanders, bca, bootstrap, resample
from suar_research.mse.panel import panel, stepwise
from suar_research.mse.stepwise import Stepwise
from suar_research.running import Plan, Runner
from support import published

SHORT = Plan(seed=7, least=1000, most=1000)


def drawn(runner, plan=SHORT, name="korea_3"):
    table = published.table(name)
    return bootstrap(Stepwise(table.places), table, plan, runner)


def test_the_number_of_workers_changes_nothing():
    with Runner(workers=2) as two:
        assert (drawn(two).replicates == drawn(Runner()).replicates).all()


@dataclass(frozen=True)
class Busy:
    """A piece that works for so many CPU seconds; `number` tells pieces apart."""

    seconds: float
    number: int

    def __call__(self):
        began = time.process_time()
        while time.process_time() - began < self.seconds:
            pass
        return np.zeros(1)


@pytest.mark.parametrize("workers", [1, 2])
def test_work_is_counted_wherever_it_is_done_and_what_was_kept_is_not(tmp_path, workers):
    pieces = [Busy(0.05, number) for number in range(4)]
    for folder, least, most in ((None, 0.2, 1.0), (tmp_path, 0.2, 1.0), (tmp_path, 0.0, 0.19)):
        with Runner(workers=workers, folder=folder) as runner:
            began = runner.cpu_s()
            assert len(list(runner.results(pieces, ""))) == 4
            assert least <= runner.cpu_s() - began < most


def test_an_answer_costs_about_as_much_in_other_processes_as_here():
    plan, table = Plan(seed=7, least=5000, most=5000), published.table("korea_3")
    cost = {}
    # The first time fills what later ones find again.
    for workers in (1, 1, 2):
        with Runner(workers=workers) as runner:
            [found], _ = panel(table, plan, runner, ["stepwise"])
            cost[workers] = found.cpu_s
    assert cost[1] > 0.02
    assert cost[1] / 2 < cost[2] < cost[1] * 4


def test_another_seed_gives_other_replicates():
    other = drawn(Runner(), Plan(seed=8, least=1000, most=1000))
    assert (other.replicates != drawn(Runner()).replicates).any()


def test_interrupted_work_goes_on_where_it_was(tmp_path):
    whole = drawn(Runner(folder=tmp_path))
    pieces = sorted(tmp_path.iterdir())
    pieces[0].unlink()
    kept = pieces[1].stat().st_mtime_ns
    again = drawn(Runner(folder=tmp_path))
    assert (again.replicates == whole.replicates).all()
    assert sorted(tmp_path.iterdir()) == pieces
    assert pieces[1].stat().st_mtime_ns == kept


def test_a_resample_holds_as_many_people_and_none_where_nobody_was():
    counts = published.counts("uk2013_5")[0]
    tables = resample(counts, 50, np.random.SeedSequence(3))
    assert (tables.sum(axis=1) == counts.sum()).all()
    assert (tables[:, counts == 0] == 0).all()


def test_replicates_are_added_until_the_limits_settle():
    found = drawn(Runner(), Plan(seed=1, least=1000, most=6000, wander=0.02), "kosovo_4")
    assert found.settled
    assert 1000 <= len(found.replicates) < 6000


def test_limits_that_do_not_settle_say_so():
    found = drawn(Runner(), Plan(seed=1, least=500, most=1000, wander=1e-6), "western_us_5")
    assert not found.settled
    assert len(found.replicates) == 1000


def test_settled_limits_are_those_of_twenty_thousand_replicates():
    """Kosovo converges to 12,540 and 16,595 (20,000 replicates, two seeds)."""
    found = drawn(Runner(), Plan(seed=2, least=2000, most=4000, interval="bca"), "kosovo_4")
    limits = bca(found.estimate, found.replicates, found.acceleration, 0.95)
    assert (limits.low, limits.high) == pytest.approx((12540, 16595), rel=0.03)


def test_chains_that_disagree_are_told_from_chains_that_agree():
    rng = np.random.default_rng(1)
    alike = rng.normal(size=(200, 10))
    assert classes.disagreement(alike) < 1.05
    assert classes.disagreement(alike + np.arange(10) * 2) > 2
    assert classes.disagreement(np.ones((20, 1)) * np.arange(3)) > 2


@pytest.mark.parametrize("kind", ["percentile", "bca"])
def test_the_interval_that_is_asked_for_is_shown_and_settles(kind):
    plan = Plan(seed=1, least=500, most=1500, wander=0.02, interval=kind)
    counts = published.table("kosovo_4")
    told, found = stepwise(counts, plan, Runner()), bootstrap(Stepwise(4), counts, plan, Runner())
    shown = {
        "percentile": percentile(found.replicates, 0.95),
        "bca": bca(found.estimate, found.replicates, found.acceleration, 0.95),
    }
    assert list(told.intervals) == [kind, *({"percentile", "bca"} - {kind})]
    assert told.interval == shown[kind] and shown["bca"] != shown["percentile"]
    every = _wanders(found.estimate, found.replicates, found.acceleration)
    moves = {name: far() for name, far in every.items()}
    assert found.wander == moves[kind] and moves["bca"] != moves["percentile"]


def test_percentiles_are_shown_unless_another_is_asked_for():
    told = stepwise(published.table("kosovo_4"), SHORT, Runner())
    assert told.interval == told.intervals["percentile"][0]
