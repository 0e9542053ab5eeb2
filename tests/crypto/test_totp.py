"""One-time codes: half a minute of grace either side, each code once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.crypto.totp import STEP_SECONDS, code_at, matches, new_secret, step_at, uri

SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
seconds = st.integers(0, 10**9).map(lambda number: NOON + timedelta(seconds=number))


def code_of(moment):
    return code_at(SECRET, step_at(moment))


@given(seconds, st.integers(-30, 30))
def test_a_clock_30_seconds_off_is_accepted(moment, off):
    shown = moment + timedelta(seconds=off)
    assert matches(SECRET, code_of(shown), at=moment, used_step=None) is not None


@pytest.mark.parametrize("off", [-90, 90])
@pytest.mark.parametrize("second", range(STEP_SECONDS))
def test_a_clock_90_seconds_off_is_refused(second, off):
    moment = NOON + timedelta(seconds=second)
    shown = moment + timedelta(seconds=off)
    assert matches(SECRET, code_of(shown), at=moment, used_step=None) is None


@given(seconds, st.integers(-30, 30))
def test_a_code_works_once(moment, later):
    step = matches(SECRET, code_of(moment), at=moment, used_step=None)
    again = moment + timedelta(seconds=later)
    assert matches(SECRET, code_of(moment), at=again, used_step=step) is None


def test_the_next_code_works_after_the_last():
    step = matches(SECRET, code_of(NOON), at=NOON, used_step=None)
    later = NOON + timedelta(seconds=30)
    assert matches(SECRET, code_of(later), at=later, used_step=step) == step_at(later)


def test_an_older_code_does_not_work_after_a_newer():
    earlier = NOON - timedelta(seconds=30)
    assert matches(SECRET, code_of(earlier), at=NOON, used_step=None) == step_at(earlier)
    assert matches(SECRET, code_of(earlier), at=NOON, used_step=step_at(NOON)) is None


def test_blanks_and_wide_digits_are_forgiven():
    code = code_of(NOON)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    for typed in (f" {code[:3]} {code[3:]} ", wide):
        assert matches(SECRET, typed, at=NOON, used_step=None) == step_at(NOON)


@given(st.text("0123456789 a\u0660\u00b2\ud800"))
def test_invalid_spoken_codes_are_refused(typed):
    if typed.strip() not in {code_at(SECRET, step_at(NOON) + off) for off in (-1, 0, 1)}:
        assert matches(SECRET, typed, at=NOON, used_step=None) is None


def test_half_a_sign_is_refused():
    assert matches(SECRET, "\ud800", at=NOON, used_step=None) is None


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        matches(SECRET, "123456", at=NOON.replace(tzinfo=None), used_step=None)


def test_another_secret_gives_other_codes():
    assert len({code_at(new_secret(), step_at(NOON)) for _ in range(5)}) > 1
    assert len(new_secret()) == 20


def test_the_address_for_the_app_carries_the_secret_and_the_names():
    address = urlsplit(uri(SECRET, account="ben / 1", issuer="Work & Co"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Work & Co:ben / 1"
    asked = parse_qs(address.query)
    assert asked == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Work & Co"]}
