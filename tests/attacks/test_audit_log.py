"""An insider with write access to the database changes the audit log of a running Suar, or floods it."""

import logging
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from suar.accounts import notices, tasks
from suar.accounts.models import Alarm
from suar.audit import actions as audit
from suar.audit import heads, queries
from suar.audit.models import Entry
from suar.core import clock
from tests import at_once
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.audit.wiping import triggers_off
from tests.people import client_of, person_of
from tests.records.conftest import AT, begun

pytestmark = pytest.mark.db_contract
DAY = reverse("day")
TAMPERING = {
    "changed entry": "UPDATE audit_entry SET verb = 'list' WHERE seq = 3",
    "removed entry": "DELETE FROM audit_entry WHERE seq = 3",
    "cut tail": "DELETE FROM audit_entry WHERE seq > 4",
    "removed index": "DELETE FROM audit_mention",
}
NONSENSE = {
    "unreadable time": "UPDATE audit_entry SET at = 'soon' WHERE seq = 3",
    "unreadable worker": "UPDATE audit_entry SET by = 'nobody' WHERE seq = 3",
    "unreadable records": "UPDATE audit_entry SET about = '7' WHERE seq = 3",
    "unreadable verb": "UPDATE audit_entry SET verb = x'00ff' WHERE seq = 3",
}


