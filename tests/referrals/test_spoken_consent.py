"""Contacts about an urgent need are recorded for that need alone."""

import pytest
from django.urls import reverse

from suar.core.urgency import Urgency
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import needs as needs_of
from tests.people import acting_as


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
