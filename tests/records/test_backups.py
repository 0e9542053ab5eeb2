"""Backups: one moment under load, in two parts, whole or refused, into either database."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from suar.accounts import queries as accounts
from suar.accounts import setup
from suar.accounts.models import Session, Wrap
from suar.audit import queries as audit
from suar.audit.models import Entry
from suar.audit.rules import Fault
from suar.core.refusals import NotYours
from suar.crypto.recovery import RecoveryCode
from suar.records import actions, keyring
from suar.records.backups import reading, tables
from suar.records.backups.archive import REFUSALS, BackupError, BackupKey, method_of, open_part
from suar.records.backups.reading import Source, newest_backup, restore
from suar.records.backups.tables import Part
from suar.records.backups.writing import remove_old_keys, write_backup
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.terms import Compartment
from tests import at_once
from tests.audit.wiping import triggers_off
from tests.people import write
from tests.records.conftest import AT, begun

pytestmark = pytest.mark.db_contract

PASSPHRASE = "empat kata yang panjang"


@pytest.fixture
def world(committed):
    """The cast in a database that commits."""
    return at_once.committed_cast(at=AT)


@pytest.fixture
def kept(world, tmp_path):
    """A backup by passphrase of a world with one record."""
    made = begun(world.pelita, world.chioma)
    actions.set_index_entry(made, {"name": "Amina"}, keys=world.chioma.keys, at=AT)
    write_backup(tmp_path, key=BackupKey(passphrase=PASSPHRASE), at=AT)
    return newest_backup(tmp_path)


def empty() -> None:
    with triggers_off():
        call_command("flush", verbosity=0, interactive=False)


def counted() -> dict[str, int]:
    return {tables.stored_name(model): model._default_manager.count() for model in tables.every_model()}


def write_until(stop: threading.Event, cast, player) -> None:
    """Begin one record after the other, each in one transaction, as two busy workers do."""
    try:
        while not stop.is_set():
            with transaction.atomic():
                record = begun(cast.pelita, player)
                name = {"name": str(record.id)}
                write(record, Compartment.FILES, "name", name, by=player.id, at=AT)
                actions.set_index_entry(record, name, keys=player.keys, at=AT)
            # A request does other work as well; SQLite lets a waiting writer in only then.
            time.sleep(0.01)
    finally:
        connection.close()


def wait_for(count: int) -> None:
    for _ in range(600):
        if Record.objects.count() >= count:
            return
        time.sleep(0.05)
    pytest.fail("nobody writes")


def test_a_backup_taken_while_others_write_restores_whole(world, tmp_path):
    stop = threading.Event()
    players = (world.chioma, world.jaya)
    workers = [threading.Thread(target=write_until, args=(stop, world, player)) for player in players]
    for worker in workers:
        worker.start()
    wait_for(10)
    done = write_backup(tmp_path, key=BackupKey(passphrase=PASSPHRASE), at=AT)
    wait_for(done.counts["vault.record"] + 1)
    stop.set()
    for worker in workers:
        worker.join()
    empty()
    back = restore(newest_backup(tmp_path), PASSPHRASE, at=AT)
    assert (back.counts, back.head) == (done.counts, done.head)
    assert Entry.objects.get(seq=done.head.seq + 1).verb == "restore"
    assert audit.chain_faults() == []
    records = sorted(Record.objects.values_list("id", flat=True))
    assert len(records) >= 10
    for ident in records:
        assert Value.objects.filter(record=ident).count() == 5, "no record is half there"
        assert Grant.objects.filter(record=ident).count() == 4
        assert {act.verb for act in audit.acts_about(ident)} == {"new_person"}
    world.chioma.keys.forget()
    for ident in random.Random(16).sample(records, 10):
        record = keyring.open_record(ident, keys=world.chioma.keys)
        assert record.read(Compartment.IDENTITY, "person") == {"name": "Amina"}
        assert record.read(Compartment.FILES, "name") == {"name": str(ident)}


def test_without_the_keys_part_it_opens_nothing(world, kept):
    record = Record.objects.get().id
    empty()
    back = restore(Source(kept.data, None), PASSPHRASE, at=AT)
    assert back.word == ""
    assert Value.objects.exists()
    assert IndexEntry.objects.exists()
    assert not (Grant.objects.exists() or IndexKey.objects.exists() or Wrap.objects.exists())
    for player in world.players.values():
        player.keys.forget()
        with pytest.raises(NotYours):
            keyring.open_record(record, keys=player.keys)


def test_sessions_and_attempts_are_not_in_a_backup(world, kept):
    assert set(tables.streams()["left_out"]) == {
        "accounts.keyact",
        "accounts.keyrequest",
        "accounts.session",
        "cases.sheetdraft",
        "core.attempt",
        "core.usedtoken",
        "vault.openedrecord",
        "vault.shownname",
        "vault.voice_filelink",
        "cases.erasureclock",
    }
    empty()
    restore(kept, PASSPHRASE, at=AT)
    assert not Session.objects.exists()


@pytest.mark.db_contract(False)
def test_a_backup_file_contains_no_plaintext(world, kept):
    for path in (kept.data, kept.keys):
        raw = path.read_bytes()
        for text in (b"Chioma", b"vault", b"Amina", world.pelita.organisation.name.encode()):
            assert text not in raw
        assert path.stat().st_mode & 0o077 == 0
    opened = BytesIO()
    with kept.data.open("rb") as file:
        open_part(Part.DATA, PASSPHRASE, file, opened)
    assert b"Chioma" in opened.getvalue(), "the search would find a worker's name"
    assert b"Amina" not in opened.getvalue()


def test_a_backup_to_the_printed_sheet_opens_with_it(world, tmp_path):
    house = world.village.organisation.id
    old = setup.new_backup_sheet(house, by=world.esi.acting(at=AT))
    sheet = setup.new_backup_sheet(house, by=world.esi.acting(at=AT + timedelta(seconds=1)))
    done = write_backup(tmp_path, key=BackupKey(public=accounts.backup_public()), at=AT)
    empty()
    for wrong in (old, RecoveryCode.new().printed(), "not a sheet", PASSPHRASE):
        with pytest.raises(BackupError, match="another_key"):
            restore(newest_backup(tmp_path), wrong, at=AT)
    back = restore(newest_backup(tmp_path), sheet, at=AT)
    assert back.counts == done.counts
    setup.prove_backup(back.word, by=world.gita.acting(at=AT))
    assert accounts.readiness_of(house).restored


def test_a_restore_needs_an_empty_database(world, kept):
    before = counted()
    with pytest.raises(BackupError, match="not_empty"):
        restore(kept, PASSPHRASE, at=AT)
    assert counted() == before


def test_sequences_continue_after_a_restore(world, kept):
    for _ in range(2):
        empty()
        restore(kept, PASSPHRASE, at=AT)
    world.chioma.keys.forget()
    assert begun(world.pelita, world.chioma).read(Compartment.CODED, "profile")
    assert audit.chain_faults() == []


@pytest.mark.parametrize("where", ["begin", "middle", "cut", "longer", "magic", "short"])
def test_an_altered_backup_is_refused(world, kept, where):
    raw = bytearray(kept.data.read_bytes())
    place = {"begin": 60, "middle": len(raw) // 2}.get(where)
    if place:
        raw[place] ^= 1
    changed = {
        "cut": raw[:-30],
        "longer": raw + b"x",
        "magic": b"?" + raw[1:],
        "short": raw[:30],
    }.get(where, raw)
    kept.data.write_bytes(changed)
    empty()
    with pytest.raises(BackupError):
        restore(kept, PASSPHRASE, at=AT)
    assert not any(counted().values())


@pytest.mark.db_contract(False)
def test_parts_of_different_backups_are_refused(world, kept):
    empty()
    for mixed in (Source(kept.keys, kept.data), Source(kept.data, kept.data)):
        with pytest.raises(BackupError):
            restore(mixed, PASSPHRASE, at=AT)


def test_old_data_with_new_keys_does_not_open_erased_records(world, tmp_path):
    """Source: security.md B17."""
    erased, other = begun(world.pelita, world.chioma), begun(world.pelita, world.chioma)
    key = BackupKey(passphrase=PASSPHRASE)
    old = write_backup(tmp_path, key=key, at=AT)
    actions.destroy(erased.id, by=world.chioma.id, at=AT, because="wish")
    new = write_backup(tmp_path, key=key, at=AT + timedelta(days=1))
    empty()
    done = restore(Source(old.data, new.keys, mixed=True), PASSPHRASE, at=AT)
    assert (done.mixed, done.word) == (True, "")
    world.chioma.keys.forget()
    assert Value.objects.filter(record=erased.id).exists()
    with pytest.raises(NotYours):
        keyring.open_record(erased.id, keys=world.chioma.keys)
    assert keyring.open_record(other.id, keys=world.chioma.keys)


def test_parts_of_two_backups_are_mixed_only_on_request(world, tmp_path):
    key = BackupKey(passphrase=PASSPHRASE)
    old = write_backup(tmp_path, key=key, at=AT)
    new = write_backup(tmp_path, key=key, at=AT + timedelta(days=1))
    empty()
    for data, keys in ((old.data, new.keys), (new.data, old.keys)):
        with pytest.raises(BackupError) as broken:
            restore(Source(data, keys), PASSPHRASE, at=AT)
        assert broken.value.because == "another_backup"
    with pytest.raises(BackupError) as broken:
        restore(Source(new.data, old.keys, mixed=True), PASSPHRASE, at=AT)
    assert broken.value.because == "older_keys", "what was erased in between would open again"
    assert not any(counted().values())
    assert restore(Source(new.data, new.keys, mixed=True), PASSPHRASE, at=AT).word


@pytest.mark.db_contract(False)
def test_key_parts_are_deleted_after_35_days(world, tmp_path):
    key = BackupKey(passphrase=PASSPHRASE)
    first = write_backup(tmp_path, key=key, at=AT)
    stray = first.keys.with_name("a note.suar")
    stray.touch()
    later = write_backup(tmp_path, key=key, at=AT + timedelta(days=36))
    assert later.removed_keys == 1
    assert not first.keys.exists()
    assert first.data.exists()
    assert stray.exists()
    assert remove_old_keys(tmp_path, at=AT + timedelta(days=70)) == 0


def test_a_broken_audit_chain_is_restored_and_reported(world, tmp_path, settings):
    settings.SUAR_AUDIT_HEADS = tmp_path / "heads.txt"
    with triggers_off():
        Entry.objects.filter(seq=3).update(verb="list")
    written = write_backup(tmp_path, key=BackupKey(passphrase=PASSPHRASE), at=AT)
    empty()
    restored = restore(newest_backup(tmp_path), PASSPHRASE, at=AT)
    assert written.faults == restored.faults == [Fault(3, "changed")]
    assert restored.counts == written.counts


def test_a_failed_backup_leaves_no_file(world, tmp_path):
    with table_away(IndexKey._meta.db_table), pytest.raises(DatabaseError):
        write_backup(tmp_path, key=BackupKey(passphrase=PASSPHRASE), at=AT)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "keys"]
    assert write_backup(tmp_path, key=BackupKey(passphrase=PASSPHRASE), at=AT).counts


@contextmanager
def table_away(name: str) -> Iterator[None]:
    """Let a table be missing, so that reading breaks off in the middle."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO put_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE put_away RENAME TO {name}")


