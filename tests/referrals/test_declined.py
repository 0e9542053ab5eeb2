"""Declined services: one tap records a decline, so that colleagues do not ask again unknowingly."""

from datetime import timedelta

from django.urls import reverse

from suar.audit import queries as audit
from suar.consent import declined_services
from suar.consent.models import Consent
from suar.core import clock
from suar.records import keyring
from suar.records.models import Value
from suar.records.terms import Compartment
from suar.referrals import matching
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, client_of, listed, sent


def reopen(cast, record):
    return keyring.open_record(record.id, keys=cast.ben.keys)


def decline(client, record, service=LEGAL_AID):
    return client.post(reverse("consent_for", args=[record.id, service]), {"answer": "no"})


def offered(record, service):
    return next(item for item in listed(matching.find_options(record)) if item["card"].id == service)


def test_a_decline_takes_one_tap_and_stores_only_the_service_and_the_day(cast, ben, amina):
    before = Value.objects.filter(record=amina.id).count()
    page = decline(ben, amina)
    assert page["Location"] == reverse("options", args=[amina.id]), "as many taps as for a consent"
    assert not Consent.objects.exists()
    stored = reopen(cast, amina).read(Compartment.NARRATIVE, "noes")
    assert stored == {"list": [{"service": str(LEGAL_AID), "on": str(clock.today())}], "former": []}
    assert Value.objects.filter(record=amina.id).count() == before + 1
    row = Value.objects.get(record=amina.id, field="noes")
    assert str(LEGAL_AID).encode() not in bytes(row.sealed)
    [act] = [item for item in audit.acts_about(amina.id) if item.verb == "keep_no"]
    assert act.about == [str(amina.id)], "the audit log has the decline without the service"
    assert row.compartment == Compartment.NARRATIVE, "a statistics key opens codes alone"


def test_a_colleague_sees_the_decline_before_asking_again(cast, ben, amina):
    button = reverse("consent_for", args=[amina.id, LEGAL_AID])
    before = ben.get(reverse("options", args=[amina.id])).content.decode()
    assert "Declined on" not in before
    decline(ben, amina)
    text = client_of(cast.esi).get(reverse("options", args=[amina.id])).content.decode()
    folded = text.index("Only if the person brings it up again")
    assert "Declined on" in text
    assert folded < text.index(button) < text.index("</details>", folded)
    page = ben.get(button).content.decode()
    assert "Ask again only if they bring it up." in page
    assert 'value="yes"' in page, "the person can still consent"


def test_a_repeated_decline_counts_once_and_a_later_one_has_its_own_day(cast, ben, amina):
    for _ in range(2):
        decline(ben, amina)
    assert [act.verb for act in audit.acts_about(amina.id)].count("keep_no") == 1
    decline(ben, amina, CLINIC)
    with clock.shifted(timedelta(days=3)):
        decline(client_of(cast.ben), amina)
        today = clock.today()
    declined = declined_services.declined_on(reopen(cast, amina))
    assert declined == {LEGAL_AID: today, CLINIC: today - timedelta(days=3)}


def test_a_consent_replaces_the_decline(cast, ben, amina):
    for service in (LEGAL_AID, CLINIC):
        decline(ben, amina, service)
    agreed(reopen(cast, amina), cast.ben)
    assert list(declined_services.declined_on(reopen(cast, amina))) == [CLINIC]
    assert offered(reopen(cast, amina), LEGAL_AID)["declined_on"] is None


def test_a_declined_service_is_not_offered_as_an_alternative(cast, ben, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    form = {"verb": "decline", "reason": "RF_AREA"}
    client_of(cast.chioma).post(reverse("answer_referral", args=[made.referral]), form)

    def alternatives():
        page = client_of(cast.ben).get(reverse("referral_sent", args=[amina.id, made.referral]))
        return [item["card"].id for item in page.context["alternatives"]]

    first, *others = alternatives()
    decline(ben, amina, first)
    assert first not in alternatives()
    assert set(others) <= set(alternatives())


def test_a_decline_of_a_renewal_is_shown_beside_the_link_to_ask_again(cast, ben, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    with clock.shifted(timedelta(days=88)):
        again = client_of(cast.ben)
        where = reverse("referral_sent", args=[amina.id, made.referral])
        assert "Ask again only" not in again.get(where).content.decode()
        decline(again, amina)
        page = again.get(where).content.decode()
    assert "Ask the person again" in page, "positive control"
    assert "Ask again only if they bring it up." in page


def test_a_decline_survives_a_concurrent_edit_of_a_colleague(cast, ben, amina):
    old = reopen(cast, amina)
    decline(ben, amina, CLINIC)
    declined_services.record_decline(old, LEGAL_AID, by=acting_as(cast.ben))
    assert set(declined_services.declined_on(reopen(cast, amina))) == {CLINIC, LEGAL_AID}
