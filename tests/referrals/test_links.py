"""Answers by link: GET changes nothing, declining needs the link, accepting needs the code too."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.accounts.acting import FORM_ID, Anonymous
from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.audit import queries as audit
from suar.core import clock, locks
from suar.core.refusals import NotYours, Refused, TooBusy
from suar.directory import labels as directory_labels
from suar.referrals import links, sending
from suar.referrals.codes import Actor, State, Verb
from suar.referrals.models import Act, Link, Packet, PacketWrap, Referral
from tests.people import CLINIC, acting_as, agreed, sent

NAME = b"Amina Rekaan"
WRONG = "not the code"
CHANGES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"(\w+)\"", re.IGNORECASE)


@pytest.fixture
def sent_link(cast, amina):
    """Send a referral to a clinic by link; return its token and code."""
    consent = agreed(amina, cast.ben, service=CLINIC)
    return sent(amina, consent, cast.ben, by_link=True, service=CLINIC)


@pytest.fixture
def path(sent_link):
    """Return the path of the link."""
    return reverse("link", args=[sent_link.token])


def wrong_code(sent_link):
    return f"{(int(sent_link.code) + 1) % 1_000_000:06}"


def answer(sent_link, verb, **details):
    return links.answer_by_link(sent_link.token, verb, by=Anonymous(at=clock.now()), **details)


def state(sent_link):
    return Referral.objects.get(id=sent_link.referral).state


def test_looking_changes_nothing_however_often(dan, sent_link, path):
    with CaptureQueriesContext(connection) as queries:
        for method in (dan.get, dan.head, dan.get):
            assert method(path).status_code == 200
    changed = {match[1] for query in queries if (match := CHANGES.match(query["sql"]))}
    assert changed == {"audit_entry", "audit_mention", "core_attempt"}, "only an audit entry is written, and counted"
    looks = [item for item in audit.acts_about(sent_link.referral) if item.verb == "link_preview"]
    assert len(looks) == 3
    assert state(sent_link) == State.SENT
    assert dan.post(path, {"verb": "acknowledge"}).status_code == 200
    assert state(sent_link) == State.ACKNOWLEDGED, "positive control: a post does change"


def test_a_preview_without_an_audit_entry_is_not_shown(dan, path):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_mention RENAME TO audit_mention_gone")
    page = dan.get(path)
    assert page.status_code == 503
    assert b"wages" not in page.content.lower()


def test_a_link_opens_at_the_cost_it_was_made_with(sent_link, settings):
    settings.SUAR_KDF = {"memory_kib": 128, "passes": 1, "lanes": 1}
    assert answer(sent_link, Verb.ACCEPT, code=sent_link.code).shared, "higher hash costs do not break older links"
    assert Link.objects.get().kdf == {"memory_kib": 64, "passes": 1, "lanes": 1}


def test_a_link_from_before_its_cost_was_stored_opens(sent_link):
    Link.objects.update(kdf={})
    assert answer(sent_link, Verb.ACCEPT, code=sent_link.code).shared


def test_a_link_of_a_sender_with_a_retired_key_stays_closed_with_a_reason(cast, dan, path):
    PublicKey.objects.filter(kind=KeyKind.USER_SIGN, owner=cast.ben.id).update(retired_at=clock.now())
    page = dan.get(path)
    assert page.status_code == 410
    assert "The sender could not be verified" in page.content.decode()


def test_an_ended_link_shows_nothing_and_writes_no_entry(dan, sent_link, path):
    Link.objects.update(ended_at=clock.now())
    assert dan.get(path).status_code == 410
    assert "link_preview" not in {item.verb for item in audit.acts_about(sent_link.referral)}


def test_the_preview_by_link_contains_the_need_and_no_name(dan, path):
    page = dan.get(path)
    assert directory_labels.service_type_name("JUS_WAGES") in page.content.decode()
    assert NAME not in page.content
    assert b"7741" not in page.content


def test_declining_needs_only_the_link(dan, sent_link, path):
    page = dan.post(path, {"verb": "decline", "reason": "RF_NO_PLACE"})
    assert page.status_code == 200
    assert state(sent_link) == State.REFUSED
    assert dan.get(path).status_code == 410


def test_accepting_needs_the_code_and_opens_the_fields(dan, sent_link, path):
    page = dan.post(path, {"verb": "accept", "code": f" {sent_link.code[:3]} {sent_link.code[3:]} "})
    assert page.status_code == 200
    assert NAME in page.content
    assert state(sent_link) == State.ACCEPTED
    assert ("open", "link") in {(item.verb, item.because) for item in audit.acts_about(sent_link.referral)}
    assert Packet.objects.get().opened_at is not None


@pytest.mark.parametrize("code", ["", WRONG, "000000000000000"])
def test_without_the_code_nothing_opens(dan, sent_link, path, code):
    page = dan.post(path, {"verb": "accept", "code": code})
    assert page.status_code == 400
    assert NAME not in page.content
    assert state(sent_link) == State.SENT


def test_the_fields_of_an_unanswered_link_are_not_fetched(sent_link):
    with CaptureQueriesContext(connection) as queries:
        links.preview_by_link(sent_link.token, at=clock.now())
    assert not [query for query in queries if '"referral_packet"."fields"' in query["sql"]]
    with CaptureQueriesContext(connection) as queries:
        answer(sent_link, Verb.ACCEPT, code=sent_link.code)
    assert [query for query in queries if '"referral_packet"."fields"' in query["sql"]]


def test_five_wrong_codes_destroy_the_packet(dan, sent_link, path):
    for _ in range(4):
        assert dan.post(path, {"verb": "accept", "code": wrong_code(sent_link)}).status_code == 400
    assert bytes(Packet.objects.get().fields), "four wrong codes do not destroy it"
    assert dan.post(path, {"verb": "accept", "code": wrong_code(sent_link)}).status_code == 410
    packet = Packet.objects.get()
    assert (bytes(packet.fields), bytes(packet.preview)) == (b"", b"")
    assert not PacketWrap.objects.exists()
    page = dan.post(path, {"verb": "accept", "code": sent_link.code})
    assert page.status_code == 410, "the right code no longer works"
    assert NAME not in page.content


def test_the_right_code_after_four_wrong_ones_opens(sent_link):
    for _ in range(4):
        with pytest.raises(Refused) as refusal:
            answer(sent_link, Verb.ACCEPT, code=wrong_code(sent_link))
        assert refusal.value.because == "link_code"
    assert answer(sent_link, Verb.ACCEPT, code=sent_link.code).shared
    assert Link.objects.get().wrong_codes == 0


def test_a_try_is_counted_before_it_is_made(sent_link):
    """Concurrent attempts cannot exceed five."""
    Link.objects.update(wrong_codes=5)
    with pytest.raises(Refused) as refusal:
        links.open_fields_key(links.get_link(sent_link.token), sent_link.token, sent_link.code, at=clock.now())
    assert refusal.value.because == "link_destroyed"


def test_codes_of_links_take_one_core(sent_link):
    """Both queues of sign-in already have as many slots as the machine has cores."""
    with locks.queue_slot("links", slots=1), pytest.raises(TooBusy):
        links.check_code(sent_link.token, sent_link.code, at=clock.now())
    assert links.check_code(sent_link.token, sent_link.code, at=clock.now())


def test_a_stolen_store_without_the_token_opens_nothing(sent_link):
    link, wraps = Link.objects.get(), list(PacketWrap.objects.all())
    stored = bytes(link.digest) + bytes(link.salt) + b"".join(bytes(wrap.sealed) for wrap in wraps)
    assert sent_link.token.encode() not in stored
    assert sent_link.code.encode() not in stored
    assert len(wraps) == 2


@pytest.mark.parametrize("token", ["x", "A" * 22, "..%2f", "KmvT_CqsvmBS_TtccXCnAQ"])
def test_an_unknown_token_gets_404(dan, sent_link, token):
    page = dan.get(f"/l/{token}")
    assert page.status_code == 404
    assert dan.post(f"/l/{token}", {"verb": "decline", "reason": "RF_AGE"}).status_code == 404
    with pytest.raises(NotYours):
        links.preview_by_link(token, at=clock.now())


def test_a_token_with_a_sign_changed_opens_nothing(dan, sent_link):
    other = "B" if sent_link.token[0] != "B" else "C"
    assert dan.get(reverse("link", args=[other + sent_link.token[1:]])).status_code == 404


def test_a_link_moved_to_another_referral_opens_nothing(cast, amina, sent_link):
    other = sent(amina, agreed(amina, cast.ben, service=CLINIC), cast.ben, by_link=True, service=CLINIC)
    theirs = Link.objects.get(referral=other.referral)
    ours = Link.objects.get(referral=sent_link.referral)
    digest, ours_digest = bytes(theirs.digest), bytes(ours.digest)
    Link.objects.filter(referral=other.referral).update(digest=b"-" * 32)
    Link.objects.filter(referral=sent_link.referral).update(digest=digest)
    with pytest.raises(Refused) as refusal:
        links.preview_by_link(other.token, at=clock.now())
    assert refusal.value.because == "packet_not_for_you"
    Link.objects.filter(referral=sent_link.referral).update(digest=ours_digest)
    assert links.preview_by_link(sent_link.token, at=clock.now()).preview, "positive control"


def test_a_packet_changed_in_the_store_does_not_open_by_link(dan, sent_link, path):
    preview = bytes(Packet.objects.get().preview)
    Packet.objects.update(preview=preview[:-1] + bytes([preview[-1] ^ 1]))
    page = dan.get(path)
    assert page.status_code == 410
    Packet.objects.update(preview=preview)
    assert dan.get(path).status_code == 200, "positive control"


def test_a_wrap_that_was_swapped_does_not_open(sent_link):
    PacketWrap.objects.filter(part="preview").update(sealed=b"\x01" + bytes(80))
    with pytest.raises(Refused) as refusal:
        links.preview_by_link(sent_link.token, at=clock.now())
    assert refusal.value.because == "packet_forged"


@pytest.mark.parametrize("days", [91, 400])
def test_a_link_ends_with_the_consent(dan, path, days):
    with clock.shifted(timedelta(days=days)):
        assert dan.get(path).status_code == 410


def test_a_link_that_was_ended_by_itself_says_so(sent_link):
    Link.objects.update(ended_at=clock.now())
    assert links.preview_by_link(sent_link.token, at=clock.now()).closed == "link_ended"


def test_a_recall_destroys_the_link(cast, amina, dan, sent_link, path):
    sending.follow_up(amina, sent_link.referral, Verb.RECALL, by=acting_as(cast.ben), reason="RC_WRONG")
    assert dan.get(path).status_code == 410
    assert bytes(Packet.objects.get().fields) == b""
    page = dan.post(path, {"verb": "accept", "code": sent_link.code})
    assert (page.status_code, NAME in page.content) == (410, False)


def test_a_withdrawal_shows_its_day_to_the_holder_of_the_link(cast, amina, dan, sent_link, path):
    dan.post(path, {"verb": "accept", "code": sent_link.code})
    consent = Referral.objects.get(id=sent_link.referral).consent
    sending.withdraw_consent(amina, consent, by=acting_as(cast.ben))
    for page in (dan.get(path), dan.post(path, {"verb": "accept", "code": sent_link.code})):
        assert page.status_code == 410
        assert b"Consent withdrawn on" in page.content
        assert NAME not in page.content


def test_a_second_press_of_accept_opens_the_fields_again_and_is_one_act(dan, sent_link, path):
    for _ in range(2):
        page = dan.post(path, {"verb": "accept", "code": sent_link.code})
        assert NAME in page.content
    assert Act.objects.filter(verb=Verb.ACCEPT).count() == 1


def test_reading_again_needs_the_code_again(dan, sent_link, path):
    dan.post(path, {"verb": "accept", "code": sent_link.code})
    assert NAME not in dan.get(path).content
    assert NAME not in dan.post(path, {"verb": "accept", "code": wrong_code(sent_link)}).content


def test_a_second_press_of_decline_is_one_act(dan, sent_link, path):
    form = {"verb": "decline", "reason": "RF_NO_PLACE", FORM_ID: str(uuid4())}
    assert dan.post(path, form).status_code == 200
    assert dan.post(path, form).status_code == 200
    assert dan.get(path).status_code == 410
    assert Act.objects.filter(verb=Verb.DECLINE).count() == 1


@pytest.mark.parametrize("verb", ["recall", "withdraw", "send", "", "acc\x00ept", "lapse"])
def test_acts_of_others_get_404_by_link(dan, sent_link, path, verb):
    assert dan.post(path, {"verb": verb, "code": sent_link.code}).status_code == 404
    assert state(sent_link) == State.SENT


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "decline"},
        {"verb": "decline", "reason": "<b>loud</b>"},
        {"verb": "waitlist"},
        {"verb": "waitlist", "expected_on": "soon"},
        {"verb": "start"},
        {"verb": "complete"},
    ],
)
def test_an_answer_that_does_not_fit_gets_a_reason_and_changes_nothing(dan, sent_link, path, form):
    page = dan.post(path, form)
    assert page.status_code == 400
    assert b'role="alert"' in page.content
    assert state(sent_link) == State.SENT


def test_the_holder_of_a_link_reports_progress(dan, sent_link, path):
    dan.post(path, {"verb": "waitlist", "expected_on": "2027-01-10"})
    assert state(sent_link) == State.WAITLISTED
    dan.post(path, {"verb": "accept", "code": sent_link.code})
    for verb in ("try_contact", "start"):
        assert dan.post(path, {"verb": verb, "code": sent_link.code}).status_code == 200
    assert state(sent_link) == State.STARTED
    dan.post(path, {"verb": "end_early", "reason": "EE_MOVED", "code": sent_link.code})
    assert state(sent_link) == State.ENDED_EARLY
    assert dan.get(path).status_code == 410


def test_what_ends_between_two_clicks_refuses_the_second(cast, amina, sent_link):
    seen = links.preview_by_link(sent_link.token, at=clock.now())
    consent = Referral.objects.get(id=sent_link.referral).consent
    sending.withdraw_consent(amina, consent, by=acting_as(cast.ben))
    row, new = Referral.objects.get(id=seen.id), Act(verb=Verb.ACCEPT, actor=Actor.LINK_HOLDER, at=clock.now())
    with pytest.raises(Refused) as refusal:
        links._answer(row, new, seen, ("", b"k" * 32), by=Anonymous(at=clock.now()))
    assert refusal.value.because == "consent_withdrawn"


def test_the_repr_of_a_new_link_has_no_token_and_no_code(sent_link):
    assert len(sent_link.code) == 6
    assert sent_link.token not in repr(sent_link)
    assert sent_link.code not in repr(sent_link)
