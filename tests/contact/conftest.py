"""A desk at Pelita that answers, and a visitor of the public door beside it."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from suar.contact import actions, queries
from suar.contact.terms import DeskFacts
from suar.core import clock
from suar.demo.cast import Cast
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.writing import WORDS
from tests.people import viewer
from tests.website.conftest import public_door, visitor  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def nobody_called_before() -> None:
    """Forget how often this machine asked in tests before this one."""
    shutil.rmtree(Path(settings.SUAR_DATA) / "pace", ignore_errors=True)


@pytest.fixture
def desk(cast: Cast) -> DeskFacts:  # noqa: F811 - a fixture
    """Let Kartika's team answer, looked at just now."""
    team = cast.pelita.team.id
    actions.set_desk(team, WORDS, viewer=viewer(cast.kartika), at=clock.now())
    [found] = queries.desks_of([team])
    return found


@pytest.fixture
def asker(desk: DeskFacts, visitor: Any) -> Any:  # noqa: F811 - a fixture
    """Give a visitor who finds a desk."""
    return visitor


@pytest.fixture
def on_the_hour() -> datetime:
    """Give the full hour of now, at which no count is forgotten soon."""
    return clock.now().replace(minute=0, second=0, microsecond=0)
