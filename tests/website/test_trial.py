"""The trial of the public search: what it reaches on invented needs and phrases is kept."""

import json

import pytest

from bench import prove_search
from suar.core import clock
from suar.demo import directory

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored():
    with clock.stopped(prove_search.BY_DAY):
        directory.load(at=clock.now())
    files = (json.loads((prove_search.FOLDER / name).read_text("utf-8")) for name in ("needs.json", "phrases.json"))
    return prove_search.score(*files)


def test_the_goals_of_the_trial_are_kept(scored):
    assert prove_search.missed_goals(scored) == []
    assert all(need.points[0] for need in scored.needs), "something right is found for each"
