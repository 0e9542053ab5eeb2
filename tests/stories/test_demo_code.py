"""`./suar demo code NAME` gives the code that signs a worker of the invented world in."""

import subprocess

import pytest

from tests.standing import Demonstration

pytestmark = pytest.mark.story


def test_the_printed_code_is_the_current_one(demonstration: Demonstration) -> None:
    before = demonstration.code("esi")
    assert demonstration.manage("demo_code", "Esi").strip() in {before, demonstration.code("esi")}


def test_a_stranger_has_no_code(demonstration: Demonstration) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        demonstration.manage("demo_code", "nobody")
