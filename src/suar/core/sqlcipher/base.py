"""Django's SQLite backend over SQLCipher: the whole file is encrypted.

Django's own class takes its cursor and connection from the standard library, so both are rebuilt
here over SQLCipher's. Everything else is Django's.
"""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.asyncio import async_unsafe
from sqlcipher3 import dbapi2 as Database

KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
PRAGMAS = ("temp_store = MEMORY", "foreign_keys = ON", "legacy_alter_table = OFF")

for _name, _convert in {
    "bool": b"1".__eq__,
    "date": stock.decoder(stock.parse_date),
    "time": stock.decoder(stock.parse_time),
    "datetime": stock.decoder(stock.parse_datetime),
    "timestamp": stock.decoder(stock.parse_datetime),
}.items():
    Database.register_converter(_name, _convert)
Database.register_adapter(stock.decimal.Decimal, str)
Database.register_adapter(stock.datetime.date, stock.adapt_date)
Database.register_adapter(stock.datetime.datetime, stock.adapt_datetime)


class Cursor(Database.Cursor):
    """Django's cursor rebuilt on SQLCipher's."""

    convert_query = stock.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement, with Django's placeholders turned into SQLite's."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, stock.Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each set of parameters; the first one shows how they are named."""
        peek, param_list = stock.tee(iter(param_list))
        first = next(peek, None)
        names = list(first) if first and isinstance(first, stock.Mapping) else None
        return super().executemany(self.convert_query(query, param_names=names), param_list)


class DatabaseWrapper(stock.DatabaseWrapper):
    """OPTIONS["key"] is 64 hex digits, or a callable that returns them."""

    Database = Database
    display_name = "SQLCipher"

    def get_connection_params(self) -> dict[str, Any]:
        """Take the key out of the options; raise ImproperlyConfigured without one."""
        params: dict[str, Any] = super().get_connection_params()
        key = params.pop("key", None)
        self._key = key() if callable(key) else key
        if not self.is_in_memory_db() and not (self._key and KEY.match(self._key)):
            raise ImproperlyConfigured("SQLCipher needs OPTIONS['key']: 64 hex digits")
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file with its key. Raises DatabaseError if the key does not fit."""
        connection = Database.connect(**conn_params)
        if not self.is_in_memory_db():
            _unlock(connection, self._key)
        register_functions(connection)
        for command in (*(f"PRAGMA {pragma}" for pragma in PRAGMAS), *filter(str.strip, self.init_commands)):
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return a cursor that understands Django's placeholders."""
        return self.connection.cursor(factory=Cursor)


def _unlock(connection: Any, key: str) -> None:
    """Set the key as the first statement, read one page to see that it fits, and switch WAL on."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise ImproperlyConfigured("This SQLite is not SQLCipher: it would write plain text.")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except Database.DatabaseError as error:
        connection.close()
        if "not a database" not in str(error):
            raise
        raise Database.DatabaseError(
            "The key does not open this database: db.key belongs to another file, "
            "or the file is not encrypted by SQLCipher."
        ) from None
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
