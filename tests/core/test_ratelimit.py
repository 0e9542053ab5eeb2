"""Hourly limits of what a caller uses."""

import threading
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from suar.core import ratelimit
from tests.at_once import beside

AT = datetime(2026, 11, 29, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_given_back_amounts_do_not_exceed_use():
    assert ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=2)
    ratelimit.give_back("files", "192.0.2.1", at=AT, amount=9)
    assert ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=5)
    assert not ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=1)


@pytest.mark.db_contract
def test_concurrent_use_stays_within_the_limit(committed):
    taken = []

    def use_one() -> None:
        taken.append(ratelimit.use("files", "192.0.2.1", limit=3, at=AT))

    for thread in [beside(use_one) for _ in range(8)]:
        thread.join(60)
    assert taken.count(True) <= 3


@pytest.mark.db_contract
def test_simultaneous_refusals_get_tickets_at_least_a_second_apart(committed):
    """Without a lock two refusals read the same last ticket and both return the moment after it."""
    for _ in range(ratelimit.FREE_CALLS):
        ratelimit.count_call("code", "192.0.2.1", at=AT)
    barrier, waits = threading.Barrier(8), []

    def refuse() -> None:
        for _ in range(10):
            barrier.wait(30)
            try:
                ratelimit.count_call("code", "192.0.2.1", at=AT)
            except ratelimit.RateLimited as limited:
                waits.append(limited.wait)

    for thread in [beside(refuse) for _ in range(8)]:
        thread.join(60)
    assert len(waits) == 80
    apart = [later - earlier for earlier, later in pairwise(sorted(waits))]
    assert min(apart) >= ratelimit.TICKETS_APART
