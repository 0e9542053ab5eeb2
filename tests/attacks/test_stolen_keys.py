"""A thief has the keys of an account, and steals a copy of the database later.

Source: security.md 3.5 (suspected theft of keys).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts import alarms, pins, workers
from suar.accounts import key_changes as accounts
from suar.accounts.codes import AlarmKind, KeyKind, Way
from suar.accounts.keys import add_public
from suar.accounts.models import Alarm, KeyChange, PublicKey, Wrap
from suar.accounts.queries import keys_to_seal_to, worker_fingerprint
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.cases import actions as cases
from suar.core import clock
from suar.core.ids import new_id
from suar.core.refusals import KeyNotTrusted, NotYours
from suar.crypto import values
from suar.crypto.pairs import BoxPair
from suar.crypto.values import Place, SealBroken
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import files, key_changes, keyring
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import FileKey, Grant, IndexEntry, OpenedRecord, Record, Value
from suar.records.terms import ALL, Compartment, Kind
from tests import cast as at_work
from tests.people import acting_as, client_of, person_of, viewer

world, cast, amina = at_work.world, at_work.cast, at_work.amina
READERS = (KeyKind.USER_READ, KeyKind.BREAK_GLASS, KeyKind.STATISTICS)


@dataclass
class Thief:
    """Keys that somebody copied while a worker had a record open."""

    opened: OpenRecord
    index_key: bytes

    @classmethod
    def of(cls, player: Player, record: UUID) -> "Thief":
        index_key = lists.index_key(record, keys=player.keys)
        assert index_key
        return cls(keyring.open_record(record, keys=player.keys), index_key)

    def reads(self) -> set[str]:
        """Return the names of what the copied keys open of the record as it is stored now."""
        record, names = self.opened.id, set()
        rows = {(row.compartment, row.field): row for row in Value.objects.filter(record=record)}
        thief = OpenRecord(self.opened.facts, self.opened._keys, rows)
        for compartment, name in rows:
            try:
                names |= {name} if thief.read(Compartment(compartment), name) else set()
            except (SealBroken, NotYours):
                continue
        for row in FileKey.objects.filter(record=record):
            try:
                names |= {"file"} if thief.unwrap_file_key(row.file, bytes(row.sealed)) else set()
            except SealBroken:
                continue
        try:
            place = Place(str(self.opened.facts.organisation), str(record), lists.INDEX, lists.INDEX, 1)
            values.unseal(self.index_key, IndexEntry.objects.get(record=record).sealed, place)
            return names | {"index"}
        except SealBroken:
            return names


def replace_keys(
    cast: Cast, *, stolen: Player | None = None, by: Player | None = None, administrator: Player | None = None
) -> None:
    """Disable Ben, or another worker, and replace the keys that they held, as for a colleague who left."""
    stolen, by = stolen or cast.ben, by or cast.esi
    workers.disable(stolen.id, by=acting_as(administrator or cast.gita))
    held = accounts.keys_of_leaver(stolen.id, viewer=viewer(by), keys=by.keys)
    receivers = {row.id for rows in accounts.receivers_of(held, viewer=viewer(by)).values() for row in rows}
    key_changes.change_keys_of(stolen.id, receivers=receivers, by=acting_as(by))
    for change in accounts.open_changes(viewer(by)):
        while key_changes.reseal_some(change.id, by=acting_as(by), excluded=lambda _: (), enter=lambda *_, **__: None):
            pass
    by.keys.forget()


def write_on(record: UUID, player: Player) -> None:
    cases.add_note(keyring.open_record(record, keys=player.keys), "she moved to her sister", by=acting_as(player))


@pytest.mark.db_contract
def test_stolen_keys_open_nothing_of_the_records_that_the_account_opened(cast: Cast, amina: OpenRecord) -> None:
    file = files.add_file(amina, b"a scan", expires_on=None)
    thief = Thief.of(cast.ben, amina.id)
    replace_keys(cast)
    write_on(amina.id, cast.esi)
    stored = set(Value.objects.filter(record=amina.id).values_list("field", flat=True))
    assert thief.reads() == stored | {"file", "index"}, "the control: replaced keys of a leaver do not help"
    before = {grant.key: grant.compartments for grant in Grant.objects.filter(record=amina.id)}
    page = client_of(cast.esi)
    address = reverse("renew_keys", args=[cast.ben.id])
    assert page.post(address)["Location"] == address
    assert thief.reads() == set()
    renewed = keyring.open_record(amina.id, keys=cast.esi.keys)
    assert stored == {name for compartment in ALL for name in renewed.names(compartment)}
    assert all(renewed.read(part, name) for part in ALL for name in renewed.names(part))
    assert files.open_file(file, files.open_file_key(renewed, file)) == b"a scan"
    assert lists.index_entries([amina.id], keys=cast.esi.keys)[amina.id]["name"] == "Amina Rekaan"
    grants = Grant.objects.filter(record=amina.id)
    assert {grant.key: grant.compartments for grant in grants} == before, "who held it holds it"
    readable = {key.id for key in cast.esi.keys.list_keys(*READERS)}
    opened = [keyring.open_grant(grant, keys=cast.esi.keys) for grant in grants if grant.key in readable]
    assert len(opened) > 2 and all(keys.items() <= renewed._keys.items() for keys in opened)
    write_on(amina.id, cast.esi)


def test_the_list_is_what_the_audit_log_says(cast: Cast, amina: OpenRecord) -> None:
    hers, never = person_of(cast.esi, cast), person_of(cast.esi, cast)
    records.assign_to(hers, worker=cast.ben.id, excluded=(), keys=cast.esi.keys, at=clock.now())
    assert client_of(cast.ben).get(f"/people/{hers.id}").status_code == 200
    replace_keys(cast)
    logged = {UUID(ident) for entry in Entry.objects.filter(by=cast.ben.id) for ident in entry.about}
    expected = set(Record.objects.filter(id__in=logged).values_list("id", flat=True))
    renewal = key_changes.renewal_of(cast.ben.id, viewer=viewer(cast.esi), keys=cast.esi.keys)
    assert set(renewal.mine) == expected >= {amina.id, hers.id} and never.id not in expected
    assert (renewal.total, renewal.done) == (len(expected), 0)
    client_of(cast.esi).post(reverse("renew_keys", args=[cast.ben.id]))
    renewal = key_changes.renewal_of(cast.ben.id, viewer=viewer(cast.esi), keys=cast.esi.keys)
    assert (renewal.mine, renewal.done) == ([], renewal.total)
    assert set(Entry.objects.filter(verb="renew_keys").values_list("by", flat=True)) == {cast.esi.id}


@pytest.mark.parametrize("by_name", [False, True])
def test_records_that_the_account_held_and_never_opened_get_new_keys(cast: Cast, by_name: bool) -> None:
    """The thief opens a copy of the database offline, of which no audit log knows."""
    team, chioma = cast.pelita, cast.chioma
    gita = casting.join(team, "adm", "Adm", Role.ADMINISTRATOR, at=clock.now())
    person = records.new_record(
        Kind.PERSON, organisation=team.organisation.id, team=team.team.id, by=cast.jaya.id, at=clock.now()
    )
    records.set_index_entry(person, {"name": "Siti Rekaan"}, keys=cast.jaya.keys, at=clock.now())
    if by_name:
        records.restrict(person, excluded=[], keys=cast.jaya.keys, at=clock.now())
    thief = Thief.of(chioma, person.id)
    assert not Entry.objects.filter(by=chioma.id, verb="open").exists()
    replace_keys(cast, stolen=chioma, by=cast.kartika, administrator=gita)
    kartika = client_of(cast.kartika)
    kartika.post(reverse("renew_keys", args=[chioma.id]))
    cast.jaya.keys.forget()
    write_on(person.id, cast.jaya)
    assert Value.objects.filter(record=person.id).exists() and thief.reads() == set()
    renewal = key_changes.renewal_of(chioma.id, viewer=viewer(cast.kartika), keys=cast.kartika.keys)
    assert (renewal.mine, renewal.done) == ([], renewal.total) and renewal.total > 0


def test_new_keys_wait_until_the_shared_keys_were_replaced(cast: Cast, amina: OpenRecord) -> None:
    """Else the new keys are sealed to a team key that the thief has."""
    page, thief = reverse("renew_keys", args=[cast.ben.id]), Thief.of(cast.ben, amina.id)
    esi = client_of(cast.esi)
    assert esi.get(page).status_code == 404, "only for a disabled account"
    workers.disable(cast.ben.id, by=acting_as(cast.gita))
    assert b"Make new keys" not in esi.get(page).content
    esi.post(page)
    assert thief.reads() and not Entry.objects.filter(verb="renew_keys").exists()
    assert client_of(cast.kartika).get(page).status_code == 404, "another organisation"
    with pytest.raises(NotYours):
        key_changes.renew(amina, stolen=cast.ben.id, by=acting_as(cast.lia))


def second_lead(cast: Cast) -> Player:
    """Return a supervisor who leads the team as the first one does, as `admit` makes them."""
    at, place = clock.now(), cast.village
    oka = casting.hire(place.organisation, "oka", "Oka", Role.SUPERVISOR, by=cast.esi.id, at=at)
    workers.admit(
        oka.id, team=place.team.id, fingerprint=worker_fingerprint(oka.id), by=acting_as(cast.esi), leads=True
    )
    oka.keys.forget()
    return oka


def test_a_key_that_only_the_stolen_account_held_is_replaced_too(cast: Cast, amina: OpenRecord) -> None:
    """The first worker alone has the statistics key."""
    oka = second_lead(cast)
    records.assign_to(amina, worker=oka.id, excluded=(), keys=cast.esi.keys, at=clock.now())
    assert client_of(cast.esi).get(f"/people/{amina.id}").status_code == 200
    [statistics] = cast.esi.keys.list_keys(KeyKind.STATISTICS)
    assert not oka.keys.list_keys(KeyKind.STATISTICS)
    stolen, index_key = cast.esi.keys.pair(statistics.id), lists.index_key(amina.id, keys=cast.esi.keys)
    assert index_key
    grant = Grant.objects.get(record=amina.id, key=statistics.id)
    copied = OpenRecord(amina.facts, keyring.open_grant(grant, keys=cast.esi.keys), {})
    assert Thief(copied, index_key).reads(), "the control"
    replace_keys(cast, stolen=cast.esi, by=oka)
    [renewed] = oka.keys.list_keys(KeyKind.STATISTICS)
    assert renewed.id != statistics.id and not Grant.objects.filter(key=statistics.id).exists()
    page = reverse("renew_keys", args=[cast.esi.id])
    assert client_of(oka).post(page)["Location"] == page
    assert Entry.objects.filter(verb="renew_keys").exists()
    assert Thief(copied, index_key).reads() == set()
    for sealed in Grant.objects.filter(record=amina.id).values_list("sealed", flat=True):
        with pytest.raises(SealBroken):
            stolen.open(sealed)


def test_new_keys_wait_for_a_key_of_the_stolen_account_that_the_lead_does_not_hold(cast: Cast) -> None:
    oka = second_lead(cast)
    replace_keys(cast, stolen=cast.esi, by=oka)
    page = reverse("renew_keys", args=[cast.esi.id])
    assert b"recovery papers" not in client_of(oka).get(page).content
    other = add_public(KeyKind.TEAM, new_id(), BoxPair.new().public, at=clock.now())
    Wrap.objects.create(key=other.id, way=Way.MEMBER, holder=cast.esi.id, sealed=b"-", made_at=clock.now())
    assert b"recovery papers" in client_of(oka).get(page).content


def test_an_excluded_lead_sees_the_same_list_with_and_without_the_record(cast: Cast, amina: OpenRecord) -> None:
    def seen() -> tuple[int, int, int]:
        renewal = key_changes.renewal_of(cast.ben.id, viewer=viewer(cast.esi), keys=cast.esi.keys)
        return renewal.total, renewal.done, len(renewal.mine)

    person_of(cast.ben, cast)
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    workers.disable(cast.ben.id, by=acting_as(cast.gita))
    assert seen()[0] == 2, "the control"
    records.assign_to(amina, worker=oka.id, excluded=(), keys=cast.ben.keys, at=clock.now())
    held = keyring.open_record(amina.id, keys=oka.keys)
    records.restrict(held, excluded=[cast.esi.id], keys=oka.keys, at=clock.now())
    assert seen() == (1, 0, 1)
    renewal = key_changes.renewal_of(cast.ben.id, viewer=viewer(oka), keys=oka.keys)
    assert amina.id in renewal.mine


def test_new_keys_for_many_records_leave_the_budget_of_the_lead(cast: Cast, amina: OpenRecord) -> None:
    replace_keys(cast)
    lead, page = client_of(cast.esi), reverse("renew_keys", args=[cast.ben.id])
    assert lead.post(page).status_code == 302
    assert amina.id not in key_changes.renewal_of(cast.ben.id, viewer=viewer(cast.esi), keys=cast.esi.keys).mine
    assert not OpenedRecord.objects.exists()
    assert lead.get(f"/people/{amina.id}").status_code == 200
    assert OpenedRecord.objects.get().record == amina.id, "the control"


def test_a_record_that_a_lead_opens_only_in_part_waits(cast: Cast, amina: OpenRecord) -> None:
    replace_keys(cast)
    own = [key.id for key in cast.esi.keys.list_keys()]
    Grant.objects.filter(record=amina.id, key__in=own).update(compartments=1)
    renewal = key_changes.renewal_of(cast.ben.id, viewer=viewer(cast.esi), keys=cast.esi.keys)
    assert amina.id not in renewal.mine and renewal.done < renewal.total


@pytest.mark.parametrize("pinned", ["before", "after", ""])
def test_a_replaced_key_that_a_writer_of_rows_brings_back_gets_no_new_record(
    cast: Cast, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any, pinned: str
) -> None:
    """The newer key is deleted, and the organisation signed the old one: the pins say that it was replaced."""
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    if pinned == "before":
        pins.pin_missing({})
    team, chioma = cast.pelita, cast.chioma
    [old] = [key.id for key in chioma.keys.list_keys(KeyKind.TEAM)]
    gita = casting.join(team, "adm", "Adm", Role.ADMINISTRATOR, at=clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        replace_keys(cast, stolen=chioma, by=cast.kartika, administrator=gita)
    if pinned == "after":
        pins.pin_missing({})
    where: dict[str, Any] = {"organisation": team.organisation.id, "team": team.team.id, "by": cast.jaya.id}
    records.new_record(Kind.PERSON, **where, at=clock.now())
    assert alarms.raise_key_alarms(at=clock.now()) == 0 and not Grant.objects.filter(key=old).exists(), "the control"
    keys = PublicKey.objects.filter(kind=KeyKind.TEAM, owner=team.team.id)
    KeyChange.objects.all().delete()
    keys.exclude(id=old).delete()
    keys.filter(id=old).update(retired_at=None)
    try:
        records.new_record(Kind.PERSON, **where, at=clock.now())
    except KeyNotTrusted:
        assert pinned
    assert Grant.objects.filter(key=old).exists() is not bool(pinned), "without pins nothing shows it"
    assert bool(alarms.raise_key_alarms(at=clock.now())) is bool(pinned)
    assert Alarm.objects.filter(kind=AlarmKind.KEY_CHANGED).exists() is bool(pinned)


@pytest.mark.parametrize("torn", ["", "retired 12ab", "retired zz", "retired", "retir"])
def test_nothing_is_sealed_while_a_line_of_the_pinned_keys_is_torn(
    cast: Cast, settings: Any, tmp_path: Path, torn: str
) -> None:
    """A full disk cuts a line: the next one stays whole, and replaced keys are not forgotten."""
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    pins.pin_missing({})
    with settings.SUAR_KEY_PINS.open("a") as file:
        file.write(torn)
    pins.pin_retired([bytes(32)])
    assert settings.SUAR_KEY_PINS.read_text().endswith(f"\nretired {bytes(32).hex()}\n")
    if not torn:
        assert person_of(cast.ben, cast) and pins.retired_keys() == {bytes(32)}, "the control"
        return
    with pytest.raises(KeyNotTrusted):
        keys_to_seal_to([("team", cast.village.team.id)], organisation=cast.village.organisation.id)
    assert alarms.raise_key_alarms(at=clock.now())
