"""A report about somebody who is not there: nothing counts as said by the person, and the reporter is kept apart."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils.translation import override

from suar.cases.queries import find_people
from suar.cases.rows import person_row
from suar.core import clock
from suar.demo import directory
from suar.records import queries as records
from suar.records.models import Record
from suar.records.terms import Kind
from suar.screening.codes import Answer, Outcome
from suar.screening.documents import Findings, NextSteps, Reported, Reporter
from suar.screening.forms import FollowingStepForm
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, NeedAnswer, path_of
from suar.screening.rules.next_steps import default_step, may_choose_step
from suar.screening.rules.note import note_themes, with_note
from suar.screening.rules.outcomes import element_values
from suar.screening.rules.setting import forms_offered, initial_answers
from tests.people import client_of, viewer
from tests.screening.conversing import YOUNG, Conversation, led_to, left_at, text
from tests.screening.talks import suggest
from tests.screening.test_note import STRONG, Posted, note

WHO = {
    "q-RP_WHO": "FAMILY",
    "q-RP_KNOWS": "TOLD",
    "q-RP_PART": "UNKNOWN",
    "q-RP_REACH": "NO",
    "q-TI_KNOWS": "NONE",
    "q-CU_HELD": "NO",
}
END = {
    "about": "A girl called Melati Rekaan",
    "place": "a house behind the market",
    "reach": "through her aunt",
    "text": "She may not go out.",
    "wants": "wants her home",
    "keep": "on",
    "name": "Bu Rekaan",
    "contact": "000-0000-3317",
}
REPORT = initial_answers("report", "FAMILY_REPORT")


def test_where_the_person_is_absent_a_report_is_offered_and_police_only_say_where_help_is() -> None:
    assert forms_offered("FAMILY_REPORT", "SOCIAL_WORKER") == (("report", "signpost"), ("PERSON_ABSENT",))
    assert forms_offered("FAMILY_REPORT", "TEACHER")[0] == ("signpost",)
    assert forms_offered("FAMILY_REPORT", "POLICE_UNIT", widened=True)[0] == ("signpost",)


def test_reported_signs_support_nothing() -> None:
    noted = with_note(REPORT, Posted({"said": [*STRONG, "I_O_CONTROLLED"], "by": "THEM", "age-band": "ADULT"}))
    assert {sign for signs in noted.signs.values() for sign in signs} == {*STRONG, "I_O_CONTROLLED"}
    elements = element_values(noted, path_of(noted))
    assert [total.signs for total in elements.results] == [(), (), ()]
    assert suggest(elements, path_of(noted)).outcome is Outcome.UNABLE


def test_each_sign_that_is_not_neutral_can_be_reported() -> None:
    reported = [sign.code for _, signs in note_themes(REPORT) for sign in signs]
    noted = [sign for _, signs in note_themes(Answers(stopped_by="STOP_DISTRESS")) for sign in signs]
    assert sorted(reported) == sorted(sign.code for sign in noted if not sign.neutral)


@pytest.mark.parametrize(
    ("answers", "step"),
    [
        (REPORT, "NS_REACH"),
        (initial_answers("report", "VILLAGE_OFFICE"), "NS_REACH"),
        (Answers("report", 1, age=AgeFacts(band=AgeBand.FROM_15_TO_17)), "NS_CHILD"),
        (Answers("report", 1, needs={"ND_CHILD_ALONE": NeedAnswer(Answer.YES)}), "NS_CHILD"),
        (Answers("report", 1, choices={"CU_HELD": "NO_LAWYER"}), "NS_LAWYER"),
    ],
)
def test_a_report_always_has_a_next_step_with_an_owner(answers: Answers, step: str) -> None:
    assert default_step(answers, None, has_name=True, has_contact=True) == step
    assert not may_choose_step("NS_COMES_BACK", step)
    assert not may_choose_step("NS_NONE_WISHED", "NS_REACH")
    assert may_choose_step("NS_HAND_OVER", "NS_REACH")


@pytest.fixture
def report(village: SimpleNamespace) -> Conversation:
    """Return a report that Ben begins."""
    return Conversation.begun_by(village.ben, place="FAMILY_REPORT", form="report")


def reach_the_note(report: Conversation, **needs: str) -> int:
    """Answer who reports and what cannot wait; return the version of the note's page."""
    report.post("REPORT", **WHO)
    report.post("NEEDS", **{"needs-all-asked": "yes", **needs})
    return note(report).context["version"]


def test_a_report_keeps_the_reporter_apart_and_leads_to_the_person(report: Conversation) -> None:
    assert led_to(report.sum_up()) == str(report.record), "nothing was asked yet"
    assert "Answer each question" in text(report.post("REPORT", **{**WHO, "q-RP_WHO": ""}))
    version = reach_the_note(report)
    assert led_to(report.page("WRITE")) == "note"
    assert led_to(note(report, version=version, said=STRONG, by="THEM", go="back")) == "NEEDS"
    assert led_to(note(report, version=version + 1, said=STRONG, by="THEM")) == "outcome"
    assert report.end(**{**END, "keep": "no"}).status_code == 400, "a name that may not be stored"
    left = left_at(report.end(**END))
    record, opened = Record.objects.get(id=left), report.open(left)
    assert (record.kind, record.next_due is not None) == (Kind.REPORT, True)
    assert opened.get(Reporter).name == END["name"]
    assert END["name"] not in opened.get(Reported).model_dump_json()
    (finding,) = opened.get(Findings).entries
    assert (finding.outcome, finding.signs, finding.report["RP_WHO"]) == ("UNABLE", {}, "FAMILY")
    assert {sign for signs in finding.reported.values() for sign in signs} == set(STRONG)
    (step,) = opened.get(NextSteps).entries
    assert (step.code, step.owner) == ("NS_REACH", report.player.id)
    keys = report.player.keys
    (found,) = find_people("Melati", viewer=viewer(report.player), keys=keys)
    assert (found.id, person_row(found).href) == (left, reverse("talk_ended", args=[left]))
    page = text(report.client.get(reverse("talk_ended", args=[left])))
    assert all(value in page for value in (END["about"], END["name"], "nothing may be shared before"))
    assert report.client.get(reverse("person", args=[left])).status_code == 404


