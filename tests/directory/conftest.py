"""Every test of the directory happens on one invented day."""

from collections.abc import Iterator

import pytest

from suar.core import clock
from tests.directory.entries import AT


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """Stop the calendar at the day the entries are written for."""
    with clock.shifted(AT - clock.now()):
        yield
