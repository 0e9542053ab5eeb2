"""`backup` and `restore` at the keyboard, and from one kind of database into the other."""

import os
import re
import secrets
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from suar.accounts import setup
from suar.records.backups import tables
from tests import at_once
from tests.audit.wiping import triggers_off
from tests.records.conftest import AT, begun
from tools.places import ROOT

on_both = pytest.mark.db_contract
"""For tests whose database matters; the others restore into an encrypted file, or read options before any database."""
PASSPHRASE = "empat kata yang panjang"


@pytest.fixture
def world(committed):
    """The cast and a record in a database that commits."""
    found = at_once.committed_cast(at=AT)
    begun(found.pelita, found.chioma)
    return found


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """A file to type from."""
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    return path


def said(command: str, *words: object, **options: object) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out, **options)
    return out.getvalue()


def empty() -> None:
    with triggers_off():
        call_command("flush", verbosity=0, interactive=False)


@on_both
def test_backup_and_restore_print_what_to_do_next(world, tmp_path, passphrase):
    told = said("backup", tmp_path / "kept", passphrase_file=passphrase)
    data, keys = re.findall(r"(/\S+\.suar)", told)
    assert (Path(data).parent.name, Path(keys).parent.name) == ("data", "keys")
    head = re.search(r"noted elsewhere: (\d+ [0-9a-f]{64})", told)[1]
    empty()
    back = said("restore", tmp_path / "kept", passphrase_file=passphrase)
    assert head in back
    assert re.search(r"Word for the set-up page: ([0-9A-Z]{3} ?)+", back)


@on_both
def test_the_keys_part_can_be_elsewhere_or_omitted(world, tmp_path, passphrase):
    said("backup", tmp_path / "kept", passphrase_file=passphrase)
    elsewhere = (tmp_path / "kept" / "keys").rename(tmp_path / "safe")
    empty()
    with pytest.raises(CommandError, match="no backup here"):
        said("restore", tmp_path / "kept", passphrase_file=passphrase)
    words = said("restore", tmp_path / "kept", passphrase_file=passphrase, without_keys=True)
    assert "nothing in it can be opened" in words
    empty()
    assert "Word" in said("restore", tmp_path / "kept", passphrase_file=passphrase, keys_from=elsewhere)


@on_both
def test_older_data_with_newer_keys_needs_an_option(world, tmp_path, passphrase):
    told = said("backup", tmp_path / "kept", passphrase_file=passphrase)
    old_data, old_keys = map(Path, re.findall(r"(/\S+\.suar)", told))
    said("backup", tmp_path / "today", passphrase_file=passphrase)
    today = next((tmp_path / "today" / "keys").iterdir())
    old_keys.unlink()
    today.rename(old_keys.with_name(old_data.name))
    empty()
    with pytest.raises(CommandError, match="of another backup than the records"):
        said("restore", tmp_path / "kept", passphrase_file=passphrase)
    words = said("restore", tmp_path / "kept", passphrase_file=passphrase, keys_of_another_day=True)
    assert "proves no backup" in words


def test_the_backup_sheet_is_read_from_file_pipe_or_keyboard(world, tmp_path, monkeypatch):
    sheet = setup.new_backup_sheet(world.village.organisation.id, by=world.esi.acting(at=AT))
    said("backup", tmp_path / "kept")
    path = tmp_path / "sheet"
    path.write_text(sheet)
    empty()
    assert "Word" in said("restore", tmp_path / "kept", sheet_file=path)
    empty()
    monkeypatch.setattr("sys.stdin", StringIO(sheet + "\n"))
    assert "Word" in said("restore", tmp_path / "kept")
    empty()
    keyboard = StringIO()
    keyboard.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", keyboard)
    monkeypatch.setattr("getpass.getpass", lambda prompt: sheet)
    assert "Word" in said("restore", tmp_path / "kept")


def test_errors_are_printed_in_words(world, tmp_path, passphrase, monkeypatch):
    with pytest.raises(CommandError, match="no backup sheet"):
        said("backup", tmp_path / "kept")
    with pytest.raises(CommandError, match="no backup here"):
        said("restore", tmp_path, passphrase_file=passphrase)
    said("backup", tmp_path / "kept", passphrase_file=passphrase)
    with pytest.raises(CommandError, match="empty folder"):
        said("restore", tmp_path / "kept", passphrase_file=passphrase)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(CommandError, match="could not be written"):
        said("backup", blocked, passphrase_file=passphrase)
    monkeypatch.setitem(tables.streams(), "left_out", {})
    with pytest.raises(CommandError, match=r"does not place: .*accounts\.session"):
        said("backup", tmp_path / "kept", passphrase_file=passphrase)


@pytest.mark.parametrize(("command", "words"), [("backup", ["x"]), ("setup_code", [])], ids=["backup", "setup_code"])
@pytest.mark.django_db
@on_both
def test_a_missing_database_is_an_error_in_words(command, words, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="no tables yet"):
        said(command, *words)


