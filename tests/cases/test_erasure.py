"""Erasing a record at the wish of the person: two people, a pause, nothing opens afterwards, and a certificate.

Source: ET19; security.md 3.8, T8, B17; docs/decisions/retention.md.
"""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.audit.models import Entry
from suar.cases import calendars, duplicates, erasure, policy, queries
from suar.cases.documents import ErasureLog, LegalHold
from suar.cases.erasure import find_certificate, list_certificates, number_of
from suar.cases.models import Erasure, ErasureAsk
from suar.contact import summaries
from suar.contact.documents import CodeKind
from suar.contact.models import Request
from suar.contact.return_codes import derive_keys, new_code
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.core.workflow import Workflow, workflow
from suar.demo.cast import Cast, Player
from suar.records import files
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import FileKey, Grant, IndexEntry, IndexKey, Record, StoredFile, Value
from suar.records.terms import Status
from suar.referrals import sending
from suar.referrals.models import Message, Packet, PacketWrap
from suar.referrals.queries import sent_for
from suar.screening.models import Reading
from tests.cases.test_duplicates import met
from tests.cases.test_retention import DAY, act, is_stored, opened, run
from tests.people import Thread, acting_as, agreed, client_of, received, sent, viewer

TABLES: dict[str, Workflow] = {name: workflow("cases", name) for name in ("erasure", "legal_hold")}
ASK = {"on": clock.today(), "who": "PERSON", "way": "MET"}


# Rules


@pytest.mark.parametrize(
    ("name", "verb", "state"),
    [
        (name, verb, state)
        for name, table in TABLES.items()
        for verb in sorted({row.verb for row in table.transitions})
        for state in table.states
    ],
)
def test_each_act_follows_only_where_the_table_says(name: str, verb: str, state: str) -> None:
    table = TABLES[name]
    rows = [row for row in table.transitions if (row.verb, row.origin) == (verb, state)]
    for actor in ("HOLDER", "SECOND", "RESPONSIBLE", "CLOCK"):
        assert bool(table.may(verb, state, actor)) is any(actor in row.actors for row in rows)


def test_one_of_the_two_is_responsible_for_the_person(cast: Cast, case: UUID) -> None:
    record = opened(cast.chioma, case).facts
    assert policy.actor_of(viewer(cast.chioma), record, requester="") == "RESPONSIBLE"
    assert policy.actor_of(viewer(cast.jaya), record, requester="RESPONSIBLE") == "SECOND"
    assert policy.actor_of(viewer(cast.jaya), record, requester="HOLDER") == "HOLDER"


# Request, confirmation, pause


@pytest.fixture
def listed(cast: Cast, amina: OpenRecord) -> OpenRecord:
    """Return Amina's record with its entry for lists."""
    calendars.update_due(amina, by=acting_as(cast.ben))
    return amina


def ask(player: Player, record: UUID, **more: Any) -> None:
    act(player, record, "request_erasure", **ASK, **more)


def confirm(player: Player, record: UUID) -> None:
    act(player, record, "confirm_erasure")


@pytest.mark.db_contract
def test_two_people_and_a_day_lie_between_the_wish_and_the_erasure(cast: Cast, listed: OpenRecord) -> None:
    page = reverse("change_erasure", args=[listed.id])
    ben, esi = client_of(cast.ben), client_of(cast.esi)
    typed = {
        "verb": "request_erasure",
        "on": str(clock.today()),
        "who": "PERSON",
        "way": "MET",
        "words": "at the market",
    }
    assert ben.post(page, typed).status_code == 302
    own = ben.post(page, {"verb": "confirm_erasure"})
    assert own.status_code == 400
    assert "You cannot confirm your own act" in own.content.decode()
    [noticed] = esi.get(reverse("day")).context["team_news"]
    assert noticed.notice.href == reverse("erasure", args=[listed.id])
    assert "a second person has to confirm" in str(noticed.notice.next), "the lead is told"
    overview = ben.get(reverse("person", args=[listed.id])).content.decode()
    assert "a second person has to confirm" in overview
    assert "at the market" in overview, "on the timeline"
    assert esi.post(page, {"verb": "confirm_erasure"}).status_code == 302
    assert "two workers agreed" in esi.get(reverse("erasure", args=[listed.id])).content.decode()
    assert run(0.9) == {"announced": 0, "erased": 0}
    assert is_stored(listed.id)
    assert run(1.01)["erased"] == 1
    assert not is_stored(listed.id)


