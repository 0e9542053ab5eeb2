"""Looks on at statements that are kept: each must be the one Django would write now."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from suar.db.kept import Kept, Written

OFTEN = 3
"""How often each statement is compared; it is put together once, so more would say no more."""

_compared: Counter[tuple[str, str]] = Counter()


@contextmanager
def watching() -> Iterator[None]:
    """Compare statements as they are asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "watcher", staticmethod(_compare))
        yield


def _compare(kept: Kept, values: Sequence[Any], asked: Written) -> None:
    name = (kept.__module__, asked[0])
    _compared[name] += 1
    if _compared[name] <= OFTEN:
        own = kept.written(*values)
        theirs = (own.sql, [_bare(each) for each in own.params])
        assert (asked[0], [_bare(each) for each in asked[1]]) == theirs, kept.__qualname__


def _bare(param: Any) -> Any:
    """Take a parameter out of what PostgreSQL's driver wraps it in, to be compared."""
    return getattr(param, "obj", param)
