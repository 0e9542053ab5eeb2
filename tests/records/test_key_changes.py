"""What an old key opens is sealed to a new one, some records at a time, and the old key opens nothing new."""

import pytest

from suar.accounts import key_changes as accounts
from suar.accounts import key_requests, queries, workers
from suar.accounts.codes import KeyKind, RequestKind
from suar.accounts.keys import newest_public
from suar.accounts.models import KeyChange
from suar.accounts.roles import Role
from suar.core.refusals import NotYours
from suar.crypto.values import SealBroken
from suar.demo import cast as casting
from suar.records import actions, key_changes, keyring
from suar.records import queries as records
from suar.records.models import Grant, IndexKey
from suar.records.terms import HolderKind, Kind
from tests.people import acting_as, client_of
from tests.records.conftest import AT, begun, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def reseal(player, *, most=500, excluded=lambda record: (), entered=None):
    """Go on with every change that the player can work on until nothing is left; return how many rounds it took."""
    entered, rounds = [] if entered is None else entered, 0
    for change in KeyChange.objects.filter(organisation=player.worker.organisation_id, ended_at=None):
        left = 1
        while left:
            player.keys.forget()
            left = key_changes.reseal_some(
                change.id,
                by=acting_as(player),
                excluded=excluded,
                enter=lambda record, by: entered.append(record.id),
                most=most,
            )
            rounds += 1
    player.keys.forget()
    return rounds


def listed_people(player):
    return set(records.index_entries([row.id for row in records.visible(viewer(player))], keys=player.keys))


def entered(house, player, number=1):
    """Begin some records of a team with their index entries."""
    made = [begun(house, player) for _ in range(number)]
    for record in made:
        actions.set_index_entry(record, {"name": "Amina"}, keys=player.keys, at=AT)
    return [record.id for record in made]


def leave(cast, player, by):
    workers.disable(player.id, by=by.acting(at=AT))


def change_keys(leaver, by):
    keys = accounts.keys_of_leaver(leaver.id, viewer=viewer(by), keys=by.keys)
    receivers = {row.id for rows in accounts.receivers_of(keys, viewer=viewer(by)).values() for row in rows}
    key_changes.change_keys_of(leaver.id, receivers=receivers, by=acting_as(by))


@pytest.fixture
def administrator(cast):
    """Hire an administrator for the organisation of Chioma and Jaya."""
    return casting.hire(cast.pelita.organisation, "nur", "Nur", Role.ADMINISTRATOR, by=None, at=AT)


def test_a_leaver_opens_nothing_after_the_change_and_the_others_all(cast, administrator):
    made = entered(cast.pelita, cast.chioma, 5)
    [team] = cast.jaya.keys.list_keys(KeyKind.TEAM)
    stolen = cast.jaya.keys.pair(team.id)
    leave(cast, cast.jaya, administrator)
    change_keys(cast.jaya, cast.kartika)
    assert reseal(cast.kartika, most=2) > 3
    after = begun(cast.pelita, cast.kartika).id
    for grant in Grant.objects.filter(record__in=[*made, after]):
        with pytest.raises(SealBroken):
            stolen.open(grant.sealed)
    cast.jaya.keys.forget()
    assert not cast.jaya.keys.list_keys(KeyKind.TEAM, KeyKind.INBOX)
    for player in (cast.chioma, cast.kartika):
        player.keys.forget()
        assert all(keyring.open_record(record, keys=player.keys) for record in (*made, after))
        assert listed_people(player) >= set(made)
    assert not Grant.objects.filter(key=team.id).exists() and not IndexKey.objects.filter(key=team.id).exists()
    assert not KeyChange.objects.filter(ended_at=None).exists()


def test_the_stolen_key_opens_grants_while_they_are_not_changed(cast):
    """The control of the test above."""
    [record] = entered(cast.pelita, cast.chioma)
    [team] = cast.jaya.keys.list_keys(KeyKind.TEAM)
    assert cast.jaya.keys.pair(team.id).open(Grant.objects.get(record=record, key=team.id).sealed)


def test_an_interrupted_change_goes_on_and_both_keys_open_meanwhile(cast, administrator):
    made = entered(cast.pelita, cast.chioma, 4)
    leave(cast, cast.jaya, administrator)
    change_keys(cast.jaya, cast.kartika)
    change = KeyChange.objects.get(old__kind=KeyKind.TEAM)
    nothing = {"excluded": lambda record: (), "enter": lambda record, by: None}
    assert key_changes.reseal_some(change.id, by=acting_as(cast.kartika), most=3, **nothing) == 1
    [row] = [row for row in key_changes.list_progress(viewer(cast.kartika), keys=cast.kartika.keys) if row.total]
    assert (row.done, row.total, row.mine) == (3, 4, 1)
    cast.chioma.keys.forget()
    assert all(keyring.open_record(record, keys=cast.chioma.keys) for record in made)
    assert listed_people(cast.chioma) >= set(made)
    assert key_changes.reseal_some(change.id, by=acting_as(cast.kartika), **nothing) == 0
    with pytest.raises(NotYours):
        key_changes.reseal_some(change.id, by=acting_as(cast.kartika), **nothing)


