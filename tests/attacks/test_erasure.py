"""Attacks on erasure: without the right, excluded, having left, alone with both parts, by forms that are sent again."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from suar.accounts import workers
from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.cases import calendars, duplicates, erasure
from suar.cases.documents import ErasureLog
from suar.cases.erasure import list_certificates
from suar.cases.models import Erasure, ErasureAsk
from suar.cases.retention import WISH
from suar.consent import exclusions as exclusion_list
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.contact import summaries
from suar.contact.documents import CodeKind
from suar.contact.models import Request
from suar.contact.return_codes import derive_keys, new_code
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.actions import destroy
from suar.records.keyring import OpenRecord
from suar.referrals.models import Referral
from tests import cast as at_work
from tests.cases.test_duplicates import met
from tests.cases.test_retention import act, is_stored, opened, run
from tests.people import Thread, acting_as, agreed, client_of, viewer

world, cast, amina, handover = at_work.world, at_work.cast, at_work.amina, at_work.handover

ASK = {"on": clock.today(), "who": "PERSON", "way": "MET"}
TYPED = {"verb": "request_erasure", "on": str(clock.today()), "who": "PERSON", "way": "MET"}
VERBS = ("request_erasure", "confirm_erasure", "take_back_erasure", "ask_hold", "drop_hold", "agree_retention")


@pytest.fixture
def listed(cast: Cast, amina: OpenRecord) -> OpenRecord:
    """Return Amina's record with its entry for lists."""
    calendars.update_due(amina, by=acting_as(cast.ben))
    return amina


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["chioma", "farid", "gita", "hadi", "lia"])
def test_who_holds_no_key_changes_nothing(cast: Cast, listed: OpenRecord, name: str, verb: str) -> None:
    client = client_of(cast.players[name])
    typed = {**TYPED, "verb": verb, "words": "x"}
    for page, answer in (
        ("erasure", client.get(reverse("erasure", args=[listed.id]))),
        ("change_erasure", client.post(reverse("change_erasure", args=[listed.id]), typed)),
        ("absent", client.post(reverse("change_erasure", args=[uuid4()]), typed)),
    ):
        assert answer.status_code == 404, page
    assert not Erasure.objects.exists()
    assert client_of(cast.ben).get(reverse("erasure", args=[listed.id])).status_code == 200, "the control"


def test_nobody_signed_in_gets_in(listed: OpenRecord) -> None:
    for name, ids in (("erasure", [listed.id]), ("erasures", []), ("retention_settings", [])):
        assert Client().get(reverse(name, args=ids)).status_code == 302


def test_one_person_alone_neither_erases_nor_holds_nor_releases(cast: Cast, listed: OpenRecord) -> None:
    act(cast.esi, listed.id, "request_erasure", **ASK)
    with pytest.raises(Refused, match="same_person"):
        act(cast.esi, listed.id, "confirm_erasure")
    act(cast.esi, listed.id, "ask_hold", words="x")
    with pytest.raises(Refused, match="same_person"):
        act(cast.esi, listed.id, "confirm_hold")
    act(cast.ben, listed.id, "confirm_hold")
    act(cast.ben, listed.id, "ask_release", words="x")
    with pytest.raises(Refused, match="same_person"):
        act(cast.ben, listed.id, "end_hold")
    assert run(5)["erased"] == 0
    assert is_stored(listed.id)


def test_two_colleagues_of_whom_none_is_responsible_do_not_erase(cast: Cast, handover: Thread) -> None:
    other = casting.join(cast.pelita, "another", "Wati", Role.PROVIDER, at=clock.now())
    act(cast.jaya, handover.case, "ask_hold", words="x")
    with pytest.raises(Refused, match="not_by_you"):
        act(other, handover.case, "confirm_hold")
    with pytest.raises(Refused, match="not_by_you"):
        act(other, handover.case, "drop_hold", words="x")
    act(cast.chioma, handover.case, "drop_hold", words="no order")


