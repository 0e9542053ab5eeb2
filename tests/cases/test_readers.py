"""Who opened a record: by day and by person, a page at a time, so that a stranger stands out."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from suar.cases import queries
from suar.cases.queries import MAX_ACTS
from suar.core import clock
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from tests.people import Thread, agreed, client_of, person_of, sent


def opens(player: Player, record: OpenRecord, *, times: int) -> None:
    """Open a record so often, each time for a page of its own."""
    for _ in range(times):
        keyring.open_record(record.id, keys=player.keys)
        player.keys.write_openings(page="test")


def said(page: list[queries.Day]) -> list[list[tuple[str, int]]]:
    """Return for each day who opened it how often."""
    return [
        [(who, len(times)) for who, acts in workers.items() for what, times in acts.items() if "opened" in what]
        for _, workers in page
    ]


def test_acts_are_grouped_by_day_and_worker(cast: Cast, amina: OpenRecord) -> None:
    opens(cast.ben, amina, times=3)
    opens(cast.esi, amina, times=1)
    opens(cast.ben, amina, times=2)
    assert said(queries.record_activity(amina.id)[0]) == [[("Ben", 6), ("Esi", 1)]], "five, and once to add the needs"


def test_days_are_listed_newest_first(cast: Cast, amina: OpenRecord) -> None:
    opens(cast.ben, amina, times=1)
    with clock.shifted(timedelta(days=1)):
        opens(cast.esi, amina, times=1)
        page = queries.record_activity(amina.id)[0]
    assert len(page) == 2
    assert said(page) == [[("Esi", 1)], [("Ben", 2)]]


def test_a_long_list_is_paginated(cast: Cast, amina: OpenRecord) -> None:
    opens(cast.ben, amina, times=MAX_ACTS + 5)
    esi = client_of(cast.esi)
    first = esi.get(reverse("readers", args=[amina.id]))
    earlier = first.context["earlier"]
    assert earlier in first.content.decode()
    rest = esi.get(earlier).context
    assert rest["earlier"] == ""
    assert sum(said(rest["days"])[0][0][1:]) >= 5
    assert sum(said(first.context["days"])[0][0][1:]) + 5 >= MAX_ACTS


def test_an_invalid_page_is_404(esi: Client, amina: OpenRecord) -> None:
    for wrong in ("x", "-1", "1' OR 1=1", "9" * 40):
        answer = esi.get(reverse("readers", args=[amina.id]), {"before": wrong})
        assert answer.status_code == 404, wrong


def doings(page: list[queries.Day]) -> list[tuple[str, str]]:
    """Return who did what, over all days."""
    return [(who, what) for _, workers in page for who, acts in workers.items() for what in acts]


def test_the_receiver_is_listed_among_the_readers(cast: Cast, esi: Client, amina: OpenRecord) -> None:
    asked = sent(amina, agreed(amina, cast.ben), cast.ben).referral
    other = person_of(cast.ben, cast, name="Somebody Else")
    chioma, page = client_of(cast.chioma), reverse("readers", args=[amina.id])
    chioma.get(reverse("inbox_item", args=[asked]))
    found = doings(esi.get(page).context["days"])
    assert ("Chioma", "saw the request, without a name") in found
    assert ("Chioma", "read what was shared") not in found
    case = chioma.post(reverse("accept_referral", args=[asked]))["Location"]
    chioma.get(case)
    shown = esi.get(page)
    assert ("Chioma", "read what was shared") in doings(shown.context["days"])
    assert "read what was shared" in shown.content.decode()
    assert not any(who == "Chioma" for who, _ in doings(queries.record_activity(other.id)[0]))


def test_readers_by_link_are_listed(cast: Cast, handover: Thread, dan: Client) -> None:
    dan.get(reverse("link", args=[handover.token]))
    by_link = ("A person with the link", "saw the request, without a name")
    assert by_link in doings(queries.record_activity(handover.person)[0])
    kartika = client_of(cast.kartika)
    kartika.get(reverse("inbox_item", args=[handover.referral]))
    assert ("Kartika", "read what was shared") not in doings(queries.record_activity(handover.case)[0])
    kartika.get(reverse("person", args=[handover.case]))
    assert ("Kartika", "opened the record") in doings(queries.record_activity(handover.case)[0])
    assert not any(who == "Ben" for who, _ in doings(queries.record_activity(handover.case)[0]))
