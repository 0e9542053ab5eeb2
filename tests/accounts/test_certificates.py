"""An attacker who writes rows without a key can insert neither a key nor an organisation (T6)."""

import pytest

from suar.accounts import pins, queries, sessions, setup
from suar.accounts.codes import KeyKind, Way
from suar.accounts.keys import Keys, newest_public
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.accounts.pins import certified_text, remembered_text
from suar.core import clock
from suar.core.refusals import KeyNotTrusted, NotYours
from suar.crypto.pairs import BoxPair, SignPair, seal_to
from suar.records import actions as vault
from suar.records.models import Grant, Record
from suar.records.terms import Kind
from tests.accounts.conftest import AT
from tests.people import client_of

pytestmark = pytest.mark.django_db

SEALED_TO = {
    "team": ("pelita", KeyKind.TEAM),
    "break-glass": ("pelita", KeyKind.BREAK_GLASS),
    "escrow": ("pelita", KeyKind.ESCROW),
    "statistics": ("pelita", KeyKind.STATISTICS),
}


def record_at(workplace, player, kind=Kind.CASE):
    return vault.new_record(kind, organisation=workplace.organisation.id, team=workplace.team.id, by=player.id, at=AT)


def owner_in(workplace, kind):
    return workplace.team.id if kind is KeyKind.TEAM else workplace.organisation.id


def put_own_key(kind, owner, *, sign_as=None, over=None):
    """Do what a thief of the database's password can: put a public key of their own in place."""
    thief = BoxPair.new()
    row = newest_public(kind, owner)
    row.public = thief.public
    if sign_as:
        row.certificate = sign_as.sign(certified_text(kind, owner, thief.public))
    row.save()
    return thief


@pytest.mark.parametrize("name", SEALED_TO)
def test_a_replaced_organisation_key_gets_no_grant(cast, name):
    workplace_name, kind = SEALED_TO[name]
    workplace = getattr(cast, workplace_name)
    record_at(workplace, cast.chioma)  # with the workplace's own keys it works
    before = Grant.objects.count()
    thief = put_own_key(kind, owner_in(workplace, kind), sign_as=SignPair.new())
    with pytest.raises(KeyNotTrusted):
        record_at(workplace, cast.chioma)
    assert Grant.objects.count() == before
    assert thief.public == bytes(newest_public(kind, owner_in(workplace, kind)).public)


@pytest.mark.parametrize("kind", [KeyKind.ESCROW, KeyKind.TEAM])
def test_a_missing_key_stops_a_new_record(cast, kind):
    workplace, before = cast.pelita, Record.objects.count()
    PublicKey.objects.filter(kind=kind, owner=owner_in(workplace, kind)).delete()
    with pytest.raises(KeyNotTrusted):
        record_at(workplace, cast.chioma)
    assert Record.objects.count() == before


def test_the_certificate_of_another_key_does_not_fit(cast):
    organisation = cast.pelita.organisation.id
    escrow, statistics = (newest_public(kind, organisation) for kind in (KeyKind.ESCROW, KeyKind.STATISTICS))
    escrow.public, escrow.certificate = statistics.public, statistics.certificate
    escrow.save()
    with pytest.raises(KeyNotTrusted):
        record_at(cast.pelita, cast.chioma)


def test_a_lead_whose_key_was_changed_gets_no_grant_of_a_talk(cast):
    record_at(cast.village, cast.ben, Kind.TALK)
    put_own_key(KeyKind.USER_READ, cast.esi.id)
    with pytest.raises(KeyNotTrusted):
        record_at(cast.village, cast.ben, Kind.TALK)


def test_a_record_is_not_shared_with_a_replaced_key(cast):
    record = record_at(cast.pelita, cast.chioma)
    put_own_key(KeyKind.USER_READ, cast.jaya.id)
    with pytest.raises(KeyNotTrusted):
        vault.assign_to(record, worker=cast.jaya.id, excluded=(), keys=cast.chioma.keys, at=AT)


def test_an_index_entry_is_not_sealed_to_an_unknown_key(cast):
    record = record_at(cast.pelita, cast.chioma)
    vault.set_index_entry(record, {"name": "A"}, keys=cast.chioma.keys, at=AT)
    planted = PublicKey.objects.create(
        kind=KeyKind.USER_READ,
        owner=cast.farid.id,
        version=9,
        public=BoxPair.new().public,
        made_at=AT,
    )
    Grant.objects.create(record=record.id, key=planted.id, holder="worker", compartments=1, sealed=b"", at=AT)
    with pytest.raises(KeyNotTrusted):
        vault.set_index_entry(record, {"name": "B"}, keys=cast.chioma.keys, at=AT)