def test_the_job_does_not_trust_a_row_alone(cast: Cast, listed: OpenRecord) -> None:
    """A time of erasure without a pause that is over, or under a hold, erases nothing."""
    columns = {"organisation": listed.facts.organisation, "erase_at": clock.now() + timedelta(days=1)}
    Erasure.objects.create(record=listed.id, on_hold=True, **columns)
    assert run(0)["erased"] == 0
    assert run(3)["erased"] == 0
    Erasure.objects.update(on_hold=False)
    assert run(3)["erased"] == 0, "another pause began under the hold"
    assert run(4)["erased"] == 1, "the control"


@pytest.mark.db_contract
def test_a_form_that_is_sent_again_asks_once_and_confirms_once(cast: Cast, listed: OpenRecord) -> None:
    page, form = reverse("change_erasure", args=[listed.id]), str(uuid4())
    ben, esi = client_of(cast.ben), client_of(cast.esi)
    for _ in range(2):
        assert ben.post(page, {**TYPED, "form_id": form}).status_code == 302
    assert len(erasure.list_acts(opened(cast.ben, listed.id), ErasureLog)) == 1
    confirmation = {"verb": "confirm_erasure", "form_id": str(uuid4())}
    assert esi.post(page, confirmation).status_code == 302
    ben.post(page, {"verb": "take_back_erasure", "words": "she thought again", "form_id": str(uuid4())})
    ben.post(page, {**TYPED, "form_id": str(uuid4())})
    assert esi.post(page, confirmation).status_code == 302, "the confirmation of before, sent again"
    assert erasure.state_of(opened(cast.ben, listed.id), ErasureLog) == "ASKED"
    assert run(3)["erased"] == 0


def test_who_left_confirms_nothing_and_reads_no_certificate(cast: Cast, listed: OpenRecord) -> None:
    page = reverse("change_erasure", args=[listed.id])
    esi = client_of(cast.esi)
    act(cast.ben, listed.id, "request_erasure", **ASK)
    workers.disable(cast.esi.id, by=acting_as(cast.gita))
    assert esi.post(page, {"verb": "confirm_erasure"}).status_code == 401
    assert erasure.state_of(opened(cast.ben, listed.id), ErasureLog) == "ASKED"
    assert run(3)["erased"] == 0
    assert esi.get(reverse("erasures")).status_code == 302, "to the sign-in"


def _exclude(record: UUID, excluded: Player, by: Player) -> None:
    entry = NewExclusion(ExclusionKind.WORKER, ref=excluded.id)
    exclusion_list.exclude(keyring.open_record(record, keys=by.keys), [entry], by=acting_as(by))


@pytest.mark.db_contract
def test_an_excluded_lead_learns_nothing_of_it(cast: Cast, handover: Thread) -> None:
    """Kartika leads the team: no notice, no page, no request of others, no certificate. Chioma is the control."""
    _exclude(handover.case, cast.kartika, cast.chioma)
    sides = {"organisation": cast.pelita.organisation.id, "sender": cast.village.organisation.id}
    ErasureAsk.objects.create(referral=handover.referral, record=uuid4(), at=clock.now(), **sides)
    Erasure.objects.create(
        record=handover.case,
        organisation=cast.pelita.organisation.id,
        announced_on=clock.today() + timedelta(days=30),
    )
    for player, sees in ((cast.chioma, True), (cast.kartika, False)):
        page = client_of(player).get(reverse("day")).content.decode()
        assert ("asks us to erase a case" in page) is sees, player.worker.name
        assert ("will be erased on" in page) is sees
        assert client_of(player).get(reverse("erasure", args=[handover.case])).status_code == (200 if sees else 404)
    with pytest.raises(NotYours):
        opened(cast.kartika, handover.case)
    destroy(handover.case, by=cast.jaya.id, at=clock.now(), because=WISH, agreed_by=[cast.chioma.id])
    entry = Entry.objects.get(verb="forget")
    Erasure.objects.update(entry=entry.seq, asked_by=cast.chioma.id, confirmed_by=cast.jaya.id)
    assert list_certificates(viewer(cast.kartika)) == []
    assert list_certificates(viewer(cast.chioma))
    Erasure.objects.update(entry=entry.seq - 1)
    assert list_certificates(viewer(cast.chioma)) == [], "a row that names another entry proves nothing"


