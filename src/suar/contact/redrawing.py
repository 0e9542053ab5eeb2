"""Redraws a picture or a PDF from outside in a process of its own, so that it can harm nothing.

The file goes there and comes back through memory: it is never on the disk. What comes back is not trusted: it is
read up to a limit, and must begin as a JPEG or a PDF does.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Timer

import suar
from suar.contact.rules.files import MAX_FILE_BYTES
from suar.contact.rules.scans import has_too_many_scans
from suar.core import ratelimit
from suar.core.refusals import Refused

SECONDS = 4.0
SOURCES = Path(suar.__file__).resolve().parent.parent
CHILD = "suar.contact.redraw_child"
QUEUE, MAX_WAIT_S = "pictures", 5.0
"""Longer than SECONDS: a request behind one hostile picture still gets a slot."""
PAUSE_S = 0.05
"""Before the next picture of the same request: others, who retry every 0.02 s, go first."""
SLOTS = max(1, (os.cpu_count() or 1) // 2)
"""How many are redrawn at once: half the cores, so that pictures keep no page waiting."""
JPEG, PDF = b"\xff\xd8\xff", b"%PDF-"


def redraw(content: bytes) -> bytes:
    """Return a JPEG of a picture's pixels, or a PDF of pictures of a PDF's pages, and of nothing else in the file.

    Raises Refused for what is neither, is broken, has too many pixels or pages or takes longer than 2 s of computing,
    and TooBusy while others draw.
    Source: own design, docs/decisions/help-requests.md; security.md B23.
    """
    if has_too_many_scans(content):
        raise Refused("broken")
    with ratelimit.hash_slot(QUEUE, slots=SLOTS, longest_wait_s=MAX_WAIT_S):
        drawn = _run_child(content)
    time.sleep(PAUSE_S)
    if not drawn.startswith(PDF if content.startswith(PDF) else JPEG):
        raise Refused("broken")
    return drawn


def _run_child(content: bytes) -> bytes:
    """Return what the child prints; nothing if it fails, is late, or prints too much."""
    with os.fdopen(os.memfd_create("picture"), "w+b") as picture:
        picture.write(content)
        picture.seek(0)
        with subprocess.Popen(
            [sys.executable, "-s", "-B", "-m", CHILD],
            stdin=picture,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        ) as child:
            timeout = Timer(SECONDS, _kill, [child])
            timeout.start()
            try:
                drawn = _read(child)
                if len(drawn) > MAX_FILE_BYTES:
                    _kill(child)
                return drawn if child.wait() == 0 else b""
            finally:
                timeout.cancel()
                if child.returncode is None:
                    _kill(child)


def _read(child: "subprocess.Popen[bytes]") -> bytes:
    """Read to the end, or to one byte more than allowed."""
    read = bytearray()
    while child.stdout and len(read) <= MAX_FILE_BYTES and (piece := child.stdout.read(MAX_FILE_BYTES + 1 - len(read))):
        read += piece
    return bytes(read)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child and everything it started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
