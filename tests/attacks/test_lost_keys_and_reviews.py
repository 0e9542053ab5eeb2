"""Attacks on lost keys and on reviews of accesses: by one person with two accounts, and by who was found out."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from suar.accounts import access_reviews, key_changes, key_requests, queries, workers
from suar.accounts.codes import KeyKind, RequestKind, WorkerState
from suar.accounts.models import Alarm, PublicKey, Worker, Wrap
from suar.accounts.roles import Permission, Role
from suar.cases import accesses
from suar.core import clock
from suar.core.refusals import NotYours
from suar.crypto.recovery import Share
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import key_changes as sealing
from suar.records import keyring
from suar.records.keyring import OpenRecord
from tests import cast as at_work
from tests.people import acting_as, client_of, viewer

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
    workers.certify(player.id, words=queries.own_words(player.id), by=acting_as(cast.esi))


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
        key_requests.type_paper(row.id, share.printed(), words=queries.own_words(new.id), by=acting_as(player))
    printed = key_requests.open_lost_keys(row.id, by=acting_as(new))
    new.keys.forget()
    return new, [Share.read(paper) for paper in printed]


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
