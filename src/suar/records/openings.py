"""Writes the openings of a request in the transaction of the act it opened for (see core.acts)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest

from suar.accounts.access_log import forget_openings, note_openings
from suar.accounts.http import StaffRequest
from suar.core import clock


@contextmanager
def written_with_act(request: StaffRequest) -> Iterator[None]:
    """Write the openings with the act in the block, in one transaction."""
    with transaction.atomic():
        yield
        note_openings(request.keys, page=name_of(request), at=clock.now())
    forget_openings(request.keys)


def name_of(request: HttpRequest) -> str:
    """Return the name of the route, which holds no id."""
    return request.resolver_match.url_name or "" if request.resolver_match else ""
