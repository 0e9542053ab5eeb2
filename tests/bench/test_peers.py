"""What is made of the times that two programs tell."""

import json

import pytest

from bench import peers, telling_peers
from bench.peers import Run
from bench.prove_peers import Sizes, in_turns

TOLD = "r 4.5.0\nmade_with SparseMSE 2.0.1\nComputation 10% completed\ncpu_s 3.5\nestimate 11.25\n"


def run(replicates, cpu_s, estimate=10.0):
    return Run(replicates, cpu_s, 4.0, estimate, "SparseMSE 2.0.1 on R 4.5.0")


def test_the_lines_of_r_are_read_whatever_a_package_prints_between_them():
    expected = Run(30, 3.5, 4.0, 11.25, "SparseMSE 2.0.1 on R 4.5.0")
    assert peers.read(TOLD, 30, 4.0) == expected


def test_a_package_that_stopped_has_no_time():
    found = peers.read("r 4.5.0\nmade_with RDS 0.9.10\nstopped yes\n", 30, 4.0)
    assert (found.cpu_s, found.estimate, found.made_with) == (None, None, "RDS 0.9.10")


def test_a_side_that_told_no_time_is_refused_with_what_it_told():
    with pytest.raises(peers.Broken, match="nothing came of it"):
        peers.read("r 4.5.0\nnothing came of it\n", 30, 4.0)


def test_further_replicates_cost_what_they_cost_between_two_runs():
    assert peers.counted_up(run(5, 3.0), run(25, 5.0), 1000) == pytest.approx(5.0 + 975 * 0.1)


def test_a_run_of_all_replicates_is_taken_as_it_is():
    assert peers.counted_up(run(5, 3.0), run(1000, 90.0), 1000) == pytest.approx(90.0)


def test_noise_makes_no_replicate_cost_less_than_nothing():
    assert peers.counted_up(run(5, 3.1), run(25, 3.0), 1000) == pytest.approx(3.0)


def test_where_either_run_stopped_nothing_is_counted_up():
    assert peers.counted_up(run(5, None), run(25, 3.0), 1000) is None
    assert peers.counted_up(run(5, 3.0), run(25, None), 1000) is None


def test_two_runs_of_one_size_are_no_two_sizes():
    with pytest.raises(ValueError, match="more replicates"):
        peers.counted_up(run(25, 3.0), run(25, 3.0), 1000)


def test_the_mean_of_ratios_is_geometric():
    assert peers.geometric([10.0, 1000.0]) == pytest.approx(100.0)


def test_the_ratio_is_the_middle_one_of_the_rounds():
    def ours(replicates, seed):
        return run(replicates, {1: 0.1, 2: 0.2, 3: 0.1}[seed])

    def theirs(replicates, seed):
        return run(replicates, 10.0 * replicates * (3 if seed == 3 else 1) / 1000)

    row = in_turns(ours, theirs, Sizes(10, 20, 3, ()))
    assert row["ratios"] == pytest.approx([100.0, 50.0, 300.0])
    assert (row["ratio"], row["ours_s"]) == pytest.approx((100.0, 0.1))
    assert (row["theirs_s"], row["apart"]) == pytest.approx((10.0, 0.0))


def test_where_r_always_stops_there_is_no_ratio():
    row = in_turns(run_of(0.1), run_of(None), Sizes(10, 20, 2, ()))
    assert (row["ratio"], row["theirs_s"], row["ours_s"]) == (None, None, 0.1)


def run_of(cpu_s):
    return lambda replicates, seed: run(replicates, cpu_s, None if cpu_s is None else 10.0)


def test_times_of_unlike_estimates_are_told_from_alike_ones():
    alike = {"name": "korea_3", "package": "SparseMSE", "apart": 1e-9}
    other = {"name": "uk2013_5", "package": "SparseMSE", "apart": 0.01}
    simulated = {"name": "faux_gile", "package": "RDS", "method": "ss", "apart": 0.01}
    stopped = {"name": "faux_tree", "package": "RDS", "method": "rds2", "apart": None}
    assert peers.unlike([alike, other, simulated, stopped]) == ["uk2013_5 beside SparseMSE"]


def test_the_clock_is_not_judged_while_others_are_busy():
    def scaled(others):
        one = {"workers": 1, "clock_s": 10.0, "others": 0.0}
        two = {"workers": 2, "clock_s": 8.0, "others": others}
        return telling_peers.scaled([one, two])[2]

    assert (scaled(0.01), scaled(0.5)) == (False, None)


def test_the_page_is_what_the_kept_figures_say():
    folder = peers.TOLD.parent
    told = json.loads((folder / "speed.json").read_text("utf-8"))
    assert (folder / "speed.md").read_text("utf-8") == telling_peers.drawn(told)
    assert {row["name"] for row in told["stepwise"]} == set(peers.SETS)
