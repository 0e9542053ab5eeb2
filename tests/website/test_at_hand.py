"""No page on which somebody looks for help ends there: whom to call, and a way to write."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.contact.models import Desk
from suar.core import clock
from suar.core.ids import new_id
from tests.directory.entries import entry, load, provider
from tests.html import squeeze
from tests.website.asking import OWN, ask, ticket_of
from tests.website.conftest import LEGAL_AID, SHELTER
from tests.website.test_reading_pages import ROUND_TRIP_BYTES, weight

ASKING = re.compile(
    r'name="ticket" value="([^"]+)"><input type="hidden" name="lang" value="en">'
    r'<button class="act" data-quiet name="do" value="ask">'
)
NOBODY = {"needs": "work", "place": "32.74"}


@pytest.fixture
def desk(db):
    """Keep a house that answered letters, and has not looked for days."""
    return Desk.objects.create(
        team=new_id(),
        organisation=new_id(),
        who_en="SYN",
        who_id="SYN",
        days="12345",
        answers_within_days=2,
        looked_at=clock.now() - timedelta(days=9),
        by=new_id(),
    )


def pages(visitor):
    """Return a list, one without any, words that nothing fits, and a service opened both ways."""
    found = ask(visitor, needs="wages")
    told = {"ticket": ticket_of(found), "lang": "en", "needs": "wages", "open": LEGAL_AID}
    return {
        "list": ask(visitor, needs="wages"),
        "nobody": ask(visitor, **NOBODY),
        "no words": ask(visitor, text="Kucingberang"),
        "opened": visitor.post("/", told, headers=OWN),
        "service": visitor.get(f"/en/s/{LEGAL_AID}"),
        "hidden": visitor.get(f"/en/s/{SHELTER}"),
    }


def test_each_page_has_emergency_numbers(visitor, directory):
    for name, page in pages(visitor).items():
        told = page.content.decode()
        assert "In danger now?" in told, name
        assert told.index("In danger now?") < told.index('href="tel:129"'), name


def test_each_page_links_to_letters_if_a_team_answers_them(visitor, directory, desk):
    for name, page in pages(visitor).items():
        [ticket] = ASKING.findall(squeeze(page.content))
        asked = {"ticket": ticket, "lang": "en", "do": "ask"}
        assert "Nobody reads letters here now" in visitor.post("/", asked, headers=OWN).content.decode(), name


def test_no_page_links_to_letters_without_a_team(visitor, directory):
    assert not any(ASKING.search(page.content.decode()) for page in pages(visitor).values())


@pytest.mark.parametrize("language", ["en", "id", "km", "my"])
def test_a_service_that_is_visited_first_fits_in_one_round_trip(visitor, directory, desk, language):
    page = visitor.get(f"/{language}/s/{LEGAL_AID}")
    assert weight(visitor, page) <= ROUND_TRIP_BYTES


def test_a_longer_list_asks_the_database_no_more(visitor, directory, desk):
    with CaptureQueriesContext(connection) as few:
        short = ask(visitor, needs="bed").content.decode()
    more = [entry(f"bed {n}", types=["HOU_EMERGENCY"], areas=["31"]) for n in range(8)]
    assert load(provider(*more)).applied
    with CaptureQueriesContext(connection) as many:
        long = ask(visitor, needs="bed").content.decode()
    assert long.count('class="entry"') == short.count('class="entry"') + 8
    assert len(many) == len(few)
