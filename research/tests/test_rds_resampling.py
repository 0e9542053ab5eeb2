"""Samples drawn again: of the right size and kind, and never at a loss for somebody to draw."""

import pickle

import numpy as np
import pytest

from suar_research.answers import Limits
from suar_research.rds import bootstraps
from suar_research.rds import panel as panels
from suar_research.rds.estimators import rds1, rds2
from suar_research.rds.panel import panel
from suar_research.rds.samples import Columns, read_sample, tallied
from suar_research.running import Plan, Runner
from support.samples import NAMES, drawn, made, sample

SHORT = Plan(seed=3, least=600, most=600)
LARGER = {"fauxmadrona": 1000, "fauxsycamore": 715, "faux": 1000, "fauxtime": 1000}
WAYS = {
    "trees": bootstraps.trees,
    "chains": bootstraps.chains,
    "populations": lambda whole, size, rng: bootstraps.populations(whole, size, rng, 1000),
}


def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_a_drawn_sample_holds_people_seeds_and_recruitments(name, way):
    whole = sample(name)
    found, own = WAYS[way](whole, 40, rng()), tallied(whole)
    people, seeds, ties = (item.sum(axis=(1, 2)) for item in (found.people, found.seeds, found.ties))
    assert (people == seeds + ties).all()
    assert (seeds == (1 if way == "chains" else len(whole.seeds))).all()
    if way != "trees":
        assert (people == whole.people).all()
    # Somebody who was not seen is not drawn either: the classes are those of the sample.
    assert (found.people[:, own.people[0] == 0] == 0).all()


def test_trees_are_on_average_the_sample():
    whole = sample("fauxsycamore")
    found, own = bootstraps.trees(whole, 4000, rng()), tallied(whole)
    assert found.people.mean(axis=0) == pytest.approx(own.people[0], abs=1.5)
    assert found.ties.mean(axis=0) == pytest.approx(own.ties[0], abs=6)
    assert (found.seeds.sum(axis=2)[:, 1] == 10).all()


@pytest.mark.parametrize(("way", "low", "high"), [("chains", 0.2603, 0.3604), ("trees", 0.2112, 0.4094)])
def test_intervals_are_as_wide_as_published_ones(way, low, high):
    """The package's intervals for `faux`, from 1,000 replicates each."""
    found = rds2(WAYS[way](sample("faux"), 2000, rng()))[:, 0]
    assert found.std() == pytest.approx((high - low) / 3.92, rel=0.15)


