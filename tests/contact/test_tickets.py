"""Places in the line: whoever shares the connection neither locks out nor speeds up anybody."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.contact import return_codes
from suar.contact.models import Request
from suar.core import clock, locks, ratelimit
from suar.core.models import Attempt
from suar.core.ratelimit import RateLimited
from tests.contact.writing import ask_for_help, came_back, press

pytestmark = pytest.mark.django_db
CALLER, MINUTES = "203.0.113.9", 10
HELD_BACK = "Please wait"


def use(ticket, purpose, *, at):
    """Return True if a ticket lets a caller through who would have to wait."""
    for _ in range(3):
        ratelimit.count_call(purpose, "203.0.113.99", at=at)
    try:
        ratelimit.count_call(purpose, "203.0.113.99", at=at, ticket=ticket)
    except RateLimited:
        return False
    finally:
        Attempt.objects.filter(ticket=None).delete()
    return True


def tried(what, at, place=""):
    """Try once and give the wait, if any."""
    try:
        ratelimit.count_call(what, CALLER, at=at, ticket=place)
    except RateLimited as wait:
        return wait
    return None


def polled(what, begin, *, to_s, held):
    """Try each second as a script would, with every place that counts by now."""
    done = 0
    for second in range(to_s):
        at = begin + timedelta(seconds=second)
        due = next((ticket for ticket, moment in held if moment <= at), "")
        held[:] = [item for item in held if item[0] != due]
        wait = tried(what, at, due)
        done += wait is None
        if wait and wait.ticket:
            held.append((wait.ticket, at + wait.wait))
    return done


@pytest.mark.parametrize("what", ["ask", "code", "write"])
def test_a_ticket_lets_a_caller_pass_beside_a_script(what, on_the_hour):
    held = []
    polled(what, on_the_hour, to_s=300, held=held)
    at = on_the_hour + timedelta(seconds=300)
    wait = tried(what, at)
    assert wait.ticket and wait.retry_after_s <= MINUTES * 60
    for second in range(wait.retry_after_s):
        polled(what, at + timedelta(seconds=second), to_s=1, held=held)
    assert tried(what, at + timedelta(seconds=wait.retry_after_s), wait.ticket) is None


def test_a_script_with_all_tickets_gets_one_attempt_a_second(on_the_hour):
    assert polled("code", on_the_hour, to_s=MINUTES * 60, held=[]) <= MINUTES * 60 + 5


def test_hoarded_tickets_are_bounded(on_the_hour):
    first = on_the_hour + timedelta(seconds=1)
    held = [wait.ticket for _ in range(1_000) if (wait := tried("code", first)) and wait.ticket]
    assert 580 <= len(held) <= 600
    last = first + timedelta(minutes=MINUTES)
    assert sum(tried("code", last, place) is None for place in held) <= 600
    later = last + timedelta(minutes=MINUTES, seconds=1)
    assert not any(use(item, "code", at=later) for item in held[::20])


def test_a_ticket_works_once_at_its_time_for_one_purpose(on_the_hour):
    place = ratelimit.issue_ticket("code", moment=on_the_hour)
    before = on_the_hour - timedelta(seconds=1)
    assert not use(place, "code", at=before)
    assert not use(place, "ask", at=on_the_hour)
    assert use(place, "code", at=on_the_hour)
    assert not use(place, "code", at=on_the_hour)
    assert not use(place, "code", at=on_the_hour + timedelta(minutes=5))


@pytest.mark.parametrize("forged", ["", "code.1.x", "x" * 10_000, "é", "code.1.x:sig"])
def test_a_forged_ticket_is_ignored(forged, on_the_hour):
    assert not use(forged, "code", at=on_the_hour)


def test_a_ticket_used_too_early_stays_valid(on_the_hour):
    waits = [tried("code", on_the_hour) for _ in range(4)]
    early = tried("code", on_the_hour + timedelta(seconds=4), waits[-1].ticket)
    assert early.ticket == waits[-1].ticket
    assert early.retry_after_s == waits[-1].retry_after_s - 4


def test_a_ticket_contains_no_data_and_expires(on_the_hour):
    ticket = ratelimit.issue_ticket("code", moment=on_the_hour)
    row = Attempt.objects.get()
    assert len(bytes(row.ticket)) == 32 and ticket.encode() not in bytes(row.ticket) and not bytes(row.key)
    ratelimit.purge_attempts(at=on_the_hour + timedelta(minutes=MINUTES))
    assert Attempt.objects.exists()
    ratelimit.purge_attempts(at=on_the_hour + timedelta(hours=1, seconds=1))
    assert not Attempt.objects.exists()


def test_wrong_codes_do_not_delay_letters(asker):
    for _ in range(3):
        came_back(asker, "1" * 12)
    assert came_back(asker, "1" * 12).status_code == 429
    ask_for_help(asker)


def test_the_waiting_page_carries_the_ticket(asker):
    for _ in range(3):
        came_back(asker, "1" * 12)
    page = came_back(asker, "2" * 12)
    place = page.context["place"]
    assert f'name="place" value="{place}"' in page.content.decode()
    assert "whatever others on this connection do" in page.content.decode()
    with clock.shifted(timedelta(seconds=12)):
        came_back(asker, "1" * 12)
        assert press(asker, "read", page=page, code="2" * 12, place=place).status_code == 404


def test_server_overload_is_not_counted_and_gives_a_ticket(asker, monkeypatch):
    monkeypatch.setattr(return_codes, "MAX_WAIT_S", 0.2)
    page = press(asker, "ask")
    for _ in range(5):
        with ExitStack() as taken:
            for _place in range(return_codes.slots()):
                taken.enter_context(locks.queue_slot(return_codes.QUEUE_OF_NEW, slots=return_codes.slots()))
            page = press(asker, "send", page=page, words="x", kind="digits")
        assert page.status_code == 503
    with clock.shifted(timedelta(seconds=6)):
        typed = {"words": "x", "kind": "digits", "place": page.context["place"]}
        assert press(asker, "send", page=page, **typed).status_code == 200
    assert Request.objects.get().turn == 0


def test_an_untrusted_key_is_not_counted(asker, desk):
    keys = PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team)
    [whole] = keys.values_list("certificate", flat=True)
    keys.update(certificate=b"\0" * 64)
    for _ in range(5):
        page = press(asker, "send", page=press(asker, "ask"), words="x", kind="digits")
        assert page.status_code == 503
    keys.update(certificate=whole)
    ask_for_help(asker)
    assert Request.objects.get().turn == 0
