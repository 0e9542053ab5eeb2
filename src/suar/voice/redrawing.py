"""Draws a picture from outside anew, in a process of its own, so that it can harm nothing.

The picture goes there and comes back through pipes: it never lies on the disk.
"""

import os
import subprocess
import sys
from pathlib import Path

import suar
from suar.accounts import turnstile
from suar.kernel.refusals import Refused

SECONDS = 10
SOURCES = Path(suar.__file__).resolve().parent.parent
CHILD = "suar.voice.redraw_child"
QUEUE, LONGEST_WAIT_S = "pictures", 5.0
PLACES = max(1, (os.cpu_count() or 1) // 2)
"""How many are drawn at once: half the cores, so that pictures keep no page waiting."""


def redrawn(content: bytes) -> bytes:
    """Give a JPEG of a picture's pixels, at most 2048 a side, and of nothing else in its file.

    Raises Refused for what is no picture, is broken or has too many pixels, and TooBusy while
    others draw.

    Source: own design, docs/decisions/0042; security.md B23.
    """
    with turnstile.one_of_few(QUEUE, places=PLACES, longest_wait_s=LONGEST_WAIT_S):
        return _ask_child(content)


def _ask_child(content: bytes) -> bytes:
    try:
        answer = subprocess.run(
            [sys.executable, "-s", "-B", "-m", CHILD],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("broken") from None
    if answer.returncode or not answer.stdout:
        raise Refused("broken")
    return answer.stdout
