"""Latent classes: each step against its distribution, runs against draws from the prior."""

from itertools import permutations

import numpy as np
import pytest

from suar_research.mse import classes
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner

FEW = CaptureTable.of(tuple("ABC"), {0b001: 8, 0b010: 6, 0b100: 4, 0b011: 3, 0b101: 2, 0b110: 1, 0b111: 1})
SEED = np.random.SeedSequence(1)


def state(weights, chances=((0.5, 0.5),), chains=20_000, concentration=3.0):
    """Give chains of ten classes that all stand at one place."""
    whole = np.zeros(classes.CLASSES)
    whole[: len(weights)] = weights
    each = np.full((classes.CLASSES, 2), 0.5)
    each[: len(chances)] = chances
    with np.errstate(divide="ignore"):
        logs = np.log(whole)
    return classes._State(
        np.repeat(logs[None], chains, axis=0),
        np.repeat(each[None], chains, axis=0),
        np.full(chains, concentration),
    )


ON = np.array([[1, 0], [0, 1], [1, 1]])


def turned(here, people):
    """Take one sweep of chains that all have the same table; gives the unseen of each."""
    tables = np.repeat([people], len(here.weights), axis=0)
    return classes._sweep(here, classes._seen_by(here, ON), tables, ON, np.random.default_rng(1))


def test_the_unseen_of_a_turn_are_negative_binomial_by_the_chance_to_be_missed():
    missed = 0.5 * (0.5 * 0.8) + 0.5 * (0.9 * 0.9)
    unseen = turned(state([0.5, 0.5], [[0.5, 0.2], [0.1, 0.1]]), [30, 20, 10])
    mean = 60 * missed / (1 - missed)
    assert unseen.mean() == pytest.approx(mean, rel=0.01)
    assert unseen.var() == pytest.approx(mean / (1 - missed), rel=0.05)


def test_a_turn_gives_people_to_classes_by_how_likely_each_would_be_met_so():
    """So many people that what follows is nearly sure: shares by Bayes, written out."""
    weights, chances = [0.4, 0.6], [[0.5, 0.2], [0.1, 0.3]]
    people = [300_000, 200_000, 100_000]
    here = state(weights, chances, chains=10)
    unseen = turned(here, people).mean()
    met = np.array(
        [
            [weight * np.prod(np.where(row, chance, 1 - chance)) for row in (*ON, np.zeros(2))]
            for weight, chance in zip(weights, np.array(chances), strict=True)
        ]
    )
    inside = met / met.sum(axis=0) * [*people, unseen]
    size = inside.sum(axis=1)
    weighed = np.exp(here.weights)
    assert weighed[:, :2].mean(axis=0) == pytest.approx(size / size.sum(), rel=0.01)
    held = inside[:, :3] @ ON / size[:, None]
    assert here.chances[:, :2].mean(axis=0) == pytest.approx(held, rel=0.01)
    assert weighed.sum(axis=1) == pytest.approx(np.ones(10))


def test_chances_and_weights_of_small_classes_come_from_their_priors():
    """Class 0 holds one met by both and one by none, class 1 one met by A, the others nobody."""
    here, chains = state([1.0]), 20_000
    members = np.zeros((chains, 3, classes.CLASSES), dtype=int)
    members[:, 2, 0] = members[:, 0, 1] = 1
    outside = np.zeros((chains, classes.CLASSES), dtype=int)
    outside[:, 0] = 1
    classes._renew(here, members, outside, ON, np.random.default_rng(1))
    means = here.chances.mean(axis=0)
    assert means[:3] == pytest.approx(np.array([[1 / 2, 1 / 2], [2 / 3, 1 / 3], [1 / 2] * 2]), abs=0.01)
    assert here.chances.var(axis=0)[[0, 2], 0] == pytest.approx([1 / 20, 1 / 12], abs=0.003)
    # A stick is beta of 1 + own people, and the concentration of 3 + people of later classes.
    rest = np.cumprod([1, 1 - 3 / 7, 1 - 2 / 5, *[3 / 4] * 7])
    wanted = rest * [3 / 7, 2 / 5, *[1 / 4] * 7, 1]
    assert np.exp(here.weights).mean(axis=0) == pytest.approx(wanted, abs=0.004)
    assert np.exp(here.weights).sum(axis=1) == pytest.approx(np.ones(chains))


def test_the_concentration_is_drawn_given_the_last_weight():
    """Gamma of 1/4 + 10 - 1 with the rate 1/4 less the logarithm of the last weight."""
    here, chains = state([1.0]), 20_000
    nobody = np.zeros((chains, 3, classes.CLASSES), dtype=int)
    classes._renew(here, nobody, nobody[:, 0], ON, np.random.default_rng(1))
    alike = here.concentration * (0.25 - here.weights[:, -1])
    assert alike.mean() == pytest.approx(9.25, abs=0.1)
    assert alike.var() == pytest.approx(9.25, rel=0.05)