class Folder:
    """A Suar of its own in fresh folders, run as another process."""

    def __init__(self, place: Path, database_url: str = "") -> None:
        for name in ("data", "keys"):
            (place / name).mkdir(parents=True)
        for name in ("db.key", "secret.key"):
            path = place / "keys" / name
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        own = {
            "SUAR_MODE": "test",
            "SUAR_SITE": "all",
            "DATABASE_URL": database_url,
            "SUAR_DATA": str(place / "data"),
            "SUAR_KEYS": str(place / "keys"),
            "DJANGO_SETTINGS_MODULE": "suar.settings",
            "PYTHONPATH": str(Path(settings.PACKAGE).parent),
        }
        self._environment = {**os.environ, **own}

    def manage(self, *words: object) -> str:
        """Run a management command and give what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "suar", *map(str, words)],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def restored(words: str) -> tuple[str, str]:
    return (
        re.search(r"counted: (\d+) rows", words)[1],
        re.search(r"entry of the backup: (\d+ [0-9a-f]{64})", words)[1],
    )


@on_both
def test_a_backup_goes_into_a_fresh_encrypted_file(world, tmp_path, passphrase):
    told = said("backup", tmp_path / "kept", passphrase_file=passphrase)
    folder = Folder(tmp_path / "new")
    words = folder.manage("restore", tmp_path / "kept", "--passphrase-file", passphrase)
    rows, head = restored(words)
    assert f"{rows} rows" in told
    assert head in told
    if connection.vendor == "postgresql":
        into_postgres(folder, rows, tmp_path, passphrase)


def test_a_wrong_passphrase_restores_nothing(world, tmp_path, passphrase):
    said("backup", tmp_path / "kept", passphrase_file=passphrase)
    (tmp_path / "wrong").write_text("empat kata yang salah sekali")
    new = tmp_path / "new"
    refused = by_script("restore", tmp_path / "kept", new, tmp_path / "wrong")
    assert refused.returncode != 0
    assert not new.exists()
    done = by_script("restore", tmp_path / "kept", new, passphrase)
    assert (done.returncode, "Word for the set-up page" in done.stdout) == (0, True), done.stderr
    there = sorted(new.rglob("*"))
    again = by_script("restore", tmp_path / "kept", new, passphrase)
    assert "empty folder" in again.stderr
    assert sorted(new.rglob("*")) == there


@pytest.mark.parametrize(
    ("typed", "put", "stays"),
    [
        pytest.param("salah sekali", "letter.txt", ["letter.txt"], marks=pytest.mark.long),
        (PASSPHRASE, "suar.db", ["suar.db"]),
        (PASSPHRASE, "letter.txt", ["letter.txt", "suar.db", "suar.mode"]),
    ],
    ids=["a wrong passphrase", "a database of theirs", "a right passphrase"],
)
def test_a_restore_does_not_overwrite_a_file_created_meanwhile(world, tmp_path, passphrase, typed, put, stays):
    """The restore asks for the passphrase, and the answer may take long."""
    said("backup", tmp_path / "kept", passphrase_file=passphrase)
    new = tmp_path / "new"
    words = ["restore", tmp_path / "kept", "--data", new / "data", "--keys", new / "keys"]
    with subprocess.Popen(
        [sys.executable, "suar", *map(str, words)],
        cwd=ROOT,
        text=True,
        env={**os.environ, "DATABASE_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        while not any((new / "data").rglob("suar.mode")) and running.poll() is None:
            time.sleep(0.01)
        (new / "data" / put).write_text("theirs")
        said_last = running.communicate(f"{typed}\n", timeout=120)[1]
    whole = "suar.mode" in stays
    assert (running.returncode == 0) is whole, said_last
    assert sorted(path.name for path in (new / "data").iterdir()) == stays
    assert (new / "data" / put).read_text() == "theirs"
    assert (new / "keys").exists() is whole


def by_script(command: str, kept: Path, new: Path, passphrase: Path):
    """Run a word of `./suar` on folders of real records, in a file of their own."""
    words = [command, kept, "--data", new / "data", "--keys", new / "keys"]
    return subprocess.run(
        [sys.executable, "suar", *map(str, words), "--passphrase-file", str(passphrase)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def into_postgres(folder: Folder, rows: str, tmp_path: Path, passphrase: Path) -> None:
    """Bring what came into the file back into another, empty database of the server."""
    name = f"suar_back_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    folder.manage("backup", tmp_path / "again", "--passphrase-file", passphrase)
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    try:
        second = Folder(tmp_path / "second", url)
        words = second.manage("restore", tmp_path / "again", "--passphrase-file", passphrase)
        # One backup, noted, and one restore more than the first time: two rows, with their index.
        assert int(restored(words)[0]) > int(rows)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