def test_a_record_restricted_meanwhile_does_not_come_back_to_the_team(cast, administrator):
    [record] = entered(cast.pelita, cast.chioma)
    leave(cast, cast.jaya, administrator)
    change_keys(cast.jaya, cast.kartika)
    cast.chioma.keys.forget()
    opened = keyring.open_record(record, keys=cast.chioma.keys)
    actions.restrict(opened, excluded=[cast.kartika.id], keys=cast.chioma.keys, at=AT)
    reseal(cast.kartika)
    with pytest.raises(NotYours):
        keyring.open_record(record, keys=cast.kartika.keys)
    assert keyring.open_record(record, keys=cast.chioma.keys)


def test_a_leaver_loses_what_a_colleague_holds_too_and_nothing_is_lost(cast):
    shared, alone = begun(cast.village, cast.ben), begun(cast.village, cast.ben, restricted=True)
    leave(cast, cast.ben, cast.gita)
    change_keys(cast.ben, cast.esi)
    own = newest_public(KeyKind.USER_READ, cast.ben.id).id
    assert set(Grant.objects.filter(key=own).values_list("record", flat=True)) == {alone.id}
    assert keyring.open_record(shared.id, keys=cast.esi.keys)


def test_a_lead_gives_back_what_somebody_with_new_keys_had(cast):
    [record] = entered(cast.village, cast.ben)
    key_requests.ask_reset(cast.ben.id, by=cast.esi.acting(at=AT))
    [(row, _)] = key_requests.list_open(viewer(cast.gita), [RequestKind.RESET], at=AT)
    _worker, code = key_requests.confirm_reset(row.id, by=cast.gita.acting(at=AT))
    back = casting.activate("ben", code, at=AT)
    fingerprint = queries.worker_fingerprint(back.id)
    workers.admit(back.id, team=cast.village.team.id, fingerprint=fingerprint, by=cast.esi.acting(at=AT))
    back.keys.forget()
    with pytest.raises(NotYours):
        keyring.open_record(record, keys=back.keys)
    reseal(cast.esi)
    assert keyring.open_record(record, keys=back.keys) and listed_people(back) == {record}


def recovered(cast, *, excluded=lambda record: (), entered=None):
    """Let a new supervisor come after everybody who held a key of the village, and seal to the new papers."""
    putri = casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=AT)
    for player in (cast.esi, cast.ben, cast.lia):
        leave(cast, player, cast.gita)
    key_requests.ask_recovery(RequestKind.RECOVERY, by=putri.acting(at=AT))
    [(row, _)] = key_requests.list_open(viewer(putri), key_requests.WITH_PAPERS, at=AT)
    fingerprint = queries.worker_fingerprint(putri.id)
    for player, share in zip((putri, cast.gita), cast.village.shares, strict=False):
        key_requests.type_paper(row.id, share.printed(), fingerprint=fingerprint, by=player.acting(at=AT))
    key_requests.open_lost_keys(row.id, by=putri.acting(at=AT + key_requests.RECOVERY_WAITS))
    reseal(putri, excluded=excluded, entered=entered)
    return putri


def test_after_a_recovery_records_that_nobody_opens_come_to_who_recovered(cast):
    made, lists = begun(cast.village, cast.ben), []
    putri = recovered(cast, entered=lists)
    assert keyring.open_record(made.id, keys=putri.keys)
    assert lists == [made.id]
    assert not putri.keys.list_keys(KeyKind.ESCROW), "the old papers' key is with nobody afterwards"
    escrow = newest_public(KeyKind.ESCROW, cast.village.organisation.id)
    assert set(Grant.objects.filter(holder=HolderKind.ESCROW, record=made.id).values_list("key", flat=True)) == {
        escrow.id
    }
    assert begun(cast.village, putri)


def test_a_recovery_gives_nothing_to_somebody_whom_the_person_excluded(cast):
    made, hidden = begun(cast.village, cast.ben), begun(cast.village, cast.ben)
    everybody = [row.id for row in queries.colleagues(viewer(cast.gita))]

    def excluded(record):
        return (
            {row.id for row in queries.colleagues(viewer(cast.gita))} - set(everybody) if record.id == hidden.id else ()
        )

    putri = recovered(cast, excluded=excluded)
    assert keyring.open_record(made.id, keys=putri.keys), "the control"
    with pytest.raises(NotYours):
        keyring.open_record(hidden.id, keys=putri.keys)


def test_the_page_replaces_keys_and_goes_on(cast):
    begun(cast.village, cast.ben, kind=Kind.PERSON)
    esi = client_of(cast.esi)
    assert "No keys need to be replaced" in esi.get("/keys").content.decode()
    leave(cast, cast.ben, cast.gita)
    assert f"/keys/{cast.ben.id}/change" in esi.get("/keys").content.decode()
    assert esi.post(f"/keys/{cast.lia.id}/change").status_code == 404, "an active colleague keeps the keys"
    page = f"/keys/{cast.ben.id}/change"
    receivers = esi.get(page).context["receivers"]
    assert esi.post(page, {"receivers": receivers}).status_code == 400
    assert esi.post(page, {"receivers": "x", "looked": "on"}).status_code == 400
    assert esi.post(page, {"receivers": receivers, "looked": "on"}).url == "/keys"
    for change in KeyChange.objects.all():
        assert esi.post(f"/keys/{change.id}/go-on").url == "/keys"
    assert not KeyChange.objects.filter(ended_at=None).exists()