def run(table, sweeps, tempered=None):
    """Give a run of a table, with as many temperatures as there are or the first of them."""
    held = np.flatnonzero(table.counts)
    on = (held[:, None] >> np.arange(table.places)) & 1
    tables = classes._thinned(table.counts[held])[:tempered]
    return classes.TemperedRun(tables, on, classes._alone(table), SEED, sweeps)


def test_chains_begin_with_a_large_class_that_meets_lists_as_if_independent():
    """Half of 800 are on each of three lists."""
    table = CaptureTable.of(tuple("ABC"), dict.fromkeys(range(1, 8), 100) | {0b001: 100})
    begun = run(table, 1)._start(np.random.default_rng(1))
    assert begun.weights.shape == (16, 10) and begun.chances.shape == (16, 10, 3)
    assert np.exp(begun.weights).sum(axis=1) == pytest.approx(np.ones(16))
    assert (np.exp(begun.weights[:, 0]) > 0.5).all() and (np.diff(begun.weights) < 0).all()
    assert begun.chances.mean() == pytest.approx(0.5, abs=0.02)
    assert begun.concentration.tolist() == [1.0] * 16


def test_a_list_that_holds_everybody_stops_no_chain():
    table = CaptureTable.of(tuple("ABC"), {0b001: 50, 0b011: 30, 0b101: 20, 0b111: 10})
    begun = run(table, 1)._start(np.random.default_rng(1))
    assert (begun.chances < 1).all() and begun.chances[:, :, 0].mean() > 0.99
    found = classes.estimate(table, Plan(1, 20, 20), Runner())
    assert np.isfinite(found).all() and (found >= 110).all()


def test_chains_that_meet_nobody_any_more_still_give_a_number():
    unseen = turned(state([1.0], np.full((10, 2), 1e-12), chains=5), [1, 0, 0])
    assert np.isfinite(unseen).all() and (unseen > 1e6).all()


def test_what_a_state_says_of_those_who_are_seen():
    """Two classes, written out: chances of A alone, B alone and both, for who is on any list."""
    seen = classes._seen_by(state([0.4, 0.6], [[0.5, 0.2], [0.1, 0.3]], chains=3), ON)
    each = np.array(
        [[0.4 * 0.5 * 0.8, 0.6 * 0.1 * 0.7], [0.4 * 0.5 * 0.2, 0.6 * 0.9 * 0.3], [0.4 * 0.5 * 0.2, 0.6 * 0.1 * 0.3]]
    )
    missed = [0.4 * 0.5 * 0.8, 0.6 * 0.9 * 0.7]
    assert seen.shares[2, :, :2] == pytest.approx(each / each.sum(axis=1, keepdims=True))
    assert seen.missed[0, :2] == pytest.approx(missed)
    assert np.exp(seen.likely[1]) == pytest.approx(each.sum(axis=1) / (1 - sum(missed)))


def test_temperatures_hold_ever_fewer_whole_people_and_rare_ones_as_well():
    people = np.array([5_000, 1, 800, 1, 2, 1, 1, 1, 1, 1])
    tables = classes._thinned(people)
    assert tables[0].tolist() == people.tolist() and tables.shape == (16, 10)
    assert (np.diff(tables.sum(axis=1)) < 0).all() and (tables >= 0).all()
    wanted = people.sum() * np.geomspace(1, 0.06, 16)
    assert tables.sum(axis=1) == pytest.approx(wanted, abs=0.51)
    rare = tables[:, people < 3].sum(axis=1)
    assert rare == pytest.approx(9 * np.geomspace(1, 0.06, 16), abs=0.51)
    least = classes._thinned(np.array([2, 1])).sum(axis=1)
    assert (least[0], least[-1]) == (3, 1) and (np.diff(least) <= 0).all()


@pytest.mark.parametrize("gain", [-0.3, 0.4])
def test_two_neighbours_change_places_by_how_much_likelier_their_tables_become(gain):
    """Eight times in sixteen sweeps; written out as a chain of two orders."""
    likely, tempered = np.array([[0.0, 1.0], [gain, 1.0]]), np.array([[2, 3], [1, 3]])
    forth, back = min(1, np.exp(gain)), min(1, np.exp(-gain))
    steps = np.array([[1 - forth, forth], [back, 1 - back]])
    rng = np.random.default_rng(1)
    changed = np.mean([classes._swapped(likely, tempered, rng)[0] for _ in range(20_000)])
    assert changed == pytest.approx(np.linalg.matrix_power(steps, 8)[0, 1], abs=0.012)


def test_orders_of_three_temperatures_stay_as_frequent_as_they_are_likely():
    likely = np.array([[0.2, -0.5], [-0.3, 0.4], [0.1, 0.1]])
    tempered = np.array([[3, 2], [2, 1], [1, 1]])
    orders = np.array(list(permutations(range(3))))
    weights = np.exp([(likely[order] * tempered).sum() for order in orders])
    wanted, rng, found = weights / weights.sum(), np.random.default_rng(1), []
    for order in orders[rng.choice(6, size=20_000, p=wanted)]:
        found.append(order[classes._swapped(likely[order], tempered, rng)])
    seen = [(np.array(found) == order).all(axis=1).mean() for order in orders]
    assert seen == pytest.approx(wanted, abs=0.012)


