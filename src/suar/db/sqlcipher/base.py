"""Django's SQLite backend over SQLCipher: whole-file encryption, and turns at writing."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.asyncio import async_unsafe
from sqlcipher3 import dbapi2 as Database

from suar.db.sqlcipher.creation import DatabaseCreation
from suar.db.sqlcipher.turns import Turn

KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
WRITES = re.compile(r"\s*(insert|update|delete|replace|create|drop|alter|vacuum|reindex|analyze)\b", re.IGNORECASE)
DEFAULT_WAIT_SECONDS = 5.0
WAITING, NO_WAITING = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"
"""Said as scripts: SQLite obeys these while it reads them, and a statement that is kept is not
read again."""

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
    """Django's cursor rebuilt on SQLCipher's; a lone write outside a transaction takes a turn."""

    convert_query = stock.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement, with Django's placeholders turned into SQLite's."""
        if self.connection.writes_alone(query):
            with self.connection.own_turn():
                return self._executed(query, params)
        return self._executed(query, params)

    def _executed(self, query: str, params: Any) -> Any:
        if params is None:
            return super().execute(query)
        if isinstance(params, stock.Mapping):
            return super().execute(self.convert_query(query, param_names=[*params]), params)
        return super().execute(_placed(query), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each set of parameters; the first tells how they are named."""
        peek, param_list = stock.tee(iter(param_list))
        first = next(peek, None)
        names = list(first) if first and isinstance(first, stock.Mapping) else None
        placed = self.convert_query(query, param_names=names)
        if self.connection.writes_alone(query):
            with self.connection.own_turn():
                return super().executemany(placed, param_list)
        return super().executemany(placed, param_list)


@lru_cache(maxsize=1024)
def _placed(query: str) -> str:
    """Turn Django's placeholders into SQLite's; the same statements come again and again."""
    return str(stock.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class Connection(Database.Connection):
    """A connection that knows its turn at writing (None for a database in memory).

    `log` is the descriptor of the file's log, open for as long as the connection: who opens it
    anew is not told that the disk refused what another wrote in between.
    """

    turn: Turn | None = None
    log: int | None = None

    def getlimit(self, category: int) -> int:
        """Answer Django's questions about column and variable limits."""
        return {2: 2000, 9: 250000}[category]

    def writes_alone(self, query: str) -> bool:
        """Say whether a statement writes outside of a transaction, and so takes its own turn."""
        if self.turn is None or self.turn.held or self.in_transaction:
            return False
        return WRITES.match(query) is not None

    @contextmanager
    def own_turn(self) -> Iterator[None]:
        """Hold the turn round one statement that writes on its own.

        With RETURNING the statement ends a moment later, when its rows are read; a writer that
        slips in between waits inside SQLite instead, for `timeout` at most.
        """
        self.turn.take()
        try:
            yield
        finally:
            self.turn.give_back()


class DatabaseWrapper(stock.DatabaseWrapper):
    """OPTIONS['key'] is 64 hex digits or a callable that gives them; each transaction writes.

    With OPTIONS['disk_after_turn'] a transaction waits for the disk when its turn at writing is
    over, and not while others wait for the turn. It is kept on the disk before it counts as
    kept, as without. A write outside of a transaction waits inside its turn.
    """

    Database = Database
    display_name = "SQLCipher"
    creation_class = DatabaseCreation

    def get_connection_params(self) -> dict[str, Any]:
        """Take the key out of the options and insist on one for every file."""
        params: dict[str, Any] = super().get_connection_params()
        key = params.pop("key", None)
        self._disk_after_turn = params.pop("disk_after_turn", False)
        self._key = key() if callable(key) else key
        if not self.is_in_memory_db() and not (self._key and KEY.match(self._key)):
            raise ImproperlyConfigured("SQLCipher needs OPTIONS['key']: 64 hex digits")
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Open the file with its key, or say plainly that the key does not fit."""
        connection = Database.connect(factory=Connection, **conn_params)
        if not self.is_in_memory_db():
            _unlock(connection, self._key)
            wait = float(conn_params.get("timeout", DEFAULT_WAIT_SECONDS))
            connection.turn = Turn(path=str(conn_params["database"]), within_seconds=wait)
            _write_ahead(connection)
            connection.log = _log_of(connection, str(conn_params["database"]))
        register_functions(connection)
        for command in ("PRAGMA foreign_keys = ON", "PRAGMA legacy_alter_table = OFF"):
            connection.execute(command)
        for command in filter(None, map(str.strip, self.init_commands)):
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Give a cursor that speaks Django's placeholders."""
        return self.connection.cursor(factory=Cursor)

    def straight(self, query: str, params: Sequence[Any]) -> Database.Cursor:
        """Run one statement with its turn and without Django's cursor; see `suar.db.asking`."""
        self.ensure_connection()
        if self.needs_rollback:
            self.validate_no_broken_transaction()
        live = self.connection
        if live.writes_alone(query):
            return self.create_cursor().execute(query, params)
        return live.execute(_placed(query), params)

    def _start_transaction_under_autocommit(self) -> None:
        turn = self.connection.turn
        if turn is None or turn.held:
            super()._start_transaction_under_autocommit()
            return
        with self.wrap_database_errors:
            turn.take()
        try:
            if self._waits_itself():
                self.connection.executescript(NO_WAITING)
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()
        turn = self.connection.turn if self.connection is not None else None
        held = turn is not None and turn.held
        self._end_turn()
        if held and self._waits_itself():
            with self.wrap_database_errors:
                _wait_for_disk(self.connection.log)

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self) -> None:
        turn, log = (getattr(self.connection, name, None) for name in ("turn", "log"))
        try:
            super()._close()
        finally:
            if turn is not None:
                turn.give_back()
            if log is not None:
                os.close(log)

    def _waits_itself(self) -> bool:
        """Say whether this connection waits for the disk, and not SQLite inside of the turn."""
        return self._disk_after_turn and self.connection.log is not None

    def _end_turn(self) -> None:
        if self.connection is not None and self.connection.turn is not None:
            self.connection.turn.give_back()
            # A script would commit what could not be rolled back.
            if self._disk_after_turn and not self.connection.in_transaction:
                self.connection.executescript(WAITING)


def _log_of(connection: Connection, database: str) -> int | None:
    """Open the log of a file for reading; None where there is none, so that SQLite waits itself."""
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    try:
        return os.open(f"{os.path.realpath(database)}-wal", os.O_RDONLY)
    except FileNotFoundError:
        return None


def _wait_for_disk(log: int) -> None:
    """Wait until what was committed to the log is on the disk."""
    try:
        os.fsync(log)
    except OSError as error:
        raise Database.OperationalError("the disk did not take what was written") from error


def _unlock(connection: Connection, key: str) -> None:
    """Give the key as the first statement and read one page to see that it fits."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise ImproperlyConfigured("This SQLite is not SQLCipher: it would write plain text.")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except Database.DatabaseError as refusal:
        connection.close()
        if "not a database" not in str(refusal):
            raise
        raise Database.DatabaseError(
            "The key does not open this database: db.key belongs to another file, "
            "or the file is not encrypted by SQLCipher."
        ) from None
    connection.execute("PRAGMA temp_store = MEMORY")


def _write_ahead(connection: Connection) -> None:
    """Turn the write-ahead log on once per file; two processes must not do it at one time."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal" or connection.turn is None:
        return
    connection.turn.take()
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.turn.give_back()
