"""Closing that is asked in time, contacts after it only if wanted, and a missing person who is no lost contact."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from suar.accounts.models import Notice
from suar.cases import calendars, closing, rules
from suar.cases.codes import ClosureReason
from suar.cases.rules import ClosingFacts
from suar.core import clock
from suar.records.terms import Status
from tests.cases.test_closing_pages import close, path, reopen, row
from tests.people import client_of


def test_a_closing_asked_ahead_closes_on_its_day_only(cast, chioma, case):
    on = clock.today() + timedelta(days=14)
    assert close(chioma, case, "CL_TRANSFER", end="met", on=str(on)).status_code == 302
    assert row(case).next_due == clock.today(), "the second person is asked today"
    assert Notice.objects.filter(worker=cast.kartika.id).exists()
    assert client_of(cast.kartika).post(path("agree_closing", case)).status_code == 302
    assert (row(case).status, row(case).next_due) == (
        Status.OPEN,
        min(calendars.due_days(reopen(cast.chioma, case)).values()),
    )
    assert "This case closes on" in chioma.get(path("person", case)).content.decode()
    assert client_of(cast.kartika).post(path("agree_closing", case)).status_code == 409, "not before its day"
    with clock.shifted(timedelta(days=14)):
        page = client_of(cast.chioma).get(path("person", case))
        assert "Close the case as agreed" in page.content.decode()
        assert client_of(cast.chioma).post(path("agree_closing", case)).status_code == 302
        assert row(case).status == Status.CLOSED
        assert closing.current_request(reopen(cast.chioma, case)).agreed_by == cast.kartika.id


def test_an_agreed_closing_can_be_left_open(cast, chioma, case):
    close(chioma, case, "CL_TRANSFER", end="met", on=str(clock.today() + timedelta(days=3)))
    client_of(cast.kartika).post(path("agree_closing", case))
    assert chioma.post(path("keep_open", case)).status_code == 302
    assert closing.current_request(reopen(cast.chioma, case)) is None


def test_a_planned_end_is_due_two_weeks_before(cast, chioma, case):
    ends_on = clock.today() + timedelta(days=17)
    chioma.post(path("start_calendar", case), {"ends_on": str(ends_on), "version": 0})
    assert calendars.due_days(reopen(cast.chioma, case))["closing"] == ends_on - timedelta(days=14)
    with clock.shifted(timedelta(days=3)):
        page = client_of(cast.chioma).get(path("close_case", case))
        assert page.context["form"]["on"].value() == ends_on


@pytest.mark.parametrize("wanted", [(), ("FU_3M",)])
def test_after_closing_only_what_the_person_wants_is_due(cast, chioma, case, wanted):
    assert close(chioma, case, after_care=list(wanted)).status_code == 302
    three_months = clock.today() + timedelta(days=91)
    assert row(case).next_due == (three_months if wanted else None)
    with clock.shifted(timedelta(days=91)):
        worker = client_of(cast.chioma)
        assert (case in [item.id for item in worker.get(path("day")).context["due"]]) is bool(wanted)
        typed = {"code": "FU_3M", "result": "FUR_REACHED", "way": "MET", "text": "she is well"}
        assert worker.post(path("follow_up", case), typed).status_code == (302 if wanted else 409)
        assert (row(case).status, row(case).next_due) == (Status.CLOSED, None)
        assert worker.post(path("follow_up", case), typed | {"code": "", "result": "NOBODY"}).status_code == 409


def test_a_reopened_case_has_its_whole_calendar(cast, chioma, case):
    close(chioma, case, after_care=["FU_3M"])
    chioma.post(path("reopen_case", case))
    assert row(case).next_due == clock.today() + timedelta(days=7)


def test_a_missing_person_is_no_lost_contact():
    tries = tuple(date(2026, 1, 1) + timedelta(days=days) for days in (0, 30, 60))
    facts = ClosingFacts(
        reason=ClosureReason.NO_CONTACT,
        today=date(2026, 4, 1),
        asked_by=UUID(int=1),
        agreed_by=UUID(int=2),
        confirmed=frozenset(rules.confirmations(ClosureReason.NO_CONTACT)),
        tries_on=tries,
    )
    assert rules.may_close(facts)
    assert rules.may_close(replace(facts, is_missing=True)).because == "person_missing"