@pytest.mark.db_contract
def test_a_wish_that_something_stopped_is_taken_back_and_not_done_at_once_later(cast: Cast, listed: OpenRecord) -> None:
    """A hold outlasts the pause: whoever ends it does not destroy the record in that minute, and both are told."""
    act(cast.ben, listed.id, "request_erasure", **ASK)
    act(cast.esi, listed.id, "confirm_erasure")
    act(cast.ben, listed.id, "ask_hold", words="order 12/2026")
    Notice.objects.all().delete()
    assert run(2)["erased"] == 0
    assert {cast.ben.id, cast.esi.id} <= set(Notice.objects.values_list("worker", flat=True))
    act(cast.esi, listed.id, "drop_hold", words="not ours")
    assert run(2.5)["erased"] == 0, "a day to think again"
    with clock.shifted(timedelta(days=2.5)):
        act(cast.ben, listed.id, "take_back_erasure", words="she thought again")
    assert run(9)["erased"] == 0
    assert is_stored(listed.id)


def test_nobody_alone_stops_it_by_sharing_within_the_pause(cast: Cast, listed: OpenRecord) -> None:
    """An open referral stops an erasure, so none is sent once two people agreed."""
    consent = agreed(listed, cast.ben)
    act(cast.ben, listed.id, "request_erasure", **ASK)
    act(cast.esi, listed.id, "confirm_erasure")
    page = reverse("send_referral", args=[listed.id, consent])
    answer = client_of(cast.ben).post(page, {})
    assert answer.status_code == 409
    assert "will be erased at the wish of the person" in answer.content.decode()
    assert not Referral.objects.exists()
    act(cast.ben, listed.id, "take_back_erasure", words="she thought again")
    assert client_of(cast.ben).post(page, {}).status_code in (200, 302), "the control"
    assert Referral.objects.exists()


@pytest.mark.parametrize("held", [True, False])
def test_who_agreed_and_was_excluded_since_is_not_notified(cast: Cast, listed: OpenRecord, held: bool) -> None:
    act(cast.ben, listed.id, "request_erasure", **ASK)
    act(cast.esi, listed.id, "confirm_erasure")
    if held:
        act(cast.ben, listed.id, "ask_hold", words="order 12/2026")
    _exclude(listed.id, cast.esi, cast.ben)
    Notice.objects.all().delete()
    assert run(2)["erased"] == (0 if held else 1)
    notified = set(Notice.objects.values_list("worker", flat=True))
    assert cast.ben.id in notified, "the control"
    assert cast.esi.id not in notified


def test_who_agreed_and_was_excluded_since_finds_no_certificate(cast: Cast, listed: OpenRecord) -> None:
    act(cast.esi, listed.id, "request_erasure", **ASK)
    act(cast.ben, listed.id, "confirm_erasure")
    _exclude(listed.id, cast.esi, cast.ben)
    assert run(2)["erased"] == 1
    assert list_certificates(viewer(cast.ben)), "the control"
    assert list_certificates(viewer(cast.indah)), "the privacy officer"
    assert list_certificates(viewer(cast.esi)) == []
    page = reverse("change_erasure", args=[listed.id])
    with clock.shifted(timedelta(days=2)):
        assert client_of(cast.ben).post(page, {"verb": "take_back_erasure"}).status_code == 302, "the control"
        assert client_of(cast.esi).post(page, {"verb": "take_back_erasure"}).status_code == 404


