"""What came back and what cannot wait is as loud on each page that shows it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.models import Worker
from suar.core import clock
from suar.core.urgency import Urgency
from suar.referrals.models import Referral
from tests.people import agreed, client_of, sent

TONE = re.compile(r'<span class="tag"\s*(?:data-due="(\w*)")?>')


def day_of(player):
    return client_of(player).get(reverse("day"))


def tones(cast, record):
    """Return the tone of the only referral on each page of its sender."""
    ben = client_of(cast.ben)
    person = ben.get(reverse("person", args=[record]))
    [referral] = person.context["sent"]
    pages = [person, ben.get(reverse("day")), client_of(cast.esi).get(reverse("team"))]
    pages.append(ben.get(reverse("referral_sent", args=[record, referral.id])))
    return [TONE.search(page.content.decode().split("<main")[1])[1] or None for page in pages]


@pytest.fixture
def new_referral(cast, amina):
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


def test_a_decline_is_amber_on_every_page(cast, amina, new_referral):
    assert tones(cast, amina.id) == [None] * 4, "positive control"
    said = {"verb": "decline", "reason": "RF_NO_PLACE"}
    client_of(cast.chioma).post(reverse("answer_referral", args=[new_referral]), said)
    assert tones(cast, amina.id) == ["today"] * 4
    page = client_of(cast.ben).get(reverse("person", args=[amina.id])).content.decode()
    page = " ".join(page.split())
    assert '<span class="tag" data-due="today">Cannot help</span>' in page


def test_overdue_items_are_red_on_every_page(cast, amina, new_referral):
    with clock.shifted(timedelta(days=30)):
        assert tones(cast, amina.id) == ["now"] * 4


@pytest.mark.parametrize("urgency", [Urgency.NOW, Urgency.TODAY])
def test_unanswered_urgent_needs_are_listed_as_due(cast, amina, new_referral, urgency):
    quiet = day_of(cast.ben)
    assert not quiet.context["due"]
    assert "Nothing is due today." in quiet.content.decode()
    Referral.objects.filter(id=new_referral).update(urgency=urgency)
    page = day_of(cast.ben)
    due = page.content.decode().partition('id="due"')[2].partition("</section>")[0]
    assert "Amina Rekaan" in due
    assert reverse("options", args=[amina.id]) in due, "who answers now, and whom one spoke to"
    assert "Call them, or ask another provider" in due
    assert "Nothing is due today." not in due


def test_answered_needs_are_not_listed_as_due(cast, amina, new_referral):
    Referral.objects.filter(id=new_referral).update(urgency=Urgency.TODAY)
    assert "Call them" in day_of(cast.ben).content.decode(), "positive control"
    assert "Call them" not in day_of(cast.esi).content.decode()
    client_of(cast.chioma).post(
        reverse("answer_referral", args=[new_referral]), {"verb": "decline", "reason": "RF_NO_PLACE"}
    )
    [back] = day_of(cast.ben).context["due"]
    assert back.row.next == "Find another service"


def test_the_urgent_need_is_translated(cast, amina, new_referral):
    Referral.objects.filter(id=new_referral).update(urgency=Urgency.TODAY)
    Worker.objects.filter(id=cast.ben.id).update(language="id")
    assert "Telepon mereka, atau minta penyedia lain" in day_of(cast.ben).content.decode()
