"""Follow-ups over years: from when they count, what the person wants, attempts in a safe way, and a withdrawal."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from suar.cases import actions, calendars, follow_ups, labels, rules
from suar.cases import plan as plans
from suar.cases.codes import FOLLOW_UPS, Answered, Result
from suar.cases.documents.follow_ups import Attempt, Attempts, CalendarStart, FollowUpWishes
from suar.cases.documents.plan import Plan, PlanAgreement
from suar.cases.rules import Due, Outcome
from suar.cases.rules import follow_ups as years
from suar.consent.documents import SafeContact
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records import keyring
from suar.records.models import Record
from tests.cases.test_case_pages import day, path, plan
from tests.people import acting_as, client_of

START = date(2026, 3, 2)
DAY = timedelta(days=1)
TABLE = json.loads((Path(rules.__file__).parents[1] / "codes" / "follow_ups.json").read_text("utf-8"))["codes"]


def opened(cast, case):
    return keyring.open_record(case, keys=cast.chioma.keys)


def dues(cast, case):
    return calendars.read_calendar(opened(cast, case))[0]


def contact(chioma, case, **typed):
    return chioma.post(path("follow_up", case), {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET", **typed})


def agree(cast, case):
    """Let the person agree to a plan today."""
    plan(client_of(cast.chioma), case)
    record, at = opened(cast, case), clock.now()
    answer = PlanAgreement(plan=Plan(), answer="SIGNED", on=clock.today(), by=cast.chioma.id, at=at)
    plans.record_answer(record, answer, seen=record.version_of(Plan), by=acting_as(cast.chioma))


# Rules


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["code"])
def test_each_follow_up_of_the_table_is_planned_on_its_day_with_its_window(row):
    planned = {
        due.code: due for due in rules.calendar(START, child=True, intervals=rules.usual_intervals(on_wish=True))
    }
    opens, closes = row["window_days"]
    expected = Due(row["code"], *(START + days * DAY for days in (row["due_day"], opens, closes)))
    assert planned[row["code"]] == expected


@pytest.mark.parametrize(
    ("returned", "stay", "agreed", "expected"),
    [(5, 9, 1, 9), (9, 5, 1, 9), (5, None, 8, 5), (None, 4, 8, 4), (None, None, 8, 8), (None, None, None, 0)],
)
def test_the_calendar_counts_from_the_later_of_return_and_stay_else_the_plan(returned, stay, agreed, expected):
    days = [START + days * DAY if days is not None else None for days in (returned, stay, agreed)]
    start = CalendarStart(returned_on=days[0], stay_ended_on=days[1], plan_on=days[2])
    anchor = years.anchor(start, opened_on=START)
    assert anchor == START + expected * DAY


def test_another_anchor_moves_what_is_to_come_and_leaves_what_is_open_or_postponed():
    before, today = rules.calendar(START), START + 6 * DAY
    postponed = Outcome(code="FU_1M", result=Result.POSTPONED, on=today, again_on=START + 50 * DAY)
    moved = years.move_dues(before, rules.calendar(START + 20 * DAY), [postponed], today=today)
    shifts = {new.code: (new.due_on - old.due_on).days for old in before for new in moved if new.code == old.code}
    assert shifts == {"FU_1W": 0, "FU_1M": 0, "FU_3M": 20, "FU_6M": 20, "FU_12M": 20, "FU_24M": 20}


def test_a_return_home_long_ago_leaves_out_what_nobody_can_keep():
    moved = years.move_dues(rules.calendar(START), rules.calendar(START - 200 * DAY), [], today=START)
    assert [due.code for due in moved] == ["FU_6M", "FU_12M", "FU_24M"]


def test_a_choice_keeps_reviews_of_a_child_and_adds_only_what_can_be_kept():
    planned = rules.calendar(START, child=True)
    chosen = years.choose_dues((), planned, planned, [], today=START)
    assert {FOLLOW_UPS[due.code]["who"] for due in chosen} == {"child"}
    late = years.choose_dues(["FU_1W", "FU_12M"], [], rules.calendar(START), [], today=START + 100 * DAY)
    assert [due.code for due in late] == ["FU_12M"]


@pytest.mark.parametrize("rule", ["NO_CALLS", "NO_MESSAGES", "NO_VISITS"])
def test_a_blocked_way_is_neither_offered_nor_recorded(rule):
    now = clock.now()
    blocked = {"NO_CALLS": "CALL", "NO_MESSAGES": "MESSAGE", "NO_VISITS": "VISIT"}[rule]
    assert blocked not in years.safe_ways([rule])
    assert years.may_try(blocked, at=now, now=now, unsafe=[rule]).because == "unsafe_way"
    assert years.may_try(blocked, at=now, now=now, unsafe=[])
    assert years.may_try(blocked, at=now + DAY, now=now, unsafe=[]).because == "in_the_future"


def test_contact_is_lost_until_the_next_reach():
    missed = [Outcome(code="FU_3M", result=Result.NOT_REACHED, on=START + days * DAY) for days in (90, 180)]
    assert years.lost_since(missed, START) == START + 90 * DAY
    assert years.lost_since(missed, START + 100 * DAY) == START + 180 * DAY
    assert years.lost_since(missed, START + 200 * DAY) is None
    assert years.lost_since([], None) is None


@pytest.mark.parametrize(
    ("intervals", "allowed"),
    [
        ({"FU_1W": 7, "FU_1M": 30}, True),
        ({"FU_6M": 180}, True),
        ({}, False),
        ({"FU_1W": 30, "FU_1M": 30}, False),
        ({"FU_1W": 0}, False),
        ({"FU_36M": 6 * 365}, False),
    ],
)
def test_an_organisation_plans_at_least_one_follow_up_in_order(intervals, allowed):
    assert bool(years.may_set_intervals(intervals)) is allowed


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "Today"),
        (1, "Yesterday"),
        (9, "9 days ago"),
        (21, "3 weeks ago"),
        (100, "3 months ago"),
        (800, "2 years ago"),
    ],
)
def test_the_last_contact_is_told_in_the_largest_span_that_fits(days, text):
    assert labels.long_ago(START, today=START + days * DAY) == text


# The page


@pytest.mark.parametrize(("name", "title"), [("follow_up", "Record a contact"), ("offers", "Record an offer")])
def test_enter_in_a_field_records_no_result(chioma, case, name, title):
    form = chioma.get(path(name, case)).content.decode().split(f"{title}</h2>")[1].split("</form>")[0]
    default, *others = re.findall(r"<button[^>]*>", form)
    assert re.search(r"name=.(result|outcome).\s+value=..\s", default)
    typed = {"code": "FU_1W", "way": "MET", "result": "", "other": "JUS_WAGES", "outcome": ""}
    assert chioma.post(path(name, case), typed).status_code == 400
    assert len([button for button in others if "value=" in button]) > 1, "positive control"


def test_a_follow_up_takes_three_touches_and_stores_what_was_said(cast, chioma, case):
    with clock.shifted(7 * DAY):
        chioma = client_of(cast.chioma)
        page = chioma.get(path("follow_up", case))
        assert page.context["dues"][0].code == "FU_1W"
        said = {"safe": "SAFE", "text": "works at the market", "setbacks": ["MONEY"], "harder": "the debt grew"}
        assert contact(chioma, case, **said).status_code == 302
        page = chioma.get(path("follow_up", case))
        text = page.content.decode()
        for item in ("After 1 week: Reached", "We met · Safe", *[said["text"], said["harder"]], "Money or debt"):
            assert item in text
        assert page.context["last_contact"] == clock.today()
        assert page.context["dues"][0].code == "FU_1M"


def test_a_blocked_way_is_refused_with_what_was_typed(cast, chioma, case):
    opened(cast, case).put(SafeContact(no_calls=True), by=cast.chioma.id, at=clock.now())
    with clock.shifted(7 * DAY):
        page = contact(client_of(cast.chioma), case, way="CALL", text="she is well")
    assert page.status_code == 400
    assert "she is well" in page.content.decode()
    assert opened(cast, case).get(Attempts) is None


@pytest.mark.parametrize(("language", "error"), [("en", "Choose what came of it."), ("id", "Pilih hasilnya.")])
def test_enter_records_nothing_and_the_error_leads_to_the_buttons(cast, case, language, error):
    chioma = client_of(cast.chioma)
    chioma.post("/language", {"language": language})
    with clock.shifted(7 * DAY):
        page = contact(client_of(cast.chioma), case, result="", text="she is well")
    text = page.content.decode()
    [(target, words)] = re.findall(r'<a href="#([^"]+)">\s*([^<]*?)\s*</a>', text.partition('class="problems"')[2])
    assert words == error
    assert re.search(rf'<button[^>]*id="{target}"[^>]*value="FUR_REACHED"', text)
    assert opened(cast, case).get(Attempts) is None


def test_what_nobody_must_do_stands_where_a_contact_is_recorded(cast, chioma, case):
    record = opened(cast, case)
    actions.change_details(record, {"do_not": "never call the uncle"}, seen={"do_not": ""}, by=acting_as(cast.chioma))
    assert "never call the uncle" in chioma.get(path("follow_up", case)).content.decode()


def test_a_case_without_a_planned_follow_up_leads_to_recording_a_contact(cast, chioma, case):
    with clock.shifted(timedelta(days=900)):
        chioma = client_of(cast.chioma)
        contact(chioma, case)
        assert not dues(cast, case)
        assert chioma.get(path("person", case)).context["may_contact"]
        chioma.post(path("choose_follow_ups", case), {"asked_on": day(0), "version": 0})
        assert not chioma.get(path("person", case)).context["may_contact"]


def test_a_contact_without_a_due_follow_up_is_the_last_contact(cast, chioma, case):
    contact(chioma, case, code="", text="she rang herself")
    assert calendars.last_contact(opened(cast, case)) == clock.today()
    assert len(dues(cast, case)) == 6


def test_an_attempt_leaves_the_follow_up_due_and_can_be_undone(cast, chioma, case):
    assert contact(chioma, case, result="OTHER", way="CALL").status_code == 302
    [attempt] = opened(cast, case).get(Attempts).entries
    assert attempt.answered is Answered.OTHER
    assert calendars.last_contact(opened(cast, case)) is None
    assert chioma.post(path("undo", case), {"what": "attempt", "key": ""}).status_code == 302
    assert opened(cast, case).get(Attempts).entries == ()


def test_an_undone_follow_up_takes_its_words_along(cast, chioma, case):
    with clock.shifted(7 * DAY):
        chioma = client_of(cast.chioma)
        contact(chioma, case, text="said too much")
        assert chioma.post(path("undo", case), {"what": "follow_up", "key": ""}).status_code == 302
        assert opened(cast, case).get(Attempts).entries == ()
        assert dues(cast, case)[0].code == "FU_1W"


def test_an_undone_follow_up_takes_its_words_along_and_leaves_a_later_attempt(cast, chioma, case):
    with clock.shifted(7 * DAY):
        chioma = client_of(cast.chioma)
        contact(chioma, case, text="said too much")
    with clock.shifted(7 * DAY + timedelta(seconds=20)):
        chioma = client_of(cast.chioma)
        contact(chioma, case, code="", result="OTHER", way="CALL")
        assert chioma.post(path("undo", case), {"what": "follow_up", "key": ""}).status_code == 302
        [attempt] = opened(cast, case).get(Attempts).entries
        assert attempt.answered is Answered.OTHER


def test_choosing_none_is_respected_and_the_person_can_come_back(cast, chioma, case):
    none = {"asked_on": day(0), "come_back": "Dewi at the desk", "version": 0}
    assert chioma.post(path("choose_follow_ups", case), none).status_code == 302
    assert dues(cast, case) == ()
    assert Record.objects.get(id=case).next_due is None
    page = chioma.get(path("follow_up", case)).content.decode()
    assert "no follow-ups. We do not contact them." in page
    assert "Dewi at the desk" in page
    again = {**none, "wanted": ["FU_3M", "FU_36M"], "version": 1}
    assert chioma.post(path("choose_follow_ups", case), again).status_code == 302
    assert [due.code for due in dues(cast, case)] == ["FU_3M", "FU_36M"]


@pytest.mark.parametrize("wrong", [{"asked_on": day(1)}, {"wanted": ["FU_9Y"]}, {"asked_on": ""}])
def test_a_choice_that_cannot_be_is_refused(cast, chioma, case, wrong):
    typed = {"wanted": ["FU_3M"], "asked_on": day(0), "come_back": "the desk", "version": 0} | wrong
    page = chioma.post(path("choose_follow_ups", case), typed)
    assert page.status_code == 400
    assert "the desk" in page.content.decode()
    assert len(dues(cast, case)) == 6


def test_two_choices_at_once_are_shown_one_after_the_other(cast, chioma, case):
    typed = {"wanted": ["FU_3M"], "asked_on": day(0), "come_back": "mine", "version": 0}
    record = opened(cast, case)
    wishes = FollowUpWishes(wanted=(), asked_on=clock.today())
    follow_ups.choose_follow_ups(record, wishes, by=acting_as(cast.jaya), expected=0)
    page = chioma.post(path("choose_follow_ups", case), typed)
    assert page.status_code == 409
    assert "mine" in page.content.decode()
    with pytest.raises(Conflict):
        follow_ups.choose_follow_ups(opened(cast, case), wishes, by=acting_as(cast.jaya), expected=0)


def test_the_agreed_plan_and_then_the_return_home_move_the_calendar(cast, chioma, case):
    with clock.shifted(3 * DAY):
        chioma = client_of(cast.chioma)
        agree(cast, case)
        assert (dues(cast, case)[0].due_on - clock.today()).days == 7
        home = {"returned_on": str(clock.today() - 2 * DAY), "plan_on": str(clock.today()), "version": 1}
        assert chioma.post(path("start_calendar", case), home).status_code == 302
        assert (dues(cast, case)[0].due_on - clock.today()).days == 5
        late = home | {"returned_on": str(clock.today() + DAY), "version": 2}
        assert chioma.post(path("start_calendar", case), late).status_code == 400


def test_after_a_withdrawal_nothing_is_due_and_the_page_says_why(cast, ben, chioma, amina, case):
    consent = ben.get(path("person", amina.id)).context["consents"][0]["consent"].id
    ben.post(path("withdraw", amina.id, consent), {})
    page = chioma.get(path("follow_up", case))
    assert page.context["stopped_on"] == clock.today()
    assert page.context["dues"] == []
    assert contact(chioma, case).status_code == 400
    attempt = Attempt(at=clock.now(), by=cast.chioma.id, written_at=clock.now(), way="MET", answered=Answered.NOBODY)
    with pytest.raises(Refused, match="consent_ended"):
        follow_ups.record_attempt(opened(cast, case), attempt, by=acting_as(cast.chioma))
    assert chioma.post(path("stop_follow_ups", case)).status_code == 302
    assert Record.objects.get(id=case).next_due is None
    wanted = {"wanted": ["FU_12M"], "asked_on": day(0), "version": 0}
    assert chioma.post(path("choose_follow_ups", case), wanted).status_code == 302
    page = chioma.get(path("follow_up", case))
    assert "remain, because the person asked us" in page.content.decode()
    assert [due.code for due in page.context["dues"]] == ["FU_12M"]


def test_what_remains_after_a_withdrawal_is_what_the_person_asked_of_us(cast, ben, chioma, amina, case):
    chioma.post(path("choose_follow_ups", case), {"wanted": ["FU_3M"], "asked_on": day(0), "version": 0})
    ben.post(path("withdraw", amina.id, ben.get(path("person", amina.id)).context["consents"][0]["consent"].id), {})
    assert [due.code for due in chioma.get(path("follow_up", case)).context["dues"]] == ["FU_3M"]


def test_the_supervisor_sets_the_follow_ups_of_the_organisation(cast, esi, chioma, case):
    kartika = client_of(cast.kartika)
    page = kartika.get(reverse("follow_up_settings"))
    assert page.context["form"]["FU_1W"].value() == 7
    wrong = kartika.post(reverse("follow_up_settings"), {"FU_1W": 40, "FU_1M": 30})
    assert wrong.status_code == 400
    assert kartika.post(reverse("follow_up_settings"), {"FU_1M": 28, "FU_12M": 365}).status_code == 302
    assert calendars.intervals_of(cast.pelita.organisation.id) == {"FU_1M": 28, "FU_12M": 365}
    assert calendars.intervals_of(cast.village.organisation.id) == rules.usual_intervals()
    child = rules.calendar(START, child=True, intervals=calendars.intervals_of(cast.pelita.organisation.id))
    assert sum(FOLLOW_UPS[due.code]["who"] == "child" for due in child) == 5
    assert chioma.get(reverse("follow_up_settings")).status_code in (403, 404)


def test_two_years_of_contacts_with_a_loss_and_a_return(cast, chioma, case):
    """Given time: reached, not reached, found again, and the last follow-up after 24 months."""
    agree(cast, case)
    steps = [("FU_1W", 7), ("FU_1M", 30), ("FU_3M", 91), ("FU_6M", 182), ("FU_12M", 365), ("FU_24M", 730)]
    for code, days in steps:
        with clock.shifted(days * DAY):
            worker = client_of(cast.chioma)
            page = worker.get(path("follow_up", case))
            assert page.context["dues"][0].code == code
            if code == "FU_6M":
                for number in (3, 2, 1):
                    contact(worker, case, code=code, result="NOBODY", way="CALL", on=day(-number))
                assert contact(worker, case, code=code, result="FUR_NOT_REACHED", way="").status_code == 302
                assert worker.get(path("follow_up", case)).context["lost_since"] == clock.today()
            else:
                assert contact(worker, case, code=code, safe="SAFE").status_code == 302
    with clock.shifted(731 * DAY):
        page = client_of(cast.chioma).get(path("follow_up", case))
    assert not page.context["dues"]
    assert page.context["lost_since"] is None
    assert "in touch again" in page.content.decode()
    assert len(page.context["history"]) == 9


def test_a_plan_agreed_again_does_not_move_the_calendar(cast, chioma, case):
    agree(cast, case)
    record = opened(cast, case)
    assert record.get(CalendarStart).plan_on == clock.today()
    with clock.shifted(5 * DAY):
        agree(cast, case)
        assert opened(cast, case).get(CalendarStart).plan_on == clock.today() - 5 * DAY
