"""Remains of keys in a database after their rows were deleted, and their removal.

Source: security.md 3.8.
"""

from contextlib import suppress

from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from suar.records.backups.tables import Part, models_of

LOST_ROWS = """
SELECT stat.relname, n_tup_del + n_tup_upd, pg_has_role(relowner, 'MEMBER')
FROM pg_stat_user_tables stat JOIN pg_class ON pg_class.oid = relid WHERE stat.relname = ANY(%s)
"""
_lost_rows: dict[str, int] = {}
"""Rows that each table of keys had lost when this process last rewrote it."""


def purge_deleted_keys() -> bool:
    """Remove the remains of deleted keys from the database: the write-ahead log of SQLite, tables of PostgreSQL.

    SQLCipher overwrites deleted rows by itself. PostgreSQL leaves their bytes in a page until other rows need the
    space, so every table of keys that lost rows is written anew. Return False if somebody still uses the log or a
    table, or if the role does not own it; the next round tries again. Must run outside of a transaction.
    Source: security.md 3.8.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM")
            return _write_key_tables_anew(cursor)
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(cursor.fetchone()[0] == 0)


def _write_key_tables_anew(cursor: CursorWrapper) -> bool:
    """Write each table of keys anew from which this process has not yet removed what was deleted or changed."""
    tables = [model._meta.db_table for model in models_of(Part.KEYS)]
    cursor.execute(LOST_ROWS, [tables])
    lost = {name: (rows, own) for name, rows, own in cursor.fetchall() if rows != _lost_rows.get(name, 0)}
    cursor.execute("SET lock_timeout = '2s'")
    for name, (rows, own) in lost.items():
        with suppress(OperationalError):
            if own:
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(name)}")
                _lost_rows[name] = rows
    cursor.execute("RESET lock_timeout")
    return all(_lost_rows.get(name) == rows for name, (rows, _) in lost.items())
