"""Contacts about an urgent need are recorded for that need alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.consent.codes import AgeStatus
from suar.consent.documents import Need, Needs, Profile
from suar.core import clock
from suar.core.urgency import Urgency
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import matching, queries
from suar.referrals import needs as needs_of
from tests.people import acting_as, agreed, sent


def path(name, *ids):
    return reverse(name, args=ids)


def reopen(cast, record):
    return keyring.open_record(record.id, keys=cast.ben.keys)


def urgent(cast, amina):
    needs = {"HOU_EMERGENCY": Urgency.TODAY}
    needs_of.add_needs(reopen(cast, amina), needs, by=acting_as(cast.ben))
    return "need-HOU_EMERGENCY"


def test_an_urgent_need_shows_hotlines_until_a_contact_is_recorded(cast, ben, amina):
    need = urgent(cast, amina)
    page = ben.get(path("options", amina.id)).content.decode()
    assert "Nobody informed yet" in page
    assert 'href="tel:' in page
    assert ben.post(path("record_contact", amina.id), {"need": need, "whom": " "}).status_code == 400
    form = {"need": need, "whom": "Ibu Contoh"}
    assert ben.post(path("record_contact", amina.id), form).status_code == 302
    page = ben.get(path("options", amina.id)).content.decode()
    assert "Ibu Contoh" in page
    record = reopen(cast, amina)
    codes = [record.read(Compartment.CODED, name) for name in record.names(Compartment.CODED)]
    assert "Ibu Contoh" not in str(codes), "a statistics key opens these"
    assert "Nobody informed yet" not in page.split("<aside")[0].split('class="two"')[0]


@pytest.mark.parametrize("need", ["", "x", "5e1f0000-0000-4000-8000-0000000000ff"])
def test_an_unknown_need_is_refused_with_a_reason(cast, ben, amina, need):
    urgent(cast, amina)
    before = reopen(cast, amina)
    page = ben.post(path("record_contact", amina.id), {"need": need, "whom": "Ibu Contoh"})
    assert page.status_code == 400
    assert "This need is not recorded for this person." in page.content.decode()
    after = reopen(cast, amina)
    for compartment in (Compartment.CODED, Compartment.NARRATIVE):
        assert after.names(compartment) == before.names(compartment)
    assert after.version(Compartment.CODED, "needs") == before.version(Compartment.CODED, "needs")


def test_a_refused_name_stays_in_the_form_of_its_need(cast, ben, amina):
    page = ben.post(path("record_contact", amina.id), {"need": urgent(cast, amina), "whom": "x" * 121})
    assert page.status_code == 400
    assert f'value="{"x" * 121}"' in page.content.decode()


REFUSED = Need(
    id="urgent-ND_WAGES",
    service_type="JUS_WAGES",
    urgency=Urgency.NOW,
    at=clock.now() - timedelta(days=1),
    call_result="not_wanted",
)
CHILD = {"age_status": AgeStatus.CHILD, "age_band": "FROM_15_TO_17", "age": None}


def alarming(cast, amina, **profile):
    """Return whether the need that the person did not want help with raises the alarm now."""
    record = reopen(cast, amina)
    if profile:
        record.put(record.get(Profile).model_copy(update=profile), by=cast.ben.id, at=clock.now())
    return [line["alarming"] for line in matching.need_lines(record, queries.sent_for(record))]


def refuse_help(cast, amina):
    reopen(cast, amina).put(Needs(entries=(REFUSED,)), by=cast.ben.id, at=clock.now())


def test_an_adult_who_wants_no_help_raises_no_alarm_and_a_child_does(cast, amina):
    refuse_help(cast, amina)
    assert alarming(cast, amina) == [False]
    assert alarming(cast, amina, **CHILD) == [True]


@pytest.mark.parametrize("change", [needs_of.add_needs, needs_of.raise_needs])
def test_a_need_that_is_chosen_again_or_raised_is_wanted_after_all(cast, amina, change):
    refuse_help(cast, amina)
    change(reopen(cast, amina), {"JUS_WAGES": Urgency.WEEK}, by=acting_as(cast.ben))
    assert alarming(cast, amina) == [True]


def test_a_need_that_was_referred_later_is_wanted_after_all(cast, amina):
    refuse_help(cast, amina)
    sent(amina, agreed(amina, cast.ben), cast.ben)
    assert alarming(cast, amina) == [True]


def test_raising_one_need_loses_no_other_of_the_same_type(cast, amina):
    other = REFUSED.model_copy(update={"id": "urgent-ND_PAY"})
    reopen(cast, amina).put(Needs(entries=(REFUSED, other)), by=cast.ben.id, at=clock.now())
    needs_of.raise_needs(reopen(cast, amina), {"HOU_SHELTER": Urgency.WEEK}, by=acting_as(cast.ben))
    ids = [need.id for need in needs_of.own_needs(reopen(cast, amina))]
    assert ids == [REFUSED.id, other.id, "need-HOU_SHELTER"]


@pytest.mark.parametrize(
    ("need", "named", "spoken"),
    [("ND_THREAT", "SAF", "about your safety"), ("ND_SELF_HARM", "MEN", "about someone to talk to")],
)
def test_consent_and_packet_name_the_need_and_not_what_else_the_service_does(cast, ben, amina, need, named, spoken):
    stored = Need(id=f"urgent-{need}", service_type="SAF_RISK", urgency=Urgency.TODAY, at=clock.now())
    reopen(cast, amina).put(Needs(entries=(stored,)), by=cast.ben.id, at=clock.now())
    record = reopen(cast, amina)
    crisis = next(card for card in matching.services_of_type(record, "MEN_CRISIS") if "SAF_RISK" not in card.types)
    assert {name[:3] for name in needs_of.types_named_to(record, crisis)} == {named}
    assert spoken in ben.get(path("consent_for", amina.id, crisis.id)).content.decode()


def test_a_clinic_hears_of_health_also_where_another_need_leads_there(cast, amina):
    rows = [("ND_HEALTH", "HEA_GENERAL", Urgency.WEEK), ("ND_WITH_ME", "SAF_RISK", Urgency.THREE_DAYS)]
    stored = [Need(id=f"urgent-{code}", service_type=kind, urgency=level, at=clock.now()) for code, kind, level in rows]
    reopen(cast, amina).put(Needs(entries=tuple(stored)), by=cast.ben.id, at=clock.now())
    record = reopen(cast, amina)
    clinic = next(card for card in matching.services_of_type(record, "HEA_GENERAL") if "SAF_RISK" not in card.types)
    assert {name[:3] for name in needs_of.types_named_to(record, clinic)} == {"HEA"}
