"""The people of the demonstration: in every state, on everybody's pages, and no danger to anybody real."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory, people
from suar.demo.cast import Cast
from suar.demo.people import DATA
from suar.records.models import Record
from suar.records.terms import Kind, Status
from suar.referrals.codes import State
from suar.referrals.models import Referral
from suar.screening.models import Reading, Talk
from tests import worlds
from tests.people import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract(long=True)]
MADE_UP_NUMBER = re.compile(r"000-0000-\d{4}")
AT_A_RECEIVER = {State.SENT, State.ACKNOWLEDGED, State.WAITLISTED, State.STARTED}
BACK = {State.REFUSED, State.NO_CONTACT, State.CONSENT_WITHDRAWN, State.ENDED_EARLY}
OVER = {State.FEEDBACK_DONE, State.CLOSED_UNMET, State.CLOSED_CHOICE, State.CANCELLED, State.REDIRECTED}


def with_people() -> Cast:
    now = clock.now()
    began = now - people.LONGEST
    cast = casting.gather(at=began)
    casting.make_partners(cast, at=began)
    cast.players["oka"] = casting.join(cast.village, "oka", "Oka", casting.Role.SUPERVISOR, at=began)
    directory.load(at=now, receivers=people.RECEIVERS)
    people.play(cast, at=now)
    return cast


world = worlds.given(with_people, worlds.copied)


@pytest.fixture
def cast(world: Cast, db: None) -> Iterator[Cast]:
    return worlds.copied(world)


def test_referrals_name_services_in_the_language_of_the_country(cast: Cast) -> None:
    ben = client_of(cast.players["ben"])
    links = re.findall(r'href="(/people/[0-9a-f-]{36})[?"]', ben.get("/people").content.decode())
    pages = "".join(ben.get(path).content.decode() for path in dict.fromkeys(links))
    assert "Bantuan upah yang belum dibayar dan kontrak" in pages
    assert "Help with unpaid wages and contracts" not in pages


def test_forty_people_are_in_every_state(cast: Cast) -> None:
    assert len(DATA["people"]) == 40
    assert {State(state) for state in Referral.objects.values_list("state", flat=True)} >= AT_A_RECEIVER | BACK | OVER
    assert Referral.objects.filter(due_at__lt=clock.now()).exists()
    cases = Record.objects.filter(kind=Kind.CASE)
    assert cases.filter(status=Status.OPEN, next_due__lt=clock.today()).exists()
    assert cases.filter(status=Status.CLOSED).exists()
    assert Talk.objects.filter(ended_at=None).exists()
    assert Reading.objects.filter(read_at=None).exists()
    kinds = set(Record.objects.values_list("kind", flat=True))
    assert kinds >= {Kind.PERSON, Kind.CASE, Kind.CODES, Kind.TALK}
    months = {month for (month,) in Record.objects.values_list("opened_month")}
    assert len(months) >= 6


@pytest.mark.parametrize("name", ["ben", "esi", "oka", "lia", "chioma", "jaya", "kartika", "farid"])
def test_no_page_of_a_list_is_empty(cast: Cast, name: str) -> None:
    client, pages = client_of(cast.players[name]), ["day"]
    pages += ["inbox"] if name in ("chioma", "jaya", "kartika", "farid") else []
    pages += ["team"] if name in ("esi", "kartika", "farid") else []
    for page in pages:
        assert b'class="list"' in client.get(reverse(page)).content, page


def test_no_number_of_an_invented_person_can_be_dialled() -> None:
    numbers = [person["phone"] for person in DATA["people"] if "phone" in person]
    assert len(numbers) == len(set(numbers)) > 30
    assert [number for number in numbers if not MADE_UP_NUMBER.fullmatch(number)] == []
