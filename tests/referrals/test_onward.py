"""Referring on from a case: by who holds it, with a new consent, and with nothing copied from the packet."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.acting import Anonymous
from suar.consent import declined_services
from suar.consent import queries as consents
from suar.consent.documents import Needs, Person, Profile, SafeContact
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.referrals import disclosure, links, matching, needs, packets, queries, receiving, sending
from suar.referrals.codes import State, Verb
from suar.referrals.models import Packet, Referral
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, client_of, listed, sent, viewer
from tests.referrals.test_pages import asked_form

MONTH = timedelta(days=30)


@pytest.fixture
def case(cast, handover):
    """Amina's case at Chioma's organisation; she was asked who must never know."""
    client_of(cast.chioma).post(reverse("exclusions", args=[handover.case]), {"go": "nobody"})
    return handover.case


def opened(cast, case):
    record = keyring.open_record(case, keys=cast.chioma.keys)
    receiving.read_received(record, viewer=viewer(cast.chioma), keys=cast.chioma.keys, at=clock.now())
    return record


def refer_on(cast, client, case):
    """Ask for consent on the page and send the link; return the referral and the token with its code."""
    record = opened(cast, case)
    form = asked_form(client, record, CLINIC) | {"assent": "on", "guardian": "independent_consented"}
    asked = client.post(reverse("consent_for", args=[case, CLINIC]), form)
    assert asked.status_code == 302, asked.content.decode()
    page = client.post(asked["Location"])
    row = Referral.objects.get(record=case)
    return row, page.context["sent"]


def test_a_provider_finds_help_from_a_case_but_not_at_the_own_organisation(cast, case, chioma):
    assert reverse("options", args=[case]) in chioma.get(reverse("person", args=[case])).content.decode()
    page = chioma.get(reverse("options", args=[case]))
    cards = [option["card"] for option in listed(page.context["options"])]
    assert cards
    assert cast.pelita.organisation.id not in [card.organisation for card in cards]
    assert chioma.get(reverse("consent_for", args=[case, LEGAL_AID])).status_code == 404


def test_nothing_goes_on_before_the_person_was_asked_who_must_never_know(cast, handover, chioma):
    first = chioma.get(reverse("consent_for", args=[handover.case, CLINIC]))
    assert first["Location"] == reverse("exclusions", args=[handover.case])
    record = opened(cast, handover.case)
    consent = agreed(record, cast.chioma, service=CLINIC)
    with pytest.raises(Refused, match="ask_who_first"):
        sent(record, consent, cast.chioma, by_link=True, service=CLINIC)
    after = chioma.post(first["Location"], {"go": "nobody"})
    assert after["Location"] == reverse("options", args=[handover.case])
    assert chioma.get(reverse("consent_for", args=[handover.case, CLINIC])).status_code == 200


@pytest.mark.db_contract
def test_an_onward_packet_holds_what_the_person_consented_to_again(cast, case, chioma):
    row, made = refer_on(cast, chioma, case)
    shared = links.answer_by_link(made.token, Verb.ACCEPT, by=Anonymous(at=clock.now()), code=made.code).shared
    assert shared["called_name"] == "Amina Rekaan"
    given = consents.get_consent(opened(cast, case), row.consent)
    assert shared.keys() <= given.facts.fields
    assert Referral.objects.get(id=row.id).sending_organisation == cast.pelita.organisation.id


def test_what_was_received_is_not_copied_into_the_case(cast, case, chioma):
    answers = {name: value or "" for name, value in needs.profile_answers(opened(cast, case)).items()}
    assert client_of(cast.chioma).post(reverse("change_profile", args=[case]), answers).status_code == 302
    refer_on(cast, chioma, case)
    record = keyring.open_record(case, keys=cast.chioma.keys)
    assert record.get(Person) is None
    assert record.get(Needs) is None
    assert not (record.get(Profile) or Profile()).language
    assert not (record.get(SafeContact) or SafeContact()).phone


def test_after_a_withdrawal_at_the_sender_nothing_more_goes_on_and_what_went_on_stays(cast, case, chioma, ben):
    row, _ = refer_on(cast, chioma, case)
    first = Referral.objects.get(case=case)
    person = keyring.open_record(first.record, keys=cast.ben.keys)
    sending.withdraw_consent(person, first.consent, by=acting_as(cast.ben))
    record = opened(cast, case)
    assert disclosure.known_values(record) == {}
    assert needs.list_needs(record) == ()
    assert Referral.objects.get(id=row.id).state == State.SENT
    assert Packet.objects.get(referral=row.id).fields


def test_the_consent_of_a_case_is_withdrawn_on_its_page(cast, case, chioma):
    row, made = refer_on(cast, chioma, case)
    where = reverse("withdraw", args=[case, row.consent])
    assert where in chioma.get(reverse("person", args=[case])).content.decode()
    assert chioma.post(where, {"reason": ""}).status_code == 302
    assert Referral.objects.get(id=row.id).state == State.CONSENT_WITHDRAWN
    assert links.preview_by_link(made.token, at=clock.now()).closed == "consent_withdrawn"


def test_the_case_shows_what_came_and_what_went_on_as_lines(cast, case, chioma):
    refer_on(cast, chioma, case)
    page = chioma.get(reverse("person", args=[case]))
    assert [item.record for item in page.context["sent"]] == [case]
    assert [act.verb for act in page.context["received"].history] == ["ready", "send", "accept"]
    assert "→" in page.content.decode()


def test_only_who_holds_the_case_refers_on(cast, case, ben, esi):
    for client in (ben, esi, client_of(cast.lia)):
        for name in ("options", "exclusions", "person"):
            assert client.get(reverse(name, args=[case])).status_code == 404
    with pytest.raises(NotYours):
        keyring.open_record(case, keys=cast.ben.keys)


def test_the_sender_does_not_see_what_the_receiver_sends_on(cast, case, chioma, ben):
    row, _ = refer_on(cast, chioma, case)
    person = Referral.objects.get(case=case).record
    page = ben.get(reverse("person", args=[person]))
    assert f"{row.id}" not in page.content.decode()
    assert row.id not in [item.id for item in page.context["sent"]]


# After a refusal


@pytest.fixture
def refused(cast, amina):
    """A referral to legal aid that the provider could not help with."""
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    row = receiving.get_received(made.referral, viewer=viewer(cast.chioma))
    receiving.answer(row, Verb.DECLINE, by=acting_as(cast.chioma), reason="RF_NO_PLACE")
    return made.referral


def test_the_next_service_is_offered_at_once_on_both_pages_and_on_the_day(cast, ben, amina, refused):
    person = ben.get(reverse("person", args=[amina.id]))
    [(row, alternatives)] = person.context["next_services"]
    assert row.id == refused
    assert alternatives
    assert LEGAL_AID not in [option["card"].id for option in alternatives]
    page = ben.get(reverse("referral_sent", args=[amina.id, refused]))
    assert [o["card"].id for o in page.context["alternatives"]] == [o["card"].id for o in alternatives]
    first = reverse("consent_for", args=[amina.id, alternatives[0]["card"].id])
    assert first in person.content.decode()
    assert first in page.content.decode()
    [due] = ben.get(reverse("day")).context["due"]
    assert (due.id, due.row.href) == (refused, reverse("referral_sent", args=[amina.id, refused]))


def test_a_refusal_by_the_provider_is_not_a_decline_by_the_person(cast, ben, amina, refused):
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    assert declined_services.declined_on(record) == {}
    legal_aid = next(row for row in listed(matching.find_options(record)) if row["card"].id == LEGAL_AID)
    assert (legal_aid["declined_on"], legal_aid["refused_on"]) == (None, clock.today())


@pytest.mark.db_contract
def test_the_next_one_takes_its_place_in_one_line(cast, ben, amina, refused):
    [(_, [option, *_])] = ben.get(reverse("person", args=[amina.id])).context["next_services"]
    asked = ben.post(
        reverse("consent_for", args=[amina.id, option["card"].id]), asked_form(ben, amina, option["card"].id)
    )
    assert ben.post(asked["Location"], {"compared": "yes"}).status_code in (200, 302)
    page = ben.get(reverse("person", args=[amina.id]))
    newest, former = page.context["sent"]
    assert (former.id, newest.former.id) == (refused, refused)
    assert page.context["next_services"] == []
    assert "In place of" in page.content.decode()


def test_no_answer_in_time_offers_the_next_one_and_a_decline_by_the_person_does_not(cast, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)

    def offered():
        page = client_of(cast.ben).get(reverse("person", args=[amina.id]))
        return [row.id for row, _ in page.context["next_services"]]

    assert offered() == []
    with clock.shifted(MONTH):
        assert offered() == [made.referral]
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    sending.follow_up(record, made.referral, Verb.DECLINE_BY_PERSON, by=acting_as(cast.ben))
    with clock.shifted(MONTH):
        assert offered() == []


def test_a_record_without_referrals_needs_no_query_for_them(cast, amina, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.sent_for(amina) == []
        assert consents.list_consents(amina) == []


def test_the_packet_of_the_case_stays_as_it_was(cast, case, chioma, handover):
    before = bytes(Packet.objects.get(referral=handover.referral).fields)
    refer_on(cast, chioma, case)
    assert bytes(Packet.objects.get(referral=handover.referral).fields) == before
    assert packets.get_packet(handover.referral, with_fields=False).opened_by