def test_within_the_pause_it_is_taken_back_and_nothing_is_lost(cast: Cast, listed: OpenRecord) -> None:
    before = Value.objects.filter(record=listed.id).count()
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    act(cast.ben, listed.id, "take_back_erasure", words="she thought again")
    assert run(2) == {"announced": 0, "erased": 0}
    assert Value.objects.filter(record=listed.id).count() == before + 1
    assert erasure.state_of(opened(cast.ben, listed.id), ErasureLog) == "STORED"
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    assert run(2)["erased"] == 1, "the control: asked again it goes"


def test_an_undo_that_is_too_late_is_told(cast: Cast, listed: OpenRecord) -> None:
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    page, typed = reverse("change_erasure", args=[listed.id]), {"verb": "take_back_erasure", "words": "no"}
    with clock.shifted(1.01 * DAY):
        late = client_of(cast.ben).post(page, typed)
        assert late.status_code == 400
        assert "Too late" in late.content.decode()
        assert "no</textarea>" in late.content.decode()
    run(1.01)
    ben = client_of(cast.ben)
    told = ben.post(page, typed, follow=True)
    assert "Too late: the record is erased." in told.content.decode()
    assert client_of(cast.farid).post(page, typed).status_code == 404


def test_a_legal_hold_refuses_it_in_plain_words(cast: Cast, listed: OpenRecord) -> None:
    act(cast.ben, listed.id, "ask_hold", words="order 12/2026")
    page = client_of(cast.esi).post(
        reverse("change_erasure", args=[listed.id]), {"verb": "request_erasure", **ASK, "words": "she said so"}
    )
    assert page.status_code == 400
    assert "A legal hold is on this record." in page.content.decode()
    assert "she said so" in page.content.decode()
    with pytest.raises(Refused, match="same_person"):
        act(cast.ben, listed.id, "confirm_hold")
    act(cast.esi, listed.id, "confirm_hold")
    with pytest.raises(Refused, match="transition_not_possible"):
        act(cast.esi, listed.id, "drop_hold", words="x")
    act(cast.ben, listed.id, "ask_release", words="over")
    with pytest.raises(Refused, match="on_hold"):
        ask(cast.ben, listed.id)
    act(cast.esi, listed.id, "end_hold")
    assert erasure.state_of(opened(cast.ben, listed.id), LegalHold) == "FREE"
    ask(cast.ben, listed.id)


def test_a_hold_within_the_pause_stops_the_erasure(cast: Cast, listed: OpenRecord) -> None:
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    act(cast.ben, listed.id, "ask_hold", words="order 12/2026")
    assert run(5)["erased"] == 0
    act(cast.esi, listed.id, "drop_hold", words="not ours")
    assert run(5)["erased"] == 0, "a day to think again"
    assert run(6.01)["erased"] == 1


def test_an_open_referral_refuses_it_until_the_consent_is_withdrawn(cast: Cast, listed: OpenRecord) -> None:
    consent = agreed(listed, cast.ben)
    sent(listed, consent, cast.ben)
    with pytest.raises(Refused, match="referral_open"):
        ask(cast.ben, listed.id)
    sending.withdraw_consent(opened(cast.ben, listed.id), consent, by=acting_as(cast.ben))
    ask(cast.ben, listed.id)


@pytest.mark.parametrize("typed", [{"on": "2099-01-01"}, {"who": ""}, {"way": "ENCHANTED"}])
def test_a_bad_request_is_refused_with_what_was_typed(ben: Client, listed: OpenRecord, typed: dict[str, str]) -> None:
    good = {
        "verb": "request_erasure",
        "on": str(clock.today()),
        "who": "PERSON",
        "way": "MET",
        "words": "at the market",
    }
    page = ben.post(reverse("change_erasure", args=[listed.id]), good | typed)
    assert page.status_code == 400
    assert "at the market" in page.content.decode()
    assert not Erasure.objects.exists()


