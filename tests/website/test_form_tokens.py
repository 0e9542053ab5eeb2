"""A public form is taken once, within ten minutes, and leaves only a digest, for a day."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from suar.core import clock
from suar.crypto.kdf import token_digest
from suar.website import form_tokens

NOW = clock.now()
SPEND = """
import sys
from datetime import datetime
import django
from django.conf import settings
django.setup()
settings.SUAR_DATA = sys.argv[3]
from suar.website import form_tokens
print(bool(form_tokens.spend(sys.argv[1], at=datetime.fromisoformat(sys.argv[2]))))
"""


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.SUAR_DATA = tmp_path
    return tmp_path


def test_a_token_is_taken_once():
    token = form_tokens.hand_out(at=NOW)
    assert form_tokens.spend(token, at=NOW)
    assert form_tokens.spend(token, at=NOW + timedelta(seconds=7)).because == "used"


@pytest.mark.parametrize(
    ("seconds", "because"),
    [(0, "again"), (6, "again"), (7, "used"), (-2, "used")],
)
def test_a_token_that_was_used_a_moment_ago_says_so_however_often_it_comes(seconds, because):
    token = form_tokens.hand_out(at=NOW, for_writing=True)
    first = NOW + timedelta(minutes=1)
    assert form_tokens.spend(token, at=first)
    for _ in range(3):
        again = form_tokens.spend(token, at=first + timedelta(seconds=seconds))
        assert (again.allowed, again.because) == (False, because)


def test_all_that_share_a_token_share_a_mark_and_no_others_do(settings):
    one, two = form_tokens.hand_out(at=NOW), form_tokens.hand_out(at=NOW)
    mark = form_tokens.mark(one)
    assert mark == form_tokens.mark(one)
    assert mark != form_tokens.mark(two)
    settings.SECRET_KEY = "another key of another house, long enough"
    assert mark != form_tokens.mark(one)


def test_a_token_for_a_letter_is_taken_within_an_hour_and_once():
    token = form_tokens.hand_out(at=NOW, for_writing=True)
    assert form_tokens.spend(token, at=NOW + timedelta(minutes=59))
    assert form_tokens.spend(token, at=NOW + timedelta(minutes=60)).because == "used"
    late = NOW + timedelta(minutes=61, seconds=2)
    assert form_tokens.spend(token, at=late).because == "used"
    other = form_tokens.hand_out(at=NOW, for_writing=True)
    assert form_tokens.spend(other, at=late).because == "too_old"
    assert form_tokens.spend(other, at=late + timedelta(seconds=7)).because == "used"
    assert form_tokens.spend(other, at=NOW + timedelta(hours=25)).because == "long_ago"


def test_a_token_older_than_ten_minutes_is_refused():
    token = form_tokens.hand_out(at=NOW)
    assert form_tokens.spend(token, at=NOW + timedelta(minutes=9, seconds=58))
    other, late = form_tokens.hand_out(at=NOW), NOW + timedelta(minutes=10, seconds=2)
    assert form_tokens.spend(other, at=late).because == "too_old"
    for used in (token, other):
        assert form_tokens.spend(used, at=late + timedelta(hours=23)).because == "used"
        assert form_tokens.spend(used, at=late + timedelta(hours=24)).because == "long_ago"


@pytest.mark.parametrize("forged", ["", "x", "1.2.3", "9" * 5000, "١٢٣.x:y", "\x00", "1795569761.x:AAAA"])
def test_a_forged_token_is_refused(forged):
    assert form_tokens.spend(forged, at=NOW).because == "forged"


def test_a_token_with_another_time_is_forged():
    made, _, rest = form_tokens.hand_out(at=NOW).partition(".")
    assert form_tokens.spend(f"{int(made) + 60}.{rest}", at=NOW).because == "forged"


def test_a_used_token_leaves_its_digest_and_nothing_else(own_folder):
    tokens = [form_tokens.hand_out(at=NOW) for _ in range(3)]
    for token in (*tokens, *tokens):
        form_tokens.spend(token, at=NOW)
    [kept] = [path for path in own_folder.rglob("*") if path.is_file()]
    assert kept.read_bytes() == b"".join(token_digest(token) + bytes(4) for token in tokens)
    assert int(kept.stem) == int(NOW.timestamp() // 60)
    assert kept.stat().st_mode & 0o077 == 0


def test_one_for_a_letter_leaves_the_second_of_its_use_as_well(own_folder):
    token = form_tokens.hand_out(at=NOW, for_writing=True)
    form_tokens.spend(token, at=NOW)
    [kept] = [path for path in own_folder.rglob("*") if path.is_file()]
    assert kept.read_bytes() == token_digest(token) + int(NOW.timestamp()).to_bytes(4)


def test_folders_of_an_earlier_version_are_forgotten_too(own_folder):
    before = own_folder / "used-forms" / str(int(NOW.timestamp() // 60) - 1500)
    before.mkdir(parents=True)
    (before / "digest").touch()
    form_tokens.spend(form_tokens.hand_out(at=NOW), at=NOW)
    assert not before.exists()


def test_of_many_at_once_one_takes_a_token():
    token = form_tokens.hand_out(at=NOW)
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: bool(form_tokens.spend(token, at=NOW)), range(40)))
    assert sum(taken) == 1


def test_digests_of_letters_are_forgotten_after_a_day(own_folder):
    for hours in (0, 12, 25):
        at = NOW + timedelta(hours=hours)
        form_tokens.spend(form_tokens.hand_out(at=at, for_writing=True), at=at)
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 2


def test_digests_are_forgotten_once_their_token_is_long_ago(own_folder):
    form_tokens.spend(form_tokens.hand_out(at=NOW), at=NOW)
    later = NOW + timedelta(hours=25)
    form_tokens.spend(form_tokens.hand_out(at=later), at=later)
    assert len([path for path in own_folder.rglob("*") if path.is_file()]) == 1


def test_two_processes_cannot_both_take_a_token(own_folder):
    token = form_tokens.hand_out(at=NOW)
    answers = [_spend_elsewhere(token, own_folder) for _ in range(2)]
    assert sorted(answers) == ["False", "True"]


def _spend_elsewhere(token, folder):
    done = subprocess.run(
        [sys.executable, "-c", SPEND, token, NOW.isoformat(), str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": "src:."},
    )
    return done.stdout.strip()
