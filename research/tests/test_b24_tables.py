"""B24: from all tables that were published nobody is worked out; not by one person more or less.

Attacks know nothing but what is published: no interval may be narrower than 5, and no difference
between releases may show a few people.
"""

import numpy as np
import pytest

from suar_research.files import Unreadable
from suar_research.releases.auditing import audit
from suar_research.releases.cells import People, Published, Rules
from suar_research.releases.making import make
from support import release_world as world

RULES = Rules()
TABLES = [("v0", "v1"), ("v1", "v2")]


def released(people: People, *, before: list[list[Published]]) -> Published | None:
    """Release tables of people; None when that is refused."""
    try:
        return make(people, world.design(people, *TABLES), RULES, before=before).published
    except Unreadable:
        return None


def bare(people: People) -> Published:
    """Publish every count as it is."""
    design = world.design(people, *TABLES)
    return Published(design, people.counted(design), RULES)


def part_of(people: People, kept: np.ndarray) -> People:
    return People(people.names, people.codes, people.at[kept], people.count[kept])


@pytest.mark.parametrize("seed", range(4))
def test_no_hidden_cell_is_exact_and_every_interval_is_wide(seed: int) -> None:
    made = released(world.people((2, 4, 3), 70, seed), before=[[]])
    assert made is not None
    assert made.hidden > 0
    found = audit([[made]], RULES)
    assert found.weak == ()
    assert found.narrowest >= 5


@pytest.mark.parametrize("seed", range(4))
def test_one_person_taken_away_does_not_show(seed: int) -> None:
    whole = world.people((2, 4, 3), 160, seed)
    less = part_of(whole, np.arange(len(whole.at)) != seed)
    first = released(whole, before=[[]])
    assert first is not None
    second = released(less, before=[[first], []])
    assert second is None, "the two totals alone would tell"
    planted = audit([[bare(whole)], [bare(less)]], RULES)
    assert any(item.low == item.high == -1 for item in planted.weak)


@pytest.mark.parametrize("seed", range(4))
def test_months_that_follow_each_other_show_no_few_people(seed: int) -> None:
    whole = world.people((2, 4, 3), 200, seed)
    times: list[list[Published]] = []
    for number in (120, 160, 200):
        made = released(part_of(whole, np.arange(200) < number), before=[*times, []])
        if made is not None:
            times.append([made])
    assert times
    assert audit(times, RULES).weak == ()
    plain = [[bare(part_of(whole, np.arange(200) < number))] for number in (120, 160, 200)]
    assert audit(plain, RULES).weak, "bare tables do show few people"