# After the erasure


@pytest.mark.db_contract
def test_nothing_opens_afterwards(cast: Cast, listed: OpenRecord) -> None:
    """Values, name search, duplicates, statistics, files, referrals, second opinions; another person stays whole."""
    other = met(cast.ben, "Aminah Rekaan")
    consent = agreed(listed, cast.ben)
    referral = sent(listed, consent, cast.ben).referral
    file = files.add_file(opened(cast.ben, listed.id), b"a paper", expires_on=None)
    Reading.objects.create(
        left=listed.id,
        organisation=listed.facts.organisation,
        team=listed.facts.team,
        author=cast.ben.id,
        asked_at=clock.now(),
        key=listed.id,
        sealed=b"codes",
    )
    sending.withdraw_consent(opened(cast.ben, listed.id), consent, by=acting_as(cast.ben))

    def find() -> set[UUID]:
        return {row.id for row in queries.find_people("Amina Rekaan", viewer=viewer(cast.ben), keys=cast.ben.keys)}

    def likely() -> list[Any]:
        return duplicates.find_likely(opened(cast.ben, other), viewer=viewer(cast.ben), keys=cast.ben.keys)

    assert listed.id in find()
    assert likely()
    assert files.exists(file)
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    assert run(2)["erased"] == 1
    cast.ben.keys.forget()
    with pytest.raises(NotYours):
        opened(cast.ben, listed.id)
    assert find() == {other}, "the control: the other person is found"
    assert not likely()
    for model in (Grant, IndexKey, Value, IndexEntry, FileKey, StoredFile):
        assert not model.objects.filter(record=listed.id).exists(), model
    for model in (Grant, IndexKey, Value, IndexEntry):
        assert model.objects.filter(record=other).exists(), f"the control: {model}"
    assert not Reading.objects.filter(left=listed.id).exists()
    assert not PacketWrap.objects.filter(referral=referral).exists()
    assert bytes(Packet.objects.get(referral=referral).fields) == b""
    assert listed.id not in set(lists.visible(viewer(cast.esi)).values_list("id", flat=True))
    ben = client_of(cast.ben)
    for name in ("person", "erasure", "readers", "persons_copy", "duplicate_records"):
        assert ben.get(reverse(name, args=[listed.id])).status_code == 404
    assert Record.objects.get(id=listed.id).status == Status.GONE


@pytest.mark.db_contract
def test_merged_records_go_together(cast: Cast, listed: OpenRecord) -> None:
    other, stranger = met(cast.ben, "Aminah Rekaan"), met(cast.ben, "Somebody Else")
    pair = duplicates.open_pair(opened(cast.ben, listed.id), other, keys=cast.ben.keys)
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(cast.ben))
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    assert run(2)["erased"] == 2
    assert [is_stored(record) for record in (listed.id, other, stranger)] == [False, False, True]
    assert len(list_certificates(viewer(cast.ben))) == 2


def test_a_summary_that_waits_is_destroyed_when_it_is_confirmed(cast: Cast, listed: OpenRecord) -> None:
    code = derive_keys(new_code(CodeKind.DIGITS, language="en").plain, new=True)
    summaries.leave_summary(opened(cast.ben, listed.id), "in short", code=code, days=7, by=acting_as(cast.ben))
    ask(cast.ben, listed.id)
    assert Request.objects.filter(address=code.address).exists(), "the control"
    confirm(cast.esi, listed.id)
    assert not Request.objects.filter(address=code.address).exists()


# Others who have a copy


