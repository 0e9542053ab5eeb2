"""Samples from a synthetic population: drawn by clocks, by counting, and a person at a time."""

from itertools import permutations
from math import prod

import numpy as np
import pytest

from suar_research.rds import bootstraps
from suar_research.rds.bootstraps import MOST_CLASSES, Clocks, Counts, whole
from suar_research.rds.estimators import full_at, inclusion, rds1, sample_mean, successive_sampling
from suar_research.rds.samples import tallied
from support.samples import sample

CLOCKS, COUNTS = 1000, 3000
"""Of `fauxmadrona`: a population that is drawn from by clocks, and one that is too large."""


def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize(("population", "own"), [(CLOCKS, 0.0136), (COUNTS, 0.019)])
def test_a_made_up_population_gives_samples_like_the_one_it_was_made_from(population, own):
    """Mean, rds1 and ss of the drawn samples come back to those of the sample."""
    of = sample("fauxmadrona")
    found, seen = bootstraps.populations(of, 2000, rng(), population), tallied(of)
    for estimate in (sample_mean, rds1):
        assert estimate(found)[:, 1].mean() == pytest.approx(estimate(seen)[0, 1], abs=0.005)
    again = successive_sampling(found, population)[:, 1]
    known = successive_sampling(seen, population)[0, 1]
    assert again.mean() == pytest.approx(known, abs=0.005)
    assert again.std() == pytest.approx(own, rel=0.06)


def test_intervals_are_about_as_wide_as_the_published_one():
    found = successive_sampling(bootstraps.populations(sample("fauxmadrona"), 1000, rng(), 1000), 1000)
    assert found[:, 1].std() == pytest.approx((0.2235 - 0.1656) / 3.92, rel=0.2)


def made(urn, there, degrees, draws=1000):
    """Give an urn of either kind."""
    degrees = np.asarray(degrees, dtype=float)
    return Clocks(there, degrees, draws, rng()) if urn is Clocks else Counts(there, degrees)


def chance_of_order(order, degrees):
    """Give the chance that people are drawn in just this order, each by what is left."""
    left = [sum(degrees) - sum(degrees[item] for item in order[:at]) for at in range(len(order))]
    return prod(degrees[each] / rest for each, rest in zip(order, left, strict=True))


@pytest.mark.parametrize("urn", [Clocks, Counts])
@pytest.mark.parametrize("draws", [1, 2, 3])
def test_everybody_is_drawn_as_often_as_the_orders_say(urn, draws):
    """Five people of one group: all orders are written out and their chances added up."""
    degrees, of_person = np.array([1.0, 2.0, 7.0]), [0, 0, 1, 2, 2]
    weights = [degrees[item] for item in of_person]
    expected = np.zeros(3)
    for order in permutations(range(5), draws):
        for item in order:
            expected[of_person[item]] += chance_of_order(order, weights)
    size, there = 40_000, np.array([[2, 1, 2]])[:, :, None].repeat(40_000, axis=2)
    drawn = made(urn, there, degrees)
    random = rng()
    for _ in range(draws):
        drawn.draw(np.zeros(size, dtype=np.int64), random)
    counted = drawn.drawn()
    assert counted.shape == (size, 1, 3)
    assert (counted.sum(axis=2) == draws).all()
    assert (counted <= there[0].T[:, None]).all()
    assert counted.mean(axis=0)[0] == pytest.approx(expected, abs=0.008)


@pytest.mark.parametrize("urn", [Clocks, Counts])
def test_who_is_drawn_takes_their_contacts_along_until_nobody_is_left(urn):
    degrees, size = np.array([1.0, 4.0]), 50
    there = np.array([[3, 1], [0, 2]])[:, :, None].repeat(size, axis=2)
    drawn = made(urn, there, degrees)
    random = rng()
    assert (drawn.contacts() == [[7], [8]]).all()
    for group in (1, 0, 1, 0, 0, 0):
        before = drawn.contacts()[group]
        drawn.draw(np.full(size, group), random)
        assert np.isin(before - drawn.contacts()[group], degrees).all()
    assert (drawn.contacts() == 0).all()
    assert (drawn.drawn() == there.transpose(2, 0, 1)).all()


def test_replicates_draw_from_groups_of_their_own():
    there = np.array([[1, 1], [2, 1]])[:, :, None].repeat(3, axis=2)
    for drawn in (made(Clocks, there, [1.0, 2]), made(Counts, there, [1.0, 2])):
        drawn.draw(np.array([0, 1, 1]), rng())
        assert drawn.drawn().sum(axis=2).tolist() == [[1, 0], [0, 1], [0, 1]]


