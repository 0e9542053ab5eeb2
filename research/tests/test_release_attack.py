"""What an attacker finds out, how long is looked, and that the solver keeps to itself."""

import itertools
import sys
from dataclasses import replace

import numpy as np
import pytest

from suar_research.releases.attack import Attack
from suar_research.releases.cells import equations
from suar_research.releases.suppression import Effort, suppress
from support import release_world as world
from test_release_search import square


def attacked(*rows, values, **more):
    """Attack all cells but the last, which is shown; none holds less than nobody."""
    count = len(values)
    hidden = np.arange(count) < count - 1
    return Attack(equations(rows, count), np.array(values, dtype=float), np.zeros(count), hidden, **more)


HALVES = [(0, 2.0), (1, 1.0), (2, -1.0)]


@pytest.mark.parametrize(("more", "highest"), [({}, 4), ({"whole": False}, 4.5)])
def test_people_are_taken_as_whole_unless_parts_are_asked_for(more, highest):
    """Twice the first and the second are nine: of whole people at most four are in the first."""
    attack = attacked(HALVES, values=[4, 1, 9], **more)
    attack.limit(0, -1.0)
    attack.limit(0, 1.0)
    assert attack.known(0) == (0, highest)
    found = attack.weak(np.array([4.5, 5.0]))
    assert [(item.cell, item.width) for item in found] == ([] if more else [(0, 4)])


def test_the_solver_says_nothing_of_its_own(capfd):
    task, _ = world.task(world.people((3, 4), 60, 2))
    task.weak(task.must | task.may)
    assert capfd.readouterr() == ("", "")
    sys.stdout.write("heard")
    assert capfd.readouterr().out == "heard"


def test_less_effort_goes_into_larger_tables_and_none_beyond_one_round_into_the_largest():
    small, middle, large = (Effort.of(cells) for cells in (36, 400, 401))
    assert (Effort.of(1), Effort.of(37)) == (small, middle)
    for name in ("rounds", "nodes"):
        assert getattr(small, name) > getattr(middle, name) > getattr(large, name) > 0
    assert (small.parts, small.cuts, small.spared) == (middle.parts, middle.cuts, middle.spared)
    assert small.parts > 0 and small.spared > 0 and middle.cuts > large.cuts > 0
    assert (large.rounds, large.parts, large.spared) == (1, 0, 0)


def test_of_equally_dear_cells_the_first_is_shown_first():
    """So that the same table is the same on every machine: sorting keeps the order of equals."""
    made = world.people((6, 7), 1, 0)
    at = np.array(list(itertools.product(range(6), range(7))))
    task, _ = world.task(type(made)(made.names, made.codes, at, np.full(42, 30)))
    everything = task.must | task.may
    free = np.flatnonzero(everything)
    for most in (1, 2, 3):
        shown = everything & ~task.spared(everything, most)
        assert np.flatnonzero(shown).tolist() == free[:most].tolist()


def test_each_round_is_told_from_the_first_to_the_last():
    told = []
    task, _ = world.task(world.people((5, 7), 300, 2))
    suppress(task, Effort(rounds=3, nodes=1, parts=0), lambda *each: told.append(each[:2]))
    assert told[0] == (0, 3) and told[-1] == (3, 3)
    assert told[:-1] == [(at, 3) for at in range(len(told) - 1)]
    plain, told[:] = square(20, 20, 20, 20)[0], []
    suppress(replace(plain, may=plain.must), progress=lambda *each: told.append(each[:2]))
    assert told == [(1, 1)]
