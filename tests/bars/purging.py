"""The removal of deleted keys, in a test that may itself hold the database."""

import gc
import time

import pytest

from suar.records import erasure


def purge_within_some_rounds() -> None:
    """Purge as often as the product would: PostgreSQL itself may read a table at any moment, to count its rows."""
    for _ in range(60):
        if erasure.purge_deleted_keys():
            return
        gc.collect()  # a cursor that nobody uses any more holds the log of the file
        time.sleep(0.5)
    pytest.fail("somebody uses the database, and its deleted keys stay")
