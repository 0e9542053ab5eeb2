"""Looks on at statements that are kept: each must be the one Django would write now."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from suar.db.kept import Kept, Written

UNNEST = " FROM UNNEST("
OFTEN = 3
"""How often each statement is compared; it is put together once, so more would say no more."""

_compared: Counter[str] = Counter()


@contextmanager
def watching() -> Iterator[None]:
    """Compare statements as they are asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "watcher", staticmethod(_compare))
        yield


def _compare(own: Callable[[], Written], asked: Written) -> None:
    sql, params = asked
    _compared[sql] += 1
    if _compared[sql] > OFTEN:
        return
    theirs, their_params = own()
    if UNNEST in theirs:
        # PostgreSQL is given some inserts column by column; the rows are the same.
        assert sorted(map(repr, params)) == sorted(repr(p) for each in their_params for p in each)
    else:
        assert (sql, [*map(_bare, params)]) == (theirs, [*map(_bare, their_params)])


def _bare(param: Any) -> Any:
    """Take a parameter out of what PostgreSQL's driver wraps it in, to be compared."""
    return getattr(param, "obj", param)
