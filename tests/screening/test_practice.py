"""A practice: the whole talk with somebody invented, of which nothing stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.core import clock
from suar.records.models import Grant, IndexEntry, Record, Value
from suar.records.terms import Kind, Status
from suar.screening import actions, queries
from suar.screening.models import Talk
from suar.screening.rules.instrument import instrument
from suar.screening.rules.reference import invented_people
from tests.people import client_of
from tests.screening.conversing import KEPT, START, STRONG_END, UNABLE, Conversation, led_to, text

pytestmark = pytest.mark.django_db
FIRST = "Practise first"


@pytest.fixture
def practice(village):
    client = client_of(village.ben)
    answer = client.post(reverse("practice"), {"with": "RUDI", "form": "short"})
    return Conversation(village.ben, client, answer["Location"].split("/")[2])


def test_every_invented_person_answers_at_every_step():
    steps = {slot.code for slot in instrument().steps} - {"WRITE"} | {"OUTCOME"}
    for invented_person in invented_people().values():
        assert set(invented_person.says) == steps
        for step_words in (*invented_person.says.values(), invented_person.label, invented_person.scene):
            assert step_words["en"]
            assert step_words["id"]
            assert step_words["en"] != step_words["id"]


def test_a_practice_shows_what_the_person_says_and_that_nothing_is_stored(practice):
    page = text(practice.page("SAFE"))
    assert "Practice. Nothing is stored." in page
    assert "Rudi sits in front of the village hall" in page
    practice.walk()
    assert "450 dollars" in text(practice.page("SIGNS"))
    assert "Lawful papers promise nothing" in text(practice.sum_up())


def test_a_real_talk_does_not_mention_practice(talk):
    assert "Practice" not in text(talk.page("SAFE"))


def test_a_practice_belongs_to_its_author_alone(practice, village):
    assert Grant.objects.filter(record=practice.record).count() == 1
    assert practice.seen_by(village.esi).page("SAFE").status_code == 404


@pytest.mark.parametrize("ending", [{**STRONG_END, **KEPT}, UNABLE])
def test_nothing_of_a_practice_is_stored(practice, ending):
    practice.walk()
    answer = practice.end(**ending)
    assert led_to(answer) == "practice-ended"
    assert "Nothing was stored" in text(practice.client.get(answer["Location"]))
    assert not Value.objects.exists()
    assert not IndexEntry.objects.exists()
    assert not Grant.objects.exists()
    assert list(Record.objects.values_list("kind", "status")) == [(Kind.TALK, Status.GONE)]
    assert practice.page("SAFE").status_code == 404


def test_an_ending_that_does_not_fit_is_refused_as_in_a_real_talk(practice):
    practice.walk()
    answer = practice.end(outcome="PRESUMED_VICTIM", reason="")
    assert answer.status_code == 400
    assert Talk.objects.get().ended_at is None


def test_a_first_talk_asks_for_a_practice_and_does_not_demand_it(village, practice):
    assert FIRST in text(practice.client.get(reverse("talk_start")))
    assert practice.client.post(reverse("talk_start"), START).status_code == 302
    practice.walk()
    practice.end(**UNABLE)
    assert queries.has_practised(village.ben.id)
    assert FIRST not in text(practice.client.get(reverse("talk_start")))


def test_a_practice_left_alone_is_destroyed_and_does_not_count(village, practice):
    with clock.shifted(timedelta(days=8)):
        assert actions.destroy_abandoned(at=clock.now()) == 1
    assert not Talk.objects.exists()
    assert not queries.has_practised(village.ben.id)


def test_an_unknown_invented_person_gets_404(village):
    client = client_of(village.ben)
    assert client.post(reverse("practice"), {"with": "BUDI"}).status_code == 404
    assert not Talk.objects.exists()
    page = text(client.get(reverse("practice")))
    for invented_person in invented_people().values():
        assert invented_person.label["en"] in page
