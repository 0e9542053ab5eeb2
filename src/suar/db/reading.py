"""Reads the rows of a statement that is kept, as Django reads them.

Source: own design, docs/decisions/0040.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
    create_namedtuple_class,
)
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler

from suar.db.statements import Statement, shallow

READ_BY = "kept_read_by"
Rows = Sequence[Sequence[Any]]
Columns = list[tuple[int, list[Callable[..., Any]], Any]]
PLAIN = (FlatValuesListIterable, NamedValuesListIterable, ValuesListIterable)


def read(statement: Statement, rows: Rows, live: BaseDatabaseWrapper) -> list[Any]:
    """Make of rows what the query asks for: models, tuples, or single values."""
    columns, make = _reader(statement, live)
    told = [list(row) for row in rows]
    for place, convert, expression in columns:
        for row in told:
            value = row[place]
            for each in convert:
                value = each(value, expression, live)
            row[place] = value
    return make(told)


def _reader(statement: Statement, live: BaseDatabaseWrapper) -> tuple[Columns, Callable[[list[list[Any]]], list[Any]]]:
    """Give what turns columns into values; it goes with the connection it was made for."""
    held = vars(live).setdefault(READ_BY, {})
    if statement not in held:
        compiler = shallow(statement.compiler)
        compiler.connection = live
        found = compiler.get_converters([each for each, *_ in compiler.select or ()])
        columns = [(place, convert, each) for place, (convert, each) in found.items()]
        held[statement] = columns, _maker(statement.queryset, compiler)
    return held[statement]


def _maker(queryset: QuerySet, compiler: SQLCompiler) -> Callable[[list[list[Any]]], list[Any]]:
    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in rows]
    if kind is NamedValuesListIterable:
        named = create_namedtuple_class(*queryset._fields)
        return lambda rows: [named._make(row) for row in rows]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in rows]
    if kind is ModelIterable and not _brings_more(compiler):
        names, model = [each.target.attname for each, *_ in compiler.select], queryset.model
        if len(names) == len(model._meta.concrete_fields):
            return lambda rows: [_read_row(model, names, row) for row in rows]
        return lambda rows: [model.from_db(DEFAULT_DB_ALIAS, names, row) for row in rows]
    return lambda rows: _as_django_reads(queryset, compiler, rows)


def new_row(model: type[Model], **values: Any) -> Any:
    """Make a row that is to be added, from its columns; what is left out gets its default.

    Django's own way takes ten times as long. A column is named as it stands in the table, so that
    a row that is referred to is told by its id. Raises TypeError for what is no column.
    """
    if not _is_plain(model):
        return model(**values)
    defaults = _defaults(model)
    if not values.keys() <= defaults.keys():
        raise TypeError(f"{model.__name__} has no {', '.join(values.keys() - defaults.keys())}")
    told = {name: values[name] if name in values else make() for name, make in defaults.items()}
    return _made(model, told, adding=True)


def _read_row(model: type[Model], names: Sequence[str], row: Sequence[Any]) -> Model:
    """Make a row that was read, of all its columns."""
    if not _is_plain(model):
        return model.from_db(DEFAULT_DB_ALIAS, names, row)
    return _made(model, zip(names, row, strict=True), adding=False)


def _made(model: type[Model], told: Any, *, adding: bool) -> Model:
    row = model.__new__(model)
    row.__dict__.update(told)
    state = row.__dict__["_state"] = ModelState()
    state.adding, state.db = adding, None if adding else DEFAULT_DB_ALIAS
    return row


@cache
def _defaults(model: type[Model]) -> dict[str, Callable[[], Any]]:
    return {each.attname: each.get_default for each in model._meta.concrete_fields}


def _is_plain(model: type[Model]) -> bool:
    """Say whether nothing else happens, and nobody looks on, when a row of this model is made."""
    looked_on = pre_init.has_listeners(model) or post_init.has_listeners(model)
    return not (looked_on or _makes_rows_itself(model))


@cache
def _makes_rows_itself(model: type[Model]) -> bool:
    own_reading = model.from_db.__func__ is not Model.from_db.__func__
    return own_reading or model.__init__ is not Model.__init__


def _brings_more(compiler: SQLCompiler) -> bool:
    """Say whether a row has more than the columns of its own table."""
    joined = compiler.klass_info.get("related_klass_infos")
    return bool(joined or compiler.annotation_col_map)


def _as_django_reads(queryset: QuerySet, compiler: SQLCompiler, rows: list[list[Any]]) -> list[Any]:
    """Let Django put together what was read from several tables."""
    ready = shallow(compiler)
    ready.execute_sql = lambda *_, **__: [rows]
    ready.get_converters = lambda _: {}
    query = shallow(queryset.query)
    query.get_compiler = lambda *_, **__: ready
    reader = QuerySet(queryset.model, query)
    reader._fields = queryset._fields
    return list(queryset._iterable_class(reader))
