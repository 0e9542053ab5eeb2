"""Places in the line: whoever shares the connection neither locks out nor speeds up anybody."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from suar.accounts import turnstile
from suar.accounts.models import PublicKey
from suar.accounts.terms import KeyKind
from suar.contact import locks
from suar.contact.models import Request
from suar.contact.public import pace, places
from suar.contact.public.pace import Wait
from suar.core import clock
from tests.contact.writing import asked, came_back, press

CALLER, MINUTES = "203.0.113.9", 10
HELD_BACK = "Please wait"


def tried(what, at, place=""):
    """Try once and give the wait, if any."""
    try:
        pace.step(what, CALLER, at=at, place=place)
    except Wait as wait:
        return wait
    return None


def polled(what, begin, *, to_s, held):
    """Try each second as a script would, with every place that counts by now."""
    done = 0
    for second in range(to_s):
        at = begin + timedelta(seconds=second)
        due = next((each for each in held if places.moment_of(each, what) <= at), "")
        if due:
            held.remove(due)
        wait = tried(what, at, due)
        done += wait is None
        if wait and wait.place:
            held.append(wait.place)
    return done


@pytest.mark.parametrize("what", ["ask", "code", "write"])
def test_whoever_shares_a_connection_with_a_script_is_let_through(what, on_the_hour):
    held = []
    polled(what, on_the_hour, to_s=300, held=held)
    at = on_the_hour + timedelta(seconds=300)
    wait = tried(what, at)
    assert wait.place and wait.seconds <= MINUTES * 60
    for second in range(wait.seconds):
        polled(what, at + timedelta(seconds=second), to_s=1, held=held)
    assert tried(what, at + timedelta(seconds=wait.seconds), wait.place) is None


def test_a_script_with_every_place_stays_at_one_try_a_second(on_the_hour):
    assert polled("code", on_the_hour, to_s=MINUTES * 60, held=[]) <= MINUTES * 60 + 5


def test_places_that_were_hoarded_are_spent_within_a_bound(on_the_hour):
    first = on_the_hour + timedelta(seconds=1)
    held = [wait.place for _ in range(10_000) if (wait := tried("code", first)) and wait.place]
    assert 580 <= len(held) <= 600
    last = first + timedelta(minutes=MINUTES)
    assert sum(tried("code", last, place) is None for place in held) <= 600
    later = last + timedelta(minutes=MINUTES, seconds=1)
    assert not any(places.use(each, "code", at=later) for each in held)


def test_a_place_counts_once_after_its_moment_and_for_one_thing(on_the_hour):
    place = places.give("code", moment=on_the_hour)
    before = on_the_hour - timedelta(seconds=1)
    assert not places.use(place, "code", at=before)
    assert not places.use(place, "ask", at=on_the_hour)
    assert places.use(place, "code", at=on_the_hour)
    assert not places.use(place, "code", at=on_the_hour)
    assert not places.use(place, "code", at=on_the_hour + timedelta(minutes=5))


@pytest.mark.parametrize("forged", ["", "code.1.x", "x" * 10_000, "é", "code.1.x:sig"])
def test_a_forged_place_is_none(forged, on_the_hour):
    assert not places.use(forged, "code", at=on_the_hour)


def test_whoever_presses_too_early_keeps_the_place(on_the_hour):
    waits = [tried("code", on_the_hour) for _ in range(4)]
    early = tried("code", on_the_hour + timedelta(seconds=4), waits[-1].place)
    assert early.place == waits[-1].place
    assert early.seconds == waits[-1].seconds - 4


def test_used_places_say_nothing_and_are_forgotten(on_the_hour):
    folder = Path(settings.SUAR_DATA) / "used-places"
    pace.forget(at=on_the_hour + timedelta(days=9))
    places.use(places.give("code", moment=on_the_hour), "code", at=on_the_hour)
    [used] = [path for path in folder.rglob("*") if path.is_file()]
    assert used.read_bytes() == b"" and used.stat().st_mode & 0o077 == 0
    pace.forget(at=on_the_hour + timedelta(minutes=MINUTES))
    assert used.exists()
    pace.forget(at=on_the_hour + timedelta(hours=1))
    assert not used.exists()


def test_wrong_codes_do_not_keep_a_letter_waiting(asker):
    for _ in range(3):
        came_back(asker, "1" * 12)
    assert came_back(asker, "1" * 12).status_code == 429
    asked(asker)


def test_the_page_that_waits_carries_the_place(asker):
    for _ in range(3):
        came_back(asker, "1" * 12)
    page = came_back(asker, "2" * 12)
    place = page.context["place"]
    assert f'name="place" value="{place}"' in page.content.decode()
    assert "whatever others on this connection do" in page.content.decode()
    with clock.shifted(timedelta(seconds=12)):
        came_back(asker, "1" * 12)
        assert press(asker, "read", page=page, code="2" * 12, place=place).status_code == 404


def test_our_own_overload_counts_against_nobody_and_gives_a_place(asker):
    page = press(asker, "ask")
    for _ in range(5):
        with ExitStack() as taken:
            for _place in range(locks.places()):
                taken.enter_context(turnstile.one_of_few(locks.QUEUE, places=locks.places()))
            page = press(asker, "send", page=page, words="x", kind="digits")
        assert page.status_code == 503
    with clock.shifted(timedelta(seconds=6)):
        typed = {"words": "x", "kind": "digits", "place": page.context["place"]}
        assert press(asker, "send", page=page, **typed).status_code == 200
    assert Request.objects.get().turn == 0


def test_a_key_that_is_not_trusted_counts_against_nobody(asker, desk):
    keys = PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team)
    [whole] = keys.values_list("certificate", flat=True)
    keys.update(certificate=b"\0" * 64)
    for _ in range(5):
        page = press(asker, "send", page=press(asker, "ask"), words="x", kind="digits")
        assert page.status_code == 503
    keys.update(certificate=whole)
    asked(asker)
    assert Request.objects.get().turn == 0
