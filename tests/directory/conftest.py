"""Tests of the directory run on one invented day."""

from collections.abc import Iterator

import pytest

from suar.core import clock
from tests.directory.entries import AT


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """Set the clock to the day of the entries."""
    with clock.shifted(AT - clock.now()):
        yield