def run(statement: str) -> None:
    """Run a statement as somebody who has the file or the owner's rights."""
    with triggers_off(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = ON")


def tamper(name: str) -> None:
    """Tamper with the audit log; where foreign keys are enforced the index of an entry goes first."""
    statement = {**TAMPERING, **NONSENSE}[name]
    keyed = connection.vendor == "postgresql" or connection.in_atomic_block
    if keyed and "FROM audit_entry" in statement:
        run(statement.replace("FROM audit_entry", "FROM audit_mention").replace("seq", "entry_id"))
    run(statement)


def command(name: str, *words: object, **options: object) -> tuple[str, str]:
    """Run a command and return what it prints and its warnings."""
    out, err = StringIO(), StringIO()
    call_command(name, *words, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def heads_file(tmp_path, settings):
    """The file into which the daily job writes signed heads."""
    settings.SUAR_AUDIT_HEADS = tmp_path / "heads.txt"
    return settings.SUAR_AUDIT_HEADS


@pytest.fixture
def entries(db):
    """Six entries about one record."""
    record = uuid4()
    for _ in range(6):
        audit.record("open", by=uuid4(), at=clock.now(), about=[record])


@pytest.mark.usefixtures("entries", "heads_file")
@pytest.mark.parametrize("name", ["changed entry", "removed entry", "removed index"])
def test_the_command_names_the_entry_that_was_changed(name):
    printed, _ = command("audit")
    assert f"6 {queries.head().digest.hex()}" in printed
    tamper(name)
    with pytest.raises(CommandError, match=r"entry 1\b" if name == "removed index" else r"entry 3\b"):
        command("audit")


@pytest.mark.usefixtures("entries")
def test_a_written_head_shows_a_cut_tail_and_another_history(heads_file):
    line, _ = command("audit")
    heads_file.write_text(line.splitlines()[-1])
    seq, digest = str(queries.head().seq), queries.head().digest.hex()
    assert command("audit", heads=heads_file, head=[seq, digest])[0]
    tamper("cut tail")
    for written in ({"heads": heads_file}, {"head": [seq, digest]}, {}):
        with pytest.raises(CommandError, match="cut off"):
            command("audit", **written)
    with pytest.raises(CommandError, match="entry 2 differs"):
        command("audit", head=["2", "ab" * 32])


@pytest.mark.usefixtures("entries")
def test_a_forged_line_among_the_written_heads_is_refused(heads_file):
    line, _ = command("audit")
    words = line.splitlines()[-1].split()
    heads_file.write_text(" ".join([words[0], "5", *words[2:]]))
    with pytest.raises(CommandError, match="signature"):
        command("audit")


def test_the_daily_check_notifies_supervisors_and_privacy_officers_once(cast, heads_file, caplog):  # noqa: F811 - a fixture
    everybody = [cast.esi, cast.indah, cast.kartika, cast.ben, cast.gita, cast.hadi]
    for player in everybody:
        notices.mark_seen(player.id, at=clock.now())
    head = queries.head()
    with caplog.at_level(logging.INFO):
        tasks.check_audit.call()
    assert f"audit head {heads_file.read_text().strip()}" in caplog.messages, "it leaves with the log of the service"
    assert not any(notices.unseen_of(player.id).exists() for player in everybody), "the log holds"
    assert f" {head.seq} {head.digest.hex()} " in heads_file.read_text()
    tamper("changed entry")
    tasks.check_audit.call()
    assert not notices.unseen_of(cast.esi.id).exists(), "checked today already"
    with clock.shifted(timedelta(days=1)):
        tasks.check_audit.call()
        assert {player.worker.name for player in everybody if notices.unseen_of(player.id).exists()} == {
            "esi",
            "indah",
            "kartika",
        }
        for player in (cast.esi, cast.indah):
            assert "The audit log was changed" in client_of(player).get(DAY).content.decode()
        assert "audit log" not in client_of(cast.ben).get(DAY).content.decode()
    with clock.shifted(timedelta(days=2)):
        tasks.check_audit.call()
        assert not notices.unseen_of(cast.esi.id).exists(), "the same faults are known"
    assert len(heads_file.read_text().splitlines()) == 3


def check_on_day(days: int) -> int:
    """Run the daily check some days from now and count the alarms about the audit log."""
    with clock.shifted(timedelta(days=days)):
        tasks.check_audit.call()
    return Alarm.objects.count()


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("bad", [b"2026-11-2", b"\xff\xfe\n"])
def test_a_bad_line_among_the_heads_hides_no_later_fault(heads_file, bad):
    assert check_on_day(0) == 0
    with heads_file.open("ab") as file:
        file.write(bad)
    assert [check_on_day(1), check_on_day(2)] == [1, 1], "the bad line is reported once"
    last = heads_file.read_text(errors="replace").splitlines()[-1]
    assert heads.read_heads([last])[0] == {queries.head()}, "each head starts on a line of its own"
    tamper("cut tail")
    assert [check_on_day(3), check_on_day(4)] == [2, 2]
    with pytest.raises(CommandError, match="cut off"):
        command("audit")


@pytest.mark.usefixtures("entries")
def test_a_second_bad_line_raises_a_second_alarm(heads_file):
    assert check_on_day(0) == 0
    good = heads_file.read_text()
    heads_file.write_text(f"{good}spoiled\n")
    assert check_on_day(1) == 1
    heads_file.write_text("spoiled\nspoiled\n")
    assert check_on_day(2) == 2


@pytest.mark.usefixtures("entries", "heads_file")
def test_faults_beyond_those_named_raise_another_alarm():
    for _ in range(12):
        audit.record("open", by=uuid4(), at=clock.now())
    run("UPDATE audit_entry SET verb = 'list' WHERE seq < 12")
    assert check_on_day(0) == 1
    run("UPDATE audit_entry SET verb = 'list' WHERE seq = 16")
    assert [check_on_day(1), check_on_day(2)] == [2, 2]


@pytest.mark.usefixtures("entries")
def test_a_share_that_cannot_be_read_or_written_is_reported(heads_file):
    heads_file.mkdir()
    assert [check_on_day(0), check_on_day(1)] == [1, 1]
    with pytest.raises(CommandError, match="cannot be read or written"):
        command("audit")


@pytest.mark.parametrize("spoil", ["bytes", "folder"])
def test_a_backup_warns_of_unreadable_heads_and_is_written(committed, tmp_path, heads_file, spoil):
    world = at_once.committed_cast(at=AT)
    begun(world.pelita, world.chioma)
    heads_file.mkdir() if spoil == "folder" else heads_file.write_bytes(b"\xff\n")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("empat kata yang panjang")
    printed, warned = command("backup", tmp_path / "kept", passphrase_file=passphrase)
    assert "audit log is not intact" in warned
    assert "Records, " in printed


@pytest.mark.usefixtures("entries")
def test_an_emptied_log_is_reported(heads_file):
    assert check_on_day(0) == 0
    run("DELETE FROM audit_mention")
    run("DELETE FROM audit_entry")
    assert [check_on_day(1), check_on_day(2)] == [1, 1]
    with pytest.raises(CommandError, match="cut off"):
        command("audit")


@pytest.mark.usefixtures("entries")
def test_a_missing_file_of_heads_is_reported_once_one_was_written(heads_file):
    assert check_on_day(0) == 0
    heads_file.unlink()
    with pytest.raises(CommandError, match="file of written heads is missing"):
        command("audit")
    assert [check_on_day(1), check_on_day(2)] == [1, 1]
    heads_file.unlink()
    audit.record("restore", by=None, at=clock.now())
    assert check_on_day(3) == 1, "a restored log begins a file of its own"


@pytest.mark.usefixtures("entries")
def test_a_line_without_a_valid_signature_does_not_skip_the_check(heads_file):
    assert check_on_day(0) == 0
    tamper("changed entry")
    with clock.shifted(timedelta(days=1)), heads_file.open("a") as file:
        file.write(f"{clock.now().isoformat()} 6 {'ab' * 32} {'cd' * 32} {'ef' * 64}\n")
    assert check_on_day(1) == 1


@pytest.mark.usefixtures("entries")
def test_the_command_prints_how_many_heads_were_compared(heads_file):
    assert "without a written head, a removed end is not seen" in command("audit")[0]
    assert check_on_day(0) == 0
    assert "fits 1 written head" in command("audit")[0]


def test_the_purge_job_deletes_alarms_that_no_page_lists(db):
    for days in (31, 29):
        Alarm.objects.create(kind="audit_changed", at=clock.now() - timedelta(days=days), detail=str(days))
    assert tasks.purge_expired.call()["alarms"] == 1
    assert [alarm.detail for alarm in Alarm.objects.all()] == ["29"]


@pytest.mark.parametrize("name", [*TAMPERING, *NONSENSE])
def test_a_backup_warns_and_a_restore_keeps_what_holds_and_names_the_rest(committed, tmp_path, heads_file, name):
    if name in NONSENSE and connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses such values by itself")
    world = at_once.committed_cast(at=AT)
    begun(world.pelita, world.chioma)
    heads_file.write_text(command("audit")[0].splitlines()[-1])
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("empat kata yang panjang")
    before = Entry.objects.count()
    tamper(name)
    left = before if name == "removed index" else connection_count()
    printed, warned = command("backup", tmp_path / "kept", passphrase_file=passphrase)
    assert "audit log is not intact" in warned
    assert "Records, " in printed
    with triggers_off():
        call_command("flush", verbosity=0, interactive=False)
    printed, warned = command("restore", tmp_path / "kept", passphrase_file=passphrase)
    assert "Word for the set-up page" in printed
    if name != "cut tail":
        assert "audit log is not intact" in warned
        assert "entry 3" in warned or name == "removed index"
    assert Entry.objects.count() in (left + 1, left + 2), "all entries that can be read, a backup and a restore"
    with pytest.raises(CommandError):
        command("audit")


def connection_count() -> int:
    """Count the entries that can be read."""
    return queries.restorable_rows(Entry, queries.chain_faults()).count()


@pytest.mark.db_contract(long=True)
def test_many_lookups_of_foreign_pages_are_limited_and_reported(cast):  # noqa: F811 - a fixture
    for player in (cast.esi, cast.indah, cast.ben):
        notices.mark_seen(player.id, at=clock.now())
    own = person_of(cast.ben, cast)
    browser, before = client_of(cast.ben), Entry.objects.count()
    answers = [browser.get(reverse("person", args=[uuid4()])).status_code for _ in range(200)]
    assert Entry.objects.count() - before <= 101
    assert set(answers) == {404, 429}
    assert browser.get(reverse("person", args=[own.id])).status_code == 200, "own work goes on"
    assert client_of(cast.lia).get(reverse("person", args=[uuid4()])).status_code == 404, "nobody else is limited"
    waiting = {
        player.worker.name for player in (cast.esi, cast.indah, cast.ben) if notices.unseen_of(player.id).exists()
    }
    assert waiting == {"esi", "indah"}
    page = client_of(cast.indah).get(DAY).content.decode()
    assert "Ben" in page
    assert "often" in page
