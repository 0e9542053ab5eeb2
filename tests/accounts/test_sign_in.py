"""Signing in: one password, one second factor, always the same refusal."""

from datetime import timedelta

import pytest

from suar.accounts import factors
from suar.accounts import sign_in as signing_in
from suar.accounts.codes import WorkerState
from suar.accounts.models import Session, Worker
from suar.accounts.sign_in import KNOWN_SALT, attempt_keys, known_browser
from suar.audit.models import Entry
from suar.core import ratelimit
from suar.core.models import Attempt
from suar.core.refusals import Refused, TooBusy
from tests.accounts.conftest import AT, app_code_check, code_of, reload_worker, resume_session, sign_in, sign_in_attempt

pytestmark = pytest.mark.django_db


def refused(attempt: signing_in.SignIn, check_factor, at=AT) -> str:
    with pytest.raises(Refused) as refusal:
        signing_in.sign_in(attempt, check_factor=check_factor, at=at)
    return refusal.value.because


def test_name_password_and_code_open_a_session(cast):
    found = resume_session(sign_in(cast.ben, AT, name=" Ben "), AT)
    assert found.viewer.worker == cast.ben.id
    assert found.viewer.fresh
    assert not found.session.enrolling
    assert found.keys.private(found.keys.list_keys()[0].id)
    assert Entry.objects.filter(verb="sign_in", by=cast.ben.id).count() == 1


def test_only_the_worker_of_a_locked_page_can_sign_in_on_it(cast):
    assert refused(sign_in_attempt(cast.ben, only=str(cast.esi.id)), app_code_check(cast.ben, AT)) == "sign_in"
    assert not Session.objects.exists()
    assert sign_in(cast.ben, AT, only=str(cast.ben.id))


def test_the_settings_use_cheap_passwords_only_in_tests(settings):
    assert settings.SUAR_MODE == "test"
    assert signing_in.kdf_parameters().memory_kib == 64


@pytest.mark.parametrize("part", ["name", "password", "code", "state"])
def test_any_wrong_part_gets_the_same_refusal(cast, part: str):
    changed = {"name": {"name": "nobody"}, "password": {"password": "lentera"}}.get(part, {})
    check_factor = factors.code_check("000000") if part == "code" else app_code_check(cast.ben, AT)
    if part == "state":
        Worker.objects.filter(id=cast.ben.id).update(state=WorkerState.DISABLED)
    assert refused(sign_in_attempt(cast.ben, **changed), check_factor) == "sign_in"
    assert not Session.objects.exists()


@pytest.mark.parametrize("code", ["", "12", "12345678", "not digits", "\uff11\uff12\uff13"])
def test_a_malformed_code_is_refused(cast, code: str):
    assert refused(sign_in_attempt(cast.ben), factors.code_check(code)) == "sign_in"


@pytest.mark.parametrize(("seconds", "fits"), [(-90, False), (-30, True), (30, True), (90, False)])
def test_a_code_works_half_a_minute_early_or_late(cast, seconds: int, fits: bool):
    check_factor = app_code_check(cast.ben, AT + timedelta(seconds=seconds))
    if fits:
        assert signing_in.sign_in(sign_in_attempt(cast.ben), check_factor=check_factor, at=AT)
    else:
        assert refused(sign_in_attempt(cast.ben), check_factor) == "sign_in"


def test_a_code_works_once(cast):
    check_factor = app_code_check(cast.ben, AT)
    signing_in.sign_in(sign_in_attempt(cast.ben), check_factor=check_factor, at=AT)
    assert refused(sign_in_attempt(cast.ben), check_factor) == "sign_in"


def test_a_code_with_a_space_works(cast):
    code = code_of(cast.ben, AT)
    check_factor = factors.code_check(f"{code[:3]} {code[3:]}")
    assert signing_in.sign_in(sign_in_attempt(cast.ben), check_factor=check_factor, at=AT)


def test_a_higher_password_cost_applies_at_the_next_sign_in(cast, settings):
    settings.SUAR_KDF = {"memory_kib": 128, "passes": 1, "lanes": 1}
    before = reload_worker(cast.ben)
    sign_in(cast.ben, AT)
    after = reload_worker(cast.ben)
    assert after.kdf["memory_kib"] == 128
    assert (after.salt, after.verifier) != (before.salt, before.verifier)
    assert resume_session(sign_in(cast.ben, AT + timedelta(minutes=1)), AT + timedelta(minutes=1))


