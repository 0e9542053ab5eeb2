"""A statement that Django has put together, with places for the values that come.

Source: own design, docs/decisions/0026.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, QuerySet, Value
from django.db.models.expressions import ExpressionList
from django.db.models.sql import Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

READ_BY = "kept_read_by"
LISTS = (list, tuple, set, frozenset)
CONSTANTS = (None, True, False)
"""Values for which Django writes another statement, so each has one of its own."""
Written = tuple[str, tuple[Any, ...]]


class Slot(Value):
    """A place in a statement, filled when it is asked; `field` says how a value is written."""

    field: Field | None = None

    def as_sql(self, *_: object) -> tuple[str, list["Slot"]]:
        """Stand for one parameter."""
        return "%s", [self]

    def filled(self, values: Sequence[Any], live: BaseDatabaseWrapper) -> Any:
        """Give this place's value as the database takes it."""
        value = values[self.value]
        if self.for_save:
            return self.field.get_db_prep_save(value, live)
        return self.field.get_db_prep_value(value, live)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What is kept: the compiler as Django left it, and the SQL with its places.

    It belongs to no connection: one that stayed here would keep an encrypted file open.
    """

    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    queryset: QuerySet | None = None

    def asked(self, values: Iterable[Any], live: BaseDatabaseWrapper) -> SQLCompiler:
        """Give a compiler that has put this statement together with these values."""
        given = [*values]
        params = tuple(p.filled(given, live) if isinstance(p, Slot) else p for p in self.params)
        ready = shallow(self.compiler)
        ready.connection, ready.as_sql = live, lambda *_, **__: (self.sql, params)
        if self.queryset is not None:
            read_by = self._read_by(ready, live)
            ready.get_converters = lambda _: read_by
        return ready

    def _read_by(self, ready: SQLCompiler, live: BaseDatabaseWrapper) -> dict[int, Any]:
        """Give what turns columns into values; it goes with the connection it was made for."""
        held = vars(live).setdefault(READ_BY, {})
        if self not in held:
            held[self] = ready.get_converters([each for each, *_ in ready.select or ()])
        return held[self]


def compiled(compiler: SQLCompiler, queryset: QuerySet | None = None) -> Statement:
    """Keep what Django puts together, and let the connection go."""
    try:
        written = compiler.as_sql()
    except EmptyResultSet:
        written = "", ()
    [(sql, params)] = written if isinstance(written, list) else [written]
    if any(isinstance(each, Slot) and each.field is None for each in params):
        raise TypeError("a value stands where nothing says how it is written")
    compiler.connection = None
    return Statement(compiler, sql, tuple(params), queryset)


def as_written(statement: Statement) -> Written:
    """Give SQL and parameters."""
    return statement.sql, statement.params


def shallow(thing: Any) -> Any:
    """Give another of what Django made, whose parts are the same until one is replaced."""
    other = object.__new__(type(thing))
    other.__dict__.update(thing.__dict__)
    return other


def shape(value: Any) -> Any:
    """Say what makes the statement another one: a constant, or how long a list is."""
    if isinstance(value, LISTS):
        return "list", len(value)
    return ("is", value) if _is_constant(value) else "value"


def _is_constant(value: Any) -> bool:
    return any(value is each for each in CONSTANTS)


def places(values: Iterable[Any]) -> Iterator[Any]:
    """Give a place for each value, and for a list as many as it is long; constants stay."""
    new = map(Slot, count())
    for each in values:
        if isinstance(each, LISTS):
            yield tuple(next(new) for _ in each)
        else:
            yield each if _is_constant(each) else next(new)


def flat(values: Iterable[Any]) -> Iterator[Any]:
    """Give the values of all places in their order."""
    for each in values:
        if isinstance(each, LISTS):
            yield from each
        elif not _is_constant(each):
            yield each


def say_how_written(query: Query) -> None:
    """Tell each place of a query, and of those inside it, which field writes its value."""
    for lookup in _lookups(query):
        right = getattr(lookup, "rhs", None)
        several = right.get_source_expressions() if isinstance(right, ExpressionList) else [right]
        for each in several:
            if isinstance(each, Slot):
                each.field = lookup.lhs.output_field
    for field, _, value in getattr(query, "values", ()) if isinstance(query, UpdateQuery) else ():
        if isinstance(value, Slot):
            value.field = field


def _lookups(node: Any) -> Iterator[Lookup]:
    """Give each comparison, those of cases and of queries inside a query too."""
    if isinstance(node, Query):
        parts = [node.where, *node.annotations.values()]
    else:
        parts = [each for each in node.get_source_expressions() if each is not None]
    if isinstance(node, Lookup):
        yield node
    for each in parts:
        yield from _lookups(each)
