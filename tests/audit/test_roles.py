"""On PostgreSQL the role that serves pages may add to the audit and nothing more."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from suar.audit import actions, queries
from suar.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
ROLE = "suar_web_test"
only_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs roles")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def as_the_web_role() -> Iterator[None]:
    run(f"CREATE ROLE {ROLE} NOLOGIN")
    call_command("audit_role", ROLE)
    run(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        run("RESET ROLE")


@only_postgres
@pytest.mark.parametrize("table", ["audit_entry", "audit_mention"])
@pytest.mark.parametrize("act", ["UPDATE {} SET about = about", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_web_role_cannot_update_delete_or_truncate(table: str, act: str):
    actions.record("open", by=None, at=clock.now())
    with as_the_web_role():
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run(act.format(table))
        with (
            pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
            transaction.atomic(),
        ):
            run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


@only_postgres
def test_the_web_role_can_insert_and_select():
    with as_the_web_role():
        actions.record("open", by=None, at=clock.now(), about=[])
        assert queries.count() == 1
        run("UPDATE accounts_worker SET language = 'id'")
        run("DELETE FROM accounts_session")


@only_postgres
def test_even_the_owner_is_refused_by_triggers():
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        run("TRUNCATE audit_entry CASCADE")


@only_postgres
@pytest.mark.parametrize(("role", "words"), [("nobody_here", "no role"), ("suar", "superuser")])
def test_absent_and_superior_roles_are_refused(role: str, words: str):
    with pytest.raises(CommandError, match=words):
        call_command("audit_role", role)


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has roles")
def test_the_encrypted_file_has_no_roles():
    with pytest.raises(CommandError, match="triggers"):
        call_command("audit_role", ROLE)
