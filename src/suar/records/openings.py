"""Writes down what a request opened: by itself, or in the transaction of the act it opened for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.core import clock
from suar.db.together import together


@contextmanager
def written_with_act(request: HttpRequest) -> Iterator[None]:
    """Let an act and the openings it needed be kept together, so that one wait for the disk does.

    Where act or entry cannot be kept, `AuditOpenings` writes the openings, or withholds the page.
    """
    with together(), audit.at_once():
        yield
        _note(request.keys, path=name_of(request))
    _empty(request.keys)


def write_openings(keys: Keys, *, path: str) -> None:
    """Write the openings gathered in `keys`, and empty it when they are kept."""
    with together(), audit.at_once():
        _note(keys, path=path)
    _empty(keys)


def _note(keys: Keys, *, path: str) -> None:
    """Note what was opened, and how many sheets were shown.

    A search that opened sheets and showed none is noted as well: somebody was looked for.
    """
    opened, at = list(dict.fromkeys(keys.opened)), clock.now()
    if opened:
        audit.record("open", by=keys.worker, at=at, about=opened, because=path)
    if keys.looked:
        audit.record("list", by=keys.worker, at=at, because=path, shown=keys.shown)


def _empty(keys: Keys) -> None:
    keys.opened, keys.looked, keys.shown = [], False, 0


def name_of(request: HttpRequest) -> str:
    """Give the name of the route, which holds no id."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""
