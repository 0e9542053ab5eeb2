"""A desk at Pelita that answers, and a visitor of the public site beside it."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from suar.contact import actions
from suar.contact.models import Desk
from suar.core import clock
from suar.demo.cast import Cast
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.writing import WORDS
from tests.people import acting_as
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def no_caller_keys() -> None:
    """Forget the keys of tests that moved the clock."""
    shutil.rmtree(Path(settings.SUAR_DATA) / "caller-keys", ignore_errors=True)


@pytest.fixture
def desk(cast: Cast) -> Desk:  # noqa: F811 - a fixture
    """Let Kartika's team answer, looked at just now."""
    desk = Desk(team=cast.pelita.team.id, **WORDS)
    actions.set_desk(desk, by=acting_as(cast.kartika))
    return desk


@pytest.fixture
def asker(desk: Desk, visitor: Any) -> Any:  # noqa: F811 - a fixture
    """Return a visitor who finds a desk."""
    return visitor


@pytest.fixture
def on_the_hour() -> datetime:
    """Return the full hour of now, at which no count is forgotten soon."""
    return clock.now().replace(minute=0, second=0, microsecond=0)
