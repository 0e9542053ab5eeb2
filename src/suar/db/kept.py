"""Statements that Django puts together once, and that are asked again with other values.

Putting a statement together costs Django ten times what the database needs to answer it. Here
that is done once for each database and each length of the lists in it; the SQL, how a value is
written and how a row is read stay Django's own. A statement is written as the query it is, and
called with its values:

    @kept.rows
    def live_keys(owner): return PublicKey.objects.filter(owner=owner, retired_at=None)

Source: own design, docs/decisions/0026.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from itertools import chain, count, zip_longest
from types import SimpleNamespace
from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.constants import OnConflict
from django.db.models.expressions import ExpressionList
from django.db.models.sql import DeleteQuery, InsertQuery, Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import ROW_COUNT
from django.db.models.sql.where import WhereNode

MOST_AT_ONCE = 32
"""Rows of an insert that is kept; longer ones are put together each time."""
LISTS = (list, tuple, set, frozenset)
Written = tuple[str, tuple[Any, ...]]
Change = tuple[QuerySet, dict[str, Any]]
"""Which rows are changed, and what is set in them."""


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
        if value is None or isinstance(value, bool):
            raise TypeError(f"{self.field} compared with {value} is another statement")
        return self.field.get_db_prep_value(value, live)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is kept: the compiler as Django left it, and the SQL with its places."""

    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    read_by: dict[int, Any]
    queryset: QuerySet | None = None

    def asked(self, values: Iterable[Any], live: BaseDatabaseWrapper) -> SQLCompiler:
        """Give a compiler that has put this statement together with these values."""
        flat = [*values]
        params = tuple(p.filled(flat, live) if isinstance(p, Slot) else p for p in self.params)
        ready = _like(self.compiler)
        ready.connection, ready.as_sql = live, lambda *_, **__: (self.sql, params)
        ready.get_converters = lambda _: self.read_by
        return ready


class Kept:
    """A statement that is put together at its first use."""

    watcher: ClassVar[Callable[["Kept", Sequence[Any], Written], None] | None] = None
    """Is told of each statement asked; the tests compare it with Django's own."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._statements: dict[tuple[Any, ...], Statement] = {}
        update_wrapper(self, make)

    def written(self, *values: Any) -> Statement:
        """Let Django put the statement together with these values, or with places."""
        queryset, query = self._query(*values)
        compiler = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
        _say_how_written(query)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            sql, params = "", ()
        read = [each for each, *_ in compiler.select or ()]
        return Statement(compiler, sql, tuple(params), compiler.get_converters(read), queryset)

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        raise NotImplementedError

    def _asked(self, values: Sequence[Any]) -> tuple[Statement, SQLCompiler]:
        live = connections[DEFAULT_DB_ALIAS]
        shape = tuple(len(each) if isinstance(each, LISTS) else None for each in values)
        kind = (live.vendor, shape)
        if kind not in self._statements:
            self._statements[kind] = self.written(*_places(shape))
        found = self._statements[kind]
        ready = found.asked(_flat(values), live)
        if Kept.watcher is not None:
            Kept.watcher(self, values, ready.as_sql())
        return found, ready


class rows(Kept):
    """A query; called, it gives its rows as a list."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset = self._make(*values)
        return queryset, queryset.query

    def __call__(self, *values: Any) -> list[Any]:
        """Ask, and read the rows as Django reads them."""
        found, ready = self._asked(values)
        query = _like(found.queryset.query)
        query.get_compiler = lambda *_, **__: ready
        reader = QuerySet(found.queryset.model, query)
        reader._fields = found.queryset._fields
        return list(found.queryset._iterable_class(reader))

    def one(self, *values: Any) -> Any:
        """Give the first row, or None where there is none."""
        return next(iter(self(*values)), None)


class _Act(Kept):
    """A statement that changes rows; called, it says how many."""

    def __call__(self, *values: Any) -> int:
        """Act, and give the number of rows."""
        _, ready = self._asked(values)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
            return ready.execute_sql(ROW_COUNT) or 0


