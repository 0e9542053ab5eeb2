"""Statements that Django puts together once, and that are asked again with other values.

Putting a statement together costs Django ten times what the database needs to answer it. Here
that is done once for each database and each length of the lists in it; the SQL, how a value is
written and how a row is read stay Django's own. A statement is written as the query it is, and
called with its values:

    @kept.rows
    def live_keys(owner): return PublicKey.objects.filter(owner=owner, retired_at=None)

Source: own design, docs/decisions/0026.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial, update_wrapper
from itertools import zip_longest
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import DeleteQuery, InsertQuery, Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import ROW_COUNT

from suar.db.statements import (
    LISTS,
    Slot,
    Statement,
    Written,
    as_written,
    compiled,
    flat,
    places,
    say_how_written,
    shallow,
    shape,
)

MOST_AT_ONCE = 32
"""Rows of one insert; more are added by several."""
Change = tuple[QuerySet, dict[str, Any]]
"""Which rows are changed, and what is set in them."""


class Kept:
    """A statement that is put together at its first use."""

    watcher: ClassVar[Callable[[Callable[[], Written], Written], None] | None] = None
    """Is told of what is asked, and how to let Django put the same together now."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._statements: dict[tuple[Any, ...], Statement] = {}
        update_wrapper(self, make)

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        raise NotImplementedError

    def _put_together(self, *values: Any) -> Statement:
        """Let Django put the statement together with these values, or with places."""
        queryset, query = self._query(*values)
        say_how_written(query)
        return compiled(query.get_compiler(connection=connections[DEFAULT_DB_ALIAS]), queryset)

    def _asked(self, given: Sequence[Any]) -> tuple[Statement, SQLCompiler]:
        live = connections[DEFAULT_DB_ALIAS]
        values = [tuple(dict.fromkeys(v)) if isinstance(v, LISTS) else v for v in given]
        kind = (live.vendor, *map(shape, values))
        if kind not in self._statements:
            self._statements[kind] = self._put_together(*places(values))
        found = self._statements[kind]
        _refuse_lost_lock(found, live)
        ready = found.asked(flat(values), live)
        if Kept.watcher is not None:
            own = partial(self._put_together, *values)
            Kept.watcher(lambda: as_written(own()), ready.as_sql())
        return found, ready


class rows(Kept):
    """A query; called, it gives its rows as a list."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset = self._make(*values)
        return queryset, queryset.query

    def __call__(self, *values: Any) -> list[Any]:
        """Ask, and read the rows as Django reads them."""
        found, ready = self._asked(values)
        query = shallow(found.queryset.query)
        query.get_compiler = lambda *_, **__: ready
        reader = QuerySet(found.queryset.model, query)
        reader._fields = found.queryset._fields
        return list(found.queryset._iterable_class(reader))

    def one(self, *values: Any) -> Any:
        """Give the one row, or None; the query says how there can be only one."""
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
        _refuse_parts(queryset.query)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        query.clear_select_clause()
        return queryset, query


class removal(_Act):
    """A deletion of rows that nothing else refers to."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset = self._make(*values)
        _refuse_parts(queryset.query)
        if queryset.model._meta.related_objects:
            raise TypeError(f"what refers to {queryset.model.__name__} would be left behind")
        return queryset, queryset.query.chain(DeleteQuery)


def _refuse_lost_lock(asked: Statement, live: BaseDatabaseWrapper) -> None:
    """Refuse a lock that would be given back at once; Django looks only when it puts together."""
    locks = live.features.has_select_for_update and asked.compiler.query.select_for_update
    if locks and live.get_autocommit():
        raise transaction.TransactionManagementError("a lock is taken inside of a transaction")


def _refuse_parts(query: Query) -> None:
    """Refuse what Django refuses to change, for the statement would reach more than was meant."""
    if query.is_sliced or query.distinct or query.combinator:
        raise TypeError("a part of a query cannot be changed or removed")


_inserts: dict[tuple[Any, ...], Statement] = {}


def add(new: Iterable[Model], *, unless: Sequence[str] = (), then_set: Sequence[str] = ()) -> None:
    """Insert rows of one model at once and give them the numbers they got.

    Where a row stands already with the same `unless`, the fields `then_set` are replaced. Either
    all rows bring their number or none does.
    """
    objs = [*new]
    if len({(type(each), each.pk is None) for each in objs}) > 1:
        raise TypeError("rows that are added together are of one kind")
    pieces = [objs[at : at + MOST_AT_ONCE] for at in range(0, len(objs), MOST_AT_ONCE)]
    with transaction.atomic(savepoint=False) if pieces[1:] else nullcontext():
        for piece in pieces:
            _add(piece, unless=unless, then_set=then_set)


def _add(objs: Sequence[Model], *, unless: Sequence[str], then_set: Sequence[str]) -> None:
    live, model = connections[DEFAULT_DB_ALIAS], type(objs[0])
    numbered = [model._meta.pk] if objs[0].pk is None else []
    fields = [each for each in model._meta.concrete_fields if each not in numbered]
    kind = (live.vendor, model, len(objs), bool(numbered), (*unless,), (*then_set,))

    def put_together(rows: Iterable[Any]) -> Statement:
        query = _insertion(fields, rows, unless=unless, then_set=then_set)
        compiler = query.get_compiler(connection=live)
        compiler.returning_fields = numbered
        return compiled(compiler)

    if kind not in _inserts:
        _inserts[kind] = put_together(_row_of_places(fields, each) for each in range(len(objs)))
    ready = _inserts[kind].asked(
        (each.pre_save(row, add=True) for row in objs for each in fields), live
    )
    written = ready.as_sql()
    if Kept.watcher is not None:
        Kept.watcher(lambda: as_written(put_together(objs)), written)
    ready.as_sql = lambda: [written]
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
        numbers = ready.execute_sql(numbered)
    for row, number in zip_longest(objs, numbers):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        if number:
            row.pk = number[0]


def _insertion(
    fields: Sequence[Field], rows: Iterable[Any], *, unless: Sequence[str], then_set: Sequence[str]
) -> InsertQuery:
    """Give Django's query for some rows; each has a value, or a place, for each field."""
    model = fields[0].model
    query = InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE if unless else None,
        update_fields=[model._meta.get_field(each) for each in then_set],
        unique_fields=[model._meta.get_field(each) for each in unless],
    )
    query.insert_values(fields, [*rows], raw=True)
    return query


def _row_of_places(fields: Sequence[Field], number: int) -> SimpleNamespace:
    """Give the `number`-th row, with a place for each field."""
    row = SimpleNamespace()
    for place, each in enumerate(fields, number * len(fields)):
        slot = Slot(place)
        slot.field = each
        setattr(row, each.attname, slot)
    return row
