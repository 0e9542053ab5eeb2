"""The search for what is hidden, piece by piece: against known optima, and by counting through."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from suar_research.releases.attack import NO_LIMIT, Attack, Impossible, Programme, Unsolved
from suar_research.releases.cells import equations
from suar_research.releases.suppression import Cuts, Effort, Repair, Unprotected, cover, suppress
from support import release_world as world

DEMAND = 5


def covering(points, rows):
    """Ask for the fewest points that meet every row."""
    sums = equations([[(at, 1.0) for at in row] for row in rows], points)
    made = Programme(sums, np.zeros(points), np.ones(points), np.ones(len(rows)), np.full(len(rows), NO_LIMIT))
    made.costs(np.ones(points))
    return made


def lines(dimension):
    """Give the lines of the affine space over three elements."""
    points = list(itertools.product(range(3), repeat=dimension))
    return len(points), sorted(
        {
            tuple(
                sorted(
                    (
                        one,
                        other,
                        points.index(tuple((-a - b) % 3 for a, b in zip(points[one], points[other], strict=True))),
                    )
                )
            )
            for one, other in itertools.combinations(range(len(points)), 2)
        }
    )


def test_the_fewest_points_on_all_lines_are_those_that_are_known():
    """In parts one third of each point; whole, all but a largest set without a line, which is 4."""
    made = covering(*lines(2))
    found = made.least()
    assert found.best == found.bound == pytest.approx(3)
    assert found.weights.sum() == pytest.approx(3), "what the rows prove is what the points cost"
    made.whole(on=True)
    whole = made.least()
    assert whole.best == whole.bound == pytest.approx(5)
    assert set(whole.values.round(9)) == {0.0, 1.0}
    made.whole(on=False)
    assert made.least().best == pytest.approx(3)


def test_a_search_that_was_stopped_says_what_is_proved_and_one_that_found_nothing_says_so():
    """27 points, 117 lines: 18 are needed, for the largest set without a line has 9."""
    made = covering(*lines(3))
    made.whole(on=True)
    made.stop_after(1)
    found = made.least()
    assert 9 <= found.bound < 18 <= found.best
    made.stop_after(0)
    with pytest.raises(Unsolved):
        made.least()


def test_a_programme_takes_new_costs_limits_and_rows():
    """x + y = 6 with x in 0..4 and y in 0..5."""
    sums = equations([[(0, 1.0), (1, 1.0)]], 2)
    six = np.array([6.0])
    made = Programme(sums, np.zeros(2), np.array([4.0, 5.0]), six, six)
    for cheap in (False, True):
        if cheap:
            made.only_costs_change()
        made.costs(np.array([1.0, 2.0]))
        found = made.least()
        assert (found.values.tolist(), found.best, found.weights.tolist()) == ([4, 2], 8, [2])
        made.costs(np.array([2.0, 1.0]))
        assert made.least().values.tolist() == [1, 5]
    made.limit(1, 0.0, 3.0)
    assert made.least().values.tolist() == [3, 3]
    made.limits(np.array([-np.inf, 0.0]), np.array([np.inf, 9.0]))
    assert made.least().values.tolist() == [-3, 9]
    made.add(np.array([0]), np.array([2.0]), 5.0)
    assert made.least().values.tolist() == [2.5, 3.5]
    made.whole(on=True)
    assert made.least().values.tolist() == [3, 3]
    made.limit(0, 7.0, 9.0)
    with pytest.raises(Impossible):
        made.least()
    made.limits(np.array([-np.inf, -np.inf]), np.array([np.inf, np.inf]))
    made.whole(on=False)
    assert made.least().values.tolist() == [2.5, 3.5]
    made.costs(np.array([0.0, 1.0]))
    with pytest.raises(Impossible):
        made.least()


def counted_through(task, cells, hidden, most=14):
    """Give every table of whole numbers that fits what is shown: shape (cells, tables)."""
    finest = [at for at, key in enumerate(cells) if len(key) == max(map(len, cells))]
    inside = np.array([[set(key) <= set(cells[at]) for at in finest] for key in cells], dtype=float)
    ways = [np.arange(most + 1.0) if hidden[at] else task.values[[at]] for at in finest]
    filled = inside @ np.array(np.meshgrid(*ways)).reshape(len(finest), -1)
    fits = (filled == task.values[:, None])[~hidden].all(axis=0)
    fits &= (filled >= task.low[:, None])[hidden].all(axis=0)
    return filled[:, fits]


@pytest.mark.parametrize("seed", range(8))
def test_what_an_attack_finds_is_what_counting_through_all_tables_finds(seed):
    drawn = np.random.default_rng(seed)
    task, cells = world.task(world.people((3, 3), 24, seed))
    finest = [at for at, key in enumerate(cells) if len(key) == 2 and task.values[at] >= 1]
    hidden = np.zeros(len(cells), dtype=bool)
    hidden[drawn.choice(finest, min(4, len(finest)), replace=False)] = True
    sums = [at for at, key in enumerate(cells) if len(key) == 1 and task.values[at] >= 1]
    hidden[drawn.choice(sums, 3, replace=False)] = True
    tables = counted_through(task, cells, hidden, most=24)[hidden]
    low, high = tables.min(axis=1), tables.max(axis=1)
    attack = Attack(task.sums, task.values, task.low, hidden)
    for at in range(int(hidden.sum())):
        attack.limit(at, -1.0)
        attack.limit(at, 1.0)
        assert attack.known(at) == (low[at], high[at])
    weak = {item.cell: (item.lowest, item.width) for item in task.weak(hidden)}
    assert weak == {
        int(cell): (low[at], high[at] - low[at])
        for at, cell in enumerate(np.flatnonzero(hidden))
        if high[at] - low[at] < DEMAND
    }
    assert Attack(task.sums, task.values, task.low, hidden).safe(np.full(int(hidden.sum()), float(DEMAND))) == (
        not weak
    )


def test_weights_of_the_sums_prove_each_limit():
    """What the shown cells and the least of the hidden ones give, weighed, is the limit itself."""
    task, _ = world.task(world.people((3, 4), 60, 2))
    hidden = task.must | task.may
    hidden[[1, 2, 5]] = False
    attack = Attack(task.sums, task.values, task.low, hidden)
    right = -(task.sums @ np.where(hidden, 0.0, task.values))
    for at, cell in enumerate(np.flatnonzero(hidden)):
        for sign in (-1.0, 1.0):
            weights = attack.limit(at, sign)
            left = -task.sums.T @ weights
            left[cell] += sign
            left = np.where(np.abs(left) < 1e-9, 0, left)[hidden]
            assert (left >= 0).all(), "nothing is won by a cell that rises"
            limit = attack.high[at] if sign < 0 else attack.low[at]
            assert weights @ right + left @ task.low[hidden] == pytest.approx(sign * limit)


def test_where_nothing_is_shown_nothing_is_known():
    task, cells = world.task(world.people((2,), 9, 1))
    hidden = np.ones(len(cells), dtype=bool)
    assert task.weak(hidden) == []
    assert Attack(task.sums, task.values, task.low, hidden).safe(np.full(len(cells), 5.0))


def test_shown_cells_that_contradict_each_other_are_no_table():
    task, _ = world.task(world.people((2, 2), 40, 3))
    wrong = task.values + np.eye(len(task.values))[0]
    with pytest.raises(Impossible, match="do not add up"):
        Attack(task.sums, wrong, task.low, np.zeros(len(wrong), dtype=bool))
    hidden = np.zeros(len(wrong), dtype=bool)
    hidden[-4:] = True
    with pytest.raises(Impossible):
        Attack(task.sums, wrong, task.low, hidden).possible()
    fits = Attack(task.sums, task.values, task.low, hidden).possible()
    filled = task.values.copy()
    filled[hidden] = fits
    assert task.sums @ filled == pytest.approx(0, abs=1e-6) and (fits >= 1).all()


def square(*counts):
    """Give a table of as many rows as columns, every cell of which may be hidden but the whole."""
    size = round(len(counts) ** 0.5)
    made = world.people((size, size), 1, 0)
    at = np.array(list(itertools.product(range(size), range(size))))
    return world.task(type(made)(made.names, made.codes, at, np.array(counts)))


def named(cells, *codes):
    return [at for at, key in enumerate(cells) if tuple(code for _, code in key) in codes]


def test_a_hidden_cell_is_shown_again_only_while_all_others_stay_wide():
    """Two by two, all hidden: none can be shown, for one of four gives the other three away."""
    task, cells = square(8, 9, 7, 12)
    finest = np.array([len(key) == 2 for key in cells])
    hidden = finest.copy()
    attack = Attack(task.sums, task.values, task.low, hidden)
    values, demand = task.values[hidden], np.full(4, 5.0)
    for at in range(4):
        needed = np.where(np.arange(4) == at, 0.0, demand)
        assert attack.holds(at, float(values[at]), needed) is False
        attack.limit(at, -1.0)
        attack.limit(at, 1.0)
        assert attack.known(at)[1] - attack.known(at)[0] >= 5, "it may move as before"
    wider, cells = square(9, 12, 8, 15, 7, 30, 11, 9, 10)
    hidden = np.array([len(key) == 2 for key in cells])
    more, one = Attack(wider.sums, wider.values, wider.low, hidden), wider.values[hidden]
    needed = np.where(np.arange(9) == 4, 0.0, 5.0)
    assert more.holds(4, float(one[4]), needed) is True
    assert more.known(4) == (one[4], one[4]) and more.safe(needed)
    again = np.where(np.arange(9) == 1, 0.0, needed)
    assert more.holds(1, float(one[1]), again) is False, "its column would give the third away"
    assert more.known(4) == (one[4], one[4]) and more.safe(needed)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_spared_is_safe_and_none_of_it_can_be_shown_besides(seed):
    task, _ = world.task(world.people((3, 4), 90, seed))
    task = replace(task, weight=np.arange(1.0, len(task.values) + 1))
    everything = task.must | task.may
    if task.weak(everything):
        return
    spared = task.spared(everything, 100)
    assert task.weak(spared) == [] and not (spared & ~everything).any()
    assert (spared | ~task.must).all(), "small cells stay hidden"
    for at in np.flatnonzero(spared & ~task.must):
        less = spared.copy()
        less[at] = False
        assert task.weak(less) != []
    assert (task.spared(everything, 0) == everything).all()
    dearest = max(np.flatnonzero(everything & ~task.must), key=lambda at: task.weight[at])
    one = everything.copy()
    one[dearest] = bool(task.weak(np.where(np.arange(len(one)) == dearest, False, everything)))
    assert (task.spared(everything, 1) == one).all(), "the dearest is tried first"


def safe_choices(task):
    free = np.flatnonzero(task.may & ~task.must)
    for more in itertools.product((False, True), repeat=len(free)):
        hidden = task.must.copy()
        hidden[free] = more
        if not task.weak(hidden):
            yield hidden


@pytest.mark.parametrize("counts", [(3, 9, 8, 20), (2, 7, 30, 4), (1, 6, 6, 6)])
def test_every_safe_choice_satisfies_what_is_learnt_of_unsafe_ones(counts):
    task, cells = square(*counts)
    free = np.flatnonzero(task.may & ~task.must)
    safe = list(safe_choices(task))
    assert safe
    first = cover(task, free)
    least = first.least()
    cheapest = min(task.cost(item) for item in safe)
    assert 1 <= least.best <= cheapest
    first.whole(on=True)
    drawn, learnt = np.random.default_rng(1), 0
    cuts = Cuts(task)
    for share in (task.must.astype(float), *drawn.random((6, len(cells)))):
        part = np.where(task.must, 1.0, np.where(task.may, share, 0.0))
        for item in cuts.weak(part):
            by, at_least = cuts.proved(item.cell)
            learnt += by[free] @ part[free] < at_least - 1e-6
            for hidden in safe:
                if hidden[item.cell]:
                    assert by[free] @ hidden[free] >= at_least - 1e-6
    assert learnt, "and what was unsafe does not"
    assert cuts.weak(safe[0].astype(float)) == []
    weak = [item.cell for item in cuts.weak(task.must.astype(float))]
    assert weak == [item.cell for item in task.weak(task.must)]


def test_a_small_cell_needs_another_in_each_of_its_sums():
    """One of its row or its sum, one of its column or its sum: two at least, of four."""
    task, cells = square(3, 20, 20, 20)
    free = np.flatnonzero(task.may & ~task.must)
    found = cover(task, free)
    assert found.least().best == pytest.approx(2)
    assert [cells[at] for at in np.flatnonzero(task.must)] == [(("v0", "c00"), ("v1", "c00"))]
    both = square(3, 20, 20, 4)[0]
    assert cover(both, np.flatnonzero(both.may & ~both.must)).least().best == pytest.approx(2)
    pair = square(3, 4, 20, 20)[0]
    assert cover(pair, np.flatnonzero(pair.may & ~pair.must)).least().best == pytest.approx(2)
    unasked = replace(task, demand=task.demand * 0)
    assert cover(unasked, free).least().best == 0


def test_a_cell_rises_along_the_cheapest_way_and_everything_adds_up():
    task, cells = square(3, 20, 20, 20)
    task = replace(task, may=task.may & np.array([len(key) == 2 for key in cells]))
    repair = Repair(task)
    [corner] = named(cells, ("c00", "c00"))
    for amount in (5.0, 2.0):
        moved = repair.rise(corner, amount, task.must)
        assert task.sums @ moved == pytest.approx(0, abs=1e-9)
        square_moves = {key[0][1] + key[1][1]: moved[at] for at, key in enumerate(cells) if len(key) == 2}
        assert square_moves == pytest.approx({"c00c00": amount, "c00c01": -amount, "c01c00": -amount, "c01c01": amount})
    for at in range(len(cells)):
        if len(cells[at]) == 2:
            assert repair.rise(at, 2.0, task.must)[at] == pytest.approx(2)
    with pytest.raises(Impossible):
        repair.rise(corner, 20.0, task.must)
    assert repair.rise(corner, 19.0, task.must)[corner] == pytest.approx(19)


def chain(values, *, weight=None, hidden=()):
    """Give one sum of several cells, all of which may be hidden, and the sum may not."""
    count = len(values)
    sums = equations([[(count, 1.0), *((at, -1.0) for at in range(count))]], count + 1)
    flat, whole = np.ones(count + 1), np.array([*values, sum(values)], dtype=float)
    task = world.Task(
        sums,
        whole,
        flat * 0,
        flat < 0,
        np.arange(count + 1) < count,
        flat * 5,
        np.array([*(weight or [1.0] * count), 1.0]),
    )
    return task, np.isin(np.arange(count + 1), hidden)


def test_what_is_hidden_already_moves_for_nothing_and_a_cell_with_room_before_two_without():
    task, none = chain([5, 9, 9, 9], weight=[1, 3, 1, 2])
    assert Repair(task).rise(0, 6.0, none) == pytest.approx([6, 0, -6, 0, 0])
    assert Repair(task).rise(0, 6.0, chain([5, 9, 9, 9], hidden=[1])[1]) == pytest.approx([6, -6, 0, 0, 0])
    task, none = chain([5, 3, 3, 6], weight=[1, 1, 1, 1.5])
    assert Repair(task).rise(0, 6.0, none) == pytest.approx([6, 0, 0, -6, 0])
    task, none = chain([5, 3, 3, 6], weight=[1, 1, 1, 2.5])
    assert Repair(task).rise(0, 6.0, none) == pytest.approx([6, -3, -3, 0, 0])
    with pytest.raises(Impossible):
        Repair(task).rise(0, 13.0, none)


SEEN = [((4, 6), 200, 1, 7), ((5, 7), 300, 2, 5)]


@pytest.mark.parametrize(("shape", "number", "seed", "fewest"), SEEN)
def test_a_hasty_search_is_safe_and_does_not_say_that_it_is_the_best(shape, number, seed, fewest):
    task, _ = world.task(world.people(shape, number, seed))
    hasty = suppress(task, Effort(rounds=1, parts=0, nodes=1, cuts=5, spared=0))
    assert task.weak(hasty.hidden) == [] and hasty.cost == task.cost(hasty.hidden)
    assert hasty.bound < fewest < hasty.cost
    longer = suppress(task, Effort(rounds=1, parts=20, nodes=1, cuts=200, spared=200))
    assert hasty.bound < longer.bound <= fewest <= longer.cost < hasty.cost
    shorter = suppress(task, Effort(rounds=1, parts=1, nodes=1, cuts=200, spared=200))
    assert shorter.bound < longer.bound, "what is learnt is learnt in several rounds"
    best = suppress(task)
    assert best.cost == best.bound == fewest


@pytest.mark.parametrize("seed", range(6))
def test_broken_weights_are_weighed_exactly_and_twice_the_weight_costs_twice(seed):
    """The least of all choices, tried one by one."""
    counts = np.random.default_rng(seed).integers(2, 16, 4)
    task, _ = square(*counts)
    task = replace(task, weight=np.random.default_rng(seed + 50).integers(1, 9, 9) / 4)
    costs = [task.cost(safe_choice) for safe_choice in safe_choices(task)]
    if not costs:
        with pytest.raises(Unprotected):
            suppress(task)
        return
    found = suppress(task)
    assert found.cost == pytest.approx(min(costs)) and found.bound == pytest.approx(min(costs))
    twice = suppress(replace(task, weight=task.weight * 2))
    assert twice.cost == pytest.approx(2 * found.cost)


def test_what_nothing_protects_is_named_by_its_cells():
    """Two codes of one column, both shown sums: a small cell can hide nowhere."""
    task, _ = square(3, 20, 20, 20)
    only = replace(task, may=task.must)
    with pytest.raises(Unprotected) as refused:
        suppress(only)
    assert refused.value.cells == np.flatnonzero(task.must).tolist()
    assert "1 cells cannot be protected" in str(refused.value)
    plain = square(20, 20, 20, 20)[0]
    shown = suppress(replace(plain, may=plain.must))
    assert not shown.hidden.any() and shown.cost == shown.bound == 0


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_a_cell_that_nothing_protects_is_never_what_others_are_hidden_behind(order):
    """Sums are shown, and one column holds 20 and nobody: its 20 could be worked out."""
    counts = {"a": (3, 20), "b": (20, 0), "c": (20, 20)}
    made = world.people((2, 3), 1, 0)
    at = np.array(list(itertools.product(range(2), range(3))))
    numbers = np.array([counts[order[column]][row] for row, column in at])
    task, cells = world.task(type(made)(made.names, made.codes, at, numbers))
    task = replace(task, may=task.may & np.array([len(key) == 2 for key in cells]))
    for effort in (None, Effort(rounds=1, parts=0, nodes=20, cuts=60, spared=0)):
        found = suppress(task, effort)
        assert found.cost == 3 and task.weak(found.hidden) == []
    largest = task.largest()
    assert not largest[cells.index((("v0", "c00"), ("v1", f"c0{order.index('b')}")))]
    assert largest.sum() == 4 and task.weak(largest) == []
