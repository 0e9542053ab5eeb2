"""What must not change an estimate does not, and what the formulas say by hand comes out."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.rds import study
from suar_research.rds.estimators import equilibrium, inclusion, rds1, rds2, successive_sampling
from suar_research.rds.panel import methods_for
from suar_research.rds.samples import Columns, Tallies, read_sample, tallied
from support.samples import NAMES, alike, drawn, made, sample

FEW = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


def estimates(people):
    """Give every estimate by method and value."""
    found = read_sample(made(people), Columns("said"))
    counted = tallied(found)
    shares = {
        method.name: dict(zip(found.values, method.estimator(counted)[0], strict=True)) for method in methods_for([500])
    }
    return shares, found


def same(first, second, of=str):
    return all(
        alike(share, second[name][of(value)]) for name, shares in first.items() for value, share in shares.items()
    )


@FEW
@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    people = drawn(rng)
    shuffled = [people[at] for at in rng.permutation(len(people))]
    (first, one), (second, other) = estimates(people), estimates(shuffled)
    assert same(first, second)
    assert alike(
        [item.shares for item in study.by_wave(one)],
        [item.shares for item in study.by_wave(other)],
    )


@FEW
@given(SEEDS)
def test_other_names_of_people_and_values_change_nothing(seed):
    people = drawn(np.random.default_rng(seed))
    said = {"a": "z", "b": "y", "c": "x"}
    renamed = [(f"q{n[1:]}", r and f"q{r[1:]}", d, said[v]) for n, r, d, v in people]
    assert same(estimates(people)[0], estimates(renamed)[0], said.get)


@FEW
@given(SEEDS, st.integers(2, 50))
def test_counting_contacts_in_another_unit_changes_nothing(seed, times):
    people = drawn(np.random.default_rng(seed))
    more = [(n, r, times * d, v) for n, r, d, v in people]
    assert same(estimates(people)[0], estimates(more)[0])


@FEW
@given(SEEDS)
def test_shares_add_up_to_one_and_two_values_made_one_add_up(seed):
    people = drawn(np.random.default_rng(seed))
    shares = estimates(people)[0]
    merged = estimates([(n, r, d, "ab" if v in "ab" else v) for n, r, d, v in people])[0]
    for name, each in shares.items():
        total = sum(each.values())
        assert total == pytest.approx(1) or np.isnan(total)
        # Only rds1 looks at who recruits whom, and a merged group recruits in another way.
        if "rds1" not in name:
            assert merged[name]["ab"] == pytest.approx(each["a"] + each["b"])


@FEW
@given(SEEDS)
def test_a_very_large_population_makes_successive_sampling_rds2(seed):
    counted = tallied(read_sample(made(drawn(np.random.default_rng(seed))), Columns("said")))
    assert successive_sampling(counted, 10**8) == pytest.approx(rds2(counted), abs=1e-5)


def test_when_all_know_as_many_every_weight_is_the_same():
    people = [(n, r, 7, v) for n, r, _, v in drawn(np.random.default_rng(1))]
    shares = estimates(people)[0]
    for name in ("rds2", "ss"):
        assert shares[name] == pytest.approx(shares["mean"])


def test_who_has_met_everybody_weighs_everybody_alike():
    chances = inclusion(np.array([1.0, 9.0]), np.array([[30.0, 70.0], [3, 7]]), 100.0)
    assert chances[0].tolist() == [1, 1]
    assert (chances[1] < 1).all()
    assert (inclusion(np.array([1.0, 9.0]), np.array([[30.0, 70.0]]), 99.0) == 1).all()


def test_chances_add_up_to_the_sample_and_grow_with_contacts():
    degrees, sampled = np.array([1.0, 3, 10, 200]), np.array([[20.0, 40, 30, 10]])
    chances = inclusion(degrees, sampled, 400.0)[0]
    assert (np.diff(chances) > 0).all()
    assert (sampled[0] / chances).sum() == pytest.approx(400)


def test_two_groups_are_as_the_formula_says():
    """The equation of Salganik & Heckathorn 2004, by hand."""
    degrees = np.array([2.0, 8.0])
    people = np.array([[[6.0, 2], [3, 9], [0, 0]]])
    ties = np.array([[[5.0, 3, 0], [2, 6, 0], [0, 0, 0]]])
    found = rds1(Tallies(degrees, people, people * 0, ties))[0]
    d0, d1 = 8 / (6 / 2 + 2 / 8), 12 / (3 / 2 + 9 / 8)
    p01, p10 = 3 / 8, 2 / 8
    assert found[1] == pytest.approx(p01 * d0 / (p01 * d0 + p10 * d1))


@pytest.mark.parametrize(
    ("moves", "wanted"),
    [
        ([[0.8, 0.2], [0.6, 0.4]], [0.75, 0.25]),
        ([[1, 0], [0.5, 0.5]], [1, 0]),
        ([[1, 0], [0, 1]], [np.nan, np.nan]),
        ([[np.nan, np.nan], [0, 1]], [np.nan, np.nan]),
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], [1 / 3, 1 / 3, 1 / 3]),
    ],
)
def test_recruitment_settles_in_one_place_or_has_no_answer(moves, wanted):
    assert alike(equilibrium(np.array([moves], dtype=float))[0], wanted)


@pytest.mark.parametrize("name", NAMES)
def test_the_last_wave_is_the_estimate_and_trees_hold_everybody(name):
    whole = sample(name)
    wanted = rds2(tallied(whole))[0]
    assert alike(study.by_wave(whole)[-1].shares, wanted)
    trees = study.by_tree(whole)
    assert sum(tree.people for tree in trees) == whole.people
    assert len(trees) == len(whole.seeds)


def test_without_one_of_two_trees_only_the_other_is_left():
    people = drawn(np.random.default_rng(3), people=40, seeds=2)
    one, other = study.by_tree(read_sample(made(people), Columns("said")))
    assert alike(one.without, other.shares) and alike(other.without, one.shares)
    assert not alike(one.shares, other.shares)


def test_homophily_is_one_none_and_the_opposite():
    def of(recruiters):
        people = [(n, "" if n < 2 else recruiters(n), 5, "ab"[n % 2]) for n in range(40)]
        found = read_sample(made(people), Columns("said"))
        return [item.homophily for item in study.mixing(found)], found

    own, whole = of(lambda n: n - 2)
    assert own == pytest.approx([1, 1])
    assert study.recruitment_homophily(whole) == pytest.approx(2, rel=0.01)
    assert study.waves_needed(whole) is None
    others, whole = of(lambda n: n - 1)
    assert others == pytest.approx([-1, -1])
    assert study.recruitment_homophily(whole) == 0


def test_waves_are_needed_until_both_starts_are_near():
    assert study.waves_needed(sample("fauxmadrona")) == 4
    assert study.waves_needed(sample("faux")) == 1


def test_answers_not_known_are_kept_in_trees_and_counted_in_no_share():
    people = drawn(np.random.default_rng(5), values=("a", "b"))
    hidden = [(*row[:3], "" if place % 9 == 4 else row[3]) for place, row in enumerate(people)]
    shares, found = estimates(hidden)
    known = [row for row in csv.reader(made(hidden).splitlines()[1:]) if row[3]]
    weights = {v: sum(1 / int(row[2]) for row in known if row[3] == v) for v in "ab"}
    assert shares["rds2"]["a"] == pytest.approx(weights["a"] / sum(weights.values()))
    assert found.people == len(people)
    assert sum(shares["ss"].values()) == pytest.approx(1)
