"""Roles, the throttle, the limits of a session, new passwords: without a database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.accounts import rules
from suar.accounts.models import Session
from suar.accounts.roles import ROLES, Permission, Role, permissions_of
from suar.accounts.sessions import SEEN_EVERY
from tests.accounts.conftest import AT

COMMON = frozenset({"correct horse battery"})


def failures(*seconds_ago: float) -> list[tuple[datetime, bool]]:
    return [(AT - timedelta(seconds=item), False) for item in seconds_ago]


@pytest.mark.parametrize(
    ("tries", "waits_s"),
    [
        ([], 0),
        (failures(1, 2, 3, 4), 0),
        (failures(10, 11, 12, 13, 14), 50),
        (failures(61, 62, 63, 64, 65), 0),
        (failures(5, 500, 600, 700, 800), 0),
        (failures(30, *range(300, 309)), 90),
        (failures(*range(10, 25)), 230),
        (failures(*range(10, 60)), 290),
        (failures(*range(10, 3000)), 290),
        (failures(*range(3601, 3700)), 0),
        ([*failures(20, 21, 22, 23, 24), (AT - timedelta(seconds=10), True)], 0),
        ([(AT - timedelta(seconds=30), True), *failures(1, 2, 3, 4, 5)], 59),
    ],
)
def test_after_five_attempts_the_wait_rises_to_five_minutes(tries, waits_s):
    assert rules.delay_after(tries, now=AT, free_attempts=5) == timedelta(seconds=waits_s)


def test_a_success_clears_an_account_but_no_address():
    tries = [*failures(20, 21, 22, 23, 24), (AT - timedelta(seconds=10), True)]
    assert rules.delay_after(tries, now=AT, free_attempts=5) == timedelta(0)
    assert rules.delay_after(tries, now=AT, free_attempts=5, success_clears=False) == timedelta(seconds=40)


@pytest.mark.parametrize(("failed", "waits_s"), [(4, 0), (5, 9), (49, 9), (50, 59), (300, 59)])
def test_a_known_browser_waits_longer_after_50_failures(failed, waits_s):
    tries = failures(*range(1, failed + 1))
    assert rules.delay_after(tries, now=AT, free_attempts=5, known=True) == timedelta(seconds=waits_s)


@given(st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=40), st.integers(1, 20))
def test_a_wait_always_ends(rows: list[tuple[int, bool]], most: int):
    tries = [(AT - timedelta(seconds=ago), worked) for ago, worked in rows]
    assert timedelta(0) <= rules.delay_after(tries, now=AT, free_attempts=most) <= rules.MAX_DELAY


@pytest.mark.parametrize(
    ("quiet", "age", "shared", "in_talk", "valid"),
    [
        (14, 60, False, False, True),
        (15, 60, False, False, False),
        (4, 60, True, False, True),
        (5, 60, True, False, False),
        (89, 100, True, True, True),
        (90, 100, False, True, False),
        (1, 479, False, False, True),
        (1, 480, False, True, False),
    ],
)
def test_a_session_has_an_idle_and_an_absolute_limit(quiet, age, shared, in_talk, valid):
    made, seen = AT - timedelta(minutes=age), AT - timedelta(minutes=quiet)
    session = Session(made_at=made, seen_at=seen, shared=shared, in_talk=in_talk)
    assert rules.is_session_valid(session, now=AT) is valid


@pytest.mark.parametrize(
    ("shared", "in_talk", "minutes"),
    [(False, False, 5), (True, False, 3), (False, True, 5), (True, True, 5)],
)
def test_a_screen_locks_before_the_session_ends(shared, in_talk, minutes):
    quiet = rules.locks_after(shared=shared, in_talk=in_talk)
    assert quiet == timedelta(minutes=minutes)
    # A session may have been noted as seen a while before its page was last asked for.
    seen = AT - quiet - SEEN_EVERY
    assert rules.is_session_valid(Session(made_at=seen, seen_at=seen, shared=shared, in_talk=in_talk), now=AT)


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (29, True), (30, False), (-1, False)])
def test_a_step_up_is_fresh_for_half_an_hour(minutes: int, fresh: bool):
    assert rules.is_fresh(AT - timedelta(minutes=minutes), now=AT) is fresh


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("lentera tenang", ""),
        ("short", "password_short"),
        ("Correct Horse Battery", "password_common"),
        ("aaaaaaaaaaaab", "password_common"),
        ("this is BEN here", "password_name"),
    ],
)
def test_a_new_password_is_long_uncommon_and_not_the_name(password: str, because: str):
    decision = rules.password_is_good(password, name="ben", common=COMMON)
    assert (bool(decision), decision.because) == (not because, because)


def test_a_worker_without_a_name_may_use_any_words():
    assert rules.password_is_good("lentera tenang", name="", common=COMMON)


def test_roles_json_lists_every_role_and_permission_once():
    assert set(ROLES) == set(Role)
    assert {permission for role in Role for permission in permissions_of(role)} == set(Permission)
    assert len([row for row in ROLES.members if row["assignable"]]) == 11


def test_roles_that_manage_workers_or_read_the_log_open_no_record():
    for role in (Role.ADMINISTRATOR, Role.DIRECTORY_EDITOR, Role.PRIVACY_OFFICER):
        assert not ROLES[role]["compartments"]
        assert Permission.SEE_RECORD not in permissions_of(role)


@pytest.mark.parametrize(
    ("pin", "easy"),
    [
        ("000000", True),
        ("121212", True),
        ("123123", True),
        ("123456", True),
        ("654321", True),
        ("890123", True),
        ("730164", False),
        ("112233", False),
        ("123457", False),
    ],
)
def test_easy_pins_are_detected(pin, easy):
    assert rules.is_easy_pin(pin) is easy