@pytest.mark.db_contract
def test_another_organisation_is_asked_and_answers(cast: Cast, handover: Thread) -> None:
    _erase_person(cast, handover, ask_others=True)
    kartika, jaya = client_of(cast.kartika), client_of(cast.jaya)
    for page in (reverse("day"), reverse("inbox")):
        assert "asks us to erase a case" in kartika.get(page).content.decode()
        assert "asks us to erase a case" not in client_of(cast.farid).get(reverse("day")).content.decode()
    answer = reverse("answer_erasure_ask", args=[handover.case, handover.referral])
    assert "asks us to erase this case" in jaya.get(reverse("erasure", args=[handover.case])).content.decode()
    assert jaya.post(answer, {"verb": "decline_to_erase"}).status_code == 400
    assert jaya.post(answer, {"verb": "agree_to_erase"}).status_code == 302
    assert jaya.post(answer, {"verb": "decline_to_erase", "reason": "LAW"}).status_code == 404, "answered once"
    assert erasure.state_of(opened(cast.chioma, handover.case), ErasureLog) == "ASKED"
    assert "Agreed; a second person there" in client_of(cast.ben).get(reverse("erasures")).content.decode()
    confirm(cast.chioma, handover.case)
    assert run(4)["erased"] == 1
    assert not is_stored(handover.case)


def _erase_person(cast: Cast, handover: Thread, *, ask_others: bool) -> None:
    for row in sent_for(opened(cast.ben, handover.person)):
        sending.withdraw_consent(opened(cast.ben, handover.person), row.consent, by=acting_as(cast.ben))
    ask(cast.ben, handover.person, ask_others=ask_others)
    confirm(cast.esi, handover.person)
    assert run(2)["erased"] == 1


def test_it_declines_with_a_reason_and_is_not_asked_unless_the_person_wants(cast: Cast, handover: Thread) -> None:
    _erase_person(cast, handover, ask_others=False)
    assert not ErasureAsk.objects.exists()
    assert is_stored(handover.case), "what they wrote is theirs"
    assert not Message.objects.filter(referral__record=handover.person).exists()
    assert received(cast.chioma, handover.referral).shared is None


def test_a_no_is_told_with_its_reason(cast: Cast, handover: Thread) -> None:
    _erase_person(cast, handover, ask_others=True)
    answer = reverse("answer_erasure_ask", args=[handover.case, handover.referral])
    assert client_of(cast.farid).post(answer, {"verb": "agree_to_erase"}).status_code == 404
    assert client_of(cast.jaya).post(answer, {"verb": "decline_to_erase", "reason": "LAW"}).status_code == 302
    assert "a law obliges them" in client_of(cast.ben).get(reverse("erasures")).content.decode()
    assert is_stored(handover.case)


# Certificate


@pytest.fixture
def erased(cast: Cast, listed: OpenRecord) -> UUID:
    """Erase Amina's record at her wish and return its id."""
    ask(cast.ben, listed.id)
    confirm(cast.esi, listed.id)
    run(2)
    return listed.id


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_certificate_names_the_date_and_the_code_and_no_person(cast: Cast, erased: UUID, language: str) -> None:
    number = number_of(Entry.objects.get(verb="forget"))
    page = client_of(cast.ben).get(reverse("erasure_certificate", args=[number, language])).content.decode()
    [article] = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert number in article
    assert "Amina" not in page
    assert str(erased) not in page
    assert all(name in article for name in ("Ben", "Esi"))
    assert ("The keys were destroyed" in article) is (language == "en")


def test_who_may_read_it_and_check_its_number(cast: Cast, erased: UUID) -> None:
    number = number_of(Entry.objects.get(verb="forget"))
    ben = client_of(cast.ben)
    assert ben.post(reverse("erasures"), {"number": f" {number.lower()} "}).status_code == 302
    forged = ben.post(reverse("erasures"), {"number": number[:-1] + ("0" if number[-1] != "0" else "1")})
    assert forged.status_code == 400
    assert "wrong or forged" in forged.content.decode()
    for player in (cast.chioma, cast.farid, cast.gita):
        assert client_of(player).get(reverse("erasure_certificate", args=[number, "en"])).status_code == 404
        assert find_certificate(number, viewer=viewer(player)) is None
    found = find_certificate(number, viewer=viewer(cast.esi))
    assert found
    assert found.on_request


def test_a_restricted_record_leaves_a_certificate_only_for_the_two(cast: Cast, erased: UUID) -> None:
    lead = viewer(cast.esi)
    Erasure.objects.update(confirmed_by=cast.ben.id)
    assert list_certificates(lead), "the control: a lead reads those of the team"
    Record.objects.filter(id=erased).update(restricted=True)
    assert list_certificates(lead) == []
    assert list_certificates(viewer(cast.ben))
