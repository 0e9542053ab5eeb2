"""A statement that Django has put together, with places for the values that come.

Source: own design, docs/decisions/0026.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, QuerySet, Value
from django.db.models.expressions import ExpressionList
from django.db.models.sql import Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

LISTS = (list, tuple, set, frozenset)
Written = tuple[str, tuple[Any, ...]]
Kinds = tuple[type, ...]
NOTHING = type(None)
TEXTS: Kinds = (str, NOTHING)
NUMBERS: Kinds = (int,)
AS_IT_IS: dict[type[Field], Kinds] = {
    models.CharField: TEXTS,
    models.TextField: TEXTS,
    models.BooleanField: (bool, NOTHING),
}
"""What Django hands to every database as it is, by the field that writes it."""
AS_IT_IS_ON_SQLITE: dict[type[Field], Kinds] = {
    **AS_IT_IS,
    models.BinaryField: (bytes, NOTHING),
    models.BigAutoField: NUMBERS,
    models.BigIntegerField: NUMBERS,
    models.IntegerField: NUMBERS,
    models.PositiveBigIntegerField: NUMBERS,
    models.PositiveIntegerField: NUMBERS,
    models.PositiveSmallIntegerField: NUMBERS,
}


class Slot(Value):
    """A place in a statement, filled when it is asked; `field` says how a value is written."""

    field: Field | None = None
    as_it_is: Kinds = ()
    in_hex = False

    def as_sql(self, *_: object) -> tuple[str, list["Slot"]]:
        """Stand for one parameter."""
        return "%s", [self]

    def learn(self, live: BaseDatabaseWrapper) -> None:
        """Learn which values this database is given as they are, without asking Django."""
        if self.field is None:
            raise TypeError("a value stands where nothing says how it is written")
        field, native = _target(self.field), live.features.has_native_uuid_field
        known = AS_IT_IS_ON_SQLITE if live.vendor == "sqlite" else AS_IT_IS
        self.as_it_is, self.in_hex = known.get(type(field), ()), False
        if type(field) is models.UUIDField:
            self.as_it_is, self.in_hex = ((UUID,) if native else ()), not native
        if field is not self.field:
            # A row that refers to none may be written as an empty text.
            self.as_it_is = tuple(each for each in self.as_it_is if each is not str)

    def filled(self, value: Any, live: BaseDatabaseWrapper) -> Any:
        """Give a value as the database takes it."""
        if isinstance(value, self.as_it_is):
            return value
        if self.in_hex and type(value) is UUID:
            return value.hex
        if self.for_save:
            return self.field.get_db_prep_save(value, live)
        return self.field.get_db_prep_value(value, live)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What is kept: the compiler as Django left it, and the SQL with its places.

    It belongs to one kind of database and to no connection: one that stayed here would keep an
    encrypted file open.
    """

    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    queryset: QuerySet | None = None

    def filled(self, given: Sequence[Any], live: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """Give the parameters with these values in their places."""
        return tuple([each.filled(given[each.value], live) if type(each) is Slot else each for each in self.params])


def compiled(compiler: SQLCompiler, queryset: QuerySet | None = None) -> Statement:
    """Keep what Django puts together, and let the connection go."""
    try:
        written = compiler.as_sql()
    except EmptyResultSet:
        written = "", ()
    [(sql, params)] = written if isinstance(written, list) else [written]
    for each in params:
        if isinstance(each, Slot):
            each.learn(compiler.connection)
    compiler.connection = None
    return Statement(compiler, sql, tuple(params), queryset)


def _target(field: Field) -> Field:
    """Give the field that writes a value: for a row that is referred to, its key's."""
    while field.remote_field is not None:
        field = field.target_field
    return field


def as_written(statement: Statement) -> Written:
    """Give SQL and parameters."""
    return statement.sql, statement.params


def shallow(thing: Any) -> Any:
    """Give another of what Django made, whose parts are the same until one is replaced."""
    other = object.__new__(type(thing))
    other.__dict__.update(thing.__dict__)
    return other


def told_apart(values: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Say what makes the statement another one, and give the values of all places in order.

    Another one it is made by a constant, and by how long a list is.
    """
    shapes: list[Any] = []
    told: list[Any] = []
    for each in values:
        if isinstance(each, LISTS):
            shapes.append(len(each))
            told += each
        elif _is_constant(each):
            shapes.append(("is", each))
        else:
            shapes.append("value")
            told.append(each)
    return shapes, told


def _is_constant(value: Any) -> bool:
    """Say whether Django writes another statement for this value, so that it has its own."""
    return value is None or value is True or value is False


def places(values: Iterable[Any]) -> Iterator[Any]:
    """Give a place for each value, and for a list as many as it is long; constants stay."""
    new = map(Slot, count())
    for each in values:
        if isinstance(each, LISTS):
            yield tuple(next(new) for _ in each)
        else:
            yield each if _is_constant(each) else next(new)


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
