"""The encrypted file: unreadable without its key, and never a lost or refused write."""

import os
import secrets
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection as suite_connection
from django.db.utils import ConnectionHandler, DatabaseError, OperationalError

from tests.core.writer import settings_for

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


def rollback(connection):
    connection.rollback()
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


def test_the_check_finds_the_word_in_an_unencrypted_file(tmp_path):
    with closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        plain.execute("CREATE TABLE line (word text)")
        plain.execute("INSERT INTO line VALUES ('mercusuar')")
        plain.commit()
    assert b"mercusuar" in (tmp_path / "plain.db").read_bytes()


def test_a_wrong_key_is_a_clear_error_without_the_key(path, open_file):
    open_file().cursor().execute("CREATE TABLE line (word text)")
    other = secrets.token_hex(32)
    with pytest.raises(DatabaseError, match="does not open this database") as refusal:
        open_file(other).ensure_connection()
    assert other not in str(refusal.value)


@pytest.mark.parametrize("key", [None, "", "short", "g" * 64, "a" * 64 + "\n"])
def test_a_file_needs_a_complete_key(path, open_file, key):
    with pytest.raises(ImproperlyConfigured):
        open_file(key).ensure_connection()
    assert not path.exists()


def test_a_key_can_be_callable(open_file):
    connection = open_file(lambda: KEY)
    connection.ensure_connection()
    assert connection.is_usable()


def test_wal_mode_and_temporary_tables_in_memory(open_file):
    connection = open_file(init_command="PRAGMA synchronous = FULL")
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "temp_store", "foreign_keys")
        ]
    assert found == ["wal", 2, 2, 1]


def test_four_concurrent_writers_lose_nothing(path, open_file):
    open_file().cursor().execute("CREATE TABLE line (n integer UNIQUE, by integer)")
    environment = {**os.environ, "PYTHONPATH": "src"}
    command = [sys.executable, str(WRITER), str(path), KEY, "60"]
    writers = [subprocess.Popen(command, env=environment) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    with open_file().cursor() as cursor:
        cursor.execute("SELECT count(*), max(n), count(DISTINCT by) FROM line")
        assert cursor.fetchone() == (240, 240, 4)


def test_a_second_writer_waits_until_the_timeout(open_file):
    first, second = open_file(), open_file(timeout=0.1)
    second.ensure_connection()
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    end(first)
    second.close()
    begin(second)
    end(second)


@pytest.mark.parametrize("leave", [end, rollback, lambda connection: connection.close()])
def test_the_next_writer_begins_when_a_transaction_ends_in_any_way(open_file, leave):
    first, second = open_file(), open_file(timeout=0.1)
    begin(first)
    leave(first)
    begin(second)
    end(second)


def test_named_and_numbered_placeholders_both_work(open_file):
    with open_file().cursor() as cursor:
        cursor.execute("CREATE TABLE line (a text, b text)")
        cursor.execute("INSERT INTO line VALUES (%(a)s, %(b)s)", {"a": "1%", "b": "2"})
        cursor.executemany("INSERT INTO line VALUES (%(a)s, %(b)s)", [{"a": "3", "b": "4"}])
        cursor.executemany("INSERT INTO line VALUES (%s, '100%%')", [["5"]])
        cursor.execute("SELECT a, b FROM line ORDER BY a")
        assert cursor.fetchall() == [("1%", "2"), ("3", "4"), ("5", "100%")]


@pytest.mark.django_db
def test_the_test_database_of_the_embedded_leg_is_a_file():
    if suite_connection.vendor != "sqlite":
        pytest.skip("this leg runs on PostgreSQL")
    assert Path(suite_connection.settings_dict["NAME"]).read_bytes()[:6] != b"SQLite"


def test_an_installation_syncs_at_every_commit(tmp_path):
    """A test run may lose its last second; nobody else may."""
    ask = "from suar import settings; print(settings.DATABASES['default']['OPTIONS']['init_command'])"
    folder = tmp_path / "data"
    (folder / "keys").mkdir(parents=True)
    for name in ("db.key", "secret.key"):
        (folder / "keys" / name).write_text(secrets.token_hex(32), "ascii")
        (folder / "keys" / name).chmod(0o600)
    mode = {"SUAR_MODE": "demo", "SUAR_SITE": "all", "SUAR_DATA": str(folder), "SUAR_KEYS": str(folder / "keys")}
    hosts = {"SUAR_PUBLIC_HOSTS": "127.0.0.1", "SUAR_STAFF_HOSTS": "localhost"}
    origins = {"SUAR_PUBLIC_ORIGIN": "http://127.0.0.1:8000", "SUAR_STAFF_ORIGIN": "http://localhost:8001"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUAR_", "DATABASE_URL"))}
    result = subprocess.run(
        [sys.executable, "-c", ask],
        env={**kept, **mode, **hosts, **origins},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "synchronous = FULL" in result.stdout
