"""Guessing codes, sending floods, and what is left of a caller on the disk."""

import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from suar.contact import queries
from suar.contact.documents import CodeKind
from suar.contact.models import Request
from suar.contact.public import actions as public
from suar.core import clock, ratelimit
from suar.core.models import Attempt
from suar.core.ratelimit import RateLimited
from suar.core.refusals import NotYours
from tests.contact.writing import ask_for_help, came_back, press, request_to
from tests.people import viewer

GUESSES, MINUTES = 10_000, 10


@pytest.mark.parametrize(("minute", "most"), [(0, 12), (55, 24)])
def test_ten_thousand_guesses_from_one_address_are_rate_limited(desk, minute, most):
    # At 55 the count of one hour is forgotten on the way, and the next one begins.
    public.create_request_with_code(request_to(desk, "help"), kind=CodeKind.DIGITS, at=clock.now())
    begin = clock.now().replace(minute=minute, second=0, microsecond=0)
    found, tried, dice, wait_ends = 0, 0, random.Random(2), begin
    for number in range(GUESSES):
        at = begin + timedelta(minutes=MINUTES) * number / GUESSES
        if at < wait_ends and number % 20:
            continue
        try:
            ratelimit.count_call("code", "203.0.113.9", at=at)
            tried += 1
            found += guessed(dice)
        except RateLimited as limited:
            wait_ends = at + timedelta(seconds=min(limited.retry_after_s, 120) - 1)
    assert found == 0
    assert 3 <= tried <= most


def test_hundreds_of_guesses_from_as_many_addresses_find_no_letter(desk):
    for _ in range(5):
        public.create_request_with_code(request_to(desk, "help"), kind=CodeKind.DIGITS, at=clock.now())
    found, dice = 0, random.Random(29)
    for number in range(GUESSES // 40):
        ratelimit.count_call("code", f"2001:db8:{number:x}::1", at=clock.now())
        found += guessed(dice)
    assert found == 0


def guessed(dice):
    """Try a code drawn by chance, and say whether it opened anything."""
    try:
        public.open_thread(f"digits|{dice.randrange(10**12):012d}")
    except NotYours:
        return False
    return True


def test_the_check_finds_a_right_guess(desk):
    made = public.create_request_with_code(request_to(desk, "help"), kind=CodeKind.DIGITS, at=clock.now())
    assert public.open_thread(made.plain).letters[0].words == "help"


def test_a_fourth_wrong_code_is_rate_limited(asker):
    for _ in range(3):
        assert came_back(asker, "1" * 12).status_code == 404
    page = came_back(asker, "2" * 12)
    assert page.status_code == 429
    assert "Please wait 1" in page.content.decode()
    assert "2" * 12 in page.content.decode()


def test_right_codes_are_not_counted(asker):
    _page, code = ask_for_help(asker)
    for _ in range(6):
        assert came_back(asker, code).status_code == 200


def test_rate_limited_forms_keep_their_text(asker):
    for _ in range(3):
        ask_for_help(asker)
    page = press(asker, "send", page=press(asker, "ask"), words="A long letter", kind="digits")
    assert page.status_code == 429
    assert "A long letter" in page.content.decode()
    with clock.shifted(timedelta(seconds=15)):
        done = press(asker, "send", page=page, words="A long letter", kind="digits")
    assert "code" in done.context


def test_a_flood_is_listed_after_single_requests(desk, cast):
    at = clock.now()
    flood = [public.create_request(request_to(desk, "spam", turn=turn), code="", at=at) for turn in range(60)]
    alone = public.create_request(request_to(desk, "help"), code="", at=at + timedelta(minutes=5))
    listed = [row.id for row in queries.unread(queries.help_requests(viewer(cast.chioma)))]
    assert listed[:2] == [flood[0], alone]
    assert not Request.objects.get(id=alone).after_many
    assert Request.objects.get(id=flood[-1]).after_many


def test_a_request_stores_its_turn_and_no_address(asker):
    for _ in range(3):
        ask_for_help(asker)
    assert sorted(Request.objects.values_list("turn", flat=True)) == [0, 1, 2]


def test_no_address_is_stored_and_counts_expire_with_the_hour(desk):
    begin, keys = clock.now(), Path(settings.SUAR_DATA) / "caller-keys"
    ratelimit.count_call("ask", "203.0.113.77", at=begin)
    row = Attempt.objects.get()
    assert len(bytes(row.key)) == 32 and b"203.0.113" not in bytes(row.key)
    key = keys / str(int(begin.timestamp()) // 3600)
    assert len(key.read_bytes()) == 32 and key.stat().st_mode & 0o077 == 0
    ratelimit.count_call("ask", "203.0.113.77", at=begin + timedelta(hours=1))
    assert not key.exists(), "nobody can tell any more whose row it was"
    assert Attempt.objects.values("key").distinct().count() == 2


def test_a_job_deletes_expired_counts(desk):
    begin, keys = clock.now(), Path(settings.SUAR_DATA) / "caller-keys"
    ratelimit.count_call("ask", "203.0.113.77", at=begin)
    ratelimit.purge_attempts(at=begin)
    key = keys / str(int(begin.timestamp()) // 3600)
    assert Attempt.objects.exists() and key.exists()
    ratelimit.purge_attempts(at=begin + timedelta(hours=1, seconds=1))
    assert not Attempt.objects.exists() and not key.exists()


def test_an_expired_hour_is_counted_anew(desk):
    at = clock.now()
    ratelimit.count_call("ask", "203.0.113.77", at=at)
    ratelimit.purge_attempts(at=at + timedelta(hours=1))
    assert ratelimit.count_call("ask", "203.0.113.77", at=at) == 0


def test_two_addresses_of_one_household_count_as_one(desk):
    at = clock.now()
    tries = [ratelimit.count_call("ask", f"2001:db8::{end}", at=at) for end in (1, 2, 3)]
    assert tries == [0, 1, 2]
    with pytest.raises(RateLimited):
        ratelimit.count_call("ask", "2001:db8::4", at=at)
    assert ratelimit.count_call("ask", "2001:db8:1::4", at=at) == 0


def test_codes_texts_and_addresses_are_not_logged(asker, caplog):
    page, code = ask_for_help(asker, words="canary of the log", contact="canary contact")
    back = came_back(asker, "9" * 12)
    came_back(asker, code)
    logged = "\n".join([record.getMessage() for record in caplog.records] + [caplog.text])
    for secret in ("canary", code, code.replace(" ", ""), "9" * 12, "127.0.0.1"):
        assert secret not in logged
    for item in (page, back):
        assert item.request["PATH_INFO"] == "/" and not item.request["QUERY_STRING"]
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', item.content.decode())
        assert not [address for address in addresses if code.replace(" ", "") in address or "9999" in address]
