"""File locks over all processes of this machine: the slots of a queue, and public forms that are being handled."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from suar.core.refusals import TooBusy

MAX_WAIT_S, RETRY_S = 2.0, 0.02
WAITING_PER_SLOT = 12
"""So that those who wait never take all threads of a site."""


@contextmanager
def queue_slot(queue: str = "sign-in", *, slots: int = 0, longest_wait_s: float = MAX_WAIT_S) -> Iterator[None]:
    """Lock one slot of a queue while the block runs; raises TooBusy after the wait.

    A queue has as many slots as the machine has cores, or names its own, over all processes. Callers get slots in the
    order in which they came, so that nobody waits longer because others try more often. A waiting request
    releases its database connection.
    """
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()
    folder = Path(settings.SUAR_DATA) / f"queue-{queue}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f"waits-{time.time_ns():020}-{secrets.token_hex(4)}"
    # Named only once it is locked: a place without a lock is removed, as that of a process that died.
    waiting = _lock(place.with_name(f"new-{place.name}"))
    place.with_name(f"new-{place.name}").rename(place)
    try:
        handle = _take_slot(place, slots=slots or os.cpu_count() or 1, longest_wait_s=longest_wait_s)
    finally:
        place.unlink(missing_ok=True)
        os.close(waiting)
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def form_lock(secret: bytes) -> Iterator[None]:
    """Lock a form while the block handles it; several requests may share the lock."""
    handle = _open_form(secret)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def is_form_locked(secret: bytes) -> bool:
    """Return True if a form is being handled; rarely also for another form with the same lock."""
    handle = _open_form(secret)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _open_form(secret: bytes) -> int:
    folder = Path(settings.SUAR_DATA) / "running-forms"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(folder / str(secret[0]), os.O_RDWR | os.O_CREAT, 0o600)


def _take_slot(place: Path, *, slots: int, longest_wait_s: float) -> int:
    """Return a locked slot once fewer than `slots` callers are before; raises TooBusy, at once if many wait."""
    until = time.monotonic() + longest_wait_s
    while time.monotonic() < until and (before := _callers_before(place)) < slots * WAITING_PER_SLOT:
        if before < slots:
            for slot in range(slots):
                with suppress(BlockingIOError):
                    return _lock(place.with_name(str(slot)))
        # A request far behind checks less often, so that a long queue costs little.
        time.sleep(RETRY_S * (1 + before // slots))
    raise TooBusy(retry_after_s=5)


def _callers_before(place: Path) -> int:
    """Count those who came earlier and still wait; the place of a process that died is removed."""
    earlier = [path for path in place.parent.glob("waits-*") if path.name < place.name]
    for path in earlier:
        with suppress(BlockingIOError, FileNotFoundError):
            os.close(_lock(path, create=False))
            path.unlink()
    return sum(path.exists() for path in earlier)


def _lock(path: Path, *, create: bool = True) -> int:
    """Open and lock a file until its handle is closed; raises BlockingIOError if another handle locks it."""
    handle = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle
