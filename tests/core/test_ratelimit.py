"""Hourly limits of what a caller uses."""

from datetime import UTC, datetime

import pytest

from suar.core import ratelimit
from tests.at_once import beside

AT = datetime(2026, 11, 29, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_what_was_given_back_is_never_more_than_was_used():
    assert ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=2)
    ratelimit.give_back("files", "192.0.2.1", at=AT, amount=9)
    assert ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=5)
    assert not ratelimit.use("files", "192.0.2.1", limit=5, at=AT, amount=1)


@pytest.mark.db_contract
def test_many_at_once_stay_within_the_limit(committed):
    taken = []

    def use_one() -> None:
        taken.append(ratelimit.use("files", "192.0.2.1", limit=3, at=AT))

    for thread in [beside(use_one) for _ in range(8)]:
        thread.join(60)
    assert taken.count(True) <= 3
