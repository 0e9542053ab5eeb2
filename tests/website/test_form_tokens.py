"""A public form is taken once, within ten minutes, and leaves only a digest, for a day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from suar.core import clock
from suar.core.models import UsedToken
from suar.core.single_use import purge_used_tokens
from suar.crypto.kdf import token_digest
from suar.website import form_tokens
from tests.at_once import beside

NOW = clock.now()
pytestmark = pytest.mark.django_db


def test_a_token_is_valid_once():
    token = form_tokens.issue_token(at=NOW)
    assert form_tokens.use_token(token, at=NOW)
    assert form_tokens.use_token(token, at=NOW + timedelta(seconds=7)).because == "used"


@pytest.mark.parametrize(
    ("seconds", "because"),
    [(0, "again"), (6, "again"), (7, "used"), (-2, "used")],
)
def test_a_token_used_a_moment_ago_returns_again(seconds, because):
    token = form_tokens.issue_token(at=NOW, for_letter=True)
    first = NOW + timedelta(minutes=1)
    assert form_tokens.use_token(token, at=first)
    for _ in range(3):
        again = form_tokens.use_token(token, at=first + timedelta(seconds=seconds))
        assert (again.allowed, again.because) == (False, because)


def test_a_form_secret_depends_on_token_and_key(settings):
    one, two = form_tokens.issue_token(at=NOW), form_tokens.issue_token(at=NOW)
    mark = form_tokens.form_secret(one)
    assert mark == form_tokens.form_secret(one)
    assert mark != form_tokens.form_secret(two)
    settings.SECRET_KEY = "another key of another house, long enough"
    assert mark != form_tokens.form_secret(one)


def test_a_token_for_a_letter_is_taken_within_an_hour_and_once():
    token = form_tokens.issue_token(at=NOW, for_letter=True)
    assert form_tokens.use_token(token, at=NOW + timedelta(minutes=59))
    assert form_tokens.use_token(token, at=NOW + timedelta(minutes=60)).because == "used"
    late = NOW + timedelta(minutes=61, seconds=2)
    assert form_tokens.use_token(token, at=late).because == "used"
    other = form_tokens.issue_token(at=NOW, for_letter=True)
    assert form_tokens.use_token(other, at=late).because == "too_old"
    assert form_tokens.use_token(other, at=late).because == "too_old"
    assert form_tokens.use_token(other, at=late + timedelta(seconds=7)).because == "used"
    assert form_tokens.use_token(other, at=NOW + timedelta(hours=25)).because == "long_ago"


def test_a_token_older_than_ten_minutes_is_refused():
    token = form_tokens.issue_token(at=NOW)
    assert form_tokens.use_token(token, at=NOW + timedelta(minutes=9, seconds=58))
    other, late = form_tokens.issue_token(at=NOW), NOW + timedelta(minutes=10, seconds=2)
    assert form_tokens.use_token(other, at=late).because == "too_old"
    for used in (token, other):
        assert form_tokens.use_token(used, at=late + timedelta(hours=23)).because == "used"
        assert form_tokens.use_token(used, at=late + timedelta(hours=24)).because == "long_ago"


@pytest.mark.parametrize("forged", ["", "x", "1.2.3", "9" * 5000, "١٢٣.x:y", "\x00", "1795569761.x:AAAA"])
def test_a_forged_token_is_refused(forged):
    assert form_tokens.use_token(forged, at=NOW).because == "forged"
    assert not UsedToken.objects.exists()


def test_a_token_with_another_time_is_forged():
    made, _, rest = form_tokens.issue_token(at=NOW).partition(".")
    assert form_tokens.use_token(f"{int(made) + 60}.{rest}", at=NOW).because == "forged"


@pytest.mark.parametrize("for_letter", [True, False])
def test_a_used_token_leaves_its_digest_and_only_for_a_letter_the_second_of_its_use(for_letter):
    token = form_tokens.issue_token(at=NOW, for_letter=for_letter)
    for _ in range(2):
        form_tokens.use_token(token, at=NOW)
    row = UsedToken.objects.get()
    assert bytes(row.digest) == token_digest(token)
    assert row.used_at == (NOW.replace(microsecond=0) if for_letter else None)


def test_rows_of_searches_on_one_day_differ_by_their_digest_only():
    for minutes in (0, 7):
        at = NOW.replace(hour=9, minute=minutes)
        form_tokens.use_token(form_tokens.issue_token(at=at), at=at)
    rows = UsedToken.objects.values_list("used_at", "expires_at")
    assert len(rows) == 2
    assert len(set(rows)) == 1


def test_of_many_at_once_one_takes_a_token(committed):
    token, taken = form_tokens.issue_token(at=NOW), []
    for thread in [beside(lambda: taken.append(bool(form_tokens.use_token(token, at=NOW)))) for _ in range(8)]:
        thread.join(60)
    assert sorted(taken) == [False] * 7 + [True]


def test_digests_are_deleted_once_their_token_is_refused_for_its_age():
    form_tokens.use_token(form_tokens.issue_token(at=NOW, for_letter=True), at=NOW)
    assert purge_used_tokens(at=NOW + timedelta(hours=23)) == 0
    purge_used_tokens(at=NOW + timedelta(hours=25))
    assert not UsedToken.objects.exists()


def statements_of(work):
    """Return the statements of some work that are no reads."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [item["sql"] for item in captured if not item["sql"].lstrip().startswith("SELECT")]


def test_issuing_tokens_and_refusing_forged_ones_writes_nothing(public_site):
    assert b'name="ticket"' in Client().get("/en/").content
    assert statements_of(lambda: Client().get("/en/")) == []
    assert statements_of(lambda: form_tokens.use_token("1795569761.x:AAAA", at=NOW)) == []
    token = form_tokens.issue_token(at=NOW)
    assert any("INSERT" in statement for statement in statements_of(lambda: form_tokens.use_token(token, at=NOW))), (
        "the control"
    )


def test_only_the_row_of_a_letter_waits_for_the_disk(committed):
    def settings_of(*, for_letter):
        token = form_tokens.issue_token(at=NOW, for_letter=for_letter)
        return [
            statement
            for statement in statements_of(lambda: form_tokens.use_token(token, at=NOW))
            if "synchronous" in statement
        ]

    before = synchronous()
    assert settings_of(for_letter=True) == []
    assert len(settings_of(for_letter=False)) >= 2
    assert synchronous() == before


def synchronous():
    """Return whether commits wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return cursor.fetchone()
