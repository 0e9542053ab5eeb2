"""The inbox and the lists of referrals: plain columns, sorted by urgency, few queries."""

from datetime import timedelta
from os import urandom
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.core import clock
from suar.core.urgency import Urgency
from suar.referrals import queries
from suar.referrals.codes import State, Verb
from suar.referrals.models import Act, Packet, Referral
from tests.people import agreed, client_of, sent, viewer


def path(name, *ids):
    return reverse(name, args=ids)


def ask(cast, amina, number=1):
    """Send this number of referrals to Pelita."""
    return [sent(amina, agreed(amina, cast.ben), cast.ben).referral for _ in range(number)]


def listed(client, part):
    """Return what a part of the inbox lists."""
    return client.get(path("inbox"), {"show": part}).context["requests"]


def answer(chioma, referral, verb, **fields):
    return chioma.post(path("answer_referral", referral), {"verb": verb, **fields})


def test_an_empty_inbox_says_so(chioma):
    assert b"Nobody is waiting for help from us." in chioma.get(path("inbox")).content


def test_the_inbox_shows_sender_and_urgency_and_nothing_of_the_person(cast, chioma, amina):
    ask(cast, amina)
    page = chioma.get(path("inbox")).content.decode()
    assert "Tim Desa Contoh" in page
    assert "Within a week" in page
    assert "Amina" not in page


def test_what_is_most_urgent_and_oldest_comes_first(cast, amina):
    old, new, urgent = ask(cast, amina, 3)
    Referral.objects.filter(id=urgent).update(urgency=Urgency.NOW)
    Referral.objects.filter(id=old).update(made_at=clock.now() - timedelta(days=2))
    assert [item.id for item in queries.inbox(viewer(cast.chioma), at=clock.now())] == [
        urgent,
        old,
        new,
    ]


def test_ended_referrals_are_listed_apart(cast, chioma, amina):
    over, still = ask(cast, amina, 2)
    answer(chioma, over, "decline", reason="RF_AREA")
    parts = {part: [item.id for item in listed(chioma, part)] for part in ("waiting", "helping", "ended")}
    assert parts == {"waiting": [still], "helping": [], "ended": [over]}
    filters = chioma.get(path("inbox")).context["filters"]
    assert [(part.total, part.is_current) for part in filters] == [(1, True), (0, False), (None, False)]


def more_like(referral, number, **changes):
    """Create copies of a referral row for the lists."""
    like = Referral.objects.filter(id=referral).values().get()
    made = [{**like, **changes, "id": uuid4(), "consent": uuid4()} for _ in range(number)]
    Referral.objects.bulk_create(Referral(**item) for item in made)
    packet = Packet.objects.filter(referral=referral).values().get()
    copies = [{**packet, "referral_id": item["id"], "nonce": urandom(24)} for item in made]
    Packet.objects.bulk_create(Packet(**item) for item in copies)
    return {item["id"] for item in made}


def seen_in(client, name, part, listed, show=""):
    """Return the ids on every page of a list."""
    address, parts = f"{path(name)}?show={show}", []
    while address:
        page = client.get(address)
        assert page.status_code == 200
        rows = listed(page.context)
        parts.append([item.id for item in rows])
        following = f"?{show and f'show={show}&amp;'}{part}={rows.next_page_number()}" if rows.has_next() else ""
        assert following in page.content.decode()
        address = f"{path(name)}{following.replace('&amp;', '&')}" if following else ""
    return parts


def test_a_new_request_is_seen_among_many_that_were_begun(cast, chioma, amina):
    new, begun = ask(cast, amina, 2)
    Referral.objects.filter(id=new).update(made_at=clock.now() + timedelta(minutes=1))
    older = more_like(begun, 60, state=State.STARTED, due_at=None)
    assert [item.id for item in listed(chioma, "waiting")] == [begun, new]
    parts = seen_in(chioma, "inbox", "page", lambda context: context["requests"], show="helping")
    assert [len(item) for item in parts] == [50, 10]
    assert {item for part in parts for item in part} == older


def test_a_lead_sees_how_many_referrals_are_late_at_a_receiver(cast, esi, amina):
    late, refused, _soon = ask(cast, amina, 3)
    past = clock.now() - timedelta(hours=1)
    Referral.objects.filter(id__in=(late, refused)).update(due_at=past)
    Referral.objects.filter(id=refused).update(state=State.REFUSED)
    [part] = [part for part in esi.get(path("team")).context["filters"] if part.label == "Late"]
    assert part.total == 1
    assert [item.id for item in esi.get(path("team"), {"show": "late"}).context["sent"]] == [late]


def test_late_referrals_are_counted_and_listed_among_many_that_came_back(cast, ben, esi, amina):
    late, other = ask(cast, amina, 2)
    back = more_like(other, 60, state=State.REFUSED, due_at=None)
    Referral.objects.filter(id=late).update(due_at=clock.now() - timedelta(hours=1))
    for client, name, listed in (
        (esi, "team", lambda context: context["sent"]),
        (ben, "day", lambda context: context["due"]),
    ):
        parts = seen_in(client, name, "sent" if name == "team" else "due", listed)
        assert parts[0][0] == late
        everything = {item for part in parts for item in part}
        assert everything == {late} | back | ({other} if name == "team" else set())


