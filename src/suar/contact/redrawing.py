"""Draws a picture from outside anew, in a process of its own, so that it can harm nothing.

The picture goes there and comes back through pipes: it never lies on the disk. What comes back
is not believed: it is read up to a limit, and has to begin as a JPEG does.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread, Timer

import suar
from suar.accounts import turnstile
from suar.contact.rules import scans
from suar.contact.rules.files import MOST_BYTES
from suar.core.refusals import Refused

SECONDS = 4.0
SOURCES = Path(suar.__file__).resolve().parent.parent
CHILD = "suar.contact.redraw_child"
QUEUE, LONGEST_WAIT_S = "pictures", 5.0
"""Longer than SECONDS: whoever waits behind one hostile picture gets its place."""
PAUSE_S = 0.05
"""Before the next picture of the same request: others, who look every 0.02 s, go first."""
PLACES = max(1, (os.cpu_count() or 1) // 2)
"""How many are drawn at once: half the cores, so that pictures keep no page waiting."""
JPEG = b"\xff\xd8\xff"


def redrawn(content: bytes) -> bytes:
    """Give a JPEG of a picture's pixels, at most 2048 a side, and of nothing else in its file.

    Raises Refused for what is no picture, is broken, has too many pixels or takes longer than
    2 s of computing, and TooBusy while others draw.

    Source: own design, docs/decisions/0042; security.md B23.
    """
    if scans.too_many(content):
        raise Refused("broken")
    with turnstile.one_of_few(QUEUE, places=PLACES, longest_wait_s=LONGEST_WAIT_S):
        drawn = _ask_child(content)
    time.sleep(PAUSE_S)
    if not drawn.startswith(JPEG):
        raise Refused("broken")
    return drawn


def _ask_child(content: bytes) -> bytes:
    """Give what the child prints; nothing where it fails, is late, or prints too much."""
    with subprocess.Popen(
        [sys.executable, "-s", "-B", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as child:
        late = Timer(SECONDS, _kill, [child])
        feeding = Thread(target=_feed, args=[child, content])
        late.start()
        feeding.start()
        try:
            drawn = _read(child)
            if len(drawn) > MOST_BYTES:
                _kill(child)
            feeding.join()
            return drawn if child.wait() == 0 else b""
        finally:
            late.cancel()
            if child.returncode is None:
                _kill(child)


def _read(child: "subprocess.Popen[bytes]") -> bytes:
    """Read to the end, or to one byte more than may be."""
    held = bytearray()
    while child.stdout and len(held) <= MOST_BYTES:
        piece = child.stdout.read(MOST_BYTES + 1 - len(held))
        if not piece:
            break
        held += piece
    return bytes(held)


def _feed(child: "subprocess.Popen[bytes]", content: bytes) -> None:
    """Hand the picture over; a child that ends before it read everything is heard by its answer."""
    view = memoryview(content)
    with suppress(BrokenPipeError):
        while child.stdin and view:
            view = view[child.stdin.write(view) or 0 :]
    with suppress(BrokenPipeError):
        if child.stdin:
            child.stdin.close()


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child, and whatever it may have begun."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