def from_the_prior(table, many):
    """Draw numbers of people by chances from the prior, weighed by how likely they make a table.

    Another way to the same answer, which works for a table of few people only.
    """
    rng = np.random.default_rng(2)
    small = 1e-9
    concentration = np.maximum(rng.gamma(0.25, 4, many), small)
    stick_breaking = np.clip(rng.beta(1, concentration[:, None], (many, 9)), small, 1 - small)
    left = np.cumprod(1 - stick_breaking, axis=1)
    weights = np.hstack([stick_breaking[:, :1], stick_breaking[:, 1:] * left[:, :-1], left[:, -1:]])
    chances = rng.random((many, 10, table.places))
    held = np.flatnonzero(table.counts)
    met = np.array(
        [
            (weights * np.where(((item >> np.arange(table.places)) & 1) == 1, chances, 1 - chances).prod(axis=2)).sum(
                axis=1
            )
            for item in [0, *held]
        ]
    )
    logs = table.counts[held] @ (np.log(met[1:]) - np.log1p(-met[0]))
    likely = np.exp(logs - logs.max())
    return table.seen + rng.negative_binomial(table.seen, 1 - met[0]), likely / likely.sum()


@pytest.mark.long
@pytest.mark.parametrize("tempered", [1, 16])
def test_runs_draw_what_the_prior_and_the_table_say_together(tempered):
    people, weights = from_the_prior(FEW, 200_000)
    assert 1 / (weights @ weights) > 5_000, "so many draws carry the answer"
    found = FEW.seen + run(FEW, 9_000, tempered)()
    for limit in (29, 32, 35, 40):
        assert (found <= limit).mean() == pytest.approx(weights[people <= limit].sum(), abs=0.045)


def test_what_is_left_of_a_stick_is_drawn_however_little_it_is():
    """Of beta of 1 and b, the logarithm of what is left is exponential with the mean -1 / b."""
    taken, left = classes._stick_breaking(np.ones(40_000), np.full(40_000, 0.01), np.random.default_rng(1))
    assert left.mean() == pytest.approx(-100, rel=0.02) and left.std() == pytest.approx(100, rel=0.03)
    taken, left = classes._stick_breaking(np.full(40_000, 3), np.full(40_000, 2.0), np.random.default_rng(1))
    assert np.exp(taken).mean() == pytest.approx(0.6, abs=0.004)
    assert np.exp(taken) + np.exp(left) == pytest.approx(np.ones(40_000))


def test_temperatures_are_let_down_one_by_one_before_any_number_is_kept():
    """All begin with the fewest people; by a sixth of the sweeps each has its own table."""
    asked = run(FEW, 384)
    for sweep in range(384):
        people, highest = asked.tables(sweep), max(15 - sweep // 4, 0)
        assert (people[:highest] == asked.tempered[-1 if sweep < 4 else highest]).all()
        assert (people[highest:] == asked.tempered[highest:]).all()
    assert (asked.tables(60) == asked.tempered).all()
    assert len(asked()) == 26, "a third is forgotten, and of the rest one in ten is kept"


def test_a_run_with_one_seed_draws_the_same_numbers():
    assert (run(FEW, 240)() == run(FEW, 240)()).all()


@pytest.mark.long
def test_more_sweeps_are_taken_only_where_runs_disagree_and_the_plan_leaves_room():
    agreeing = classes.estimate(FEW, Plan(1, 800, 900), Runner())
    assert agreeing.shape == (160, 4) and classes.agreed(agreeing)
    assert len(classes.estimate(FEW, Plan(1, 20, 60), Runner())) == 12
    assert len(classes.estimate(FEW, Plan(1, 20, 20), Runner())) == 4


@pytest.mark.long
def test_a_table_that_leaves_its_size_open_does_not_settle():
    """Of 45,026 people 26 are on two lists: runs end between 100,000 and millions."""
    lists = {0b001: 20_000, 0b010: 15_000, 0b100: 10_000, 0b011: 12, 0b101: 8, 0b110: 6}
    found = classes.estimate(CaptureTable.of(tuple("ABC"), lists), Plan(1, 600, 600), Runner())
    assert len(found) > classes.FEWEST and not classes.agreed(found)


def test_runs_agree_when_they_have_one_middle_and_one_spread_and_know_their_limits():
    alike = np.exp(np.random.default_rng(1).normal(8, 0.1, size=(400, 4)))
    assert classes.agreed(alike)
    assert not classes.agreed(alike * np.exp(np.arange(4) / 10)), "middles lie apart"
    wide = np.hstack([alike[:, :3], alike[:, 3:] ** 3 / np.exp(16)])
    assert not classes.agreed(wide), "one middle, and one of them spreads wider"
    late = alike * np.linspace(0.9, 1.1, 400)[:, None]
    assert not classes.agreed(late), "all of them wander off together"
    assert not classes.agreed(np.exp(np.log(alike) * 10)), "alike, but limits are not known"
    assert not classes.agreed(alike[:99]), "too few"
