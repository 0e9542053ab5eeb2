"""The access log: which records and list entries the keys of a request opened."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.core import clock


def write_openings(keys: Keys, *, page: str) -> None:
    """Write what was opened since the last call in one transaction; `page` is the route's name."""
    with transaction.atomic():
        note_openings(keys, page=page, at=clock.now())
    forget_openings(keys)


def note_openings(keys: Keys, *, page: str, at: datetime) -> None:
    """Add one entry for all records opened and one for all list entries shown.

    Runs in the caller's transaction; call `forget_openings` when it is committed. A search that
    opened list entries and showed none is noted as well: somebody was looked for.
    """
    opened = list(dict.fromkeys(keys.opened))
    if opened:
        audit.record("open", by=keys.worker, at=at, about=opened, because=page)
    if keys.looked:
        audit.record("list", by=keys.worker, at=at, because=page, shown=keys.shown)


def forget_openings(keys: Keys) -> None:
    """Begin anew after the entries were committed, so that each opening stands in one entry."""
    keys.opened, keys.looked, keys.shown = [], False, 0


def route_name(request: HttpRequest) -> str:
    """Return the name of the route, which holds no id."""
    return (request.resolver_match.url_name if request.resolver_match else None) or ""
