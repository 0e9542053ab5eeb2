"""A partner organisation reads codes and answers; nothing is overwritten, and help does not wait for it."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.audit.models import Entry
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion, remove_exclusion
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import providers
from suar.records import keyring
from suar.records.models import Grant
from suar.referrals import partners, second_opinions, sending
from suar.referrals.models import Partner
from suar.screening import opinion_packets, team_opinions
from suar.screening.models import PartnerPacket, Reading
from suar.screening.rules import second_opinion as rules
from suar.screening.tasks import expire_second_opinions
from tests import cast as at_work
from tests.people import acting_as, client_of, viewer
from tests.screening.conversing import KEPT, Conversation, left_at, text, whole_database

pytestmark = pytest.mark.django_db
world, cast = at_work.world, at_work.cast
LOWER = {
    "outcome": "POSSIBLE_AT_RISK",
    "reason": "RS_OTHER_CAUSE",
    "words": "cousin of a headman",
}
AGREES = {"answer": "PARTNER_AGREES", "reason": "REASON_FITS"}
AGAIN = {"answer": "PARTNER_LOOK_AGAIN", "reason": "TOO_LITTLE_ASKED"}


@pytest.fixture
def lower(cast):
    """End a talk with strong signs at a lower outcome, with a name, as Ben."""
    talk = Conversation.begun_by(cast.ben).walk()
    talk.left = left_at(talk.end(**LOWER, **KEPT))
    return talk


@pytest.fixture
def opinion_request(lower, cast):
    """Ask Pelita for a second opinion on the talk, as Ben."""
    assert post_ask(lower, cast).status_code == 302
    lower.packet = PartnerPacket.objects.get()
    return lower


def ask_page(talk):
    return reverse("ask_partner", args=[talk.left])


def post_ask(talk, cast, client=None):
    data = {"partner": str(cast.pelita.organisation.id)}
    return (client or talk.client).post(ask_page(talk), data)


def read_page(talk):
    return reverse("opinion", args=[talk.packet.id])


def person_page(talk):
    return text(talk.client.get(reverse("person", args=[talk.left])))


def keep_away(talk, cast, *named):
    record = keyring.open_record(talk.left, keys=cast.ben.keys)
    sending.record_exclusions(record, named, by=acting_as(cast.ben))


def compare_again(cast):
    for player, partner in ((cast.esi, cast.pelita), (cast.kartika, cast.village)):
        groups = partners.groups_to_compare(partner.organisation.id)
        partners.pin_by_groups(groups, by=acting_as(player))


def verbs_about(ident):
    return sorted(Entry.objects.filter(mentions__about=ident).values_list("verb", flat=True))


def test_the_author_sees_the_codes_before_they_are_sent(lower, cast):
    page = text(lower.client.get(ask_page(lower)))
    assert "They see only this" in page
    assert "Strong signs, offer everything" in page
    assert cast.pelita.organisation.name in page
    for hidden in ("Amina", "7741", "cousin of a headman"):
        assert hidden not in page
    assert "Ask a partner for a second opinion" in person_page(lower)
    assert not PartnerPacket.objects.exists()


def test_the_reader_sees_codes_and_not_the_sender(opinion_request, cast):
    assert notices.unseen_of(cast.jaya.id).exists()
    client = client_of(cast.jaya)
    assert "1 second opinion for a partner" in text(client.get("/"))
    assert read_page(opinion_request) in text(client.get(reverse("opinions")))
    page = text(client.get(read_page(opinion_request)))
    for visible in ("Some signs", "Strong signs, offer everything", "18 or over"):
        assert visible in page
    for hidden in ("Amina", "7741", "cousin of a headman", "Ben<", "Tim Desa", str(opinion_request.left)):
        assert hidden not in page
    opened = second_opinions.open_codes(
        opinion_request.packet.id, viewer=viewer(cast.jaya), keys=cast.jaya.keys, at=clock.now()
    )
    assert set(opened) <= rules.KEYS
    assert opened["reason"] == "RS_OTHER_CAUSE"


def test_nothing_waits_for_a_partner_and_nothing_is_overwritten(opinion_request, cast):
    grants = Grant.objects.filter(record=opinion_request.left).count()
    assert opinion_request.client.get(reverse("options", args=[opinion_request.left])).status_code == 200
    [(_, unread)] = team_opinions.unread_by_month(viewer(cast.esi))
    assert unread == 1
    assert "no second opinion yet" in person_page(opinion_request)
    client = client_of(cast.jaya)
    fields = {**AGAIN, "words": "ask about the papers"}
    assert client.post(read_page(opinion_request), fields).url == reverse("opinions")
    page = person_page(opinion_request)
    for visible in (
        "Some signs",
        "We would reconsider it",
        "Too few questions were asked",
        "ask about the papers",
        "Social worker, Lembaga",
    ):
        assert visible in page
    assert "Jaya" not in page
    assert team_opinions.unread_by_month(viewer(cast.esi)) == []
    assert Grant.objects.filter(record=opinion_request.left).count() == grants
    assert notices.unseen_of(cast.ben.id).exists()
    assert b"ask about the papers" not in whole_database()
    assert "No partner is waiting for a second opinion" in text(client.get(reverse("opinions")))


def test_both_sides_have_entries_and_neither_names_the_other(opinion_request, cast):
    client = client_of(cast.jaya)
    client.get(read_page(opinion_request))
    client.post(read_page(opinion_request), AGREES)
    assert verbs_about(opinion_request.packet.id) == ["answer_for_partner", "ask_partner", "open", "open"]
    here = Entry.objects.filter(mentions__about=opinion_request.left, verb="answer_for_partner").get()
    assert here.by is None
    assert cast.jaya.id not in Entry.objects.filter(mentions__about=opinion_request.left).values_list("by")
    readers = text(client_of(cast.esi).get(reverse("readers", args=[opinion_request.left])))
    assert "A partner organisation" in readers
    assert "Jaya" not in readers


def test_only_the_author_and_the_lead_ask_and_take_back(lower, cast):
    assert post_ask(lower, cast, client_of(cast.lia)).status_code == 404
    assert post_ask(lower, cast, client_of(cast.esi)).status_code == 302
    assert post_ask(lower, cast).status_code == 302
    lower.packet = PartnerPacket.objects.get()
    assert "Withdraw the request" in text(lower.client.get(ask_page(lower)))
    lower.client.post(ask_page(lower), {"go": "take_back"})
    assert bytes(PartnerPacket.objects.get().sealed) == b""
    gone = client_of(cast.jaya).post(read_page(lower), AGREES)
    assert gone.status_code == 409
    assert "no longer exists" in text(gone)
    assert post_ask(lower, cast).status_code == 302, "and it may be asked again"


@pytest.mark.parametrize("name", ["ben", "esi", "farid", "chioma"])
def test_other_roles_get_404_for_a_second_opinion(opinion_request, cast, name):
    player = getattr(cast, name)
    for answer in (
        client_of(player).get(read_page(opinion_request)),
        client_of(player).post(read_page(opinion_request), AGREES),
    ):
        assert answer.status_code == 404
    assert PartnerPacket.objects.get().closed_at is None


def body_of(cast):
    matches = providers.find_providers("")
    return next(item for item in matches if cast.pelita.organisation.id in providers.organisations_behind([item]))


def test_an_excluded_partner_is_not_asked(lower, cast):
    keep_away(lower, cast, NewExclusion(ExclusionKind.ORGANISATION, body_of(cast)))
    page = text(lower.client.get(ask_page(lower)))
    assert "No partner can be asked here" in page
    assert 'name="partner"' not in page
    assert post_ask(lower, cast).status_code == 400
    record = keyring.open_record(lower.left, keys=cast.ben.keys)
    with pytest.raises(Refused, match="partner_not_asked"):
        second_opinions.ask(record, cast.pelita.organisation.id, by=acting_as(cast.ben))
    assert not PartnerPacket.objects.exists()


def test_a_later_exclusion_closes_a_waiting_packet(opinion_request, cast):
    keep_away(opinion_request, cast, NewExclusion(ExclusionKind.WORDS, words="an uncle"))
    assert PartnerPacket.objects.get().closed_at is None, "an unrelated exclusion leaves it open"
    keep_away(opinion_request, cast, NewExclusion(ExclusionKind.ORGANISATION, body_of(cast)))
    row = PartnerPacket.objects.get()
    assert (bytes(row.sealed), bytes(row.signature)) == (b"", b"")
    assert client_of(cast.jaya).get(read_page(opinion_request)).status_code == 409
    assert Reading.objects.get().read_at is None


def test_excluding_a_colleague_ends_every_second_reading(opinion_request, cast):
    keep_away(opinion_request, cast, NewExclusion(ExclusionKind.WORKER, cast.lia.id))
    assert bytes(PartnerPacket.objects.get().sealed) == b""
    assert opinion_request.client.get(ask_page(opinion_request)).status_code == 404


def test_exclusions_in_words_are_shown_before_asking(lower, cast):
    keep_away(lower, cast, NewExclusion(ExclusionKind.WORDS, words="an uncle"))
    page = text(lower.client.get(ask_page(lower)))
    assert "an uncle" in page
    assert "If one of them works there or is close to it, do not ask." in page


@pytest.mark.parametrize("name", ["esi", "kartika"])
def test_either_organisation_ends_it_and_waiting_packets_are_destroyed(opinion_request, cast, name):
    player = getattr(cast, name)
    other = cast.pelita if name == "esi" else cast.village
    client = client_of(player)
    client.post(reverse("partners"), {"go": f"end-{other.organisation.id}"})
    assert bytes(PartnerPacket.objects.get().sealed) == b""
    assert partners.mutual_partners(cast.village.organisation.id) == []
    assert post_ask(opinion_request, cast).status_code == 400
    assert 'data-standing="STANDS"' not in text(client.get(reverse("partners")))
    ended = Entry.objects.filter(verb="close_partner_reading", mentions__about=opinion_request.left).get()
    assert ended.by == (cast.esi.id if name == "esi" else None)


def test_an_agreement_that_somebody_wrote_into_the_rows_does_not_stand(opinion_request, cast):
    organisation = cast.village.organisation.id
    Partner.objects.filter(organisation=organisation).update(signature=bytes(64))
    assert [standing for standing, _ in partners.standings(organisation).values()] == ["KEYS_CHANGED"]
    assert post_ask(opinion_request, cast).status_code == 400
    refused = client_of(cast.jaya).get(read_page(opinion_request))
    assert refused.status_code == 409
    assert "not certain who sent it" in text(refused)


def test_an_answer_needs_a_reason_that_fits(opinion_request, cast):
    client = client_of(cast.jaya)
    for typed, message in (
        ({}, "Choose a reason"),
        ({**AGREES, "reason": "SIGNS_WEIGH_MORE"}, "does not fit your answer"),
    ):
        answer = client.post(read_page(opinion_request), {**typed, "words": "typed words"})
        assert answer.status_code == 400
        assert message in text(answer)
        assert "typed words" in text(answer)


def test_the_first_reader_closes_it_for_the_other(opinion_request, cast):
    reading = Reading.objects.get()
    esi = client_of(cast.esi)
    esi.post(reverse("second_opinion", args=[reading.id]), {"answer": "AGREES"})
    assert bytes(PartnerPacket.objects.get().sealed) == b""
    late = client_of(cast.jaya).post(read_page(opinion_request), AGREES)
    assert late.status_code == 409
    assert "by Esi" in person_page(opinion_request)


def test_an_outcome_that_was_read_meanwhile_is_not_sent(lower, cast):
    partner, record = cast.pelita.organisation.id, keyring.open_record(lower.left, keys=cast.ben.keys)
    reading = reverse("second_opinion", args=[Reading.objects.get().id])
    client_of(cast.esi).post(reading, {"answer": "AGREES"})
    with pytest.raises(Refused, match="read_already"):
        second_opinions.ask(record, partner, by=acting_as(cast.ben))
    assert "has already read it" in text(lower.client.get(ask_page(lower)))
    answer = post_ask(lower, cast)
    assert answer.status_code == 400
    assert "in the meantime" in text(answer)


def test_a_provider_of_the_partner_gets_no_notice(opinion_request, cast):
    assert not notices.unseen_of(cast.chioma.id).exists()
    assert "second opinion" not in text(client_of(cast.chioma).get("/"))


def test_a_forged_answer_is_refused_by_the_rule_too(opinion_request, cast):
    opinion = {"answer": "PARTNER_AGREES", "reason": "SIGNS_WEIGH_MORE", "words": ""}
    with pytest.raises(Refused, match="reason_does_not_fit"):
        second_opinions.answer(opinion_request.packet.id, opinion, by=acting_as(cast.jaya))


def test_a_packet_nobody_answered_is_destroyed_and_may_be_sent_again(opinion_request, cast):
    with clock.shifted(rules.ANSWER_PERIOD):
        late = client_of(cast.jaya).get(read_page(opinion_request))
        assert late.status_code == 409, "it has ended before the job runs"
        assert expire_second_opinions.call() == 1
        assert expire_second_opinions.call() == 0
        assert not PartnerPacket.objects.exists()
        assert verbs_about(opinion_request.packet.id) == ["ask_partner", "end_partner_reading"]
    assert notices.unseen_of(cast.ben.id).exists()
    assert post_ask(opinion_request, cast).status_code == 302


def test_before_its_time_the_clock_destroys_nothing(opinion_request, cast):
    with clock.shifted(rules.ANSWER_PERIOD - timedelta(minutes=1)):
        assert expire_second_opinions.call() == 0
    assert PartnerPacket.objects.get().closed_at is None


def test_a_second_opinion_can_be_asked_about_codes_without_a_name(cast):
    talk = Conversation.begun_by(cast.ben).walk()
    talk.left = left_at(talk.end(outcome="UNABLE", reason="RS_NO_ROOM", keep="no"))
    ended = reverse("talk_ended", args=[talk.left])
    assert "Ask a partner for a second opinion" in text(talk.client.get(ended))
    post_ask(talk, cast)
    talk.packet = PartnerPacket.objects.get()
    assert ended not in text(talk.client.get("/"))
    client_of(cast.jaya).post(read_page(talk), AGAIN)
    assert ended in text(talk.client.get("/")), "a notified worker sees it on the page of the day"
    assert "We would reconsider it" in text(talk.client.get(ended))
    with clock.shifted(timedelta(days=15)):
        assert ended not in text(client_of(cast.ben).get("/"))


def test_an_outcome_as_suggested_offers_no_partner(cast):
    talk = Conversation.begun_by(cast.ben).walk()
    talk.left = left_at(talk.end(outcome="PRESUMED_VICTIM", reason="RS_SAME", **KEPT))
    assert talk.client.get(ask_page(talk)).status_code == 404
    assert "second opinion" not in person_page(talk)
    record = keyring.open_record(talk.left, keys=cast.ben.keys)
    with pytest.raises(NotYours):
        opinion_packets.codes_to_send(record)


@pytest.mark.parametrize("seed", range(3))
def test_random_acts_leave_no_packet_where_none_may_wait(lower, cast, seed):
    """Run random agreements, exclusions, requests and withdrawals; at least one request must succeed."""
    chance, body = random.Random(seed), body_of(cast)
    pelita, keys, waited = cast.pelita.organisation.id, cast.ben.keys, False

    def ask():
        second_opinions.ask(keyring.open_record(lower.left, keys=keys), pelita, by=acting_as(cast.ben))

    def name_or_let_know():
        record = keyring.open_record(lower.left, keys=keys)
        lines = [exclusion for exclusion in exclusions.list_exclusions(record) if exclusion.active]
        if not lines:
            keep_away(lower, cast, NewExclusion(ExclusionKind.ORGANISATION, body))
        else:
            remove_exclusion(record, lines[0].id, by=acting_as(cast.ben), reason="she wishes it")

    acts = (
        ask,
        ask,
        name_or_let_know,
        lambda: second_opinions.take_back(keyring.open_record(lower.left, keys=keys), by=acting_as(cast.ben)),
        lambda: partners.end_second_opinions(pelita, by=acting_as(cast.esi)),
        lambda: compare_again(cast),
    )
    first = [ask, name_or_let_know, name_or_let_know, ask]
    for act in [*first, *chance.choices(acts, k=12)]:
        with suppress(Refused):
            act()
        lines = exclusions.list_exclusions(keyring.open_record(lower.left, keys=keys))
        excluded = any(line.active for line in lines)
        tied = pelita in partners.mutual_partners(cast.village.organisation.id)
        open_ones = PartnerPacket.objects.filter(closed_at=None).count()
        assert open_ones <= (tied and not excluded), f"{act} of seed {seed}"
        assert not PartnerPacket.objects.exclude(closed_at=None).exclude(sealed=b"").exists()
        waited = waited or open_ones == 1
    assert waited