class change(_Act):
    """An update: the query of the rows, and what is set."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset, changes = self._make(*values)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        query.clear_select_clause()
        return queryset, query


class removal(_Act):
    """A deletion of rows that nothing else refers to."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset = self._make(*values)
        return queryset, queryset.query.chain(DeleteQuery)


_inserts: dict[tuple[Any, ...], Statement] = {}


def add(new: Iterable[Model], *, unless: Sequence[str] = (), then_set: Sequence[str] = ()) -> None:
    """Insert rows of one model at once and give them the numbers they got.

    Where a row stands already with the same `unless`, the fields `then_set` are replaced.
    """
    objs = [*new]
    if not objs:
        return
    live, model = connections[DEFAULT_DB_ALIAS], type(objs[0])
    numbered = [model._meta.pk] if objs[0].pk is None else []
    fields = [each for each in model._meta.concrete_fields if each not in numbered]
    kind = (live.vendor, model, len(objs), bool(numbered), *unless)
    found = _inserts.get(kind)
    if found is None:
        query = _insertion(fields, len(objs), unless=unless, then_set=then_set)
        found = _put_together(query, returning=numbered)
    if len(objs) <= MOST_AT_ONCE:
        _inserts[kind] = found
    ready = found.asked((each.pre_save(row, add=True) for row in objs for each in fields), live)
    written = ready.as_sql()
    ready.as_sql = lambda: [written]
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
        numbers = ready.execute_sql(numbered)
    for row, number in zip_longest(objs, numbers):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        if number:
            row.pk = number[0]


def _insertion(
    fields: Sequence[Field], rows: int, *, unless: Sequence[str], then_set: Sequence[str]
) -> InsertQuery:
    """Give Django's query for some rows, with a place for each field of each."""
    model, places = fields[0].model, count()
    query = InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE if unless else None,
        update_fields=[model._meta.get_field(each) for each in then_set],
        unique_fields=[model._meta.get_field(each) for each in unless],
    )
    objs = [
        SimpleNamespace(**{each.attname: _slot(next(places), each) for each in fields})
        for _ in range(rows)
    ]
    query.insert_values(fields, objs, raw=True)
    return query


def _put_together(query: InsertQuery, *, returning: Sequence[Field]) -> Statement:
    compiler = query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    compiler.returning_fields = returning
    [(sql, params)] = compiler.as_sql()
    return Statement(compiler, sql, tuple(params), {})


def _like(thing: Any) -> Any:
    """Give another of what Django made, whose parts are the same until one is replaced."""
    other = object.__new__(type(thing))
    other.__dict__.update(thing.__dict__)
    return other


def _slot(place: int, field: Field) -> Slot:
    slot = Slot(place)
    slot.field = field
    return slot


def _places(shape: Iterable[int | None]) -> Iterator[Slot | tuple[Slot, ...]]:
    """Give a place for each value, and for a list as many as it is long."""
    places = map(Slot, count())
    for length in shape:
        yield next(places) if length is None else tuple(next(places) for _ in range(length))


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    return chain.from_iterable(each if isinstance(each, LISTS) else [each] for each in values)


def _say_how_written(query: Query) -> None:
    """Tell each place of a query which field writes its value."""
    for lookup in _lookups(query.where):
        right = getattr(lookup, "rhs", None)
        several = right.get_source_expressions() if isinstance(right, ExpressionList) else [right]
        for each in several:
            if isinstance(each, Slot):
                each.field = lookup.lhs.output_field
    for field, _, value in getattr(query, "values", ()) if isinstance(query, UpdateQuery) else ():
        if isinstance(value, Slot):
            value.field = field


def _lookups(node: WhereNode) -> Iterator[Any]:
    for each in node.children:
        if isinstance(each, WhereNode):
            yield from _lookups(each)
        else:
            yield each
