"""Two connections to one database at once."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Model

from suar.core import clock
from suar.demo import cast as casting
from suar.demo.cast import Cast
from tests import worlds

SOON_S, LONG_S = 0.5, 30
_casts: dict[datetime | None, tuple[Cast, list[list[Model]], bytes]] = {}
"""The casts of before, by when they were engaged: their rows, and the file of their pinned keys."""


@pytest.fixture
def gathered(committed: None) -> Cast:
    """Create the cast in a database that commits."""
    return committed_cast()


@pytest.fixture
def rows_lock() -> None:
    """Skip on the encrypted file, which has one writer and no row locks, before anything is created."""
    if connection.vendor != "postgresql":
        pytest.skip("the file has one writer at a time, and no lock of a row")


@pytest.fixture
def gathered_where_rows_lock(rows_lock: None, gathered: Cast) -> Cast:
    """Create the cast where rows lock."""
    return gathered


def committed_cast(*, at: datetime | None = None) -> Cast:
    """Create the cast in an empty database that commits, engaged now or at a time.

    Later tests of the run get the same people: to store their rows once more takes a tenth of the time.
    """
    pins = Path(settings.SUAR_KEY_PINS)
    if at not in _casts:
        cast = casting.gather(at=at or clock.now())
        rows = [list(model._base_manager.all()) for model in apps.get_models() if model._meta.managed]
        _casts[at] = worlds.copied(cast), rows, pins.read_bytes()
        return cast
    cast, rows, pinned = _casts[at]
    pins.write_bytes(pinned)
    with transaction.atomic():
        for some in rows:
            if some:
                type(some[0])._base_manager.bulk_create(some)
        _reset_sequences()
    return worlds.copied(cast)


def _reset_sequences() -> None:
    """Let new rows have higher ids than all that were stored with theirs; a restored backup may have set them lower."""
    statements = connection.ops.sequence_reset_sql(no_style(), [one for one in apps.get_models() if one._meta.managed])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def beside(work: Callable[[], None]) -> threading.Thread:
    """Run something in a thread with its own connection."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
