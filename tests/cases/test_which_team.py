"""A worker of several teams says which team takes a case; one of a single team is not asked."""

import pytest
from django.urls import reverse

from suar.accounts import setup, workers
from suar.accounts.models import Membership, Worker
from suar.accounts.queries import worker_fingerprint
from suar.cases.models import Case
from suar.core import clock
from suar.records import actions as vault
from suar.records import keyring
from suar.records.models import Grant, Record
from tests.people import agreed, client_of, sent

ASKED = "Which team will help?"


def path(name, *ids):
    return reverse(name, args=ids)


@pytest.fixture
def new_referral(cast, amina):
    """A referral to Pelita that nobody answered yet."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


@pytest.fixture
def second(cast):
    """A second team of Pelita, in which Chioma works as well and Jaya does not."""
    at = clock.now()
    organisation = cast.pelita.organisation.id
    team = setup.make_team("Tim dua", organisation=organisation, by=cast.kartika.acting(at=at))
    workers.admit(
        cast.chioma.id, team=team.id, fingerprint=worker_fingerprint(cast.chioma.id), by=cast.kartika.acting(at=at)
    )
    cast.chioma.keys.forget()
    return team


def test_a_worker_of_one_team_is_not_asked(chioma, new_referral):
    assert ASKED not in chioma.get(path("inbox_item", new_referral)).content.decode()
    assert chioma.post(path("accept_referral", new_referral)).status_code == 302


def test_a_worker_of_several_teams_is_asked_and_none_is_chosen_for_them(cast, second, new_referral):
    page = client_of(cast.chioma).get(path("inbox_item", new_referral)).content.decode()
    for item in (ASKED, "Tim satu", "Tim dua"):
        assert item in page
    assert "checked" not in page


@pytest.mark.parametrize("which", ["first", "second"])
def test_the_chosen_team_takes_the_case(cast, second, new_referral, which):
    team = {"first": cast.pelita.team.id, "second": second.id}[which]
    page = client_of(cast.chioma).post(path("accept_referral", new_referral), {"team": str(team)})
    case = Case.objects.get().record
    assert page["Location"] == path("person", case)
    assert Record.objects.get(id=case).team == team
    seen = client_of(cast.jaya).get(path("person", case)).status_code
    assert seen == (200 if which == "first" else 404)


@pytest.mark.parametrize("wrong", ["", "x", "7d9a4c1e-0b53-4b0e-9c55-1f2f4a6f8f10", "elsewhere"])
def test_another_team_is_a_form_error(cast, second, new_referral, wrong):
    team = str(cast.elsewhere.team.id) if wrong == "elsewhere" else wrong
    page = client_of(cast.chioma).post(path("accept_referral", new_referral), {"team": team})
    text = page.content.decode()
    assert page.status_code == 400
    assert "Choose which team will help." in text
    assert ASKED in text
    assert not Case.objects.exists()


def test_a_colleague_of_another_team_sees_where_the_case_is(cast, second, new_referral):
    client_of(cast.chioma).post(path("accept_referral", new_referral), {"team": str(second.id)})
    page = client_of(cast.jaya).post(path("accept_referral", new_referral))
    assert page.status_code == 409
    assert "already accepted this for another team" in page.content.decode()


def test_a_referral_with_a_restricted_case_is_404_for_others(cast, chioma, new_referral):
    chioma.post(path("accept_referral", new_referral))
    record = keyring.open_record(Case.objects.get().record, keys=cast.chioma.keys)
    vault.restrict(record, excluded={cast.jaya.id}, keys=cast.chioma.keys, at=clock.now())
    assert client_of(cast.jaya).post(path("accept_referral", new_referral)).status_code == 404


def test_a_destroyed_case_shows_only_that_the_referral_was_accepted(cast, chioma, new_referral):
    chioma.post(path("accept_referral", new_referral))
    vault.destroy(Case.objects.get().record, by=None, at=clock.now(), because="wish")
    page = client_of(cast.jaya).post(path("accept_referral", new_referral))
    assert page.status_code == 409
    assert "This was already accepted. You cannot open the case." in page.content.decode()
    assert "another team" not in page.content.decode()


def test_a_worker_who_left_the_team_sees_no_colleague(cast, second, new_referral):
    chioma = client_of(cast.chioma)
    chioma.post(path("accept_referral", new_referral), {"team": str(second.id)})
    Membership.objects.filter(worker=cast.chioma.id, team=second.id).delete()
    Grant.objects.filter(record=Case.objects.get().record).delete()
    page = chioma.post(path("accept_referral", new_referral), {"go": "case"})
    assert page.status_code == 409
    assert "This was already accepted" in page.content.decode()


def test_a_worker_without_a_team_accepts_nothing(cast, new_referral):
    chioma = client_of(cast.chioma)
    assert "Accept and open the case" in chioma.get(path("inbox_item", new_referral)).content.decode()
    Membership.objects.filter(worker=cast.chioma.id).delete()
    for page in (
        chioma.get(path("inbox_item", new_referral)),
        chioma.post(path("accept_referral", new_referral)),
    ):
        text = page.content.decode()
        assert "You are not in a team yet, so you cannot accept this." in text
        assert "Accept and open the case" not in text
    assert page.status_code == 409
    assert not Case.objects.exists()


def test_an_accepted_referral_asks_for_no_team(cast, second, new_referral):
    chioma = client_of(cast.chioma)
    chioma.post(path("accept_referral", new_referral), {"team": str(second.id)})
    assert ASKED not in chioma.get(path("inbox_item", new_referral)).content.decode()
    assert chioma.post(path("accept_referral", new_referral), {"go": "case"}).status_code == 302


def test_the_team_question_is_translated(cast, second, new_referral):
    Worker.objects.filter(id=cast.chioma.id).update(language="id")
    chioma = client_of(cast.chioma)
    assert "Tim mana yang menanganinya?" in chioma.get(path("inbox_item", new_referral)).content.decode()
    page = chioma.post(path("accept_referral", new_referral))
    assert "Pilih tim yang menanganinya." in page.content.decode()
