"""What is missing or wrong in the environment stops the start, and never shows a secret."""

import logging
import sys

import pytest
from django.core.exceptions import DisallowedHost

from suar.core.environment import SettingsMissing, Site, postgres_settings, read_environment
from suar.core.logs import QuietFormatter


@pytest.fixture
def whole(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    for name, text in (("db.key", "ab" * 32), ("secret.key", "cd" * 32)):
        (keys / name).touch(mode=0o600)
        (keys / name).write_text(text, "ascii")
    return {
        "SUAR_MODE": "run",
        "SUAR_SITE": "staff",
        "SUAR_DATA": str(tmp_path),
        "SUAR_KEYS": str(keys),
        "SUAR_PUBLIC_HOSTS": "help.example, www.help.example",
        "SUAR_STAFF_HOSTS": "work.example",
        "SUAR_PUBLIC_ORIGIN": "https://help.example",
        "SUAR_STAFF_ORIGIN": "https://work.example",
        "SUAR_FILES_HOSTS": "files.example",
        "SUAR_FILES_ORIGIN": "https://files.example",
        "SUAR_BEHIND_PROXY": "1",
    }


def test_a_whole_environment_is_read_into_types(whole):
    read = read_environment(whole)
    assert read.site is Site.STAFF
    assert read.public_hosts == ("help.example", "www.help.example")
    assert read.behind_proxy
    assert (read.country, read.police_talks, read.room_for_files_mb) == ("ID", False, 1000)
    assert (read.database_key(), read.secret_key()) == ("ab" * 32, "cd" * 32)


@pytest.mark.parametrize(
    ("door", "hosts"),
    [
        ("public", ["help.example", "www.help.example"]),
        ("staff", ["work.example"]),
        ("files", ["files.example"]),
        ("all", ["help.example", "www.help.example", "work.example"]),
    ],
)
def test_a_door_answers_to_its_own_names_only(whole, door, hosts):
    assert read_environment({**whole, "SUAR_SITE": door}).hosts == hosts


@pytest.mark.parametrize(
    "name",
    [
        "SUAR_MODE",
        "SUAR_SITE",
        "SUAR_DATA",
        "SUAR_KEYS",
        "SUAR_PUBLIC_HOSTS",
        "SUAR_STAFF_HOSTS",
        "SUAR_PUBLIC_ORIGIN",
        "SUAR_STAFF_ORIGIN",
        "SUAR_FILES_HOSTS",
        "SUAR_FILES_ORIGIN",
    ],
)
def test_a_missing_setting_stops_the_start_and_is_named(whole, name):
    del whole[name]
    with pytest.raises(SettingsMissing, match=name):
        read_environment(whole)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUAR_MODE", "debug"),
        ("SUAR_SITE", "back"),
        ("SUAR_DATA", "relative/folder"),
        ("SUAR_KEYS", "/no/such/folder"),
        ("SUAR_STAFF_HOSTS", "*"),
        ("SUAR_STAFF_ORIGIN", "work.example"),
        ("SUAR_STAFF_ORIGIN", "https://work.example/path"),
        ("SUAR_BEHIND_PROXY", "yes"),
        ("SUAR_EXIT_URL", "http://weather.example"),
        ("SUAR_COUNTRY", "Indonesia"),
        ("SUAR_POLICE_TALKS", "maybe"),
        ("SUAR_ROOM_FOR_FILES_MB", "9"),
        ("SUAR_ROOM_FOR_FILES_MB", "1e3"),
        ("SUAR_HSDS_VERSION", "2.0"),
        ("SUAR_CLAMD_SOCKET", "clamd.ctl"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(whole, name, value):
    with pytest.raises(SettingsMissing, match=name):
        read_environment({**whole, name: value})


def test_a_demonstration_needs_no_names_of_hosts(whole):
    kept = {name: whole[name] for name in ("SUAR_SITE", "SUAR_DATA", "SUAR_KEYS")}
    assert read_environment({**kept, "SUAR_MODE": "demo"}).staff_origin == "http://localhost:8001"


def test_a_key_that_others_may_read_is_refused(whole, tmp_path):
    (tmp_path / "keys" / "db.key").chmod(0o640)
    with pytest.raises(SettingsMissing, match="0600"):
        read_environment(whole).database_key()


@pytest.mark.parametrize("text", ["", "ab" * 31, "xy" * 32])
def test_a_key_that_is_not_whole_is_refused_and_not_shown(whole, tmp_path, text):
    (tmp_path / "keys" / "db.key").write_text(text, "ascii")
    with pytest.raises(SettingsMissing) as refusal:
        read_environment(whole).database_key()
    assert not text or text not in str(refusal.value)


def test_a_missing_key_is_said_by_its_name(whole, tmp_path):
    (tmp_path / "keys" / "secret.key").unlink()
    with pytest.raises(SettingsMissing, match=r"secret\.key"):
        read_environment(whole).secret_key()


def test_a_database_address_becomes_settings():
    read = postgres_settings("postgres://su%40ar:p%2Fw@db.example:5433/suar?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"]) == ("su@ar", "p/w", "db.example")
    assert (read["PORT"], read["NAME"], read["OPTIONS"]) == (5433, "suar", {"sslmode": "require"})
    assert read["CONN_MAX_AGE"] and "pool" not in read["OPTIONS"]


def test_the_threads_of_a_site_share_a_pool_of_connections():
    read = postgres_settings("postgres://su@db.example/suar?sslmode=require", 10)
    assert read["OPTIONS"]["sslmode"] == "require"
    assert (read["CONN_MAX_AGE"], read["OPTIONS"]["pool"]["max_size"]) == (0, 10)


@pytest.mark.parametrize("url", ["mysql://u@h/n", "postgres://u@h", "suar"])
def test_another_kind_of_database_is_refused_without_showing_its_password(url):
    with pytest.raises(SettingsMissing, match="DATABASE_URL") as refusal:
        postgres_settings(url)
    assert "u@h" not in str(refusal.value)


def line(name, message, error=None, **more):
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, None, None)
    record.__dict__.update(more)
    if error:
        try:
            raise error
        except type(error):
            record.exc_info = sys.exc_info()
    return QuietFormatter().format(record)


def test_a_log_line_names_the_kind_of_error_and_never_its_words():
    said = line("suar", "it failed", ValueError("Amina, Jalan Melati 3"))
    assert "builtins.ValueError" in said
    assert "test_environment" in said
    assert "Amina" not in said


def test_a_log_line_names_no_address_and_no_host(rf):
    request = rf.get("/answer/a-secret-token/")
    said = line("django.request", "Not Found: /answer/a-secret-token/", None, request=request, status_code=404)
    assert said.endswith("404 no-route")
    refused = line("django.security.DisallowedHost", "Invalid host: x", DisallowedHost("secret"))
    assert "secret" not in refused
    assert refused.endswith("refused")


def test_an_ordinary_line_is_kept():
    assert line("suar", "case opened").endswith("ERROR suar case opened")
