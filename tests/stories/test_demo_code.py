"""`./suar demo code NAME` gives the code that signs a worker of the invented world in."""

import subprocess

import pytest

from tests.standing import Demonstration

pytestmark = pytest.mark.story


def test_the_printed_code_is_the_current_one(house: Demonstration) -> None:
    before = house.code("esi")
    assert house.manage("demo_code", "Esi").strip() in {before, house.code("esi")}


def test_a_stranger_has_no_code(house: Demonstration) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        house.manage("demo_code", "nobody")
