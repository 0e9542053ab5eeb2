"""The encrypted file: unreadable without its key, and never a lost or refused write."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection as suite_connection
from django.db.utils import ConnectionHandler, DatabaseError, OperationalError

from tests.db.writer import settings_for

WRITER = Path(__file__).with_name("writer.py")
KEY = secrets.token_hex(32)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "suar.db"


@pytest.fixture
def open_file(path, django_db_blocker):
    opened = []

    def open_with(key=KEY, **more):
        opened.append(ConnectionHandler(settings_for(str(path), key, **more))["default"])
        return opened[-1]

    with django_db_blocker.unblock():
        yield open_with
        for connection in opened:
            connection.close()


def begin(connection):
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection):
    connection.commit()
    connection.set_autocommit(True)


def test_the_file_is_unreadable_to_an_ordinary_sqlite(path, open_file):
    connection = open_file()
    connection.cursor().execute("CREATE TABLE line (word text)")
    connection.cursor().execute("INSERT INTO line VALUES ('mercusuar')")
    written = path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert len(written) > 4096
    assert b"mercusuar" not in written
    ordinary = sqlite3.connect(path)
    with closing(ordinary), pytest.raises(sqlite3.DatabaseError, match="not a database"):
        ordinary.execute("SELECT * FROM line")


def test_an_ordinary_file_would_show_the_word(tmp_path):
    with closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        plain.execute("CREATE TABLE line (word text)")
        plain.execute("INSERT INTO line VALUES ('mercusuar')")
        plain.commit()
    assert b"mercusuar" in (tmp_path / "plain.db").read_bytes()


def test_a_wrong_key_is_said_plainly_and_shows_no_key(path, open_file):
    open_file().cursor().execute("CREATE TABLE line (word text)")
    other = secrets.token_hex(32)
    with pytest.raises(DatabaseError, match="does not open this database") as refusal:
        open_file(other).ensure_connection()
    assert other not in str(refusal.value)


@pytest.mark.parametrize("key", [None, "", "short", "g" * 64, "a" * 64 + "\n"])
def test_a_file_is_never_opened_without_a_whole_key(path, open_file, key):
    with pytest.raises(ImproperlyConfigured):
        open_file(key).ensure_connection()
    assert not path.exists()


def test_a_key_may_be_asked_for_when_it_is_needed(open_file):
    connection = open_file(lambda: KEY)
    connection.ensure_connection()
    assert connection.is_usable()


def test_the_log_is_written_ahead_and_memory_holds_what_is_temporary(open_file):
    connection = open_file(init_command="PRAGMA synchronous = FULL")
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "temp_store", "foreign_keys")
        ]
    assert found == ["wal", 2, 2, 1]


def test_four_processes_that_write_at_once_lose_and_fail_nothing(path, open_file):
    open_file().cursor().execute("CREATE TABLE line (n integer UNIQUE, by integer)")
    environment = {**os.environ, "PYTHONPATH": "src"}
    command = [sys.executable, str(WRITER), str(path), KEY, "60"]
    writers = [subprocess.Popen(command, env=environment) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    with open_file().cursor() as cursor:
        cursor.execute("SELECT count(*), max(n), count(DISTINCT by) FROM line")
        assert cursor.fetchone() == (240, 240, 4)


def test_a_second_writer_waits_for_its_turn_and_is_told_when_none_comes(open_file):
    first, second = open_file(), open_file(timeout=0.1)
    second.ensure_connection()
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    end(first)
    second.close()
    begin(second)
    end(second)


def test_the_turn_ends_with_commit_rollback_and_close(open_file):
    connection = open_file()
    connection.ensure_connection()
    turn = connection.connection.turn
    held = []
    for finish in (connection.commit, connection.rollback, connection.close):
        begin(connection)
        turn = connection.connection.turn
        held.append(turn.held)
        finish()
        held.append(turn.held)
        if connection.connection is not None:
            connection.set_autocommit(True)
    assert held == [True, False] * 3


def test_a_lone_write_takes_a_turn_and_a_read_takes_none(open_file):
    writer, other = open_file(), open_file(timeout=0.1)
    other.cursor().execute("CREATE TABLE line (word text)")
    begin(writer)
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM line")
        assert cursor.fetchone() == (0,)
        with pytest.raises(OperationalError, match="no turn to write"):
            cursor.execute("INSERT INTO line VALUES (%s)", ["x"])
        with pytest.raises(OperationalError, match="no turn to write"):
            cursor.executemany("INSERT INTO line VALUES (%s)", [["x"], ["y"]])
    end(writer)


# Some tests put themselves in the place of the system's `fsync`: they look on and call it, or play
# a disk that refuses, which no disk here does when asked to.


def level(connection):
    """Tell whether SQLite itself waits for the disk at each commit (2) or not (1)."""
    return connection.connection.execute("PRAGMA synchronous").fetchone()[0]


def test_a_transaction_waits_for_the_disk_when_its_turn_is_over(open_file, path, monkeypatch):
    connection = open_file(disk_after_turn=True)
    connection.cursor().execute("CREATE TABLE line (n integer)")
    asked, fsync, log = [], os.fsync, Path(f"{path}-wal")

    def look_on(descriptor):
        own = os.fstat(descriptor).st_ino == log.stat().st_ino
        asked.append((own, connection.connection.turn.held))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look_on)
    begin(connection)
    connection.cursor().execute("INSERT INTO line VALUES (1)")
    assert (level(connection), asked) == (1, [])
    connection.commit()
    assert asked == [(True, False)]
    connection.set_autocommit(True)
    assert level(connection) == 2
    connection.cursor().execute("INSERT INTO line VALUES (2)")
    for finish in (connection.commit, connection.rollback):
        begin(connection)
        assert level(connection) == 1
        finish()
        assert level(connection) == 2
        connection.set_autocommit(True)
    assert asked == [(True, False)] * 2


def test_what_lies_on_the_disk_when_a_writer_is_answered_holds_what_it_wrote(open_file, path, tmp_path, monkeypatch):
    connection, fsync, power_cut = open_file(disk_after_turn=True), os.fsync, tmp_path / "cut.db"
    connection.cursor().execute("CREATE TABLE line (n integer)")

    def copy(descriptor):
        fsync(descriptor)
        for ending in ("", "-wal"):
            shutil.copyfile(f"{path}{ending}", f"{power_cut}{ending}")

    monkeypatch.setattr(os, "fsync", copy)
    for number in range(3):
        begin(connection)
        connection.cursor().execute("INSERT INTO line VALUES (%s)", [number])
        end(connection)
    left = ConnectionHandler(settings_for(str(power_cut), KEY))["default"]
    with left.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM line")
        assert cursor.fetchone() == (3,)
    left.close()


def test_where_no_transaction_begins_sqlite_waits_for_the_disk_again(open_file):
    other, connection = open_file(), open_file(disk_after_turn=True, timeout=0.1)
    other.cursor().execute("CREATE TABLE line (n integer)")
    other.connection.execute("BEGIN IMMEDIATE")
    connection.ensure_connection()
    with pytest.raises(OperationalError, match="locked"):
        begin(connection)
    other.connection.execute("ROLLBACK")
    assert (level(connection), connection.connection.turn.held) == (2, False)


def test_whoever_cannot_be_kept_on_the_disk_is_told(open_file, monkeypatch):
    connection = open_file(disk_after_turn=True)
    connection.cursor().execute("CREATE TABLE line (n integer)")

    def refuse(_):
        raise OSError("no disk")

    monkeypatch.setattr(os, "fsync", refuse)
    begin(connection)
    connection.cursor().execute("INSERT INTO line VALUES (1)")
    with pytest.raises(OperationalError, match="disk"):
        connection.commit()
    assert not connection.connection.turn.held
    assert level(connection) == 2


def test_a_file_behind_a_link_is_waited_for_as_well(open_file, path, tmp_path, monkeypatch):
    link, asked, fsync = tmp_path / "link.db", [], os.fsync
    open_file().ensure_connection()
    link.symlink_to(path)
    told = settings_for(str(link), KEY)
    told["default"]["OPTIONS"]["disk_after_turn"] = True
    connection = ConnectionHandler(told)["default"]
    connection.cursor().execute("CREATE TABLE line (n integer)")
    monkeypatch.setattr(os, "fsync", lambda log: (asked.append(os.fstat(log).st_ino), fsync(log)))
    begin(connection)
    connection.cursor().execute("INSERT INTO line VALUES (1)")
    end(connection)
    assert asked == [Path(f"{path}-wal").stat().st_ino]
    connection.close()


def test_without_a_log_sqlite_waits_inside_of_the_turn(open_file):
    connection = open_file(disk_after_turn=True)
    connection.ensure_connection()
    os.close(connection.connection.log)
    connection.connection.log = None
    begin(connection)
    assert level(connection) == 2
    end(connection)


def test_named_and_numbered_placeholders_both_work(open_file):
    with open_file().cursor() as cursor:
        cursor.execute("CREATE TABLE line (a text, b text)")
        cursor.execute("INSERT INTO line VALUES (%(a)s, %(b)s)", {"a": "1%", "b": "2"})
        cursor.executemany("INSERT INTO line VALUES (%(a)s, %(b)s)", [{"a": "3", "b": "4"}])
        cursor.executemany("INSERT INTO line VALUES (%s, '100%%')", [["5"]])
        cursor.execute("SELECT a, b FROM line ORDER BY a")
        assert cursor.fetchall() == [("1%", "2"), ("3", "4"), ("5", "100%")]


def test_a_writer_that_dies_leaves_the_turn_to_the_next(path, open_file):
    open_file().cursor().execute("CREATE TABLE line (n integer)")
    code = (
        "import fcntl, os, sys\n"
        f"fd = os.open({f'{path}.lock'!r}, os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(fd, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as holder:
        holder.stdout.readline()
        patient = open_file(timeout=0.2)
        with pytest.raises(OperationalError, match="no turn to write"):
            patient.cursor().execute("INSERT INTO line VALUES (1)")
        holder.kill()
    patient.cursor().execute("INSERT INTO line VALUES (1)")


@pytest.mark.django_db
def test_the_test_database_of_the_embedded_leg_is_a_file():
    if suite_connection.vendor != "sqlite":
        pytest.skip("this leg runs on PostgreSQL")
    assert Path(suite_connection.settings_dict["NAME"]).read_bytes()[:6] != b"SQLite"