def test_a_lost_row_is_detected(world, kept):
    seal_anew(kept, without_the_first_row)
    empty()
    with pytest.raises(BackupError, match="counts"):
        restore(kept, PASSPHRASE, at=AT)


def test_a_backup_without_a_head_of_its_audit_is_refused(world, kept):
    seal_anew(kept, lambda lines: [line.replace(b'"head":', b'"neck":') for line in lines])
    empty()
    with pytest.raises(BackupError, match="unreadable"):
        restore(kept, PASSPHRASE, at=AT)


def without_the_first_row(lines: list[bytes]) -> list[bytes]:
    first = next(place for place, line in enumerate(lines) if line.startswith(b"["))
    return lines[:first] + lines[first + 1 :]


def seal_anew(kept: Source, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change lines of the records and seal them again under the same id, as a slip might."""
    opened = BytesIO()
    with kept.data.open("rb") as file:
        ident = open_part(Part.DATA, PASSPHRASE, file, opened)
    lines = opened.getvalue().splitlines(keepends=True)
    changed = change(lines)
    assert changed != lines, "something was changed"
    with kept.data.open("wb") as file:
        BackupKey(passphrase=PASSPHRASE).seal(Part.DATA, ident, iter(changed), file)


def test_rows_are_written_in_batches(world, kept, monkeypatch):
    monkeypatch.setattr(tables, "CHUNK", 3)
    before = counted()
    empty()
    back = restore(kept, PASSPHRASE, at=AT)
    assert {label: before[label] for label in back.counts} == back.counts


@pytest.mark.django_db
def test_additional_rows_are_detected(monkeypatch):
    monkeypatch.setattr(reading, "every_model", lambda: [Record])
    with pytest.raises(BackupError, match="counts"):
        reading._check_counts({"vault.record": 1})


@pytest.mark.db_contract(False)
@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"[1]",
        b'"text"',
        b'{"table": "vault.nothing", "columns": []}',
        b'{"table": "vault.record", "columns": ["shape"]}',
        b'{"table": "vault.grant"}',
        b'{"table": "accounts.wrap", "columns": ["id"]}',
    ],
)
def test_lines_of_an_unknown_table_are_refused(line: bytes):
    with pytest.raises(BackupError):
        tables.Loader([Record, Grant]).load_line(line)


@pytest.mark.django_db
@pytest.mark.parametrize("row", [b'["x"]', b"[]", b'["00000000-0000-0000-0000-000000000000", 1]'])
def test_a_row_with_wrong_columns_is_refused(row: bytes):
    loader = tables.Loader([Record])
    loader.load_line(b'{"table": "vault.record", "columns": ["id"]}')
    with pytest.raises(BackupError):
        loader.load_line(row)


@pytest.mark.db_contract(False)
def test_every_reason_has_a_text_and_every_table_a_part():
    assert tables.models_of(Part.DATA)
    assert {tables.stored_name(model) for model in tables.models_of(Part.KEYS)} >= {
        "accounts.wrap",
        "vault.grant",
        "vault.sheetwrap",
        "referral.packetwrap",
    }
    assert all(REFUSALS.values())


def test_a_table_without_a_part_stops_the_backup(monkeypatch):
    monkeypatch.setitem(tables.streams(), "left_out", {})
    with pytest.raises(tables.NotPlaced, match=r"accounts\.session"):
        tables.models_of(Part.DATA)


@pytest.mark.db_contract(False)
@pytest.mark.parametrize(
    ("made", "because"),
    [(lambda: BackupKey(), "no_method"), (lambda: BackupKey(passphrase="short"), "no_words")],
)
def test_a_backup_needs_a_sheet_or_a_long_passphrase(made, because):
    with pytest.raises(BackupError, match=because):
        made()


@pytest.mark.db_contract(False)
def test_a_file_that_is_no_backup_is_refused():
    with pytest.raises(BackupError, match="unreadable"):
        method_of(BytesIO(b"SUARBAK1"))
