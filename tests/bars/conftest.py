"""A world for the bars: the cast, their partners compared, one directory, one thread."""

from datetime import datetime

import pytest

from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory
from suar.demo.cast import Cast
from tests.people import Thread, thread


@pytest.fixture
def now() -> datetime:
    """Return the time."""
    return clock.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    """Gather the cast and let the houses compare their keys."""
    gathered = casting.gather(at=now)
    casting.make_partners(gathered, at=now)
    return gathered


@pytest.fixture
def services(cast: Cast, now: datetime) -> None:
    """Load the invented directory."""
    directory.load(at=now)


@pytest.fixture
def handover(cast: Cast, services: None) -> Thread:
    """Carry one person from a talk to a case."""
    return thread(cast)
