"""Somebody whom the person excludes reads nothing of a talk that goes on, nor keeps what was shared before it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts import alarms
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm, Notice
from suar.cases.documents.plan import SafetyPlanFacts
from suar.cases.plan import save_safety_plan
from suar.consent import queries as consents
from suar.consent.exclusions import new_exclusions
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast, Player
from suar.directory import queries as directory
from suar.records import keyring
from suar.records import queries as records
from suar.records.models import Grant
from suar.records.terms import Kind
from suar.referrals import sending
from suar.referrals.models import PacketWrap
from suar.screening import team_opinions
from suar.screening.documents import Findings
from suar.screening.models import Reading, Talk
from tests import cast as at_work
from tests.cases.test_retention import act
from tests.people import LEGAL_AID, acting_as, agreed, client_of, person_of, sent, viewer
from tests.screening.conversing import KEPT, STRONG_END, UNABLE, YOUNG, Conversation, left_at
from tests.screening.test_report import END, reach_the_note
from tests.screening.test_talk_again import LOWER, NOBODY, again

world, cast = at_work.world, at_work.cast

REPORT = {"place": "FAMILY_REPORT", "form": "report"}


def excluding(*workers: Player, providers: tuple[UUID, ...] = ()) -> dict[str, object]:
    """Return the end of a talk in which the person wants to be stored and excludes somebody."""
    chosen = {"exclude_workers": [f"{worker.id}" for worker in workers], "exclude_providers": [*map(str, providers)]}
    return {**STRONG_END, **KEPT, "exclude": "on", **chosen}


def opens(player: Player, record: UUID) -> bool:
    """Return True if a worker has a key to a record."""
    try:
        keyring.open_record(record, keys=player.keys)
    except NotYours:
        return False
    return True


def entry_of(player: Player, record: UUID) -> dict[str, Any]:
    return records.index_entries([record], keys=player.keys)[record]


def test_a_legal_hold_and_other_days_stay_in_lists_after_the_next_talk(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**STRONG_END, **KEPT))
    act(cast.ben, person, "ask_hold", words="order 12/2026")
    act(cast.esi, person, "confirm_hold")
    record, on = keyring.open_record(person, keys=cast.ben.keys), clock.today() + timedelta(days=20)
    save_safety_plan(record, SafetyPlanFacts(), review_on=on, expected=0, by=acting_as(cast.ben))
    before = entry_of(cast.ben, person)
    assert before["ending"] == "hold_HELD" and before["due"]["safety"], "the control"
    left_at(again(cast.ben, person).walk().end(**STRONG_END, **KEPT))
    after = entry_of(cast.ben, person)
    assert after["ending"] == before["ending"]
    assert after["due"]["safety"] == before["due"]["safety"]


def test_an_excluded_lead_does_not_read_the_next_talk_while_it_goes_on(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**excluding(cast.esi)))
    assert not opens(cast.esi, person)
    second = again(cast.ben, person)
    assert opens(cast.ben, second.record)
    assert not opens(cast.esi, second.record)


def test_the_next_talk_about_somebody_who_excludes_nobody_is_open_to_the_lead(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**STRONG_END, **KEPT))
    assert opens(cast.esi, again(cast.ben, person).record)


def test_a_lead_excluded_while_a_talk_goes_on_loses_it(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**STRONG_END, **KEPT))
    second = again(cast.ben, person)
    assert opens(cast.esi, second.record)
    excluded = new_exclusions((), [cast.esi.id], "")
    sending.record_exclusions(keyring.open_record(person, keys=cast.ben.keys), excluded, by=acting_as(cast.ben))
    assert not opens(cast.esi, second.record)
    assert opens(cast.ben, second.record)


def test_excluding_an_organisation_in_a_later_talk_closes_what_was_sent_to_it(cast: Cast) -> None:
    person = person_of(cast.ben, cast)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    assert PacketWrap.objects.filter(referral=referral).exists()
    provider = directory.service_card(LEGAL_AID).provider
    assert provider is not None
    ended = again(cast.ben, person.id).walk().end(**excluding(providers=(provider,)))
    assert left_at(ended) == person.id
    assert not PacketWrap.objects.filter(referral=referral).exists()
    opened = keyring.open_record(person.id, keys=cast.ben.keys)
    assert all(given.withdrawn_at for given in consents.list_consents(opened))


@pytest.mark.parametrize("first", [KEPT, NOBODY], ids=["with a name", "without a name"])
def test_excluding_a_colleague_in_a_later_talk_takes_the_second_opinion_from_them(
    cast: Cast, first: dict[str, str]
) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**LOWER, **first))
    assert team_opinions.waiting(acting_as(cast.lia).viewer).exists()
    left = left_at(again(cast.ben, person).walk().end(**excluding(cast.lia)))
    assert not Reading.objects.filter(left__in=(person, left), read_at=None).exists()
    assert not team_opinions.waiting(acting_as(cast.lia).viewer).exists()


@pytest.mark.parametrize("moment", ["in the talk", "later"])
def test_an_excluded_colleague_loses_the_report_that_led_to_the_person(cast: Cast, moment: str) -> None:
    report = Conversation.begun_by(cast.jaya, **REPORT)
    reach_the_note(report)
    left = left_at(report.end(**END))
    assert opens(cast.kartika, left)
    if moment == "in the talk":
        left_at(again(cast.jaya, left).walk().end(**excluding(cast.kartika)))
    else:
        person = left_at(again(cast.jaya, left).walk().end(**STRONG_END, **KEPT))
        assert opens(cast.kartika, left)
        opened = keyring.open_record(person, keys=cast.jaya.keys)
        sending.record_exclusions(opened, new_exclusions((), [cast.kartika.id], ""), by=acting_as(cast.jaya))
    assert not opens(cast.kartika, left)
    assert client_of(cast.kartika).get(f"/talk/ended/{left}").status_code == 404
    assert left not in set(records.visible(acting_as(cast.kartika).viewer, Kind.REPORT).values_list("id", flat=True))
    assert opens(cast.jaya, left)


def test_a_talk_that_ends_for_a_conflict_of_interest_says_nothing_in_the_persons_record(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.jaya).walk().end(**STRONG_END, **KEPT))
    assert opens(cast.kartika, person)
    second = again(cast.jaya, person)
    assert second.ways_to_stop(stop="STOP_TIE", step="SAFE").status_code == 302
    left = left_at(second.end(outcome="UNABLE", reason="RS_NO_ROOM"))
    assert left != person
    found = keyring.open_record(person, keys=cast.jaya.keys).get(Findings) or Findings(entries=())
    assert [finding.stopped_by for finding in found.entries] == [None]
    assert Talk.objects.get(record=second.record).left == left


def test_a_restricted_person_leaves_no_open_record_after_a_conflict_of_interest(cast: Cast) -> None:
    person = left_at(Conversation.begun_by(cast.ben).walk().end(**excluding(cast.esi)))
    second = again(cast.ben, person)
    second.ways_to_stop(stop="STOP_TIE", step="SAFE")
    left = left_at(second.end(outcome="UNABLE", reason="RS_NO_ROOM"))
    assert not opens(cast.esi, left)
    assert Grant.objects.filter(record=left).count() == 2, "its author and the escrow"


def test_help_without_a_name_warns_that_somebody_must_never_know(cast: Cast) -> None:
    told = {"exclude": "on", "exclude_workers": [f"{cast.kartika.id}"]}
    left = left_at(Conversation.begun_by(cast.jaya).walk().end(**LOWER, **NOBODY, **told))
    page = client_of(cast.jaya).get(reverse("options_without_name", args=[left]))
    assert "somebody must never know" in page.content.decode()
    groups = [*page.context["options"]["needs"], *page.context["options"]["package"]]
    offered = {option["card"].organisation for group in groups for option in (*group["best"], *group["more"])}
    assert offered
    assert cast.pelita.organisation.id not in offered


def test_help_without_a_name_offers_the_own_services_if_nobody_is_excluded(cast: Cast) -> None:
    left = left_at(Conversation.begun_by(cast.jaya).walk().end(**LOWER, **NOBODY))
    page = client_of(cast.jaya).get(reverse("options_without_name", args=[left]))
    assert "somebody must never know" not in page.content.decode()
    groups = [*page.context["options"]["needs"], *page.context["options"]["package"]]
    offered = {option["card"].organisation for group in groups for option in (*group["best"], *group["more"])}
    assert cast.pelita.organisation.id in offered


@pytest.mark.parametrize("excluded", [False, True])
def test_an_excluded_colleague_is_not_asked_for_a_second_opinion_about_somebody_without_a_name(
    cast: Cast, excluded: bool
) -> None:
    """Only codes are stored, so the list of whom the person excludes is not."""
    said = {"exclude": "on", "exclude_workers": [f"{cast.lia.id}"]} if excluded else {}
    left = left_at(Conversation.begun_by(cast.ben).walk().end(**LOWER, **NOBODY, **said))
    assert Notice.objects.filter(worker=cast.lia.id).exists() is not excluded
    assert [row.left for row in list(team_opinions.waiting(viewer(cast.lia)))] == ([] if excluded else [left])
    again(cast.ben, left).walk().end(**LOWER, **NOBODY)
    assert Reading.objects.filter(left=left).exists() is not excluded, "the next talk asks nobody either"


def test_a_colleague_excluded_in_the_next_talk_no_longer_finds_the_second_opinion_that_waits(cast: Cast) -> None:
    left = left_at(Conversation.begun_by(cast.ben).walk().end(**LOWER, **NOBODY))
    [waits] = list(team_opinions.waiting(viewer(cast.lia)))
    assert client_of(cast.lia).get(f"/talk/opinions/{waits.id}").status_code == 200, "the control"
    end = {**LOWER, **NOBODY, "exclude": "on", "exclude_workers": [f"{cast.lia.id}"]}
    assert left_at(again(cast.ben, left).walk().end(**end)) == left
    assert not Reading.objects.filter(left=left).exists()
    assert client_of(cast.lia).get(f"/talk/opinions/{waits.id}").status_code == 404


@pytest.mark.parametrize("later", [False, True])
def test_an_excluded_lead_does_not_open_the_codes_of_a_talk(cast: Cast, later: bool) -> None:
    end = {**LOWER, **NOBODY, "exclude": "on", "exclude_workers": [f"{cast.esi.id}"]}
    left = left_at(Conversation.begun_by(cast.ben).walk().end(**({**LOWER, **NOBODY} if later else end)))
    if later:
        assert opens(cast.esi, left), "the control"
        assert left_at(again(cast.ben, left).walk().end(**end)) == left
    assert opens(cast.ben, left) and not opens(cast.esi, left)
    assert client_of(cast.esi).get(f"/talk/ended/{left}").status_code == 404
    assert client_of(cast.ben).get(f"/talk/ended/{left}").status_code == 200


@pytest.mark.parametrize("excluded", [True, False])
@pytest.mark.parametrize("second", [{"keep": "no"}, KEPT], ids=["without a name", "now with a name"])
def test_the_step_for_a_child_does_not_go_to_a_colleague_whom_an_earlier_talk_excluded(
    cast: Cast, excluded: bool, second: dict[str, str]
) -> None:
    """Without a name the list is not stored, and the rules choose who looks after a child."""
    named = {"exclude": "on", "exclude_workers": [f"{cast.lia.id}"]} if excluded else {}
    first = left_at(Conversation.begun_by(cast.ben).walk(AGE=YOUNG).end(**UNABLE, keep="no", **named))
    assert opens(cast.lia, first) is not excluded
    Notice.objects.all().delete()
    left = left_at(again(cast.ben, first).walk(AGE=YOUNG).end(**UNABLE, **second))
    assert opens(cast.lia, left) is not excluded
    assert opens(cast.ben, left)
    assert Notice.objects.filter(worker=cast.lia.id).exists() is not excluded


@pytest.mark.parametrize("excluded", [True, False])
def test_nobody_hides_a_person_from_all_leads_by_a_talk_without_a_name_first(cast: Cast, excluded: bool) -> None:
    """Codes that leave out a lead are not reviewed; the named record that follows would be the worker's alone."""
    named = {"exclude": "on", "exclude_workers": [f"{cast.esi.id}"]} if excluded else {}
    first = left_at(Conversation.begun_by(cast.ben).walk().end(**LOWER, **NOBODY, **named))
    person = left_at(again(cast.ben, first).walk().end(**STRONG_END, **KEPT))
    taken = Alarm.objects.filter(kind=AlarmKind.RECORD_TAKEN, record=person, worker=cast.ben.id)
    assert opens(cast.esi, person) is not excluded
    assert taken.exists() is excluded
    assert not excluded or Notice.objects.filter(worker=cast.indah.id).exists()


@pytest.mark.parametrize("excluded", [True, False])
def test_nobody_lowers_an_outcome_unread_by_saying_that_the_person_excludes_the_lead(
    cast: Cast, excluded: bool
) -> None:
    """Without a name no colleague is asked for a second opinion then: others review that no lead holds the codes."""
    named = {"exclude": "on", "exclude_workers": [f"{cast.esi.id}"]} if excluded else {}
    left = left_at(Conversation.begun_by(cast.ben).walk().end(**LOWER, **NOBODY, **named))
    assert Reading.objects.filter(left=left).exists() is not excluded, "the control"
    taken = Alarm.objects.filter(kind=AlarmKind.RECORD_TAKEN, record=left, worker=cast.ben.id)
    assert taken.exists() is excluded
    assert not alarms.list_alarms(viewer(cast.esi), at=clock.now()).filter(kind=AlarmKind.RECORD_TAKEN).exists()
