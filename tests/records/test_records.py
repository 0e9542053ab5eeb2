"""Records: sealed by compartment, opened by grant, changed by one writer at a time."""

from datetime import date

import pytest

from suar.accounts import queries as accounts
from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.audit.models import Entry
from suar.core.ids import new_id
from suar.core.refusals import Conflict, KeyNotTrusted, NotYours
from suar.crypto.pairs import BOX_OVERHEAD_BYTES, BoxPair
from suar.crypto.recovery import join
from suar.crypto.values import SealBroken
from suar.records import actions, keyring, queries
from suar.records.backups.archive import BackupKey
from suar.records.backups.writing import write_backup
from suar.records.keyring import OpenRecord
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.terms import ALL, Compartment, HolderKind, Kind, Status
from tests.people import write
from tests.records.conftest import AT, begun, listed, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
PERSON = Compartment.IDENTITY, "person"


def test_a_record_is_read_with_a_grant(cast):
    made = begun(cast.pelita, cast.chioma)
    for player in (cast.chioma, cast.jaya, cast.kartika):
        record = keyring.open_record(made.id, keys=player.keys)
        assert record.read(*PERSON) == {"name": "Amina"}
        assert record.read(Compartment.IDENTITY, "nothing") is None
        assert record.names(Compartment.CODED) == ["profile"]
        assert all(record.may(item) for item in ALL)


def test_only_the_month_in_which_a_record_was_opened_is_unencrypted(cast):
    made = begun(cast.pelita, cast.chioma)
    assert Record.objects.get(id=made.id).opened_month == date(2026, 11, 1)


def test_an_absent_record_has_no_facts():
    with pytest.raises(NotYours):
        queries.facts(new_id())


def test_a_worker_without_a_grant_gets_not_yours(cast):
    made = begun(cast.village, cast.ben)
    assert keyring.open_record(made.id, keys=cast.esi.keys)
    for player in (cast.lia, cast.farid, cast.chioma, cast.gita, cast.indah):
        with pytest.raises(NotYours):
            keyring.open_record(made.id, keys=player.keys)
        assert not queries.granted_kinds([made.id], keys=player.keys)
    assert queries.granted_kinds([made.id], keys=cast.ben.keys)


def test_absent_and_destroyed_records_are_alike(cast):
    made = begun(cast.pelita, cast.chioma)
    actions.destroy(made.id, by=cast.chioma.id, at=AT, because="wish")
    for ident in (made.id, new_id()):
        with pytest.raises(NotYours):
            keyring.open_record(ident, keys=cast.chioma.keys)
    assert not Value.objects.filter(record=made.id).exists()
    assert not Grant.objects.filter(record=made.id).exists()
    assert Record.objects.get(id=made.id).status == Status.GONE


def test_nothing_about_the_person_is_unencrypted(cast):
    made = begun(cast.pelita, cast.chioma)
    actions.set_index_entry(made, {"name": "Amina"}, keys=cast.chioma.keys, at=AT)
    rows = [
        *Value.objects.values(),
        *Grant.objects.values(),
        *IndexEntry.objects.values(),
        *IndexKey.objects.values(),
        *Record.objects.values(),
    ]
    raw = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for row in rows
        for value in row.values()
    )
    for text in ("Amina", "000-0000-0812", "papers", '"age"'):
        assert text.encode() not in raw
    assert b"person" in raw, "the name of a field is plain, and this search would find it"


def test_a_value_moved_to_another_place_does_not_open(cast):
    one, two = begun(cast.pelita, cast.chioma), begun(cast.pelita, cast.chioma)
    sealed = Value.objects.get(record=one.id, field="person").sealed
    Value.objects.filter(record=two.id, field="person").update(sealed=sealed)
    Value.objects.filter(record=one.id, field="person").update(field="legal")
    for made, name in ((two, "person"), (one, "legal")):
        with pytest.raises(SealBroken):
            keyring.open_record(made.id, keys=cast.chioma.keys).read(Compartment.IDENTITY, name)


