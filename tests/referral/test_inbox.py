"""The inbox and the lists of referrals: plain columns, sorted by what matters, few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.kernel import clock
from suar.kernel.urgency import Urgency
from suar.referral import queries
from suar.referral.models import Act, Referral
from suar.referral.terms import State, Verb
from tests.people import agreed, client_of, sent, viewer


def path(name, *ids):
    return reverse(name, args=ids)


def ask(cast, amina, number=1):
    """Send so many referrals to Pelita."""
    return [sent(amina, agreed(amina, cast.ben), cast.ben).referral for _ in range(number)]


def answer(chioma, referral, verb, **said):
    return chioma.post(path("answer_referral", referral), {"verb": verb, **said})


def test_an_empty_inbox_says_so(chioma):
    assert b"Nobody waits for help from us." in chioma.get(path("inbox")).content


def test_the_inbox_says_who_asks_and_how_soon_and_nothing_of_the_person(cast, chioma, amina):
    ask(cast, amina)
    page = chioma.get(path("inbox")).content.decode()
    assert "Tim Desa Contoh" in page
    assert "Within a week" in page
    assert "Amina" not in page


def test_what_is_most_urgent_and_oldest_comes_first(cast, amina):
    old, new, urgent = ask(cast, amina, 3)
    Referral.objects.filter(id=urgent).update(urgency=Urgency.NOW)
    Referral.objects.filter(id=old).update(made_at=clock.now() - timedelta(days=2))
    assert [each.id for each in queries.inbox(viewer(cast.chioma))] == [urgent, old, new]


def test_what_is_over_stands_apart(cast, chioma, amina):
    over, still = ask(cast, amina, 2)
    answer(chioma, over, "decline", reason="RF_AREA")
    page = chioma.get(path("inbox"))
    assert [each.id for each in page.context["inbox"].open] == [still]
    assert [each.id for each in page.context["inbox"].ended] == [over]


def test_what_waits_for_an_answer_is_what_nobody_answered(cast, chioma, amina):
    waits, answered = ask(cast, amina, 2)
    answer(chioma, answered, "waitlist", expected_on="2027-01-10")
    assert [each.id for each in queries.waiting(viewer(cast.chioma))] == [waits]


def test_a_late_answer_is_late_in_every_list(cast, ben, chioma, amina):
    ask(cast, amina)
    assert not queries.inbox(viewer(cast.chioma))[0].is_late(clock.now())
    with clock.shifted(timedelta(days=20)):
        late = client_of(cast.chioma).get(path("inbox")).content
        assert b"Late since" in late
        assert queries.team_clocks([cast.village.team.id])[0].is_late(clock.now())


def test_what_came_back_comes_before_what_is_still_there(cast, chioma, amina):
    back, there = ask(cast, amina, 2)
    answer(chioma, back, "decline", reason="RF_AREA")
    assert [each.id for each in queries.sent_by(viewer(cast.ben))] == [back, there]


def test_what_has_ended_for_good_leaves_the_list(cast, ben, chioma, amina):
    (gone,) = ask(cast, amina)
    answer(chioma, gone, "decline", reason="RF_AREA")
    ben.post(path("follow_referral", amina.id, gone), {"verb": "close_unmet"})
    assert queries.sent_by(viewer(cast.ben)) == []
    assert Referral.objects.get().state == State.CLOSED_UNMET


@pytest.mark.parametrize(
    ("said", "status"),
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
def test_an_answer_fits_or_says_why_not(cast, chioma, amina, said, status):
    (referral,) = ask(cast, amina)
    page = chioma.post(path("answer_referral", referral), said)
    assert page.status_code == status
    if status == 409:
        assert b'role="alert"' in page.content


def test_a_second_press_of_decline_says_where_it_stands(cast, chioma, amina):
    (referral,) = ask(cast, amina)
    assert answer(chioma, referral, "decline", reason="RF_AREA").status_code == 302
    assert answer(chioma, referral, "decline", reason="RF_AREA").status_code == 409
    assert Act.objects.filter(verb=Verb.DECLINE).count() == 1


def test_no_list_costs_more_queries_with_more_rows(cast, ben, chioma, amina, esi):
    counts = {}
    for number in (10, 40):
        ask(cast, amina, number)
        for name, client in (("inbox", chioma), ("day", chioma), ("day", ben), ("team", esi)):
            client.get(path(name))
            with CaptureQueriesContext(connection) as found:
                client.get(path(name))
            counts.setdefault((name, id(client)), []).append(len(found))
    assert all(len(set(each)) == 1 for each in counts.values()), counts
    assert len(queries.inbox(viewer(cast.chioma))) == 50, "positive control"
