"""One transaction for an act that is made of acts."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

from django.db import transaction

_within: ContextVar[bool] = ContextVar("within", default=False)
Given, Made = ParamSpec("Given"), TypeVar("Made")


class together:
    """Let everything in the block, or the function under it, stand or fall as one.

    An act inside of another needs no savepoint of its own: what fails inside fails the whole,
    and whoever would catch that and go on meets Django's TransactionManagementError.
    """

    def __enter__(self) -> None:
        self._token = _within.set(True)
        self._atomic = transaction.atomic(savepoint=self._token.old_value is not True)
        try:
            self._atomic.__enter__()
        except BaseException:
            # Whatever kept it from beginning, an interruption too: nothing is left marked as begun.
            _within.reset(self._token)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._atomic.__exit__(kind, error, trace)
        finally:
            _within.reset(self._token)

    def __call__(self, act: Callable[Given, Made]) -> Callable[Given, Made]:
        """Let a function be such a block each time it is called."""

        @wraps(act)
        def whole(*given: Given.args, **more: Given.kwargs) -> Made:
            with together():
                return act(*given, **more)

        return whole