def test_a_wrap_inserted_by_an_attacker_opens_nothing(cast):
    team = newest_public(KeyKind.TEAM, cast.pelita.team.id)
    cast.chioma.keys.forget()
    thief, ben = BoxPair.new(), cast.chioma
    wrap = Wrap.objects.filter(key=team.id, way=Way.MEMBER, holder=ben.id)
    wrap.update(sealed=seal_to(ben.keys._read.public, thief.private))
    fresh = Keys(ben.id, read=ben.keys._read, sign=ben.keys._sign)
    with pytest.raises(KeyNotTrusted):  # the other half of another key
        fresh.search_key(team.id)
    team.public = thief.public
    team.save()
    fresh = Keys(ben.id, read=ben.keys._read, sign=ben.keys._sign)
    with pytest.raises(KeyNotTrusted):  # the right half, but the organisation did not sign it
        fresh.search_key(team.id)


def test_a_swapped_own_key_is_not_used(cast):
    put_own_key(KeyKind.USER_READ, cast.ben.id)
    fresh = Keys(cast.ben.id, read=cast.ben.keys._read, sign=cast.ben.keys._sign)
    assert fresh.list_keys(KeyKind.USER_READ) == []
    with pytest.raises(NotYours):
        fresh.private(newest_public(KeyKind.USER_READ, cast.ben.id).id)


def test_workers_notice_a_replaced_organisation(cast):
    organisation = cast.village.organisation.id
    ben = client_of(cast.ben)
    assert ben.get("/").status_code == 200
    thief = SignPair.new()
    PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=organisation).update(public=thief.public)
    for kind in (KeyKind.ESCROW, KeyKind.STATISTICS, KeyKind.BREAK_GLASS):
        put_own_key(kind, organisation, sign_as=thief)
    answer = ben.get("/")
    assert answer.status_code == 409
    assert b"key" in answer.content
    with pytest.raises(KeyNotTrusted):
        Keys(cast.esi.id, read=cast.esi.keys._read, sign=cast.esi.keys._sign).identity(organisation)


@pytest.mark.parametrize("seal", [None, b"\0" * 64], ids=["taken away", "forged"])
def test_the_remembered_organisation_key_cannot_be_removed_or_forged(cast, seal):
    ben = client_of(cast.ben)
    Worker.objects.filter(id=cast.ben.id).update(organisation_seal=seal)
    assert ben.get("/").status_code == 409
    with pytest.raises(KeyNotTrusted):
        Keys(cast.ben.id, read=cast.ben.keys._read, sign=cast.ben.keys._sign).pair(
            newest_public(KeyKind.TEAM, cast.village.team.id).id
        )


def test_the_organisation_key_remembered_by_another_worker_is_not_trusted(cast):
    row = Worker.objects.get(id=cast.ben.id)
    identity = pins.identity_of(row.organisation_id)
    own = cast.ben.keys._sign
    assert pins.remembers(row, own.public, identity)
    row.organisation_seal = Worker.objects.get(id=cast.esi.id).organisation_seal
    assert not pins.remembers(row, own.public, identity)
    row.organisation_seal = own.sign(remembered_text(cast.pelita.organisation.id, identity))
    assert not pins.remembers(row, own.public, identity)


def test_a_worker_remembers_that_the_organisation_has_no_keys(cast):
    row = Worker.objects.get(id=cast.ben.id)
    assert not pins.remembers(row, cast.ben.keys._sign.public, None)
    row.organisation_seal = None
    assert pins.remembers(row, cast.ben.keys._sign.public, None)


def test_an_unsigned_backup_sheet_stops_the_backup(cast):
    setup.new_backup_sheet(cast.village.organisation.id, by=cast.esi.acting(at=AT))
    assert queries.backup_public()
    put_own_key(KeyKind.BACKUP, cast.village.organisation.id)
    with pytest.raises(KeyNotTrusted):
        queries.backup_public()


def test_a_session_states_whether_the_organisation_is_trusted(cast):
    cookies = client_of(cast.ben).cookies
    halves = sessions.Cookies(cookies["__Host-suar"].value, cookies["__Host-suar-w"].value)
    assert sessions.resume(halves, at=clock.now()).trusted
    Worker.objects.filter(id=cast.ben.id).update(organisation_seal=None)
    assert not sessions.resume(halves, at=clock.now()).trusted
