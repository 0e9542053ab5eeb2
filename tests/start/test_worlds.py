"""A world stands for the tests of many modules, and none sees another one's."""

import pytest

from suar.accounts.models import Worker
from suar.demo.cast import Cast
from tests import worlds
from tests.accounts import gathering
from tests.cast import at_work, cast, world  # noqa: F401 - fixtures

gathered = gathering.gathered


def test_a_test_stands_in_the_world_it_asks_for(request, cast: Cast):  # noqa: F811 - a fixture
    assert worlds.world_of(request.node) is at_work
    assert worlds._now.make is at_work
    assert Worker.objects.filter(name="esi").exists()


def test_another_world_is_not_seen(request, gathered: Cast, db):
    assert worlds.world_of(request.node) is gathering.an_hour_ago
    assert worlds._now.make is gathering.an_hour_ago
    assert Worker.objects.filter(name="esi").count() == 1


def test_who_asks_for_none_finds_an_empty_place(request, db):
    assert worlds.world_of(request.node) is None
    assert worlds._now is None
    assert not Worker.objects.exists()


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_test_does_to_people_is_gone_in_the_next(cast: Cast, time):  # noqa: F811 - a fixture
    assert cast.village.first is cast.esi
    assert (cast.esi.worker.shown_name, cast.village.team.name) == ("Esi", "Tim satu")
    cast.esi.worker.shown_name = cast.village.team.name = "changed"
    cast.esi.keys.opened.append(cast.ben.id)
    Worker.objects.filter(id=cast.esi.id).update(shown_name="changed")
    assert Worker.objects.get(id=cast.esi.id).shown_name == "changed"


def test_tests_of_one_world_stand_beside_each_other_before_those_of_none():
    made = {"a": object(), "b": object(), "": None}

    class Item:
        def __init__(self, name: str) -> None:
            self.name = name

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "world_of", lambda item: made[item.name[:-1]])
        asked = [Item(name) for name in ("1", "b2", "a3", "4", "b5", "a6")]
        found = [each.name for each in worlds.together(asked)]
    assert found == ["b2", "b5", "a3", "a6", "1", "4"]
