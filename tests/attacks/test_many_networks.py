"""One customer of a provider has 65,536 networks of version 6: they get no further than a handful of callers."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from suar.accounts.sign_in import begin_attempt
from suar.core import clock, ratelimit
from suar.core.models import Attempt
from suar.core.ratelimit import RateLimited
from suar.directory import public_proposals

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
MANY, ENOUGH = 250, 50


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


def refusal(number: int, at: datetime, *, ticket: str = "") -> RateLimited | None:
    """Call from a network of the customer, and return the refusal if there is one."""
    try:
        ratelimit.count_call("ask", address(number), at=at, ticket=ticket)
    except RateLimited as limited:
        return limited
    return None


def test_the_tickets_of_one_customer_are_apart_and_lock_nobody_out() -> None:
    calls_that_pass(at := clock.now())
    refused = [refusal(number, at) for number in range(MANY, MANY + 20)]
    queued = [limited for limited in refused if limited and limited.ticket]
    assert len(queued) == 20
    waits = sorted(limited.wait for limited in queued)
    apart = ratelimit.TICKETS_APART / ratelimit.CALLERS_IN_WIDE
    assert all(later - earlier >= apart for earlier, later in pairwise(waits))
    last = ratelimit.count_call("ask", address(MANY), at=at + queued[0].wait, ticket=queued[0].ticket)
    assert last > 0, "it stands behind others"


def test_one_network_with_tickets_delays_no_other_of_the_customer() -> None:
    """A script in one network of 64 bits uses every ticket that it gets; a neighbour calls for the first time."""
    begin, due, done = clock.now(), list[tuple[datetime, str]](), 0
    for second in range(300):
        at = begin + timedelta(seconds=second)
        ready = next(((moment, ticket) for moment, ticket in due if moment <= at), None)
        if ready:
            due.remove(ready)
        limited = refusal(1, at, ticket=ready[1] if ready else "")
        done += limited is None
        if limited and limited.ticket:
            due.append((at + limited.wait, limited.ticket))
    assert done > 100, "the control: its tickets count"
    assert [ratelimit.count_call("ask", address(2), at=at) for _ in range(3)] == [0, 1, 2]


@pytest.mark.db_contract(long=True)
def test_one_network_with_all_its_tickets_leaves_the_queue_to_others_of_the_customer() -> None:
    at = clock.now()
    most = ratelimit.MAX_QUEUE_TIME // ratelimit.TICKETS_APART
    script = [refusal(1, at) for _ in range(most + 100)]
    assert [limited.ticket for limited in script[-50:] if limited] == [""] * 50, "the control: its queue is full"
    for number in range(2, 70):
        refusal(number, at)
    neighbour = refusal(100, at)
    assert neighbour and neighbour.ticket, "the customer has called often, and still nobody is locked out"
    assert neighbour.wait <= timedelta(minutes=1)


@pytest.mark.db_contract(long=True)
def test_the_tickets_of_one_customer_are_no_more_than_those_of_a_few_callers() -> None:
    calls_that_pass(at := clock.now())
    in_its_queue = ratelimit.MAX_QUEUE_TIME // ratelimit.TICKETS_APART
    wide = [*ratelimit._caller_keys("ask", address(0), at=at)][-1]
    Attempt.objects.bulk_create(
        Attempt(key=wide, at=at + timedelta(minutes=9), amount=0, ticket=number.to_bytes(32))
        for number in range(in_its_queue * ratelimit.CALLERS_IN_WIDE)
    )
    limited = refusal(MANY + 1, at)
    assert limited and not limited.ticket


def test_a_call_that_is_taken_back_leaves_the_calls_of_neighbours() -> None:
    """Right codes are taken back, so that a script with one and tickets could take back what others counted."""
    at = clock.now()
    for number in range(ENOUGH):
        refusal(number, at + timedelta(microseconds=number))
    wide = [*ratelimit._caller_keys("ask", address(0), at=at)][-1]
    before = Attempt.objects.filter(key=wide, ticket=None).count()
    later = at + timedelta(seconds=1)
    ticket = ratelimit.issue_ticket("ask", moment=later)
    assert refusal(1, later, ticket=ticket) is None
    ratelimit.uncount_call("ask", address(1), at=later)
    assert Attempt.objects.filter(key=wide, ticket=None).count() == before


def test_the_networks_of_one_customer_fill_no_limit_of_all() -> None:
    at, limit = clock.now(), public_proposals.LIMIT
    used = [ratelimit.use(limit, address(number), limit=5, at=at) for number in range(MANY)]
    assert used.count(True) < public_proposals.MAX_WAITING
    assert ratelimit.use(limit, "192.0.2.1", limit=5, at=at)
    ratelimit.give_back(limit, address(0), amount=1, at=at)
    assert ratelimit.has_left(limit, address(1), limit=5, at=at)
    assert not ratelimit.has_left(limit, address(1), limit=5, at=at, amount=2)


@pytest.mark.db_contract(long=True)
def test_the_networks_of_one_customer_try_few_passwords_of_different_accounts() -> None:
    at, passed = clock.now(), 0
    for number in range(4 * MANY):
        try:
            begin_attempt(f"name{number}", address=address(number), at=at + timedelta(milliseconds=number))
            passed += 1
        except RateLimited:
            continue
    assert passed < 2 * MANY
    assert begin_attempt("name", address=address(1, customer="2001:db8:2"), at=at)
