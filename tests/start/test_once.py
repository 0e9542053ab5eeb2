"""A test that knows no database runs on one leg; one that touches it in secret is found there."""

import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client

from suar.accounts.models import Worker
from tests import once
from tests.cast import Cast, cast, world  # noqa: F401 - fixtures

ASK = [sys.executable, "-c", ""]


@pytest.fixture
def caught():
    """Take what was found from the list, which would fail the test that shows it."""
    yield
    assert once.faults() != [], "a control that finds nothing"


@pytest.fixture
def counted(db: None) -> int:
    """Ask the database, on behalf of a test that does not name it."""
    return Worker.objects.count()


def test_a_rule_runs_once(request):
    assert once.runs_once(request.node)


def test_who_asks_for_a_database_runs_on_both(request, db):
    assert not once.runs_once(request.node)


def test_who_stands_on_a_fixture_that_asks_runs_on_both(request, counted):
    assert not once.runs_once(request.node)


def test_who_stands_on_a_world_of_a_module_runs_on_both(request, world: Cast):  # noqa: F811 - the fixture
    assert not once.runs_once(request.node)


@pytest.mark.both_legs
def test_who_is_marked_runs_on_both(request):
    assert not once.runs_once(request.node)


@pytest.mark.skipif("False", reason="what may be skipped on one leg is not left out on the other")
def test_who_may_be_skipped_runs_on_both(request):
    assert not once.runs_once(request.node)


@pytest.mark.parametrize("row", ["first", "another"])
def test_another_row_of_values_is_left_to_the_encrypted_file(request, row, db):
    assert once.another_row(request.node) is (row == "another")


@pytest.mark.one_leg
def test_what_is_marked_as_form_alone_is_left_to_the_encrypted_file(request, db):
    assert once.another_row(request.node)


@pytest.mark.both_legs
@pytest.mark.parametrize("row", ["first", "another"])
def test_each_row_runs_on_both_where_values_reach_the_database(request, row, db):
    assert not once.another_row(request.node)


@pytest.mark.parametrize("row", ["first", "another"])
def test_a_whole_folder_may_keep_each_row(request, row, db, monkeypatch):
    monkeypatch.setattr(once, "EVERY_ROW", frozenset({request.path.parent}))
    assert not once.another_row(request.node)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("connection.ven" + "dor", True),
        ('os.environ["DATABASE_' + 'URL"]', True),
        ("environment(DATABASE_" + 'URL="")', False),
        ("a survey of them", False),
    ],
)
def test_a_module_that_speaks_of_a_database_runs_on_both(words, found):
    assert bool(once.SPEAKS.search(words)) is found


@pytest.mark.parametrize(
    "touch",
    [
        lambda: Worker.objects.count(),
        lambda: connection.cursor(),
        lambda: str(Worker.objects.filter(name="ben").query),
        lambda: connection.features,
        lambda: subprocess.run(ASK, check=True),
        lambda: subprocess.run(ASK, env=None, check=True),
        lambda: subprocess.run(ASK, env={once.HANDED_ON: "1"}, check=True),
    ],
)
def test_what_the_other_database_may_answer_otherwise_is_refused(touch, caught):
    with pytest.raises(once.RunsOnBothLegs):
        touch()


def test_a_process_that_is_told_of_no_database_may_begin():
    given = {once.HANDED_ON: "1", "DATABASE_" + "URL": ""}
    assert subprocess.run(ASK, env={}, check=True).returncode == 0
    assert subprocess.run(ASK, env=given, check=True).returncode == 0


def test_a_page_that_asks_nothing_may_be_asked_for(settings):
    settings.ROOT_URLCONF = "suar.website.public_urls"
    assert Client().get("/nothing-is-here", headers={"host": "localhost"}).status_code in {302, 404}