def test_an_overtaken_version_raises_conflict(cast):
    made = begun(cast.pelita, cast.chioma)
    mine, theirs = (keyring.open_record(made.id, keys=item.keys) for item in (cast.chioma, cast.jaya))
    assert mine.version(*PERSON) == 1
    assert write(theirs, *PERSON, {"name": "Amina B."}, by=cast.jaya.id, at=AT, expected=1) == 2
    for expected in (1, None, 0):
        with pytest.raises(Conflict):
            write(mine, *PERSON, {"name": "A."}, by=cast.chioma.id, at=AT, expected=expected)
    again = keyring.open_record(made.id, keys=cast.chioma.keys)
    assert (again.version(*PERSON), again.read(*PERSON)) == (2, {"name": "Amina B."})


def test_two_first_writes_of_a_field_conflict(cast):
    made = begun(cast.pelita, cast.chioma)
    mine, theirs = (keyring.open_record(made.id, keys=item.keys) for item in (cast.chioma, cast.jaya))
    place = Compartment.NARRATIVE, "do_not"
    assert mine.version(*place) == 0
    write(theirs, *place, {"text": "do not call"}, by=cast.jaya.id, at=AT)
    with pytest.raises(Conflict):
        write(mine, *place, {"text": "do not write"}, by=cast.chioma.id, at=AT)


def test_a_grant_of_some_compartments_opens_no_others(cast):
    made = begun(cast.pelita, cast.chioma)
    key = accounts.key_for_holder("worker", cast.farid.id)
    made.grant(HolderKind.WORKER, key, [Compartment.CODED], by=cast.chioma.id, at=AT)
    record = keyring.open_record(made.id, keys=cast.farid.keys)
    assert record.read(Compartment.CODED, "profile") == {"age": 24}
    assert not record.may(Compartment.IDENTITY)
    with pytest.raises(NotYours):
        record.read(*PERSON)
    with pytest.raises(NotYours):
        write(record, *PERSON, {"name": "x"}, by=cast.farid.id, at=AT)
    record.grant(HolderKind.WORKER, key, ALL, by=cast.farid.id, at=AT)
    again = keyring.open_record(made.id, keys=cast.farid.keys)
    assert not again.may(Compartment.IDENTITY), "nobody gives what they do not hold"


def test_a_record_assigned_to_a_colleague_is_opened_and_listed(cast):
    made = begun(cast.village, cast.ben)
    actions.set_index_entry(made, {"name": "Amina"}, keys=cast.ben.keys, at=AT)
    assert listed(Record.objects.all(), cast.lia) == []
    record = keyring.open_record(made.id, keys=cast.ben.keys)
    actions.assign_to(record, worker=cast.lia.id, excluded=(), keys=cast.ben.keys, at=AT)
    assert keyring.open_record(made.id, keys=cast.lia.keys).read(*PERSON)
    found = listed(queries.visible(viewer(cast.lia)), cast.lia)
    assert [item.entry for item in found] == [{"name": "Amina"}]
    assert Record.objects.get(id=made.id).assignee == cast.lia.id


def test_a_record_without_an_index_entry_can_be_assigned(cast):
    made = begun(cast.village, cast.ben)
    actions.assign_to(made, worker=cast.lia.id, excluded=(), keys=cast.ben.keys, at=AT)
    assert not IndexKey.objects.exists()


def test_deleting_all_but_codes_destroys_values_and_keys(cast):
    made = begun(cast.pelita, cast.chioma)
    actions.set_index_entry(made, {"name": "Amina"}, keys=cast.chioma.keys, at=AT)
    actions.delete_all_but_coded(made, by=cast.chioma.id, at=AT)
    record = keyring.open_record(made.id, keys=cast.chioma.keys)
    assert record.read(Compartment.CODED, "profile") == {"age": 24}
    assert [record.may(item) for item in ALL].count(True) == 1
    assert set(Grant.objects.values_list("compartments", flat=True)) == {8}
    assert not IndexEntry.objects.exists()
    assert Record.objects.get(id=made.id).status == Status.CLOSED


