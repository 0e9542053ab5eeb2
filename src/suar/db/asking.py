"""Hands a statement that is kept to the database, with as little around it as may be.

Django's cursor costs as much as most of these statements. Where somebody listens to statements,
or where the database has no way of its own, it is used all the same.

Source: own design, docs/decisions/0050.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def fetched(live: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    """Ask, and give the rows as the database gives them."""
    if _goes_straight(live):
        with live.wrap_database_errors:
            return list(live.straight(sql, params).fetchall())
    with live.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def changed(live: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> int:
    """Act, and give the number of rows; where that fails, nothing around it can be kept."""
    try:
        if _goes_straight(live):
            with live.wrap_database_errors:
                return int(live.straight(sql, params).rowcount)
        with live.cursor() as cursor:
            cursor.execute(sql, params)
            return int(cursor.rowcount)
    except Exception as error:
        _let_nothing_stand(live, error)
        raise


def numbered(live: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    """Add rows and give the numbers they got; where that fails, nothing around it can be kept."""
    try:
        return fetched(live, sql, params)
    except Exception as error:
        _let_nothing_stand(live, error)
        raise


def _goes_straight(live: BaseDatabaseWrapper) -> bool:
    """Say whether nobody counts, logs or forbids statements, and the database knows the way."""
    return hasattr(live, "straight") and not (live.queries_logged or live.execute_wrappers)


def _let_nothing_stand(live: BaseDatabaseWrapper, error: Exception) -> None:
    """Mark the transaction as Django does where a statement fails."""
    if live.in_atomic_block:
        live.needs_rollback = True
        live.rollback_exc = error
