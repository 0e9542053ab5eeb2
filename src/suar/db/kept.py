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
from dataclasses import dataclass
from functools import cache, partial, update_wrapper
from itertools import zip_longest
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, DateTimeField, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import DeleteQuery, InsertQuery, Query, UpdateQuery

from suar.db.asking import changed, fetched, numbered
from suar.db.reading import read
from suar.db.statements import (
    LISTS,
    Slot,
    Statement,
    Written,
    as_written,
    compiled,
    places,
    say_how_written,
    told_apart,
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

    def _asked(self, given: Sequence[Any]) -> tuple[Statement, Sequence[Any], BaseDatabaseWrapper]:
        """Give the statement, its parameters, and the connection to ask."""
        live = connections[DEFAULT_DB_ALIAS]
        values = [tuple(dict.fromkeys(v)) if isinstance(v, LISTS) else v for v in given]
        shapes, told = told_apart(values)
        kind = (live.vendor, *shapes)
        found = self._statements.get(kind)
        if found is None:
            found = self._statements[kind] = self._put_together(*places(values))
        _refuse_lost_lock(found, live)
        params = found.filled(told, live)
        if Kept.watcher is not None:
            own = partial(self._put_together, *values)
            Kept.watcher(lambda: as_written(own()), (found.sql, params))
        return found, params, live


class rows(Kept):
    """A query; called, it gives its rows as a list."""

    def _query(self, *values: Any) -> tuple[QuerySet, Query]:
        queryset = self._make(*values)
        return queryset, queryset.query

    def __call__(self, *values: Any) -> list[Any]:
        """Ask, and read the rows as Django reads them."""
        found, params, live = self._asked(values)
        return read(found, fetched(live, found.sql, params), live) if found.sql else []

    def as_stored(self, *values: Any) -> list[Any]:
        """Ask, and give rows as they are stored: only to be compared with rows given so before."""
        found, params, live = self._asked(values)
        return fetched(live, found.sql, params) if found.sql else []

    def one(self, *values: Any) -> Any:
        """Give the one row, or None; the query says how there can be only one."""
        return next(iter(self(*values)), None)


class _Act(Kept):
    """A statement that changes rows; called, it says how many."""

    def __call__(self, *values: Any) -> int:
        """Act, and give the number of rows."""
        found, params, live = self._asked(values)
        return changed(live, found.sql, params) if found.sql else 0


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
READ_AS_THEY_ARE = (Field.pre_save, DateField.pre_save, DateTimeField.pre_save)


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """Rows of one model, and the statement that adds them: nothing is left but to hand it over."""

    rows: Sequence[Model]
    vendor: str
    sql: str
    params: Sequence[Any]
    numbered: bool


def add(new: Iterable[Model], *, unless: Sequence[str] = (), then_set: Sequence[str] = ()) -> None:
    """Insert rows of one model at once and give them the numbers they got.

    Where a row stands already with the same `unless`, the fields `then_set` are replaced. Either
    all rows bring their number or none does.
    """
    add_ready(made_ready(new, unless=unless, then_set=then_set))


def made_ready(new: Iterable[Model], *, unless: Sequence[str] = (), then_set: Sequence[str] = ()) -> list[Ready]:
    """Write what `add` would hand to the database, before others have to wait for it."""
    objs = [*new]
    key = objs[0]._meta.pk.attname if objs else ""
    if len({(type(each), getattr(each, key, None) is None) for each in objs}) > 1:
        raise TypeError("rows that are added together are of one kind")
    pieces = [objs[at : at + MOST_AT_ONCE] for at in range(0, len(objs), MOST_AT_ONCE)]
    return [_made_ready(piece, unless=unless, then_set=then_set) for piece in pieces]


def add_ready(pieces: Sequence[Ready]) -> None:
    """Insert rows that were made ready, and give them the numbers they got."""
    with transaction.atomic(savepoint=False) if pieces[1:] else nullcontext():
        for piece in pieces:
            _add(piece)


def _made_ready(objs: Sequence[Model], *, unless: Sequence[str], then_set: Sequence[str]) -> Ready:
    live, model, numberless = connections[DEFAULT_DB_ALIAS], type(objs[0]), objs[0].pk is None
    kind = (live.vendor, model, len(objs), numberless, (*unless,), (*then_set,))

    def put_together(rows: Iterable[Any]) -> Statement:
        query = _insertion(_columns(model, numberless), rows, unless=unless, then_set=then_set)
        compiler = query.get_compiler(connection=live)
        compiler.returning_fields = [model._meta.pk] if numberless else []
        return compiled(compiler)

    if kind not in _inserts:
        columns = _columns(model, numberless)
        _inserts[kind] = put_together(_row_of_places(columns, each) for each in range(len(objs)))
    found, told = _inserts[kind], _reader_of(model, numberless)
    params = _filled(found, [told(row) for row in objs], live)
    if Kept.watcher is not None:
        Kept.watcher(lambda: as_written(put_together(objs)), (found.sql, params))
    return Ready(objs, live.vendor, found.sql, params, numberless)


def _add(piece: Ready) -> None:
    live = connections[DEFAULT_DB_ALIAS]
    if live.vendor != piece.vendor:
        raise TypeError("rows were made ready for another database")
    numbers = numbered(live, piece.sql, piece.params) if piece.numbered else ()
    if not piece.numbered:
        changed(live, piece.sql, piece.params)
    for row, number in zip_longest(piece.rows, numbers):
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        if number:
            row.pk = number[0]


def _columns(model: type[Model], numberless: bool) -> list[Field]:  # noqa: FBT001 - cached by place
    """Give the columns that are written; the number of a row is left to the database."""
    return [each for each in model._meta.concrete_fields if not (numberless and each.primary_key)]


@cache
def _reader_of(
    model: type[Model],
    numberless: bool,  # noqa: FBT001 - cached by place
) -> Callable[[Model], Sequence[Any]]:
    """Give what reads the columns of a row that is to be added."""
    columns = _columns(model, numberless)
    if any(_is_made_at_saving(each) for each in columns):
        return lambda row: [each.pre_save(row, add=True) for each in columns]
    names = [each.attname for each in columns]
    return attrgetter(*names) if names[1:] else lambda row: [getattr(row, names[0])]


def _is_made_at_saving(column: Field) -> bool:
    if getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False):
        return True
    return type(column).pre_save not in READ_AS_THEY_ARE


def _filled(found: Statement, told: Sequence[Sequence[Any]], live: BaseDatabaseWrapper) -> tuple[Any, ...]:
    """Give the parameters of some rows; what a row shares with the one before is written once."""
    params: list[Any] = []
    places, width, before = iter(found.params), len(told[0]), (object(),) * len(told[0])
    for row in told:
        for value, earlier, place in zip(row, before, places, strict=False):
            params.append(params[-width] if value is earlier else place.filled(value, live))
        before = row
    return tuple(params)


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
