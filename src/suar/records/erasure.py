"""Remains of keys and of other secrets in a database after their rows were deleted, and their removal.

Source: security.md 3.8.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import BinaryField, Model

from suar.records.backups.tables import every_model, stored_name, streams

logger = logging.getLogger(__name__)

LOST_ROWS = """
SELECT stat.relname, n_tup_del + n_tup_upd, pg_has_role(relowner, 'MEMBER')
FROM pg_stat_user_tables stat JOIN pg_class ON pg_class.oid = relid WHERE stat.relname = ANY(%s)
"""
OLDER_TRANSACTIONS = """
SELECT max(age) > age(%s::xid8::xid) FROM (
  SELECT greatest(age(backend_xmin), age(backend_xid)) FROM pg_stat_activity
  WHERE pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
  UNION ALL SELECT age(xmin) FROM pg_replication_slots) AS ages (age)
"""
"""Return True if rows that were deleted before a transaction id was next may still be visible somewhere."""
TRIGGER = """
CREATE TRIGGER {name} AFTER {event} ON "{table}" WHEN {changed}
BEGIN UPDATE vault_lostrows SET number = number + 1; END
"""
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'lost_rows_*'"
FILE = ""
_lost_rows: dict[str, int] = {}
"""Rows that each table of secrets had lost when this process last rewrote it; for SQLite those of the `FILE`."""


def purge_deleted_keys() -> bool:
    """Remove the remains of deleted keys: rewrite the file and the log of SQLite, or tables of PostgreSQL.

    SQLCipher overwrites deleted rows, but not the copies that stay in a page when rows move to another one. So the file
    is rewritten if a table of secrets lost rows. PostgreSQL leaves deleted rows in a page until other rows need the
    space, so every table of secrets that lost rows is rewritten. Return False if somebody still uses the database, the
    log or a table, or if a transaction still sees deleted rows. Return False too if the role does not own a table, and
    after an error, which is in the log. The next round tries again. Must run outside of a transaction.
    Source: security.md 3.8.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _rewrite_tables(cursor)
        return _rewrite_file(cursor)


def tables_of_secrets() -> list[type[Model]]:
    """Return the tables whose rows hold a key, or something sealed to a key that stays; backups leave some out."""
    names = {*streams()["keys"], *streams()["secrets"]}
    return [model for model in every_model() if stored_name(model) in names]


def stop_counting(*, using: str, **_: Any) -> None:
    """Drop the triggers that count lost rows: SQLite removes no column that one names. The next purge adds them."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for (name,) in cursor.execute(TRIGGERS).fetchall():
                cursor.execute(f"DROP TRIGGER {name}")


@contextmanager
def _log_error(step: str) -> Iterator[None]:
    """Log why a step failed; such an error names a table at most, and no content."""
    try:
        yield
    except OperationalError as error:
        logger.warning("%s: %s", step, error)


def _rewrite_file(cursor: CursorWrapper) -> bool:
    """Write the file anew if secrets were lost since this process last did, and empty the log in any case."""
    is_new = is_empty = False
    with _log_error("VACUUM"):
        lost = _count_lost_rows(cursor)
        if lost != _lost_rows.get(FILE):
            cursor.execute("VACUUM")
            _lost_rows[FILE] = lost
        is_new = True
    with _log_error("wal_checkpoint"):
        is_empty = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return is_new and is_empty


def _count_lost_rows(cursor: CursorWrapper) -> int:
    """Return how often a secret was deleted or replaced; a table that was not yet counted raises the number."""
    existing = {name for (name,) in cursor.execute(TRIGGERS).fetchall()}
    if missing := {name: trigger for name, trigger in _triggers() if name not in existing}:
        with transaction.atomic():
            cursor.execute("CREATE TABLE IF NOT EXISTS vault_lostrows (number INTEGER NOT NULL)")
            cursor.execute("INSERT INTO vault_lostrows VALUES (1)")
            for trigger in missing.values():
                cursor.execute(trigger)
    return int(cursor.execute("SELECT sum(number) FROM vault_lostrows").fetchone()[0])


def _triggers() -> Iterator[tuple[str, str]]:
    for model in tables_of_secrets():
        table, fields = model._meta.db_table, model._meta.concrete_fields
        columns = [field.column for field in fields if isinstance(field, BinaryField)]
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
        for event, condition in (("DELETE", "TRUE"), ("UPDATE", changed)):
            name = f"lost_rows_{event}_{table}".lower()
            yield name, TRIGGER.format(name=name, event=event, table=table, changed=condition)


def _rewrite_tables(cursor: CursorWrapper) -> bool:
    """Vacuum, and write each table of secrets anew from which this process has not yet removed what was deleted.

    A new table keeps the deleted rows that an older transaction sees, so nothing is written before its end.
    """
    cursor.execute(LOST_ROWS, [[model._meta.db_table for model in tables_of_secrets()]])
    lost = {name: (rows, own) for name, rows, own in cursor.fetchall() if rows != _lost_rows.get(name, 0)}
    next_id = cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
    cursor.execute("VACUUM")  # meanwhile most transactions that are running end
    cursor.execute(OLDER_TRANSACTIONS, next_id)
    if lost and cursor.fetchone()[0]:
        return False
    cursor.execute("SET lock_timeout = '2s'")
    for name, (rows, own) in lost.items():
        with _log_error(name):
            if own:
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(name)}")
                _lost_rows[name] = rows
    cursor.execute("RESET lock_timeout")
    return all(_lost_rows.get(name) == rows for name, (rows, _) in lost.items())
