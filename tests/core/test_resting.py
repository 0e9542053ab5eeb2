"""The collector rests for one act, and never longer."""

import gc

import pytest

from suar.core.resting import collector_rests


def test_the_collector_rests_inside() -> None:
    with collector_rests():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), collector_rests():
        _fail()
    assert gc.isenabled()


def test_a_rest_inside_of_a_rest_does_not_end_it() -> None:
    with collector_rests():
        with collector_rests():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def _fail() -> None:
    raise ZeroDivisionError
