"""Attacks on lost keys and on reviews of accesses: by one person with two accounts, and by who was found out."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from suar.accounts import access_reviews, alarms, key_changes, key_requests, queries, workers
from suar.accounts.codes import AlarmKind, KeyKind, RequestKind, Way, WorkerState
from suar.accounts.models import Alarm, AlarmText, Membership, Notice, PublicKey, Worker, Wrap
from suar.accounts.roles import Permission, Role
from suar.cases import accesses
from suar.consent import exclusions
from suar.consent.exclusions import new_exclusions
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto.recovery import Share
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.feedback.models import Quarter
from suar.feedback.rules.counting import past_quarters
from suar.records import actions as records
from suar.records import key_changes as sealing
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals import sending
from suar.referrals.models import Message
from tests import cast as at_work
from tests.people import acting_as, client_of, thread, viewer

world, cast, amina = at_work.world, at_work.cast, at_work.amina

EMERGENCY = {"code": "DANGER", "words": "A man waits at her gate with a knife"}
FOUND = {"decision": "JUSTIFIED", "words": "It was needed, I asked Oka about it"}


def second_account(cast: Cast, role: Role) -> Player:
    """Let Gita, who administers, invite an account for which nobody vouched, and take it."""
    worker, code = workers.invite("second", "Second", role, by=acting_as(cast.gita))
    return casting.activate(worker.name, code, at=clock.now())


def waiting(player: Player) -> UUID:
    """Return the request for new keys that waits."""
    [(row, _)] = key_requests.list_open(viewer(player), [RequestKind.RESET], at=clock.now())
    return row.id


def confirm_by_hand(cast: Cast, player: Player) -> None:
    workers.certify(player.id, fingerprint=queries.worker_fingerprint(player.id), by=acting_as(cast.esi))


@pytest.mark.db_contract
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SUPERVISOR])
def test_an_administrator_with_two_accounts_resets_nobody(cast: Cast, role: Role) -> None:
    second = second_account(cast, role)
    with pytest.raises(NotYours):
        key_requests.ask_reset(cast.ben.id, by=acting_as(second))
    key_requests.ask_reset(cast.ben.id, by=acting_as(cast.gita))
    with pytest.raises(NotYours):
        key_requests.confirm_reset(waiting(cast.gita), by=acting_as(second))
    assert client_of(second).get("/forgotten").status_code == 404
    assert Wrap.objects.filter(holder=cast.ben.id).exists()
    assert Worker.objects.get(id=cast.ben.id).state == WorkerState.ACTIVE
    confirm_by_hand(cast, second)
    key_requests.confirm_reset(waiting(cast.gita), by=acting_as(second))
    assert Worker.objects.get(id=cast.ben.id).state == WorkerState.INVITED, "the control: two whom a signatory knows"


def test_an_account_that_nobody_vouched_for_reviews_nothing(cast: Cast, amina: OpenRecord) -> None:
    """Oka opens a record in an emergency; a second account does not take the alarm from the others."""
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    second, alarm = second_account(cast, Role.PRIVACY_OFFICER), Alarm.objects.get()
    with pytest.raises(NotYours):
        access_reviews.review(alarm.id, **FOUND, by=acting_as(second))
    assert client_of(second).post(f"/accesses/{alarm.id}", FOUND).status_code == 404
    assert not viewer(second).may(Permission.REVIEW_ACCESS)
    confirm_by_hand(cast, second)
    access_reviews.review(alarm.id, **FOUND, by=acting_as(second))
    assert Alarm.objects.get().reviewed_by == second.id, "the control"


def test_an_excluded_lead_reads_no_reason_of_an_emergency_before(cast: Cast, amina: OpenRecord) -> None:
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    alarm = Alarm.objects.get()
    page = f"/accesses/{alarm.id}"
    assert EMERGENCY["words"] in client_of(cast.esi).get(page).content.decode(), "the control"
    added = new_exclusions((), [cast.esi.id], "")
    sending.record_exclusions(keyring.open_record(amina.id, keys=cast.ben.keys), added, by=acting_as(cast.ben))
    access_reviews.review(alarm.id, **FOUND, by=acting_as(cast.indah))
    assert not AlarmText.objects.filter(reader=cast.esi.id).exists()
    shown = client_of(cast.esi).get(page).content.decode()
    assert EMERGENCY["words"] not in shown and FOUND["words"] not in shown
    others = client_of(cast.indah).get(page).content.decode()
    assert EMERGENCY["words"] in others and FOUND["words"] in others, "the control"


@pytest.mark.parametrize("by_key", [True, False])
def test_a_merged_record_gives_no_reason_to_an_excluded_lead(cast: Cast, amina: OpenRecord, by_key: bool) -> None:
    """A record is taken from somebody with its keys, or without them."""
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    assert AlarmText.objects.filter(reader=cast.esi.id).exists(), "the control"
    records.restrict(amina, excluded=[], keys=cast.ben.keys, at=clock.now())
    taker = cast.ben if by_key else cast.lia
    assert exclusions.restrict_for(amina.id, [cast.esi.id], by=acting_as(taker))
    assert not AlarmText.objects.filter(reader=cast.esi.id).exists()


@pytest.mark.parametrize(("decision", "opens"), [("NOT_JUSTIFIED", False), ("MISTAKE", False), ("JUSTIFIED", True)])
def test_an_emergency_ends_when_a_review_says_there_was_none(
    cast: Cast, amina: OpenRecord, decision: str, opens: bool
) -> None:
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    assert keyring.open_record(amina.id, keys=oka.keys)
    with clock.shifted(timedelta(minutes=5)):
        words = {**FOUND, "decision": decision}
        access_reviews.review(Alarm.objects.get().id, **words, by=acting_as(cast.indah))
        assert (client_of(oka).get(f"/people/{amina.id}").status_code == 200) is opens


def recover(cast: Cast, name: str, papers: Sequence[Share], *, lost: Sequence[Player]) -> tuple[Player, list[Share]]:
    """Hire a supervisor after others were lost, and let them open the keys with two papers."""
    for player in lost:
        workers.disable(player.id, by=acting_as(cast.gita))
    new = casting.hire(cast.village.organisation, name, name.title(), Role.SUPERVISOR, by=None, at=clock.now())
    key_requests.ask_recovery(RequestKind.RECOVERY, by=acting_as(new))
    [(row, _)] = key_requests.list_open(viewer(new), key_requests.WITH_PAPERS, at=clock.now())
    for player, share in zip((new, cast.gita), papers, strict=False):
        key_requests.type_paper(
            row.id, share.printed(), fingerprint=queries.worker_fingerprint(new.id), by=acting_as(player)
        )
    with clock.shifted(key_requests.RECOVERY_WAITS):
        printed = key_requests.open_lost_keys(row.id, by=acting_as(new))
    new.keys.forget()
    return new, [Share.read(paper) for paper in printed]


def thieves_type(cast: Cast, second: Player) -> UUID:
    """Let Gita, who administers and stole two papers, type them with a second account after shutting out the others."""
    for player in (cast.esi, cast.ben, cast.lia):
        workers.disable(player.id, by=acting_as(cast.gita))
    key_requests.ask_recovery(RequestKind.RECOVERY, by=acting_as(second))
    [(row, _)] = key_requests.list_open(viewer(second), key_requests.WITH_PAPERS, at=clock.now())
    for player, share in zip((second, cast.gita), cast.village.shares, strict=False):
        key_requests.type_paper(
            row.id, share.printed(), fingerprint=queries.worker_fingerprint(second.id), by=acting_as(player)
        )
    return row.id


@pytest.mark.db_contract
def test_two_stolen_papers_open_nothing_before_a_day_in_which_others_cancel(cast: Cast) -> None:
    second = second_account(cast, Role.SUPERVISOR)
    request = thieves_type(cast, second)
    for hours in (0, 23):
        with clock.shifted(timedelta(hours=hours)), pytest.raises(Refused, match="opens_later"):
            key_requests.open_lost_keys(request, by=acting_as(second))
        with clock.shifted(timedelta(hours=hours)):
            assert client_of(second).post(f"/papers/{request}/open").status_code == 409
    kinds = set(alarms.list_alarms(viewer(cast.indah), at=clock.now()).values_list("kind", flat=True))
    assert kinds == {AlarmKind.PAPERS_USED, AlarmKind.PAPERS_TYPED}
    assert Notice.objects.filter(worker=cast.indah.id, seen_at=None).exists()
    with clock.shifted(timedelta(hours=23)):
        key_requests.cancel(request, by=acting_as(cast.indah))
    with clock.shifted(timedelta(hours=25)), pytest.raises(Refused, match="not_from_here"):
        key_requests.open_lost_keys(request, by=acting_as(second))
    assert not Wrap.objects.filter(holder=second.id, way=Way.MEMBER).exists()


def test_papers_that_nobody_cancelled_open_after_a_day(cast: Cast) -> None:
    """The control of the attack above, and the honest way."""
    second = second_account(cast, Role.SUPERVISOR)
    request = thieves_type(cast, second)
    with clock.shifted(timedelta(hours=24)):
        assert key_requests.open_lost_keys(request, by=acting_as(second))
    assert Wrap.objects.filter(holder=second.id, way=Way.MEMBER).exists()


@pytest.mark.db_contract
def test_a_lone_supervisor_does_not_open_in_an_emergency_unseen(cast: Cast, amina: OpenRecord) -> None:
    """Oka is the only one who reviews; the administrator reviews that it happened, and reads nothing of the record."""
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    for player in (cast.esi, cast.indah):
        workers.disable(player.id, by=acting_as(cast.gita))
    unconfirmed = second_account(cast, Role.ADMINISTRATOR)
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    alarm, gita = Alarm.objects.get(), client_of(cast.gita)
    page = f"/accesses/{alarm.id}"
    assert Notice.objects.filter(worker=cast.gita.id, seen_at=None).exists()
    assert page in gita.get("/").content.decode() and page in gita.get("/accesses").content.decode()
    shown = gita.get(page).content.decode()
    assert "Oka" in shown and EMERGENCY["words"] not in shown and "Amina" not in shown and str(amina.id) not in shown
    for player in (oka, unconfirmed):
        assert client_of(player).get(page).status_code == 404
        with pytest.raises(NotYours):
            access_reviews.review(alarm.id, **FOUND, by=acting_as(player))
    assert gita.post(page, {**FOUND, "decision": "NOT_JUSTIFIED"})["Location"] == "/accesses"
    assert client_of(oka).get(f"/people/{amina.id}").status_code == 404, "the emergency ended"


def test_an_administrator_reviews_nothing_that_others_review(cast: Cast, amina: OpenRecord) -> None:
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    alarm = Alarm.objects.get()
    with pytest.raises(NotYours):
        access_reviews.review(alarm.id, **FOUND, by=acting_as(cast.gita))
    workers.disable(cast.indah.id, by=acting_as(cast.gita))
    assert not alarms.list_alarms(viewer(cast.gita), at=clock.now()), "Esi reviews it"
    Alarm.objects.update(kind=AlarmKind.EXPORT_ASKED)
    workers.disable(cast.esi.id, by=acting_as(cast.gita))
    assert not alarms.list_alarms(viewer(cast.gita), at=clock.now()), "and agrees to no export"
    Alarm.objects.update(kind=AlarmKind.BREAK_GLASS)
    assert alarms.list_alarms(viewer(cast.gita), at=clock.now()), "the control"


def test_a_privacy_officer_whom_nobody_confirmed_sees_no_log_and_no_alarm(cast: Cast) -> None:
    second = second_account(cast, Role.PRIVACY_OFFICER)
    alarms.raise_access_alarm(AlarmKind.MANY_RECORDS, cast.ben.id, at=clock.now())
    assert client_of(second).get("/log").status_code == 404
    assert not alarms.list_alarms(viewer(second), at=clock.now())
    confirm_by_hand(cast, second)
    assert client_of(second).get("/log").status_code == 200, "the control"
    assert alarms.list_alarms(viewer(second), at=clock.now())


@pytest.mark.db_contract
def test_an_administrator_with_a_second_account_reads_no_alarm_and_publishes_nothing(cast: Cast) -> None:
    """Gita gives herself a supervisor whom nobody confirmed, and a complaint handler, who could speak to the public."""
    alarms.raise_access_alarm(AlarmKind.MANY_RECORDS, cast.ben.id, at=clock.now())
    second = second_account(cast, Role.SUPERVISOR)
    assert not alarms.list_alarms(viewer(second), at=clock.now())
    assert "Ben" not in client_of(second).get("/").content.decode()
    worker = second_account(cast, Role.SOCIAL_WORKER)
    assert client_of(worker).get("/inbox").status_code == 404, "nor which organisation sent a request, and when"
    handler = second_account(cast, Role.COMPLAINT_HANDLER)
    words = "Come to the office behind the market, they need no papers"
    typed = {"quarter": "-".join(map(str, past_quarters(clock.today())[0])), "text_en": words, "text_id": words}
    assert client_of(handler).get("/feedback").status_code == 404
    assert client_of(handler).post("/feedback/quarter", typed).status_code == 404 and not Quarter.objects.exists()
    for player in (second, handler):
        confirm_by_hand(cast, player)
    assert client_of(cast.lia).get("/inbox").status_code == 200, "the control"
    assert alarms.list_alarms(viewer(second), at=clock.now()), "the control"
    assert client_of(handler).post("/feedback/quarter", typed).status_code == 302 and Quarter.objects.exists()


def reseal(player: Player) -> None:
    """Seal to the new keys until nothing is left of any change."""
    for change in key_changes.open_changes(viewer(player)):
        while sealing.reseal_some(change.id, by=acting_as(player), excluded=lambda _: (), enter=lambda *_, **__: None):
            pass
    player.keys.forget()


@pytest.mark.db_contract
def test_the_new_papers_also_open_what_a_recovery_left_undone(cast: Cast, amina: OpenRecord) -> None:
    """Putri recovers and is lost before anything was sealed anew: the old papers are void, the new ones must do."""
    records.restrict(amina, excluded=[], keys=cast.ben.keys, at=clock.now())
    putri, papers = recover(cast, "putri", cast.village.shares, lost=[cast.esi, cast.ben, cast.lia])
    sari, _ = recover(cast, "sari", papers, lost=[putri])
    reseal(sari)
    assert keyring.open_record(amina.id, keys=sari.keys)
    assert not key_changes.open_changes(viewer(sari))
    assert not sari.keys.list_keys(KeyKind.ESCROW), "no key of old papers stays with anybody"
    old = PublicKey.objects.filter(kind=KeyKind.ESCROW, retired_at__isnull=False).values("id")
    assert not Wrap.objects.filter(key__in=old).exists()


def test_who_opened_a_case_in_an_emergency_does_not_write_to_the_other_organisation(cast: Cast) -> None:
    referred = thread(cast)
    zuri = casting.join(cast.pelita, "zuri", "Zuri", Role.SUPERVISOR, at=clock.now())
    Membership.objects.filter(worker=zuri.id).update(until=clock.now())
    teams = PublicKey.objects.filter(kind=KeyKind.TEAM).values("id")
    Wrap.objects.filter(holder=zuri.id, key__in=teams).delete()
    zuri.keys.forget()
    accesses.open_in_emergency(str(referred.case), **EMERGENCY, by=acting_as(zuri))
    page, typed = f"/people/{referred.case}/message", {"text": "Please ring us"}
    assert client_of(zuri).get(f"/people/{referred.case}").status_code == 200
    assert client_of(zuri).post(page, typed).status_code == 400 and not Message.objects.exists()
    assert client_of(cast.chioma).post(page, typed).status_code == 302 and Message.objects.exists(), "the control"


def test_new_keys_after_a_theft_leave_no_moment_in_which_the_old_password_opens(cast: Cast) -> None:
    """Two colleagues vouch for a disabled account, so that nobody enables it for the thief first."""
    workers.disable(cast.ben.id, by=acting_as(cast.gita))
    assert client_of(cast.esi).get("/forgotten").content.count(b"Ben") > 0
    vouched = client_of(cast.esi).post(f"/forgotten/{cast.ben.id}", {"known": "on"})
    assert vouched.status_code == 302 and Worker.objects.get(id=cast.ben.id).state == WorkerState.DISABLED
    _, code = key_requests.confirm_reset(waiting(cast.gita), by=acting_as(cast.gita))
    assert Worker.objects.get(id=cast.ben.id).state == WorkerState.INVITED
    assert not Wrap.objects.filter(holder=cast.ben.id).exists(), "nothing of the old keys opens"
    assert casting.activate("ben", code, at=clock.now()).worker.id == cast.ben.id
