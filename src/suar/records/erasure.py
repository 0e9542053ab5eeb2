"""Remains of keys and of other secrets in a database after their rows were deleted, and their removal.

Source: security.md 3.8.
"""

from contextlib import suppress

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from suar.records.backups.tables import every_model, stored_name, streams

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
_lost_rows: dict[str, int] = {}
"""Rows that each table of secrets had lost when this process last rewrote it."""


def purge_deleted_keys() -> bool:
    """Remove the remains of deleted keys: write the file and the log of SQLite anew, or tables of PostgreSQL.

    SQLCipher overwrites deleted rows, but not the copies that stay in a page when rows move to another one, so the file
    is written anew. PostgreSQL leaves deleted rows in a page until other rows need the space, so every table of secrets
    that lost rows is written anew. Return False if somebody still uses the database, the log or a table, if a
    transaction still sees deleted rows, or if the role does not own a table; the next round tries again. Must run
    outside of a transaction.
    Source: security.md 3.8.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _write_tables_anew(cursor)
        with suppress(OperationalError):
            cursor.execute("VACUUM")
            return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        return False


def tables_of_secrets() -> list[str]:
    """Return the tables whose rows hold a key, or something sealed to a key that stays; backups leave some out."""
    names = {*streams()["keys"], *streams()["secrets"]}
    return [model._meta.db_table for model in every_model() if stored_name(model) in names]


def _write_tables_anew(cursor: CursorWrapper) -> bool:
    """Vacuum, and write each table of secrets anew from which this process has not yet removed what was deleted.

    A new table keeps the deleted rows that an older transaction sees, so nothing is written before its end.
    """
    cursor.execute(LOST_ROWS, [tables_of_secrets()])
    lost = {name: (rows, own) for name, rows, own in cursor.fetchall() if rows != _lost_rows.get(name, 0)}
    next_id = cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
    cursor.execute("VACUUM")  # meanwhile most transactions that are running end
    cursor.execute(OLDER_TRANSACTIONS, next_id)
    if lost and cursor.fetchone()[0]:
        return False
    cursor.execute("SET lock_timeout = '2s'")
    for name, (rows, own) in lost.items():
        with suppress(OperationalError):
            if own:
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(name)}")
                _lost_rows[name] = rows
    cursor.execute("RESET lock_timeout")
    return all(_lost_rows.get(name) == rows for name, (rows, _) in lost.items())
