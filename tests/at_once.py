"""Two connections to one database at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from suar.core import clock
from suar.demo import cast as casting
from suar.demo.cast import Cast

SOON_S, LONG_S = 0.5, 30


@pytest.fixture
def gathered(committed: None) -> Cast:
    """Create the cast in a database that commits."""
    return casting.gather(at=clock.now())


@pytest.fixture
def gathered_where_rows_lock(gathered: Cast) -> Cast:
    """Create the cast; skip on the encrypted file, which has one writer and no row locks."""
    if connection.vendor != "postgresql":
        pytest.skip("the file has one writer at a time, and no lock of a row")
    return gathered


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
