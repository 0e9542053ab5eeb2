"""For tests in which everything commits: the triggers step aside while the tables are emptied."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, connections

MIGRATIONS = [
    import_module(f"suar.{stage}.migrations.{name}")
    for stage, name in (
        ("audit", "0002_refuse_changes"),
        ("audit", "0003_refuse_truncate"),
        ("screening", "0006_refuse_changed_questions"),
    )
]


@contextmanager
def triggers_off() -> Iterator[None]:
    """Let a test do what only somebody with the file or the owner's rights could do."""
    take_off()
    yield
    put_back()


def take_off() -> None:
    for migration in reversed(MIGRATIONS):
        migration.allow(None, Statements())


def put_back() -> None:
    for migration in MIGRATIONS:
        migration.refuse(None, Statements())


class Statements:
    """As much of a schema editor as those migrations use, also within a transaction."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def empties_filled(stock: Any) -> Any:
    """Return a flush that leaves out tables without rows: PostgreSQL would make new files for each of them."""

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        rows = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608 - own names
            for name in tables
        )
        with connection.cursor() as cursor:
            cursor.execute(rows)
            filled = [name for (name,) in cursor.fetchall()]
        return stock(self, style, filled, **{**options, "allow_cascade": True})

    return sql_flush


@pytest.fixture
def triggers_put_back(django_db_setup: None, django_db_blocker, monkeypatch) -> Iterator[None]:
    """Put the triggers back once the tables are empty again.

    The connection is closed as well: beside a browser's event loop Django opens another one,
    which nobody would close and which would keep the test database from being removed.
    """
    operations = type(connection.ops)
    monkeypatch.setattr(operations, "sql_flush", empties_filled(operations.sql_flush))
    yield
    with django_db_blocker.unblock():
        put_back()
        connections.close_all()


@pytest.fixture
def committed(triggers_put_back: None, transactional_db: None) -> Iterator[None]:
    """Yield a database in which everything commits, and which is emptied afterwards."""
    yield
    take_off()
