"""The cast at work, for the bars."""

from datetime import datetime

import pytest

from suar.core import clock
from suar.demo.cast import Cast
from tests.cast import cast, handover, world  # noqa: F401 - fixtures


@pytest.fixture
def now() -> datetime:
    """Return the time."""
    return clock.now()


@pytest.fixture
def services(cast: Cast) -> None:  # noqa: F811 - a fixture
    """The invented directory, which the world has."""