def test_six_wrong_attempts_delay_the_account(cast):
    for _ in range(5):
        refused(sign_in_attempt(cast.ben, password="wrong one"), app_code_check(cast.ben, AT))
    with pytest.raises(TooBusy) as busy:
        sign_in(cast.ben, AT)
    assert 0 < busy.value.retry_after_s <= 61
    later = AT + timedelta(seconds=61)
    assert resume_session(sign_in(cast.ben, later), later)


def test_an_unknown_name_waits_like_a_known_one(cast):
    for _ in range(5):
        refused(sign_in_attempt(cast.ben, name="nobody"), app_code_check(cast.ben, AT))
    with pytest.raises(TooBusy):
        signing_in.sign_in(sign_in_attempt(cast.ben, name="nobody"), check_factor=app_code_check(cast.ben, AT), at=AT)


def test_twenty_wrong_attempts_delay_only_their_address(cast):
    for number in range(20):
        refused(sign_in_attempt(cast.ben, name=f"guess{number}"), app_code_check(cast.ben, AT))
    with pytest.raises(TooBusy):
        sign_in(cast.ben, AT)
    assert sign_in(cast.ben, AT, address="10.0.0.8")


def test_an_own_account_gives_an_address_no_more_guesses(cast):
    """Farid signs in as himself before the last of his guesses at others."""
    for number in range(20):
        if number == 19:
            sign_in(cast.farid, AT)
        refused(sign_in_attempt(cast.ben, name=f"guess{number}"), app_code_check(cast.ben, AT))
    with pytest.raises(TooBusy):
        sign_in(cast.ben, AT)


def test_a_household_with_endless_addresses_is_one_caller(cast):
    for number in range(20):
        away = f"2001:db8:7:7::{number + 1:x}"
        refused(sign_in_attempt(cast.ben, name=f"guess{number}", address=away), app_code_check(cast.ben, AT))
    with pytest.raises(TooBusy):
        sign_in(cast.ben, AT, address="2001:db8:7:7:ffff::1")
    assert sign_in(cast.ben, AT, address="2001:db8:7:8::1")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:7:7:1:2:3:4", "2001:db8:7:7::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.3.3.3", "10.3.3.3"),
        ("10.3.3.3", "10.3.3.3"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_an_address_counts_with_its_network(address: str, counted: str):
    assert ratelimit.client_network(address) == counted


def test_a_known_browser_is_not_delayed_by_a_stranger(cast):
    known = known_browser("ben")
    for number in range(25):
        with pytest.raises((Refused, TooBusy)):
            signing_in.sign_in(
                sign_in_attempt(cast.ben, password=f"guess {number}"), check_factor=app_code_check(cast.ben, AT), at=AT
            )
    assert sign_in(cast.ben, AT, known=known)


@pytest.mark.parametrize("known", ["made up", KNOWN_SALT, "eyJhIjoxfQ:1:x"])
def test_a_forged_browser_cookie_counts_as_unknown(known: str):
    plain, claimed = (attempt_keys("ben", address="a", known=item) for item in ("", known))
    assert plain == claimed


def test_a_browser_is_known_for_one_account_only():
    known = known_browser("ben")
    assert attempt_keys("esi", address="a", known=known) == attempt_keys("esi", address="a")
    assert attempt_keys("ben", address="a", known=known) != attempt_keys("ben", address="a")


def test_ten_thousand_guesses_in_ten_minutes_do_not_succeed(cast):
    """The right password is number 9,000; during a wait only each twentieth guess is asked."""
    looked_at, wait_ends = 0, AT
    for number in range(10_000):
        at = AT + timedelta(milliseconds=60 * number)
        if at < wait_ends and number % 20:
            continue
        word = cast.ben.password if number == 9_000 else f"guess number {number}"
        try:
            sign_in(cast.ben, at, password=word, address=f"10.1.{number % 250}.1")
        except TooBusy as busy:
            wait_ends = at + timedelta(seconds=busy.retry_after_s - 1)
        except Refused:
            assert at >= wait_ends
            looked_at += 1
        else:
            pytest.fail("a guess was let in")
    assert looked_at < 20


def test_old_attempts_are_forgotten(cast):
    refused(sign_in_attempt(cast.ben, password="wrong one"), app_code_check(cast.ben, AT))
    assert ratelimit.purge_attempts(at=AT + timedelta(minutes=59)) == 0
    assert ratelimit.purge_attempts(at=AT + timedelta(minutes=61)) == 3
    assert not Attempt.objects.exists()


def test_a_name_needs_one_query_known_or_unknown(cast, django_assert_num_queries):
    for name in ("ben", "nobody"):
        attempt = sign_in_attempt(cast.ben, name=name, password="wrong one")
        with django_assert_num_queries(5):
            refused(attempt, app_code_check(cast.ben, AT))
