"""Lets only so many password hashes run at once, over all processes of this machine."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from suar.core.refusals import TooBusy

LONGEST_WAIT_S = 10.0
LOOK_AGAIN_S = 0.02


@contextmanager
def one_of_few(queue: str = "turnstile", *, places: int = 0, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Hold one of the places of a queue while the block runs; raises TooBusy after the wait.

    Signing in has 2 x cores places and waits 10 s; other queues name their own.

    Source: security.md 3.1 (at most 2 x cores at once, others wait up to 10 s, then 503).
    """
    folder = Path(settings.SUAR_DATA) / queue
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = _take(folder, places=places or 2 * (os.cpu_count() or 1), longest_wait_s=longest_wait_s)
    try:
        yield
    finally:
        os.close(handle)


def _take(folder: Path, *, places: int, longest_wait_s: float) -> int:
    until = time.monotonic() + longest_wait_s
    while time.monotonic() < until:
        for place in range(places):
            handle = os.open(folder / str(place), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
            else:
                return handle
        time.sleep(LOOK_AGAIN_S)
    raise TooBusy(retry_after_s=5)
