"""Attack: averaging over graphs fills the memory of the machine, and does not say that one graph is left out."""

import tracemalloc
from dataclasses import replace

from suar_research.coverage import texts
from suar_research.mse import graphs
from suar_research.mse.panel import panel
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner

LISTS = ("a", "b", "c", "d", "e")


def table(times):
    """Return a table of five lists with 31 times so many people."""
    return CaptureTable.of(LISTS, {at: times * (1 + 31 // at) for at in range(1, 32)})


def test_memory_does_not_grow_with_the_number_of_lists():
    people = table(40)
    tracemalloc.start()
    weights = graphs.posterior(people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(weights) == 10 * people.seen
    assert peak < 10 * 80 * people.seen + 2 * 8 * graphs.CHUNK * len(graphs.decomposable(5)) + 5_000_000


def test_more_people_than_can_be_looked_at_are_refused_with_the_reason():
    people = table(1)
    many = replace(people, counts=people.counts * 1_000_000)
    answers, refused = panel(many, Plan(), Runner(), ("graphs",))
    assert not answers and "choose --methods without graphs" in refused[0].because


def test_the_answer_says_that_the_complete_graph_is_left_out():
    assert "complete graph" in texts("mse.report")["methods"]["graphs"]
