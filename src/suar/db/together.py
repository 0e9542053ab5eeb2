"""One transaction for an act that is made of acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_within: ContextVar[bool] = ContextVar("within", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Let everything in the block, or the function under it, stand or fall as one.

    An act inside of another needs no savepoint of its own: what fails inside fails the whole,
    and whoever would catch that and go on meets Django's TransactionManagementError.
    """
    inside = _within.get()
    token = _within.set(True)
    try:
        with transaction.atomic(savepoint=not inside):
            yield
    finally:
        _within.reset(token)
