"""The cast as it was engaged an hour ago: made once for all modules that stand in it.

Tests in which everything commits cannot stand in it.
"""

from datetime import timedelta

import pytest

from suar.core import clock
from suar.demo import cast as casting
from suar.demo.cast import Cast
from tests import worlds


def an_hour_ago() -> Cast:
    """Gather everybody, engaged an hour ago."""
    return casting.gather(at=clock.now() - timedelta(hours=1))


gathered = worlds.given(an_hour_ago, worlds.copied)


@pytest.fixture
def cast(gathered: Cast, db: None) -> Cast:
    """Everybody, as the demonstration has them, with nothing opened yet."""
    return worlds.copied(gathered)