def test_people_are_whole_and_as_many_as_said_in_all_and_on_average():
    there = np.array([[2.25, 0.5, 0.0], [1.0, 3.75, 0.5]])
    people = whole(there, 4000, rng())
    assert people.shape == (2, 3, 4000)
    assert (people.sum(axis=(0, 1)) == 8).all()
    assert (np.abs(people - there[:, :, None]) < 1).all()
    assert people.mean(axis=2) == pytest.approx(there, abs=0.03)
    empty = whole(np.array([[0.1] * 10 + [0.0]]), 4000, rng())
    assert (empty[0, -1] == 0).all()
    almost = whole(np.array([[0.1] * 10]), 4000, rng())
    assert (almost.sum(axis=1) == 1).all(), "ten tenths, which add up to a little less than one"


def test_a_person_who_is_not_in_a_replicate_never_rings():
    """Of one class two of three replicates hold somebody more."""
    there = np.array([[[1, 2, 2], [1, 0, 0]]])
    drawn = made(Clocks, there, [1.0, 50.0])
    assert drawn.contacts().tolist() == [[51.0, 2.0, 2.0]]
    for _ in range(2):
        drawn.draw(np.zeros(3, dtype=np.int64), rng())
    assert drawn.drawn()[:, 0].tolist() == [[1, 1], [2, 0], [2, 0]]
    assert (drawn.contacts() == 0).all()


class Always:
    """A generator whose numbers are all the same."""

    def __init__(self, number):
        self._number = number

    def integers(self, high, size, dtype):
        return np.full(size, self._number % high, dtype=dtype)


@pytest.mark.parametrize("number", [-1, 0])
def test_clocks_that_ring_at_once_or_last_ring_before_those_that_never_do(number):
    """The largest number is an hour of nothing; the least would be an hour without end."""
    drawn = Clocks(np.array([[[1, 2], [1, 0]]]), np.array([1.0, 3.0]), 2, Always(number))
    for _ in range(2):
        drawn.draw(np.zeros(2, dtype=np.int64), rng())
    assert drawn.drawn()[:, 0].tolist() == [[1, 1], [2, 0]]
    assert (drawn.contacts() == 0).all()


def test_as_many_classes_as_a_byte_holds_are_counted_as_they_are():
    """Replicates that have drawn fewer of a group than others did count nobody for it."""
    degrees = np.arange(1.0, MOST_CLASSES + 1)
    there = np.ones((2, MOST_CLASSES, 3), dtype=np.int64)
    for drawn in (made(Clocks, there, degrees), made(Counts, there, degrees)):
        for group in ([0, 0, 1], [0, 1, 1], [0, 1, 1]):
            drawn.draw(np.array(group), rng())
        assert drawn.drawn().sum(axis=2).tolist() == [[3, 0], [1, 2], [0, 3]]
        left = (there.transpose(2, 0, 1) - drawn.drawn()) @ degrees
        assert (drawn.contacts() == left.T).all()


def one_by_one(of, population, replicates, random):
    """Draw samples from a synthetic population: the same rule, a person at a time."""
    like = bootstraps.population_like(of, population)
    lived = like.there.any(axis=1)
    left = whole(like.there[lived], replicates, random).astype(float)
    leaning = like.leaning[np.ix_(lived, lived)]
    found = np.empty((of.people, replicates, 2), dtype=int)
    seeds = len(of.seeds)
    for first, past in ((0, seeds), (seeds, of.people)):
        for place in range(first, past):
            groups, classes = random.random((2, replicates))
            for at in range(replicates):
                recruiter, own = of.recruiter[place], left[:, :, at]
                if recruiter < 0:
                    chances = np.eye(len(own))[of.group[place]]
                else:
                    chances = leaning[found[recruiter, at, 0]]
                contacts = own @ of.degrees
                chances = np.maximum(chances, 1e-12) * contacts
                group = picked(chances, groups[at])
                class_ = picked(own[group] * of.degrees, classes[at])
                left[group, class_, at] -= 1
                found[place, at] = group, class_
    return found


def picked(chances, share):
    up_to = np.cumsum(chances)
    return int(np.searchsorted(up_to, share * up_to[-1], side="right"))


@pytest.mark.parametrize("name", ["fauxmadrona", "faux"])
def test_many_samples_side_by_side_are_what_each_would_be_alone(name):
    of = sample(name)
    found = bootstraps.populations(of, 5, rng(), 12_000)
    alone = one_by_one(of, 12_000, 5, rng())
    for at in range(5):
        people, seeds, ties = (np.zeros_like(item[at]) for item in (found.people, found.seeds, found.ties))
        for (group, class_), recruiter in zip(alone[:, at], of.recruiter, strict=True):
            people[group, class_] += 1
            if recruiter < 0:
                seeds[group, class_] += 1
            else:
                ties[alone[recruiter, at, 0], group] += 1
        assert (people == found.people[at]).all()
        assert (seeds == found.seeds[at]).all()
        assert (ties == found.ties[at]).all()


