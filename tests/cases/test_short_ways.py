"""Short ways: the day leads to the page on which something is done, and what was just saved is one tap away."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from suar.cases import offers
from suar.cases import plan as plans
from suar.cases.codes import OfferOutcome
from suar.cases.documents.follow_ups import Offer, OfferWords
from suar.cases.documents.plan import SafetyPlanFacts
from suar.cases.forms.facts import in_words
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records.keyring import OpenRecord
from tests.people import acting_as, client_of


def new_offer(cast: Cast, **facts: object) -> Offer:
    return Offer(service_type="JUS_WAGES", on=clock.today(), by=cast.ben.id, at=clock.now(), **facts)


def test_the_day_leads_to_an_offer_that_is_due_again_and_to_the_safety_plan(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    postponed = new_offer(
        cast, outcome=OfferOutcome.POSTPONED, recontact="MEET", again_on=clock.today() + timedelta(days=1)
    )
    offers.record_offer(amina, postponed, OfferWords(), by=acting_as(cast.ben))
    with clock.shifted(timedelta(days=1)):
        [row] = client_of(cast.ben).get(reverse("day")).context["due"]
        assert [href for _label, href in row.row.acts] == [reverse("offers", args=[amina.id])]
    with clock.shifted(timedelta(days=30)):
        today = clock.today()
        plan, day = SafetyPlanFacts(what_to_do="to her aunt"), today + timedelta(days=1)
        record = keyring.open_record(amina.id, keys=cast.ben.keys)
        plans.save_safety_plan(record, plan, review_on=day, expected=0, by=acting_as(cast.ben))
    with clock.shifted(timedelta(days=31)):
        [row] = client_of(cast.ben).get(reverse("day")).context["due"]
        assert reverse("safety_plan", args=[amina.id]) in [href for _label, href in row.row.acts]


def test_what_was_just_recorded_is_completed_from_the_top_of_the_page(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    def links() -> int:
        return (
            ben.get(reverse("offers", args=[amina.id])).content.decode().count(reverse("offer", args=[amina.id, key]))
        )

    key = offers.record_offer(
        amina, new_offer(cast, outcome=OfferOutcome.DECLINED), OfferWords(), by=acting_as(cast.ben)
    )
    assert links() == 2
    with clock.shifted(timedelta(minutes=2)):
        ben = client_of(cast.ben)
        assert links() == 1, "only while it can be undone"


def test_a_birthday_is_compared_as_people_write_it() -> None:
    assert in_words({"born": ("1994-05-12", None)})["born"][1:] == ("12 May 1994", None)