def test_chains_forget_their_seed():
    """All seeds have the disease, and a chain of 500 hardly knows."""
    found = rds2(bootstraps.chains(sample("fauxsycamore"), 2000, rng()))[:, 1]
    assert found.mean() == pytest.approx(rds1(tallied(sample("fauxsycamore")))[0, 1], abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_every_way_gives_every_sample_an_interval(name):
    """Two of these samples stop the package: with negative chances, and with an error."""
    whole = sample(name)
    found = panel(whole, [LARGER[name], 3000], SHORT, Runner())
    assert found.refused == [] and found.lost == {}
    for answers in found.answers.values():
        assert len(answers) == 7
        for answer in answers:
            for limits in answer.intervals.values():
                assert 0 <= limits[0].low < limits[1].low < limits[1].high < limits[0].high <= 1
            assert answer.interval.low < answer.estimate < answer.interval.high


def harsh():
    """Give samples where something is missing: recruits of a group, crossings, any second wave."""
    own = [(n, "" if n < 2 else n - 2, 1 + n % 5, "ab"[n % 2]) for n in range(30)]
    star = [(n, "" if n == 0 else 0, 1 + n % 3, "ab"[n % 2]) for n in range(20)]
    rare = [(n, "" if n == 0 else n - 1, 3, "b" if n == 19 else "a") for n in range(20)]
    hidden = [(n, "" if n == 0 else n - 1, 3, "ab"[n % 2] if n > 9 else "") for n in range(20)]
    return {"own": own, "star": star, "rare": rare, "hidden": hidden}


@pytest.mark.parametrize("name", harsh())
def test_nothing_stops_where_a_group_has_nobody_to_recruit(name):
    whole = read_sample(made(harsh()[name]), Columns("said"))
    found = panel(whole, [31, 400], SHORT, Runner())
    shares = [answer for answers in found.answers.values() for answer in answers]
    assert {share.name for share in shares} >= {"mean", "rds2", "ss_31", "ss_400"}
    assert all(0 <= share.interval.low <= share.interval.high <= 1 for share in shares)
    if name != "hidden":
        assert {item.name for item in found.refused} == {"rds1", "rds1_without_seeds"}


def test_the_number_of_workers_changes_nothing():
    whole = read_sample(made(drawn(rng())), Columns("said"))
    with Runner(workers=2) as two:
        assert panel(whole, [100], SHORT, two) == panel(whole, [100], SHORT, Runner())


def test_another_seed_gives_other_limits():
    whole = read_sample(made(drawn(rng())), Columns("said"))
    one, other = (panel(whole, [], Plan(seed, 600, 600), Runner()).answers["a"][0] for seed in (1, 2))
    assert one.estimate == other.estimate
    assert one.interval != other.interval


def test_interrupted_work_goes_on_where_it_was(tmp_path):
    whole = sample("faux")
    first = panel(whole, [1000], SHORT, Runner(folder=tmp_path))
    pieces = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(pieces) == 6
    gone = next(iter(pieces))
    gone.unlink()
    again = panel(whole, [1000], SHORT, Runner(folder=tmp_path))
    assert again == first
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert set(kept) == set(pieces)
    assert all(kept[piece] == pieces[piece] for piece in pieces if piece != gone)


def test_a_sample_travels_as_the_same_bytes_whatever_was_worked_out():
    fresh = read_sample(made(drawn(rng())), Columns("said"))
    before = pickle.dumps(fresh)
    assert fresh.wave.max() > 0
    assert pickle.dumps(fresh) == before


def test_limits_wander_as_much_as_the_one_that_wanders_more():
    """Of half the lower limit is always 0, and the upper one moves."""
    one = np.concatenate([np.zeros(500), rng().exponential(size=500)])
    far = panels._one_wanders(rng().permutation(one))
    assert far > 0.05 and panels._one_wanders(one[:99]) == np.inf
    assert panels._one_wanders(one[:100]) == 0
    tails = np.concatenate([np.full(850, 0.5), np.linspace(0.6, 1, 75), np.full(75, 0.4)])
    assert panels._one_wanders(rng().permutation(tails)) > 0.001, "at 80% nothing moves"
    both = np.column_stack([rng().permutation(one), np.full(1000, 0.5)])
    assert panels._wander(both) == far
    both[:950, 1] = np.nan
    assert panels._wander(both) == np.inf, "fifty are too few to say"


def test_the_widest_interval_is_known_by_its_95_percent():
    wide = Limits(0.95, 0.1, 0.5), Limits(0.8, 0.15, 0.2)
    assert panels._wide(("trees", wide)) == pytest.approx(0.4)


def test_limits_are_percentiles_but_for_the_made_up_population():
    """There they are 1.96 and 1.28 standard errors round the estimate, and within 0 and 1."""
    column = np.array([0.4, 0.6])
    for level, wide in ((0.95, 0.195996), (0.8, 0.128155)):
        found = panels._limits("gile:1000", 0.7, column, level)
        assert (found.level, found.low, found.high) == pytest.approx((level, 0.7 - wide, 0.7 + wide))
    assert panels._limits("gile:9", 0.1, column, 0.95).low == 0
    assert panels._limits("gile:9", 0.9, column, 0.95).high == 1
    drawn_ = np.arange(1000) / 1000
    found = panels._limits("tree", 0.7, drawn_, 0.8)
    assert (found.low, found.high) == pytest.approx((0.1, 0.9), abs=0.002)
    for way in ("tree", "gile:9"):
        assert panels._limits(way, 0.7, column[:0], 0.8) == Limits(0.8, 0.0, 1.0)


def test_an_answer_has_its_widest_interval_first_and_counts_every_way():
    method = panels.methods_for([500])[-1]
    narrow, nothing = np.linspace(0.4, 0.6, 400)[:, None], np.full((400, 1), np.nan)
    drawn_ = {"tree": panels._Drawn({"ss": narrow}, True, 1.5), "gile:500": panels._Drawn({"ss": nothing}, False, 2.0)}
    found = panels._answer(method, 0.5, 0, drawn_)
    assert list(found.intervals) == ["gile", "tree"] and found.interval == Limits(0.95, 0.0, 1.0)
    assert (found.name, found.estimate, found.model) == (
        "ss",
        0.5,
        "500 people in all, seeds counted",
    )
    assert (found.replicates, found.settled, found.cpu_s) == (400, False, 3.5)
    assert panels._lost(["ss"], [0], drawn_) == {"ss": 400}
    some = {"tree": panels._Drawn({"ss": np.array([[np.nan, 1], [0, 1], [1, np.nan]])}, True, 0)}
    assert panels._lost(["ss"], [0, 1], some) == {"ss": 2}
    assert panels._lost(["ss"], [1], some) == {"ss": 1}
    assert panels._lost(["ss"], [], some) == {}


def test_a_way_of_drawing_is_drawn_for_the_methods_that_have_it():
    whole, methods = read_sample(made(drawn(rng())), Columns("said")), panels.methods_for([100])
    found = panels._replicates(whole, methods, Plan(1, 60, 60), Runner())
    names = [method.name for method in methods]
    assert {way: list(each.replicates) for way, each in found.items()} == {
        "tree": names,
        "salganik": names[:-1],
        "gile:100": ["ss"],
    }
    assert all(replicate.shape == (60, 3) for way in found.values() for replicate in way.replicates.values())


def test_only_a_population_of_more_than_were_interviewed_is_asked_about():
    whole = read_sample(made(drawn(rng())), Columns("said"))
    found = panel(whole, [60, 59, 61], Plan(1, 60, 60), Runner())
    assert found.populations == (61,)
    assert [(item.name, item.because) for item in found.refused] == [
        ("ss", f"{size} people in all are not more than the 60 interviewed") for size in (60, 59)
    ]
    names = [answer.name for answer in found.answers["a"]]
    assert names == ["mean", "rds1", "rds1_without_seeds", "rds2", "rds2_without_seeds", "ss"]
    assert set(found.answers["a"][-1].intervals) == {"gile", "tree"}
    assert all(answer.replicates == 60 for answer in found.answers["a"])


def test_limits_settle_or_say_that_they_have_not():
    whole = read_sample(made(drawn(rng())), Columns("said"))
    few = panel(whole, [], Plan(1, 90, 90), Runner()).answers["a"][0]
    assert (few.settled, few.replicates) == (False, 90)
    many = panel(sample("faux"), [], Plan(1), Runner()).answers["blue"]
    assert all(item.settled for item in many)
    assert 2000 <= many[0].replicates < 40000
