"""Tokens that count once, over all processes: public forms and passkey challenges."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from suar.core.models import UsedToken


def use_once(digest: bytes, *, expires_at: datetime, used_at: datetime | None = None) -> UsedToken | None:
    """Use a token up. Return None at its first use, and the row of the first use afterwards."""
    defaults = {"used_at": used_at, "expires_at": expires_at}
    row, created = UsedToken.objects.get_or_create(digest=digest, defaults=defaults)
    return None if created else row


@contextmanager
def running(secret: bytes) -> Iterator[None]:
    """Mark a form as being handled while the block runs, for all processes of this machine."""
    handle = _open_mark(secret)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def is_running(secret: bytes) -> bool:
    """Return True if a form is being handled; rarely also for another form with the same mark."""
    handle = _open_mark(secret)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _open_mark(secret: bytes) -> int:
    folder = Path(settings.SUAR_DATA) / "running-forms"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(folder / str(secret[0]), os.O_RDWR | os.O_CREAT, 0o600)


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
