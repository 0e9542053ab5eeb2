"""Work in the community: recorded for the organisation, counted by quarter, and linked to nobody."""

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from suar.cases import community
from suar.cases.models import CommunityWork
from suar.core import clock
from suar.demo.cast import Cast
from tests.people import client_of

PAGE = reverse("community_work")
TALK = {"kind": "SCHOOL", "on": "2024-05-17", "place": "32.74", "participants": "40", "result": "OPEN_TALK"}


def test_work_is_listed_and_counted_by_quarter(ben: Client) -> None:
    assert "Nothing yet." in ben.get(PAGE).content.decode()
    for changed in ({}, {"on": "2024-06-30", "participants": ""}, {"on": "2024-07-01", "kind": "VILLAGE_HEAD"}):
        assert ben.post(PAGE, {**TALK, **changed}).status_code == 302
    third, second = ben.get(PAGE).context["quarters"]
    assert (second.first_day, second.number, second.rows, second.participants) == (
        date(2024, 4, 1),
        2,
        [("SCHOOL", 2)],
        40,
    )
    assert (third.number, third.rows) == (3, [("VILLAGE_HEAD", 1)])


def test_the_words_are_sealed_to_the_team(cast: Cast, ben: Client) -> None:
    ben.post(PAGE, {**TALK, "words": "the headmaster will repeat it"})
    [work] = CommunityWork.objects.all()
    assert b"headmaster" not in bytes(work.sealed)
    assert "the headmaster will repeat it" in client_of(cast.esi).get(PAGE).content.decode()
    assert not client_of(cast.chioma).get(PAGE).context["rows"], "it is another organisation's"
    outside = community.read_words(work, keys=cast.chioma.keys)
    assert outside == ""


def test_no_column_leads_to_a_person() -> None:
    names = {field.name for field in CommunityWork._meta.concrete_fields}
    assert names & {"record", "person", "case", "referral"} == set()


def test_the_form_warns_against_names_and_refuses_a_day_to_come(ben: Client) -> None:
    page = ben.post(PAGE, {**TALK, "on": str(clock.today() + timedelta(days=1)), "words": "kept while correcting"})
    assert page.status_code == 400
    assert "kept while correcting" in page.content.decode()
    assert "Write no names" in page.content.decode()
    assert not CommunityWork.objects.exists()


def test_a_mistake_stays_in_the_list_and_counts_no_more(cast: Cast, ben: Client) -> None:
    ben.post(PAGE, TALK)
    [work] = CommunityWork.objects.all()
    strike = reverse("strike_community_work", args=[work.id])
    assert client_of(cast.chioma).post(strike).status_code == 404
    assert client_of(cast.lia).post(strike).status_code == 404, "only its author or a lead"
    assert ben.post(strike).status_code == 302
    assert ben.post(strike).status_code == 302
    page = ben.get(PAGE)
    assert page.context["quarters"] == []
    assert "<del>" in page.content.decode()
