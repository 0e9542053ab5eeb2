"""A form of a case sent twice acts once; a change by a colleague meanwhile is shown."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from suar.accounts.acting import FORM_ID
from suar.audit.models import Entry
from suar.cases import calendars, closing, follow_ups, rules
from suar.cases.codes import ClosureReason, Result
from suar.cases.rules import Outcome
from suar.core import clock
from suar.records import keyring
from suar.records.models import Record
from suar.records.terms import Status
from tests.people import acting_as, client_of, typed_steps

pytestmark = pytest.mark.db_contract

READS = ("open", "list")


def path(name, *ids):
    return reverse(name, args=ids)


@pytest.fixture
def kartika(cast):
    return client_of(cast.kartika)


def twice(client, address, typed):
    """Press a button two times: both lead to the same place, and the second writes nothing."""
    typed = typed | {FORM_ID: str(uuid4())}
    first, entries = client.post(address, typed), Entry.objects.exclude(verb__in=READS)
    before = entries.count()
    second = client.post(address, typed)
    assert first["Location"] == second["Location"]
    assert entries.count() == before


def wish(client, case, reason):
    fields = client.get(path("close_case", case)).context["form"].need_fields
    confirmed = [str(confirmation) for confirmation in rules.confirmations(ClosureReason(reason))]
    return {
        "reason": reason,
        "on": str(clock.today()),
        "agreed": "as asked",
        "call": "the line",
        "confirmed": confirmed,
        **{field.html_name: "met" for field in fields},
    }


def lines(cast, case):
    record = keyring.open_record(case, keys=cast.chioma.keys)
    return [request.state for request in closing.list_requests(record)]


@pytest.mark.parametrize(("reason", "state"), [("CL_PERSON", "closed"), ("CL_ERROR", "asked")])
def test_closing_twice_makes_one_request(cast, chioma, case, reason, state):
    twice(chioma, path("close_case", case), wish(chioma, case, reason))
    assert lines(cast, case) == [state]


def test_agreeing_twice_closes_once(cast, chioma, kartika, case):
    chioma.post(path("close_case", case), wish(chioma, case, "CL_ERROR"))
    twice(kartika, path("agree_closing", case), {})
    assert Record.objects.get(id=case).status == Status.CLOSED
    for name in ("agree_closing", "keep_open"):
        page = chioma.post(path(name, case))
        assert page.status_code == 409
        assert "This case is closed now" in page.content.decode()
        assert "Kartika agreed" in page.content.decode()
    assert lines(cast, case) == ["closed"]


def test_agreeing_to_a_rejected_request_is_an_error(cast, chioma, kartika, case):
    chioma.post(path("close_case", case), wish(chioma, case, "CL_ERROR"))
    twice(chioma, path("keep_open", case), {})
    page = kartika.post(path("agree_closing", case))
    assert page.status_code == 409
    assert "stays open" in page.content.decode()
    assert lines(cast, case) == ["not_yet"]


def test_reopening_twice_reopens_once(chioma, case):
    chioma.post(path("close_case", case), wish(chioma, case, "CL_PERSON"))
    twice(chioma, path("reopen_case", case), {})


def test_a_plan_sent_twice_is_stored_once(cast, chioma, case):
    typed = {
        "goal": "to be paid",
        **typed_steps({"what": "call"}),
        "version": 0,
        "review_on": str(clock.today() + timedelta(days=9)),
    }
    twice(chioma, path("plan_part", case, "goal"), typed)
    assert len(chioma.get(path("plan", case)).context["plan"].goals) == 1


def test_a_name_sent_twice_is_stored_once(chioma, case):
    twice(chioma, path("name_person", case), {"name": "Mina"})
    twice(chioma, path("name_person", case), {"name": ""})


def test_a_follow_up_sent_twice_is_stored_once(cast, case):
    typed = {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET"}
    with clock.shifted(timedelta(days=7)):
        twice(client_of(cast.chioma), path("follow_up", case), typed)
        page = client_of(cast.jaya).post(path("follow_up", case), typed)
        assert page.status_code == 400
        _, outcomes = calendars.read_calendar(keyring.open_record(case, keys=cast.chioma.keys))
    assert len(outcomes) == 1


@contextmanager
def in_between(act):
    """Act once, after the values of a record were read and before anything is changed."""
    seen = []

    def between(execute, sql, *rest):
        if 'FROM "vault_value"' in sql:
            seen.append("read")
        if sql.startswith("SAVEPOINT") and seen and "written" not in seen:
            seen.append("written")
            act()
        return execute(sql, *rest)

    with connection.execute_wrapper(between):
        yield
    assert "written" in seen


def crossing(cast, case, who, result):
    """Press the button of a follow-up in the moment in which somebody else's is kept."""
    theirs = keyring.open_record(case, keys=who.keys)
    again = {"again_on": clock.today() + timedelta(days=2), "reason": "no safe phone"}
    other = Outcome(code="FU_1W", result=result, on=clock.today(), **again)
    typed = {"code": "FU_1W", "result": "FUR_UNSAFE", **again}
    client = client_of(cast.chioma)
    with in_between(lambda: follow_ups.record_outcome(theirs, other, by=acting_as(who))):
        page = client.post(path("follow_up", case), typed)
    return page, calendars.read_calendar(keyring.open_record(case, keys=cast.chioma.keys))[1] == [other]


@pytest.mark.parametrize(
    ("who", "result"), [("jaya", Result.UNSAFE), ("jaya", Result.POSTPONED), ("chioma", Result.POSTPONED)]
)
def test_an_overtaken_follow_up_keeps_the_typed_form(cast, case, who, result):
    with clock.shifted(timedelta(days=7)):
        page, theirs_alone = crossing(cast, case, getattr(cast, who), result)
    assert page.status_code == 409
    assert theirs_alone
    for item in ("A colleague changed this at the same time", "no safe phone"):
        assert item in page.content.decode()