def test_two_escrow_shares_open_a_record_but_no_talk(cast):
    house = cast.pelita
    made = begun(house, cast.chioma)
    talk = begun(house, cast.chioma, kind=Kind.TALK)
    escrow = BoxPair.from_private(join(house.shares[1:]))
    key, _ = accounts.key_for_holder("escrow", house.organisation.id)
    grant = Grant.objects.get(record=made.id, key=key)
    assert len(escrow.open(bytes(grant.sealed))) == 32 * len(ALL)
    assert not Grant.objects.filter(record=talk.id, key=key).exists()


def test_statistics_get_coded_facts_only_and_nothing_of_a_restricted_record(cast):
    house = cast.pelita
    open_one = begun(house, cast.chioma)
    restricted = begun(house, cast.chioma, restricted=True)
    key, _ = accounts.key_for_holder("statistics", house.organisation.id)
    held = next(item for item in cast.kartika.keys.list_keys(KeyKind.STATISTICS) if item.id == key)
    grant = Grant.objects.get(record=open_one.id, key=key)
    assert len(cast.kartika.keys.pair(held.id).open(bytes(grant.sealed))) == 32
    assert not Grant.objects.filter(record=restricted.id, key=key).exists()
    with pytest.raises(NotYours):
        keyring.open_record(restricted.id, keys=cast.jaya.keys)


def test_a_break_glass_key_opens_nothing_in_daily_work(cast):
    made = begun(cast.pelita, cast.chioma)
    Grant.objects.filter(record=made.id).exclude(holder=HolderKind.BREAK_GLASS).delete()
    assert cast.kartika.keys.list_keys(KeyKind.BREAK_GLASS)
    with pytest.raises(NotYours):
        keyring.open_record(made.id, keys=cast.kartika.keys)


def test_an_organisation_without_a_key_creates_no_record(cast):
    PublicKey.objects.filter(kind=KeyKind.STATISTICS).update(retired_at=AT)
    before = Record.objects.count()
    with pytest.raises(KeyNotTrusted):
        begun(cast.pelita, cast.chioma)
    assert Record.objects.count() == before


def test_dates_and_closing_are_plain_columns(cast):
    made = begun(cast.pelita, cast.chioma)
    actions.set_due(made.id, due=AT.date())
    assert Record.objects.get(id=made.id).next_due == AT.date()
    actions.close(made.id)
    row = Record.objects.get(id=made.id)
    assert (row.status, row.next_due) == (Status.CLOSED, None)


def test_every_action_on_a_record_is_audited(cast):
    made = begun(cast.pelita, cast.chioma)
    actions.assign_to(made, worker=cast.jaya.id, excluded=(), keys=cast.chioma.keys, at=AT)
    actions.delete_all_but_coded(made, by=cast.chioma.id, at=AT)
    actions.destroy(made.id, by=None, at=AT, because="seven_days")
    verbs = [entry.verb for entry in Entry.objects.filter(mentions__about=made.id).order_by("seq")]
    assert verbs == ["new_person", "hand_to", "keep_only_coded", "forget"]


def test_repr_of_keys_hides_them(cast):
    made = begun(cast.pelita, cast.chioma)
    assert "_keys" not in repr(made)
    assert isinstance(made, OpenRecord)
    assert BOX_OVERHEAD_BYTES == 48


def test_a_backup_within_a_transaction_is_of_that_transaction(cast, tmp_path):
    begun(cast.pelita, cast.chioma)
    done = write_backup(tmp_path, key=BackupKey(passphrase="empat kata yang panjang"), at=AT)
    assert done.counts["vault.record"] == 1