def test_a_cut_list_links_to_its_next_page(cast, chioma, amina):
    waits, over = ask(cast, amina, 2)
    waiting = {waits, over} | more_like(waits, 60)
    ended = more_like(over, 60, state=State.RECALLED, due_at=None)
    for name, part, listed, every in (
        ("day", "inbox", lambda context: context["inbox"], waiting),
        ("inbox", "page", lambda context: context["requests"], ended),
    ):
        parts = seen_in(chioma, name, part, listed, show="ended" if name == "inbox" else "")
        assert {item for rows in parts for item in rows} == every
        assert len(parts) == 2


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1' OR 1=1", "\u0663", "9" * 40])
def test_a_page_that_does_not_exist_shows_one_that_does(chioma, wrong):
    for name, part in (("inbox", "page"), ("inbox", "show"), ("day", "inbox"), ("day", "due")):
        assert chioma.get(path(name), {part: wrong}).status_code == 200


def test_what_waits_for_an_answer_is_what_nobody_answered(cast, chioma, amina):
    waits, answered = ask(cast, amina, 2)
    answer(chioma, answered, "waitlist", expected_on="2027-01-10")
    assert [item.id for item in queries.inbox_of_day(viewer(cast.chioma), at=clock.now())] == [waits]


def test_a_late_answer_is_late_in_every_list(cast, ben, chioma, amina):
    ask(cast, amina)
    assert not queries.inbox(viewer(cast.chioma), at=clock.now())[0].is_late
    with clock.shifted(timedelta(days=20)):
        late = client_of(cast.chioma).get(path("inbox")).content
        assert b"days late" in late
        assert queries.sent_by_teams(viewer(cast.esi), at=clock.now())[0].is_late


def test_what_came_back_comes_before_what_is_still_there(cast, chioma, amina):
    back, there = ask(cast, amina, 2)
    answer(chioma, back, "decline", reason="RF_AREA")
    assert [item.id for item in queries.sent_by(viewer(cast.ben), at=clock.now())] == [back, there]


def test_what_has_ended_for_good_leaves_the_list(cast, ben, chioma, amina):
    (gone,) = ask(cast, amina)
    answer(chioma, gone, "decline", reason="RF_AREA")
    ben.post(path("follow_referral", amina.id, gone), {"verb": "close_unmet"})
    assert not queries.sent_by(viewer(cast.ben), at=clock.now())
    assert Referral.objects.get().state == State.CLOSED_UNMET


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verb": "acknowledge"}, 302),
        ({"verb": "waitlist"}, 409),
        ({"verb": "waitlist", "expected_on": "31.31."}, 409),
        ({"verb": "waitlist", "expected_on": "2027-02-01"}, 302),
        ({"verb": "decline"}, 409),
        ({"verb": "decline", "reason": "RF_NO_PLACE"}, 302),
        ({"verb": "decline", "reason": "' OR 1=1"}, 409),
        ({"verb": "start"}, 409),
        ({"verb": "accept"}, 404),
        ({"verb": ""}, 404),
        ({}, 404),
    ],
)
def test_an_invalid_answer_gets_an_error_status(cast, chioma, amina, form, status):
    (referral,) = ask(cast, amina)
    page = chioma.post(path("answer_referral", referral), form)
    assert page.status_code == status
    if status == 409:
        assert b'role="alert"' in page.content


def test_a_decline_after_a_colleagues_says_where_it_stands(cast, chioma, amina):
    (referral,) = ask(cast, amina)
    assert answer(chioma, referral, "decline", reason="RF_AREA").status_code == 302
    jaya = client_of(cast.jaya)
    assert answer(jaya, referral, "decline", reason="RF_AREA").status_code == 409
    assert Act.objects.filter(verb=Verb.DECLINE).count() == 1


def test_after_a_decline_it_is_the_turn_of_the_sender_alone(cast, ben, chioma, amina):
    (referral,) = ask(cast, amina)
    answer(chioma, referral, "decline", reason="RF_AREA")
    assert len(listed(chioma, "ended")) == 1
    assert b"Your turn" not in chioma.get(path("inbox"), {"show": "ended"}).content
    assert b"Your turn" in ben.get(path("day")).content


def test_no_list_costs_more_queries_with_more_rows(cast, ben, chioma, amina, esi):
    counts = {}
    for number in (10, 40):
        ask(cast, amina, number)
        for name, client in (("inbox", chioma), ("day", chioma), ("day", ben), ("team", esi)):
            client.get(path(name))
            with CaptureQueriesContext(connection) as captured:
                client.get(path(name))
            counts.setdefault((name, id(client)), []).append(len(captured))
    assert all(len(set(count)) == 1 for count in counts.values()), counts
    assert len(listed(chioma, "waiting")) == 50, "positive control"
