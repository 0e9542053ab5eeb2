"""Writes down what a request opened: by itself, or in the transaction of the act it opened for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.db.together import together
from suar.kernel import clock


@contextmanager
def written_with_act(request: HttpRequest) -> Iterator[None]:
    """Let an act and the openings it needed be kept together, so that one wait for the disk does.

    Where the act fails nothing is written here, and `AuditOpenings` writes the openings.
    """
    with together(), audit.at_once():
        yield
        write_openings(request.keys, path=name_of(request))


@together()
def write_openings(keys: Keys, *, path: str) -> None:
    """Write the openings gathered in `keys` and empty it.

    A search that opened sheets and showed none is written as well: somebody was looked for.
    """
    opened, shown = list(dict.fromkeys(keys.opened)), keys.shown
    at = clock.now()
    if opened:
        audit.record("open", by=keys.worker, at=at, about=opened, because=path)
    if keys.looked:
        audit.record("list", by=keys.worker, at=at, because=path, shown=shown)
    keys.opened, keys.looked, keys.shown = [], False, 0


def name_of(request: HttpRequest) -> str:
    """Give the name of the route, which holds no id."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""
