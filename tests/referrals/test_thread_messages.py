"""Questions and answers inside a referral: sealed to both sides, without a name, also by link."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.acting import Anonymous
from suar.audit import queries as audit
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto.values import SealBroken
from suar.records import keyring
from suar.referrals import queries, receiving, sending, thread_messages
from suar.referrals.codes import Verb
from suar.referrals.models import Message
from tests.people import CLINIC, acting_as, agreed, client_of, sent, viewer

ASKED, ANSWERED = "Is there a bed from Monday?", "Yes, from 8 in the morning."


@pytest.fixture
def referral(cast, amina):
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


@pytest.fixture
def link(cast, amina):
    return sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)


def sent_page(cast, amina, referral):
    return client_of(cast.ben).get(reverse("referral_sent", args=[amina.id, referral]))


def texts(page):
    return [(message.text, message.own) for message in page.context["thread_messages"]]


@pytest.mark.db_contract
def test_both_sides_ask_and_answer_before_an_acceptance(cast, amina, referral, ben, chioma):
    inbox = reverse("inbox_item", args=[referral])
    assert ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED}).status_code == 302
    assert texts(chioma.get(inbox)) == [(ASKED, False)]
    assert chioma.post(reverse("write_to_sender", args=[referral]), {"text": ANSWERED})["Location"] == inbox
    assert texts(sent_page(cast, amina, referral)) == [(ASKED, True), (ANSWERED, False)]
    assert texts(chioma.get(inbox)) == [(ASKED, False), (ANSWERED, True)]


def test_both_sides_go_on_from_the_case(cast, handover, ben, chioma):
    where = reverse("person", args=[handover.case])
    answered = chioma.post(reverse("write_to_sender_of_case", args=[handover.case]), {"text": ASKED})
    assert answered["Location"] == where
    assert ben.post(reverse("write_to_receiver", args=[handover.person, handover.referral]), {"text": ANSWERED})
    assert texts(chioma.get(where)) == [(ASKED, True), (ANSWERED, False)]


def test_a_provider_with_a_link_asks_and_reads_the_answer(cast, amina, link, ben, dan):
    where = reverse("link", args=[link.token])
    assert dan.post(where, {"text": ASKED})["Location"] == where
    ben.post(reverse("write_to_receiver", args=[amina.id, link.referral]), {"text": ANSWERED})
    assert texts(dan.get(where)) == [(ASKED, True), (ANSWERED, False)]
    assert Message.objects.filter(referral=link.referral, by=None).count() == 1


@pytest.mark.parametrize(
    "text",
    ["Her name is AMINA.", "Call 000-0000-7741 please", "Amina, Rekaan", "0000000 7741"],
)
def test_a_message_that_names_the_person_is_refused_and_nothing_typed_is_lost(cast, amina, referral, ben, text):
    page = ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": text})
    assert page.status_code == 400
    assert text in page.content.decode()
    assert not Message.objects.exists()


def test_a_case_does_not_name_the_person_either(cast, handover, chioma):
    page = chioma.post(reverse("write_to_sender_of_case", args=[handover.case]), {"text": "Amina came."})
    assert page.status_code == 400
    assert not Message.objects.exists()


def test_an_empty_or_endless_message_is_refused(cast, amina, referral, ben, link, dan):
    for text in ("", " ", "x" * 501):
        assert ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": text}).status_code == 400
        assert dan.post(reverse("link", args=[link.token]), {"text": text}).status_code == 400
    assert not Message.objects.exists()


def test_a_message_opens_only_in_its_own_row_and_with_the_key_of_the_thread(cast, amina, referral):
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    for text in (ASKED, ANSWERED):
        thread_messages.write_to_receiver(record, referral, text, by=acting_as(cast.ben))
    key = queries.get_document(record, referral).open_thread().key
    one, other = Message.objects.all()
    with pytest.raises(SealBroken):
        thread_messages.list_messages(referral, b"0" * 32, own=())
    Message.objects.filter(id=one.id).update(sealed=other.sealed)
    with pytest.raises(SealBroken):
        thread_messages.list_messages(referral, key, own=())


def test_the_side_that_wrote_is_sealed_with_the_text(cast, amina, referral):
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    thread_messages.write_to_receiver(record, referral, ASKED, by=acting_as(cast.ben))
    Message.objects.update(actor="RECEIVER")
    assert texts(sent_page(cast, amina, referral)) == [(ASKED, True)]


def test_nobody_writes_after_the_end_and_the_receiver_reads_nothing_more(cast, amina, referral, link, ben, dan):
    ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED})
    for consent in [row.consent for row in queries.sent_for(keyring.open_record(amina.id, keys=cast.ben.keys))]:
        record = keyring.open_record(amina.id, keys=cast.ben.keys)
        sending.withdraw_consent(record, consent, by=acting_as(cast.ben))
    assert texts(sent_page(cast, amina, referral)) == [(ASKED, True)]
    chioma = client_of(cast.chioma)
    assert ASKED not in chioma.get(reverse("inbox_item", args=[referral])).content.decode()
    assert ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ANSWERED}).status_code == 400
    assert chioma.post(reverse("write_to_sender", args=[referral]), {"text": ANSWERED}).status_code == 400
    assert dan.post(reverse("link", args=[link.token]), {"text": ANSWERED}).status_code == 410
    assert Message.objects.count() == 1


def test_after_a_withdrawal_the_case_reads_nothing_more(cast, handover, ben, chioma):
    ben.post(reverse("write_to_receiver", args=[handover.person, handover.referral]), {"text": ASKED})
    assert ASKED in chioma.get(reverse("person", args=[handover.case])).content.decode()
    record = keyring.open_record(handover.person, keys=cast.ben.keys)
    sending.withdraw_consent(record, handover.consent, by=acting_as(cast.ben))
    assert ASKED not in chioma.get(reverse("person", args=[handover.case])).content.decode()
    page = chioma.post(reverse("write_to_sender_of_case", args=[handover.case]), {"text": ANSWERED})
    assert page.status_code == 400


def test_nobody_else_writes_or_reads(cast, amina, referral, handover, esi, chioma):
    other = client_of(cast.lia)
    for name, ids in (
        ("write_to_receiver", [amina.id, referral]),
        ("write_to_sender", [referral]),
        ("write_to_sender_of_case", [handover.case]),
    ):
        assert other.post(reverse(name, args=ids), {"text": ASKED}).status_code == 404
    assert chioma.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED}).status_code == 404
    with pytest.raises(NotYours):
        thread_messages.write_to_receiver(amina, handover.referral, ASKED, by=acting_as(cast.ben))


def test_a_message_is_logged_and_announced_to_the_other_side_only(cast, amina, referral, ben, chioma):
    ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED})
    [entry] = [act for act in audit.acts_about(amina.id) if act.verb == "referral_message"]
    assert (entry.by, ASKED in str(entry.about)) == (cast.ben.id, False)
    assert "Something waits" in chioma.get(reverse("inbox")).content.decode()
    assert "Something waits" not in ben.get(reverse("person", args=[amina.id])).content.decode()


@pytest.mark.db_contract
def test_lists_say_what_waits_for_an_answer(cast, amina, referral, ben, chioma):
    def read_first():
        sent = client_of(cast.ben).get(reverse("day")).context["sent"]
        inbox = client_of(cast.chioma).get(reverse("inbox")).context["requests"]
        return [row.row.next == "Read their message" for row in (*sent, *inbox)]

    assert read_first() == [False, False]
    ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED})
    assert read_first() == [False, True]
    chioma.post(reverse("write_to_sender", args=[referral]), {"text": ANSWERED})
    assert read_first() == [True, False]


def test_an_answer_after_the_acceptance_is_on_the_day_of_the_receiver_for_a_week(cast, handover, ben, chioma):
    def written(player):
        changed = client_of(player).get(reverse("day")).context["changed_referrals"]
        return [change.referral.id for change in changed if "The sender wrote to us" in change.row.help]

    write = [reverse("write_to_receiver", args=[handover.person, handover.referral]), {"text": ANSWERED}]
    assert written(cast.chioma) == []
    assert ben.post(*write).status_code == 302
    assert written(cast.chioma) == [handover.referral]
    with clock.shifted(timedelta(days=8)):
        assert written(cast.chioma) == []
    chioma.post(reverse("write_to_sender_of_case", args=[handover.case]), {"text": ASKED})
    assert written(cast.chioma) == []


def test_a_form_that_is_sent_twice_writes_once(cast, amina, referral, link, ben, dan):
    for _ in range(2):
        ben.post(reverse("write_to_receiver", args=[amina.id, referral]), {"text": ASKED, "form_id": "a"})
        dan.post(reverse("link", args=[link.token]), {"text": ASKED, "form_id": "a"})
    assert Message.objects.count() == 2


def test_one_side_cannot_fill_the_disk(cast, link, monkeypatch):
    monkeypatch.setattr(thread_messages, "MAX_MESSAGES", 2)
    for _ in range(2):
        thread_messages.write_by_link(link.token, ASKED, by=Anonymous(at=clock.now()))
    with pytest.raises(Refused, match="too_many_messages"):
        thread_messages.write_by_link(link.token, ASKED, by=Anonymous(at=clock.now()))


def test_after_a_refusal_nobody_writes(cast, amina, referral, chioma):
    row = receiving.get_received(referral, viewer=viewer(cast.chioma))
    receiving.answer(row, Verb.DECLINE, by=acting_as(cast.chioma), reason="RF_NO_PLACE")
    assert sent_page(cast, amina, referral).context["message_form"] is None
    assert chioma.post(reverse("write_to_sender", args=[referral]), {"text": ASKED}).status_code == 400
