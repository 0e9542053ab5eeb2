"""Tokens that count once, over all processes: public forms and passkey challenges."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from suar.core.models import UsedToken


def use_once(digest: bytes, *, expires_at: datetime, used_at: datetime | None = None) -> UsedToken | None:
    """Use a token up. Return None at its first use, and the row of the first use afterwards."""
    defaults = {"used_at": used_at, "expires_at": expires_at}
    row, created = UsedToken.objects.get_or_create(digest=digest, defaults=defaults)
    return None if created else row


@contextmanager
def without_waiting_for_disk() -> Iterator[None]:
    """Commit in this block without waiting until the disk has it; a power cut may undo the commit.

    For what is harmless to lose: many anonymous callers cannot make staff wait behind their disk writes.
    Inside of a transaction nothing changes.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            [value] = cursor.fetchone()
            setting, relaxed = "PRAGMA synchronous = {}", min(value, 1)
        else:
            setting, value, relaxed = "SET synchronous_commit = {}", "on", "off"
        cursor.execute(setting.format(relaxed))
        try:
            yield
        finally:
            cursor.execute(setting.format(value))


def purge_used_tokens(*, at: datetime) -> int:
    """Delete tokens that are refused for their age alone."""
    return UsedToken.objects.filter(expires_at__lt=at).delete()[0]
