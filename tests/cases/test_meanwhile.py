"""What a worker typed while a colleague was first stays on the page, with what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.models import Worker
from suar.audit.models import Entry
from suar.cases import calendars, closing, rules
from suar.cases.codes import ClosureReason
from suar.consent.models import Withdrawal
from suar.core import clock
from suar.records import keyring
from suar.records.models import Record
from suar.records.terms import Compartment, Status
from tests.people import agreed, client_of, typed_steps

pytestmark = pytest.mark.db_contract

WHY = "Karta Contoh is at home this week"
THEIRS = "as the person asked"


def path(name, *ids):
    return reverse(name, args=ids)


def day(days):
    return str(clock.today() + timedelta(days=days))


@pytest.fixture
def kartika(cast):
    return client_of(cast.kartika)


@pytest.fixture
def jaya(cast):
    return client_of(cast.jaya)


def wish(client, case, reason="CL_PERSON", **changes):
    """Fill in the page that closes a case; the questions about needs are those it asks."""
    fields = client.get(path("close_case", case)).context["form"].need_fields
    confirmed = [str(confirmation) for confirmation in rules.confirmations(ClosureReason(reason))]
    needs = {field.html_name: "met" for field in fields}
    typed = {"reason": reason, "on": day(0), "agreed": THEIRS, "call": "the duty line"}
    return typed | {"confirmed": confirmed} | needs | changes


def status(case):
    return Record.objects.get(id=case).status


def verbs(case):
    return list(Entry.objects.filter(mentions__about=case).values_list("verb", flat=True))


def lines(cast, case):
    return closing.list_requests(keyring.open_record(case, keys=cast.chioma.keys))


def typed_plan():
    return {
        "goal": "her own room",
        **typed_steps({"what": "call the boss", "who": "Dewi at the desk", "by": day(3)}),
        "review_on": day(20),
        "version": 0,
    }


def form_path(name, case):
    """Return the address of a form of a case; the plan is saved goal by goal."""
    return path(name, case, *(["goal"] if name == "plan_part" else []))


def typed_follow_up():
    return {"code": "FU_1W", "result": "FUR_UNSAFE", "again_on": day(2), "reason": WHY}


CLOSED_MEANWHILE = [
    ("plan_part", typed_plan, ["her own room", "call the boss", "Dewi at the desk"]),
    ("follow_up", typed_follow_up, [WHY]),
]


@pytest.mark.parametrize(("name", "typed", "words"), CLOSED_MEANWHILE)
def test_text_typed_while_a_case_was_closed_can_be_saved(chioma, kartika, case, name, typed, words):
    kartika.post(path("close_case", case), wish(kartika, case))
    page = chioma.post(form_path(name, case), typed())
    text = page.content.decode()
    assert page.status_code == 409
    for word in (*words, "This case was closed in the meantime.", "Reopen the case and save"):
        assert word in text
    assert all(value in text for value in typed().values() if isinstance(value, str))
    assert status(case) == Status.CLOSED


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("plan_part", {"review_on": ""}),
        ("plan_part", {"review_on": day(-1)}),
        ("follow_up", {"again_on": "x"}),
        ("follow_up", {"result": "FUR_REACHED"}),
    ],
)
def test_an_invalid_form_reopens_no_case(chioma, kartika, case, name, typed):
    whole = {"plan_part": typed_plan, "follow_up": typed_follow_up}[name]() | typed
    kartika.post(path("close_case", case), wish(kartika, case))
    page = chioma.post(form_path(name, case), whole | {"reopen": "yes"})
    assert page.status_code == 400
    assert "Reopen the case and save this" in page.content.decode()
    assert status(case) == Status.CLOSED
    assert "reopen_case" not in verbs(case)


def test_a_plan_and_a_follow_up_are_stored_after_reopening(cast, chioma, kartika, case):
    with clock.shifted(timedelta(days=7)):
        chioma, kartika = client_of(cast.chioma), client_of(cast.kartika)
        for name, typed in (("plan_part", typed_plan), ("follow_up", typed_follow_up)):
            kartika.post(path("close_case", case), wish(kartika, case))
            page = chioma.post(form_path(name, case), typed() | {"reopen": "yes"})
            leads_to = "plan" if name == "plan_part" else "follow_up"
            assert page["Location"] == f"{path(leads_to, case)}#saved"
            assert status(case) == Status.OPEN
        record = keyring.open_record(case, keys=cast.chioma.keys)
    assert record.read(Compartment.NARRATIVE, "plan")["goals"][0]["text"] == "her own room"
    assert calendars.read_calendar(record)[1][0].reason == WHY


@pytest.mark.parametrize(("name", "typed", "words"), CLOSED_MEANWHILE)
def test_workers_who_cannot_reopen_see_whom_to_ask(chioma, jaya, case, name, typed, words):
    chioma.post(path("close_case", case), wish(chioma, case))
    page = jaya.post(form_path(name, case), typed())
    text = page.content.decode()
    assert page.status_code == 409
    for word in (*words, "can open it again. Ask them"):
        assert word in text
    assert "Reopen the case and save" not in text
    assert jaya.post(form_path(name, case), typed() | {"reopen": "yes"}).status_code == 404
    assert status(case) == Status.CLOSED


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("CL_PERSON", "This case was closed in the meantime."),
        ("CL_ERROR", "Somebody asked to close this case in the meantime."),
    ],
)
def test_an_overtaken_closing_form_stays_beside_the_colleagues(cast, chioma, kartika, case, reason, words):
    mine = wish(chioma, case, agreed="we meet each month", call="Pak Contoh")
    kartika.post(path("close_case", case), wish(kartika, case, reason))
    page = chioma.post(path("close_case", case), mine)
    text = page.content.decode()
    assert page.status_code == 409
    for item in (words, "we meet each month", "Pak Contoh", THEIRS, "Kartika"):
        assert item in text
    assert ("Keep the case open" in text) is (reason == "CL_ERROR")
    assert ("Keep the case closed" in text) is (reason == "CL_PERSON")
    assert [line.reason for line in lines(cast, case)] == [reason], "nothing was overwritten"
    assert chioma.post(path("close_case", case), mine | {"instead": page.context["version"]}).status_code == 302
    assert [line.state for line in lines(cast, case)][-1] == "closed"
    assert [line.agreed for line in lines(cast, case)] == [THEIRS, "we meet each month"]


def test_an_own_earlier_request_is_not_shown_as_a_colleagues(cast, chioma, case):
    chioma.post(path("close_case", case), wish(chioma, case, "CL_ERROR"))
    mine = wish(chioma, case, agreed="we meet each month")
    page = chioma.post(path("close_case", case), mine)
    text = page.content.decode()
    assert page.status_code == 409
    for item in ("You asked to close this case before", "Replace your request and close it as written here"):
        assert item in text
    assert "Somebody asked to close" not in text
    assert "Replace their request" not in text
    assert chioma.post(path("close_case", case), mine | {"instead": page.context["version"]}).status_code == 302
    assert [line.state for line in lines(cast, case)] == ["not_yet", "closed"]


def test_only_the_request_on_the_page_is_replaced(cast, chioma, kartika, case):
    mine = wish(chioma, case, agreed="we meet each month")
    kartika.post(path("close_case", case), wish(kartika, case, "CL_ERROR"))
    overtaken = {"instead": chioma.post(path("close_case", case), mine).context["version"]}
    kartika.post(path("keep_open", case))
    assert chioma.post(path("close_case", case), mine | overtaken).status_code == 400
    assert status(case) == Status.OPEN
    kartika.post(path("close_case", case), wish(kartika, case, "CL_ERROR", agreed="another"))
    page = chioma.post(path("close_case", case), mine | overtaken)
    assert page.status_code == 409
    assert "another" in page.content.decode()
    assert [line.state for line in lines(cast, case)] == ["not_yet", "asked"]
    assert chioma.post(path("close_case", case), mine | {"instead": page.context["version"]}).status_code == 302
    assert [line.state for line in lines(cast, case)] == ["not_yet", "not_yet", "closed"]


def test_an_invalid_closing_replaces_no_request(cast, chioma, kartika, case):
    mine = wish(chioma, case, agreed="we meet each month", confirmed=[])
    kartika.post(path("close_case", case), wish(kartika, case, "CL_ERROR"))
    page = chioma.post(path("close_case", case), mine)
    page = chioma.post(path("close_case", case), mine | {"instead": page.context["version"]})
    assert page.status_code == 409
    for item in ("we meet each month", "Confirm this first", "Kartika"):
        assert item in page.content.decode()
    assert [line.state for line in lines(cast, case)] == ["asked"]


def test_a_consent_withdrawn_meanwhile_keeps_the_typed_reason(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    esi = client_of(cast.esi)
    assert esi.post(path("withdraw", amina.id, consent), {"reason": "as told"}).status_code == 302
    page = ben.post(path("withdraw", amina.id, consent), {"reason": "they told my aunt"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "they told my aunt" in text
    assert "This was withdrawn in the meantime." in text
    assert Withdrawal.objects.count() == 1


def test_withdrawing_twice_with_the_same_reason_succeeds(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    for _ in range(2):
        page = ben.post(path("withdraw", amina.id, consent), {"reason": "they told my aunt"})
        assert page["Location"] == path("person", amina.id)
    assert verbs(amina.id).count("withdraw_consent") == 1


def test_conflict_messages_are_translated(cast, chioma, kartika, case):
    Worker.objects.filter(id=cast.chioma.id).update(language="id")
    kartika.post(path("close_case", case), wish(kartika, case))
    page = chioma.post(form_path("plan_part", case), typed_plan()).content.decode()
    assert "Kasus ini sementara itu ditutup." in page
    assert "Buka kembali kasus dan simpan ini" in page
