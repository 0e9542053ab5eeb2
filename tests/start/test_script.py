"""The script `suar`: what it refuses, and that a reset never meets real records."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from tools import catalogues, folders, serving
from tools.folders import Folder
from tools.places import ROOT, environment


def folder_at(place, mode="demo"):
    return Folder(mode, place / "data", place / "data" / "keys" if mode == "demo" else place / "k")


def options(**more):
    named = {
        "audit_heads": "",
        "bind": None,
        "clamd_socket": "",
        "public_host": None,
        "files_host": None,
        "files_port": 3,
        "staff_host": None,
        "public_port": 1,
        "staff_port": 2,
        "workers": 1,
        "tls_cert": None,
        "tls_key": None,
        "behind_proxy": False,
        "exit_url": "",
        "time_zone": "Asia/Jakarta",
        "country": "ID",
        "police_talks": False,
        "hsds_version": "3.1",
        "room_for_files_mb": 1000,
    }
    return SimpleNamespace(**{**named, **more})


def suar(*words):
    return subprocess.run([sys.executable, "suar", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_new_folder_has_its_keys_for_its_owner_only(tmp_path):
    folder = folder_at(tmp_path)
    folder.make()
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.keys.iterdir()}
    assert modes == {"db.key": 0o600, "secret.key": 0o600}
    assert folder.data.stat().st_mode & 0o777 == 0o700


def test_a_folder_keeps_its_keys(tmp_path):
    folder = folder_at(tmp_path)
    folder.make()
    before = (folder.keys / "db.key").read_text("ascii")
    folder.make()
    assert (folder.keys / "db.key").read_text("ascii") == before


def test_a_lost_key_is_never_replaced_beside_records_that_exist(tmp_path, capsys):
    folder = folder_at(tmp_path)
    folder.make()
    (folder.data / "suar.db").touch()
    (folder.keys / "db.key").unlink()
    with pytest.raises(SystemExit):
        folder.make()
    assert "restore it" in capsys.readouterr().err


def test_a_reset_removes_a_demonstration(tmp_path):
    folder = folder_at(tmp_path)
    folder.make()
    folder.remove()
    assert not folder.data.exists()


@pytest.mark.parametrize("mark", ["run", None])
def test_a_reset_removes_nothing_else(tmp_path, mark):
    folder = folder_at(tmp_path)
    folder.data.mkdir()
    (folder.data / "suar.db").touch()
    if mark:
        folder.mark.write_text(mark, "ascii")
    with pytest.raises(SystemExit):
        folder.remove()
    assert (folder.data / "suar.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("empty", [True, False], ids=["empty folders", "no folders"])
def test_what_a_command_that_failed_had_made_is_taken_back(tmp_path, monkeypatch, empty):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = folder_at(tmp_path / "deep" / "down", "run")
    if empty:
        for item in (folder.data, folder.keys):
            item.mkdir(parents=True)
        (folder.keys / "of another house").touch()
    before = sorted(tmp_path.rglob("*"))
    assert folder.make_and_manage("restore", str(tmp_path)) != 0
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_nothing_is_taken_of_a_folder_in_use(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = folder_at(tmp_path, "run")
    folder.make()
    before = sorted(tmp_path.rglob("*"))
    assert folder.make_and_manage("restore", str(tmp_path)) != 0
    assert sorted(tmp_path.rglob("*")) == before
    (folder.data / "suar.db").touch()
    (folder.keys / "db.key").unlink()
    with pytest.raises(SystemExit):
        folder.make_and_manage("restore", str(tmp_path))
    assert (folder.data / "suar.db").exists()


def test_a_demonstration_never_becomes_a_real_house(tmp_path):
    folder_at(tmp_path).make()
    with pytest.raises(SystemExit):
        folder_at(tmp_path, "run").make()


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").touch()
    with pytest.raises(SystemExit):
        folder_at(tmp_path).make()


def test_a_demonstration_never_uses_the_database_of_the_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://real")
    assert folder_at(tmp_path).variables()["DATABASE_URL"] == ""
    assert folder_at(tmp_path, "run").variables()["DATABASE_URL"] == "postgres://real"


def test_a_child_takes_no_stray_setting_from_the_shell(monkeypatch):
    monkeypatch.setenv("SUAR_MODE", "demo")
    assert "SUAR_MODE" not in environment()


@pytest.mark.parametrize(
    "more",
    [
        {"bind": "0.0.0.0"},  # noqa: S104 - what must be refused
        {"public_host": "help.example", "staff_host": "work.example"},
        {"tls_cert": "c.pem", "tls_key": "k.pem"},
        {"behind_proxy": True, "public_host": "one.example"},
        {"behind_proxy": True, "public_host": "a.example", "staff_host": "a.example", "files_host": "f.example"},
        {"behind_proxy": True, "public_host": "a.example", "staff_host": "b.example", "files_host": "b.example"},
        {"behind_proxy": True, "public_host": "a.example", "staff_host": "b.example", "files_host": "a.example"},
        {"behind_proxy": True, "public_host": "help.example", "staff_host": "work.example"},
        {"files_host": "localhost"},
        {"files_host": "files.example"},
        {"tls_cert": "c.pem", "public_host": "help.example", "staff_host": "work.example", "files_host": "f.example"},
    ],
)
def test_a_way_that_is_not_encrypted_or_not_named_is_refused(more):
    with pytest.raises(SystemExit):
        serving.server_of(options(**more))


def test_without_more_words_only_this_machine_is_answered():
    served = serving.server_of(options())
    assert served.bind == "127.0.0.1"
    assert tuple(served.origins.values()) == ("http://127.0.0.1:1", "http://localhost:2", "http://127.0.0.1:3")


def test_a_demonstration_shows_files_of_strangers_from_a_third_origin():
    served = serving.Server(serving._ports(options()))
    assert served.bind == "127.0.0.1"
    assert len(set(served.origins.values())) == 3
    assert [site.port for site in served.sites()] == [1, 2, 3]


def test_behind_a_proxy_the_doors_stay_on_loopback_and_speak_of_https():
    names = {"public_host": "help.example", "staff_host": "work.example", "files_host": "files.example"}
    served = serving.server_of(options(behind_proxy=True, **names))
    assert served.bind == "127.0.0.1"
    assert tuple(served.origins.values()) == ("https://help.example", "https://work.example", "https://files.example")
    sealed = serving.server_of(options(tls_cert="c.pem", tls_key="k.pem", **names))
    assert tuple(sealed.origins.values()) == (
        "https://help.example:1",
        "https://work.example:2",
        "https://files.example:3",
    )
    assert "--ssl-certificate" in sealed.sites()[1].command()


def test_keys_inside_the_data_are_refused(tmp_path):
    with pytest.raises(SystemExit):
        serving.real_folder(SimpleNamespace(data=tmp_path, keys=tmp_path / "keys"))


def test_a_clock_moves_ahead_and_comes_back(tmp_path):
    folder_at(tmp_path).make()
    shift = tmp_path / "data" / "clock.shift"

    def travel(span):
        told = SimpleNamespace(data=tmp_path / "data", span=serving.span(span))
        return serving.demo_travel(told)

    for span in ("7d", "12h"):
        travel(span)
    assert int(shift.read_text("ascii")) == 7 * 86_400 + 12 * 3_600
    with pytest.raises(SystemExit) as refused:
        travel(f"{serving.FARTHEST_DAYS}d")
    assert refused.value.code == 2
    assert int(shift.read_text("ascii")) == 7 * 86_400 + 12 * 3_600
    travel("0")
    assert not shift.exists()


@pytest.mark.parametrize("told", [[], ["soon"], ["-7d"]])
def test_a_span_that_is_none_is_answered_in_words_whatever_the_folder(told):
    done = suar("demo", "travel", *told)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: " in done.stderr and "Traceback" not in done.stderr


def test_a_changed_source_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "SOURCE", tmp_path)
    (tmp_path / "a.py").write_text("1", "ascii")
    before = folders._source_digest()
    assert folders._source_digest() == before
    (tmp_path / "a.py").write_text("22", "ascii")
    assert folders._source_digest() != before


def test_words_are_compiled_when_they_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogues, "SOURCE", tmp_path)
    (tmp_path / "django.po").write_text('msgid "Yes"\nmsgstr "Ya"\n', "utf-8")
    catalogues.compile_changed()
    assert b"Ya" in (tmp_path / "django.mo").read_bytes()
    capsys.readouterr()
    catalogues.compile_changed()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("words", [["booklet", "--district", "31.71", "--language", "en"], ["audit"]])
def test_a_command_that_needs_records_says_that_there_are_none(tmp_path, words, exists):
    place = tmp_path / "data"
    if exists:
        place.mkdir()
    for more in ([], ["--keys", str(tmp_path / "keys")]):
        result = suar(*words, "--data", str(place), *more)
        assert result.returncode == 1
        assert f"there are no records in {place}" in result.stderr
        assert "Traceback" not in result.stderr
    assert not [*place.glob("*")]


def test_an_unknown_word_is_refused_with_the_list_of_words():
    refused = suar("dance")
    assert refused.returncode == 2
    assert "demo" in refused.stderr


def test_the_help_names_every_word():
    said = suar("--help").stdout
    assert all(word in said for word in ("demo", "run", "test", "check", "backup", "restore"))