def test_an_excluded_lead_is_not_even_notified(cast: Cast, handover: Thread) -> None:
    _exclude(handover.case, cast.kartika, cast.chioma)
    Notice.objects.all().delete()
    act(cast.chioma, handover.case, "ask_hold", words="x")
    act(cast.jaya, handover.case, "confirm_hold")
    notified = set(Notice.objects.values_list("worker", flat=True))
    assert cast.chioma.id in notified, "the control"
    assert cast.kartika.id not in notified


@pytest.fixture
def twice(cast: Cast, listed: OpenRecord) -> tuple[OpenRecord, UUID]:
    """Amina's record, and another one of somebody who may be her."""
    return listed, met(cast.ben, "Aminah Rekaan")


def _pair(cast: Cast, stays: UUID, goes: UUID) -> duplicates.Pair:
    return duplicates.open_pair(opened(cast.ben, stays), goes, keys=cast.ben.keys)


def _merge(cast: Cast, stays: UUID, goes: UUID) -> None:
    pair = _pair(cast, stays, goes)
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(cast.ben))


def test_what_is_about_to_be_erased_is_not_merged_away(cast: Cast, twice: tuple[OpenRecord, UUID]) -> None:
    """One worker alone would let the facts live on in another record, or let that one hang on an erased one."""
    amina, other = twice
    act(cast.ben, amina.id, "request_erasure", **ASK)
    act(cast.esi, amina.id, "confirm_erasure")
    for stays, goes in ((amina.id, other), (other, amina.id)):
        with pytest.raises(Refused, match="merge_while_erasing"):
            _merge(cast, stays, goes)
    act(cast.ben, amina.id, "take_back_erasure", words="she thought again")
    _merge(cast, amina.id, other)


@pytest.mark.db_contract
@pytest.mark.parametrize("stop", ["wish", "hold"])
def test_taking_records_apart_leads_around_no_hold_and_erases_nobody_else(
    cast: Cast, twice: tuple[OpenRecord, UUID], stop: str
) -> None:
    amina, other = twice
    _merge(cast, amina.id, other)
    if stop == "wish":
        act(cast.ben, amina.id, "request_erasure", **ASK)
        act(cast.esi, amina.id, "confirm_erasure")
        ended = {"verb": "take_back_erasure", "words": "they are two people"}
    else:
        act(cast.ben, amina.id, "ask_hold", words="order 12/2026")
        ended = {"verb": "drop_hold", "words": "not ours"}
    with pytest.raises(Refused, match="merge_while_erasing"):
        duplicates.undo_merge(_pair(cast, amina.id, other), by=acting_as(cast.ben))
    act(cast.esi, amina.id, **ended)
    duplicates.undo_merge(_pair(cast, amina.id, other), by=acting_as(cast.ben))
    assert run(3)["erased"] == 0


def _left(cast: Cast, record: UUID) -> UUID:
    """Let Ben leave a summary for the person, and return the id of what waits."""
    code = derive_keys(new_code(CodeKind.DIGITS, language="en").plain, new=True)
    left = summaries.leave_summary(opened(cast.ben, record), "in short", code=code, days=14, by=acting_as(cast.ben))
    assert left
    return left


@pytest.mark.db_contract
def test_no_summary_outlives_the_record(cast: Cast, twice: tuple[OpenRecord, UUID]) -> None:
    """Neither one that was left on a merged record, nor one that is left within the pause."""
    amina, other = twice
    waits = _left(cast, other)
    _merge(cast, amina.id, other)
    act(cast.ben, amina.id, "request_erasure", **ASK)
    assert Request.objects.filter(id=waits).exists(), "the control"
    act(cast.esi, amina.id, "confirm_erasure")
    assert not Request.objects.filter(id=waits).exists()
    for record in (amina.id, other):
        with pytest.raises(Refused, match="erasure_waits"):
            _left(cast, record)
    act(cast.ben, amina.id, "take_back_erasure", words="she thought again")
    assert Request.objects.filter(id=_left(cast, amina.id)).exists(), "the control"
