"""Each leg of `./suar test` really runs on the database it is named for."""

import os

import pytest
from django.conf import settings
from django.db import connection

from tools import testing
from tools.places import ROOT

KINDS = {"sqlite": ("sqlite", "SQLCipher"), "postgres": ("postgresql", "PostgreSQL")}


@pytest.mark.django_db
def test_this_leg_runs_on_its_own_database():
    asked = "postgres" if os.environ.get("DATABASE_URL") else "sqlite"
    leg = os.environ.get("SUAR_LEG", asked)
    assert (connection.vendor, connection.display_name) == KINDS[leg]
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if leg == "postgres" else "PRAGMA cipher_version")
        assert cursor.fetchone()[0]


def test_tests_never_run_with_the_costs_or_the_records_of_a_real_house():
    assert settings.SUAR_MODE == "test"
    assert settings.SUAR_KDF["memory_kib"] < 1024
    assert settings.DEBUG is False


@pytest.mark.parametrize("leg", KINDS)
@pytest.mark.parametrize("kind", ["story", "not story"])
@pytest.mark.parametrize("folder", [testing.ESTIMATES, "tests/website"])
def test_every_test_stands_in_exactly_one_part(leg, kind, folder):
    def holds(words):
        named = [each for each in words if each.startswith("tests/")]
        return words[:2] == ("-m", kind) and f"--ignore={folder}" not in words and (not named or folder in named)

    assert sum(part.leg == leg and holds(part.words) for part in testing.PARTS) == 1


def test_the_folder_that_is_a_part_of_its_own_is_there():
    assert (ROOT / testing.ESTIMATES).is_dir()
