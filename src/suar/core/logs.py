"""Log lines of ids, codes and verbs: no paths, no bodies, no messages of exceptions."""

import logging
from collections.abc import Iterator
from traceback import walk_tb
from types import TracebackType
from typing import Any


class QuietFormatter(logging.Formatter):
    """Keep what a stranger typed, and what an exception repeats of it, out of the log.

    An address may hold an answer link, and the text of a database error may hold a name. So a
    request is named by its route, a refusal by its kind, an error by its class and its lines.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one line, and one more for each step of a traceback."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {_message(record)}"
        if not record.exc_info or record.exc_info[0] is None or _is_refusal(record):
            return line
        kind, _, trace = record.exc_info
        return "\n".join([line, f"  {kind.__module__}.{kind.__qualname__}", *_steps(trace)])


def _is_refusal(record: logging.LogRecord) -> bool:
    return record.name.startswith("django.security")


def _message(record: logging.LogRecord) -> str:
    if _is_refusal(record):
        return "refused"
    if record.name.startswith("django.request"):
        status = getattr(record, "status_code", "-")
        return f"{status} {_route(getattr(record, 'request', None))}"
    return record.getMessage()


def _route(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return match.view_name if match and match.view_name else "no-route"


def _steps(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in walk_tb(trace):
        yield f"  {frame.f_globals.get('__name__', '-')}:{line} {frame.f_code.co_name}"
