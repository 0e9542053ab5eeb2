"""Attacks on signing in: a stranger who guesses must not keep the worker out, and gets no more guesses than before.

Source: security.md B7.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from suar.accounts import sign_in as signing_in
from suar.accounts.sign_in import known_browser
from suar.core import locks
from suar.core.refusals import Refused, TooBusy
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.accounts.conftest import AT, sign_in, sign_in_attempt

pytestmark = pytest.mark.django_db
STRANGER, OWN_HOME, HOURS, MANY = "203.0.113.5", "10.9.0.1", 8, 40


def guess(player, at, **changed):
    """Try a wrong password; return True if it was checked, not only delayed."""
    try:
        sign_in(player, at, password="a wrong guess", **{"address": STRANGER, **changed})
    except TooBusy:
        return False
    except Refused:
        return True
    raise AssertionError("a wrong password was accepted")


def test_one_stranger_locks_nobody_out_in_eight_hours(cast):  # noqa: F811 - a fixture
    checked = 0
    for minute in range(HOURS * 60):
        at = AT + timedelta(minutes=minute)
        checked += guess(cast.ben, at)
        if minute % 60 == 59:
            assert sign_in(cast.ben, at, address=OWN_HOME), "from another address, on a new phone"
    assert 60 < checked < 150, "the stranger keeps guessing, at a rising delay"


def test_a_stranger_in_the_same_network_delays_no_known_browser(cast):  # noqa: F811 - a fixture
    for second in range(30):
        guess(cast.ben, AT + timedelta(seconds=second), address=OWN_HOME)
    at = AT + timedelta(seconds=30)
    with pytest.raises(TooBusy):
        sign_in(cast.ben, at, address=OWN_HOME)
    assert sign_in(cast.ben, at, address=OWN_HOME, known=known_browser("ben"))


def test_wrong_passwords_on_a_known_browser_do_not_lock_it_out(cast):  # noqa: F811 - a fixture
    known = known_browser("ben")
    for second in range(40):
        guess(cast.ben, AT + timedelta(seconds=second), address=OWN_HOME, known=known)
    assert sign_in(cast.ben, AT + timedelta(seconds=45), address=OWN_HOME, known=known)


@pytest.mark.parametrize("known", [True, False])
def test_second_factor_attempts_are_rate_limited(cast, known):  # noqa: F811 - a fixture
    codes_checked = []
    browser = known_browser("ben") if known else ""

    def wrong_code(*_args: object) -> bool:
        codes_checked.append(True)
        return False

    for second in range(600):
        attempt = sign_in_attempt(cast.ben, address=f"10.{second % 200}.0.1", known=browser)
        with pytest.raises((Refused, TooBusy)):
            signing_in.sign_in(attempt, check_factor=wrong_code, at=AT + timedelta(seconds=second))
    assert len(codes_checked) < 20


def test_many_networks_together_are_rate_limited(cast):  # noqa: F811 - a fixture
    checked = sum(
        guess(cast.ben, AT + timedelta(seconds=second), address=f"10.{second % 200}.0.1") for second in range(600)
    )
    assert checked < 20


def test_networks_added_one_by_one_are_rate_limited(cast):  # noqa: F811 - a fixture
    for hour in range(6):
        checked = 0
        for minute in range(hour * 60, hour * 60 + 60, 5):
            at = AT + timedelta(minutes=minute)
            checked += sum(guess(cast.ben, at, address=f"10.{network}.0.1") for network in range(1 + minute // 9))
        assert checked < 80, f"hour {hour + 1}"
    assert sign_in(cast.ben, at, address=OWN_HOME, known=known_browser("ben"))


def test_guesses_on_a_known_browser_slow_down_and_the_owner_waits_a_minute(cast):  # noqa: F811 - a fixture
    known = known_browser("ben")
    checked = [
        second for second in range(0, 2 * 3600, 5) if guess(cast.ben, AT + timedelta(seconds=second), known=known)
    ]
    assert sum(second < 3600 for second in checked) < 110
    assert sum(second >= 3600 for second in checked) <= 60
    assert sign_in(cast.ben, AT + timedelta(seconds=checked[-1] + 60), known=known)


def test_one_ipv6_provider_network_counts_as_one(cast):  # noqa: F811 - a fixture
    for second in range(40):
        guess(cast.ben, AT + timedelta(seconds=second), address=f"2001:db8:7:{second:x}::1")
    assert sign_in(cast.ben, AT + timedelta(seconds=40), address=OWN_HOME)


def test_strangers_who_fill_the_queue_keep_no_known_browser_and_nobody_signed_in_waiting(cast):  # noqa: F811 - a fixture
    strangers = threading.Event()
    with ThreadPoolExecutor(MANY) as pool:
        for _ in range(MANY):
            pool.submit(hold_a_slot, strangers)
        time.sleep(1)
        try:
            with pytest.raises(TooBusy):
                sign_in(cast.ben, AT, address=OWN_HOME)
            assert sign_in(cast.ben, AT, address=OWN_HOME, known=known_browser("ben"))
            assert signing_in.verify_password(cast.ben.id, cast.ben.password, at=AT), "a locked screen opens"
        finally:
            strangers.set()


def hold_a_slot(until: threading.Event) -> None:
    """Hold or wait for a slot of the queue of strangers, as a sign-in that takes long does."""
    with suppress(TooBusy), locks.queue_slot(longest_wait_s=20):
        until.wait(20)