def test_by_clocks_and_by_counting_the_same_people_are_drawn_on_average():
    """The population is drawn from both ways, at the border where one takes over."""
    of = sample("fauxmadrona")
    border = len(of.degrees) * of.people // bootstraps.QUICKER
    assert bootstraps.by_clocks(of, border) and not bootstraps.by_clocks(of, border + 1)
    clocks, counts = (bootstraps.populations(of, 3000, rng(), border + more) for more in (0, 1))
    for one, other in ((clocks.people, counts.people), (clocks.ties, counts.ties)):
        spread = np.sqrt((one.var(axis=0) + other.var(axis=0)) / 3000)
        far = np.abs(one.mean(axis=0) - other.mean(axis=0)) / np.maximum(spread, 1e-9)
        assert (far[spread > 0] < 4).all()
        assert (one.mean(axis=0)[spread == 0] == other.mean(axis=0)[spread == 0]).all()


def test_clocks_of_many_people_are_wound_in_pieces_one_after_the_other():
    """As many as fit are wound at once: the pieces are those that the same generator gives."""
    of, population = sample("fauxtime"), 9000
    most = bootstraps.RING_AT_ONCE // population
    assert bootstraps.by_clocks(of, population)
    found, again = bootstraps.populations(of, most + 3, rng(), population), rng()
    for part in (slice(0, most), slice(most, most + 3)):
        alone = bootstraps.populations(of, part.stop - part.start, again, population)
        assert (found.people[part] == alone.people).all()
        assert (found.seeds[part] == alone.seeds).all()
        assert (found.ties[part] == alone.ties).all()


def test_a_large_or_a_plain_population_is_counted():
    assert not bootstraps.by_clocks(sample("fauxmadrona"), 4000)
    assert not bootstraps.by_clocks(sample("fauxtime"), bootstraps.MOST_PEOPLE + 1)


def test_each_replicate_is_full_at_its_own_hour():
    degrees, drawn = np.array([1.0, 5.0]), np.array([[50.0, 20.0], [10.0, 60.0], [50.0, 20.0]])
    together = full_at(degrees, drawn, 100.0)
    alone = [full_at(degrees, drawn[[at]], 100.0)[0] for at in range(3)]
    assert together == pytest.approx(alone, rel=1e-9)
    weighted = (drawn / -np.expm1(-degrees * together[:, None])).sum(axis=1)
    assert weighted == pytest.approx(100)


def test_the_fixed_point_is_the_one_that_going_round_comes_to():
    """From chances to people, made to add up, to the hour that draws as many, and round again."""
    degrees, drawn = np.array([1.0, 2.0, 9.0]), np.array([30.0, 20.0, 15.0])
    chances = degrees / degrees.max()
    for _ in range(200):
        there = drawn / chances * 100 / (drawn / chances).sum()
        low, high = 0.0, 50.0
        for _ in range(100):
            hour = (low + high) / 2
            many = (there * -np.expm1(-degrees * hour)).sum()
            low, high = (hour, high) if many < drawn.sum() else (low, hour)
        chances = -np.expm1(-degrees * hour)
    assert inclusion(degrees, drawn[None], 100.0)[0] == pytest.approx(chances, rel=1e-9)


def test_a_group_that_has_nobody_in_any_replicate_winds_no_clocks():
    there = np.array([[[3, 2], [1, 2]], [[0, 0], [0, 0]]])
    drawn = made(Clocks, there, [1.0, 2.0])
    drawn.draw(np.array([0, 0]), rng())
    assert drawn.contacts()[1].tolist() == [0, 0]
    assert drawn.drawn().sum(axis=2).tolist() == [[1, 0], [1, 0]]


def test_of_a_large_group_only_those_who_may_be_drawn_are_kept_in_order():
    """The same people come, whether two may be drawn or all."""
    there = np.array([[[4, 3], [2, 3]], [[1, 0], [0, 1]]])
    few, all_ = made(Clocks, there, [1.0, 5.0], draws=2), made(Clocks, there, [1.0, 5.0])
    assert few._classes.shape == (6, 2) and all_._classes.shape == (11, 2)
    for drawn in (few, all_):
        drawn.draw(np.array([0, 0]), rng())
        drawn.draw(np.array([0, 1]), rng())
    assert (few.drawn() == all_.drawn()).all() and (few.contacts() == all_.contacts()).all()
