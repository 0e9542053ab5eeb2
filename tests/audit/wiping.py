"""For tests in which everything commits: the triggers step aside while the tables are emptied."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection

MIGRATIONS = [
    import_module(f"suar.audit.migrations.{name}")
    for name in ("0002_refuse_changes", "0003_refuse_truncate")
]


@contextmanager
def triggers_off() -> Iterator[None]:
    """Let a test do what only somebody with the file or the owner's rights could do."""
    for migration in reversed(MIGRATIONS):
        migration.allow(None, Statements())
    yield
    for migration in MIGRATIONS:
        migration.refuse(None, Statements())


class Statements:
    """As much of a schema editor as those migrations use, also within a transaction."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Give a database in which everything commits, and empty it afterwards."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with triggers_off():
                call_command("flush", verbosity=0, interactive=False)