def test_the_needs_of_a_report_are_not_written_as_the_person_would_say_them(report: Conversation) -> None:
    report.post("REPORT", **WHO)
    page = text(report.page("NEEDS"))
    assert "Wants the pay that is owed to them" in page
    assert "I want" not in page


def test_a_report_whose_step_is_done_stays_in_the_lists_until_a_reason_against_it(report: Conversation) -> None:
    note(report, version=reach_the_note(report))
    left = left_at(report.end(**END))
    finish, page = reverse("finish_next_step", args=[left]), reverse("talk_ended", args=[left])
    unsafe = {"next_step": "NS_NONE_SAFE", "next_day": str(clock.today())}
    for wrong in ({"next_step": "NS_COMES_BACK"}, {}, unsafe, {"next_step": "NS_REACH", "next_day": "soon"}):
        assert report.client.post(finish, wrong).status_code == 400
    [before] = report.open(left).get(NextSteps).entries
    report.client.post(finish, {"next_step": "NS_REACH"})
    report.client.post(finish, {"undo": "on"})
    assert report.open(left).get(NextSteps).entries == (before,)
    report.client.post(finish, {"next_step": "NS_REACH"})
    first, second = report.open(left).get(NextSteps).entries
    assert first.done_at
    assert (second.code, second.owner, second.done_at) == ("NS_REACH", report.player.id, None)
    for name in ("day", "caseload"):
        assert page in text(report.client.get(reverse(name)))
    report.client.post(finish, {"next_step": "NS_NONE_SAFE"})
    assert report.open(left).get(NextSteps).entries[-1].code == "NS_NONE_SAFE"
    assert page not in text(report.client.get(reverse("day")))
    report.client.post(finish, {"next_step": "NS_DEADLINE", "next_day": str(clock.today() + timedelta(days=9))})
    assert page in text(report.client.get(reverse("day"))), "it can be taken up again"


def test_a_reporter_without_a_name_leaves_only_what_they_want(report: Conversation) -> None:
    note(report, version=reach_the_note(report))
    left = left_at(report.end(about="A man on a ship", wants="news of him", keep="no"))
    assert report.open(left).get(Reporter) == Reporter(wants="news of him")


def test_a_tie_to_the_recruiter_ends_a_report_and_stores_nothing(report: Conversation) -> None:
    report.post("REPORT", **{**WHO, "q-TI_KNOWS": "OFFICE"})
    left = left_at(report.end(outcome="UNABLE", reason="RS_NO_ROOM"))
    (finding,) = report.open(left).get(Findings).entries
    assert (Record.objects.get(id=left).kind, finding.stopped_by, finding.report) == (Kind.CODES, "STOP_TIE", None)


def test_a_child_reaches_child_protection_and_danger_waits_for_a_call(
    report: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    report.post("REPORT", **WHO)
    assert "Something cannot wait" in text(report.post("NEEDS", **{"n-ND_DANGER": "YES"}))
    report.post("NEEDS", **{"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "TRIED"})
    note(report, version=note(report).context["version"], needs=["ND_DANGER"], **YOUNG)
    left = left_at(report.end(**END))
    assert Record.objects.get(id=left).assignee == strangers.lia.id
    assert records.due_on(left) is not None
    day = text(client_of(strangers.lia).get(reverse("day")))
    assert reverse("talk_ended", args=[left]) in day
    assert "Nobody reached yet" in day
    page = client_of(strangers.lia).get(reverse("talk_ended", args=[left]))
    assert "Nobody reached yet" in text(page)
    assert END["about"] in text(page)
    assert "call child protection or the police now" in text(page)
    assert "nothing may be shared before" not in text(page)
    directory.load(at=clock.now())
    lines = text(client_of(strangers.lia).get(reverse("talk_ended", args=[left]))).split('href="tel:')[1:]
    numbers = [line.split('"')[0] for line in lines]
    assert len(numbers) == len(set(numbers)) > 0, "each number once"
    with override("id"):
        assert FollowingStepForm().fields["next_step"].choices[0][1].startswith("Cari cara aman")
    help_page = client_of(strangers.lia).get(reverse("options_without_name", args=[left]))
    assert help_page.status_code == 200
    assert client_of(village.ben).get(reverse("talk_ended", args=[left])).status_code == 200
    client_of(village.ben).post(reverse("finish_next_step", args=[left]), {"next_step": "NS_REACH"})
    assert report.open(left).get(NextSteps).entries[-1].owner == strangers.lia.id


def test_a_report_about_another_person_is_begun_by_one_way_only(village: SimpleNamespace) -> None:
    page = text(client_of(village.ben).get(reverse("talk_start")))
    assert page.count('value="FAMILY_REPORT"') == 1
    assert '<option value="FAMILY_REPORT"' not in page
