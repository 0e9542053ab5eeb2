"""Each leg of `./suar test` really runs on the database it is named for."""

import os

import pytest
from django.conf import settings
from django.db import connection

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
