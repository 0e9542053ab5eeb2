"""One customer of a provider has 65,536 networks of version 6: they get no further than a handful of callers."""

from datetime import datetime, timedelta

import pytest

from suar.accounts.sign_in import begin_attempt
from suar.core import clock, ratelimit
from suar.core.ratelimit import RateLimited
from suar.directory import public_proposals

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
MANY, ENOUGH = 500, 50


def address(number: int, *, customer: str = "2001:db8:1") -> str:
    return f"{customer}:{number:x}::1"


def calls_that_pass(at: datetime) -> int:
    passed = 0
    for number in range(MANY):
        try:
            ratelimit.count_call("ask", address(number), at=at)
            passed += 1
        except RateLimited:
            continue
    return passed


def test_the_networks_of_one_customer_write_few_letters_at_once() -> None:
    assert calls_that_pass(at := clock.now()) <= ENOUGH
    assert ratelimit.count_call("ask", address(1, customer="2001:db8:2"), at=at) == 0, "others are free"


def test_the_tickets_of_one_customer_are_a_second_apart_and_lock_nobody_out() -> None:
    calls_that_pass(at := clock.now())
    refused = []
    for number in range(MANY, MANY + 20):
        with pytest.raises(RateLimited) as limited:
            ratelimit.count_call("ask", address(number), at=at)
        refused.append(limited.value)
    queued = [limited for limited in refused if limited.ticket]
    assert len({limited.wait for limited in queued}) == len(queued)
    last = ratelimit.count_call("ask", address(MANY), at=at + queued[0].wait, ticket=queued[0].ticket)
    assert last > 0, "it stands behind others"


def test_the_networks_of_one_customer_fill_no_limit_of_all() -> None:
    at, limit = clock.now(), public_proposals.LIMIT
    used = [ratelimit.use(limit, address(number), limit=5, at=at) for number in range(MANY)]
    assert used.count(True) < public_proposals.MAX_WAITING
    assert ratelimit.use(limit, "192.0.2.1", limit=5, at=at)
    ratelimit.give_back(limit, address(0), amount=1, at=at)
    assert ratelimit.has_left(limit, address(1), limit=5, at=at)
    assert not ratelimit.has_left(limit, address(1), limit=5, at=at, amount=2)


def test_the_networks_of_one_customer_try_few_passwords_of_different_accounts() -> None:
    at, passed = clock.now(), 0
    for number in range(2 * MANY):
        try:
            begin_attempt(f"name{number}", address=address(number), at=at + timedelta(milliseconds=number))
            passed += 1
        except RateLimited:
            continue
    assert passed < MANY
    assert begin_attempt("name", address=address(1, customer="2001:db8:2"), at=at)
