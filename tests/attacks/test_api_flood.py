"""Expensive requests to the API wait for each other: one caller slows no page for people who look for help."""

import os
import time
from contextlib import ExitStack

import pytest

from suar.core import locks
from tests.hsds.asking import get
from tests.hsds.conftest import public_site  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public_site")]
SLOTS = max(1, (os.cpu_count() or 1) // 2)
EXPENSIVE = (
    "/datapackage.zip",
    *(pytest.param(path, marks=pytest.mark.long) for path in ("/services", "/organizations")),
)


@pytest.mark.parametrize("path", EXPENSIVE)
def test_a_request_that_gets_no_turn_is_refused_and_says_when_to_come_back(path: str) -> None:
    assert get(path).status_code == 200, "the control"
    with ExitStack() as stack:
        for _ in range(SLOTS):
            stack.enter_context(locks.queue_slot("api", slots=SLOTS))
        begun = time.monotonic()
        refused = get(path)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert refused["Content-Type"] == "application/problem+json"
    assert time.monotonic() - begun < 6


def test_a_reader_who_reads_slowly_holds_no_thread() -> None:
    """A response that is made while it is sent holds a thread of the server, and its turn, until it was read."""
    assert not get("/services", format="ndjson").streaming
