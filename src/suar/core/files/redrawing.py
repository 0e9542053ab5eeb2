"""Redraws a picture, a PDF or a sound from outside in a process of its own, so that it can harm nothing.

The file goes there and comes back through memory: it is never written to the disk. The result is not trusted: it is
read up to a limit, and must begin as a JPEG, a PDF or an Ogg file does.
"""

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from threading import Timer

from suar.core import locks
from suar.core.files.kinds import MAX_FILE_BYTES, FileKind, recognise
from suar.core.refusals import Refused
from suar.core.sandbox import python_process

SECONDS, SECONDS_OF_SOUND = 4.0, 20.0
CHILD, FIRST_PAGE = "suar.core.files.redraw_child", "first-page"
QUEUE, QUEUE_OF_SOUND, MAX_WAIT_S = "pictures", "sounds", 5.0
"""Longer than SECONDS: a request behind one hostile picture still gets a slot. No picture waits behind a sound."""
PAUSE_S = 0.05
"""Before the next picture of the same request: others, who retry every 0.02 s, go first."""
SLOTS = max(1, (os.cpu_count() or 1) // 2)
"""Files that are redrawn at once: half the cores, so that pictures keep no page waiting."""
STARTS = {FileKind.SOUND: b"OggS", FileKind.PAPER: b"%PDF-"}
JPEG, TOO_LONG = b"\xff\xd8\xff", (4, -signal.SIGKILL, -signal.SIGXCPU)
"""Exit codes after a sound of more than 20 minutes, or one that takes as long to compute."""
MAX_SCANS = 30
"""Cameras and programmes write one, or about ten."""
SCAN = b"\xff\xda"
MARKER = re.compile(rb"\xff+([^\x00\xff])")
BARE = {0x01, *range(0xD0, 0xD9)}
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
IN_ONE_PASS = {0xC0, 0xC1}


def redraw(content: bytes) -> bytes:
    """Return a picture as JPEG, a PDF as pictures of its pages or a sound as Opus, and nothing else of the file.

    Raises Refused for what is none of them, is broken, has too many pixels, pages or minutes or takes longer than 2 s
    of computing (a sound 8 s), and TooBusy while others draw.
    Source: own design, docs/decisions/files-of-strangers.md; security.md B23.
    """
    if has_too_many_scans(content):
        raise Refused("broken")
    kind, extension = recognise(content)
    try:
        return _draw(content, extension, kind or FileKind.PICTURE)
    finally:
        time.sleep(PAUSE_S)


def draw_first_page(paper: bytes) -> bytes:
    """Return the first page of a PDF as JPEG; raises as `redraw` does."""
    return _draw(paper, FIRST_PAGE, FileKind.PICTURE)


def _draw(content: bytes, argument: str, kind: FileKind) -> bytes:
    """Return the output of the child, which must be of this kind."""
    is_sound = kind is FileKind.SOUND
    with locks.queue_slot(QUEUE_OF_SOUND if is_sound else QUEUE, slots=SLOTS, longest_wait_s=MAX_WAIT_S):
        drawn, ended = _run_child(content, argument, SECONDS_OF_SOUND if is_sound else SECONDS)
    if is_sound and ended in TOO_LONG:
        raise Refused("too_long")
    if ended or not drawn.startswith(STARTS.get(kind, JPEG)):
        raise Refused("broken")
    return drawn


def _run_child(content: bytes, extension: str, seconds: float) -> tuple[bytes, int]:
    """Return the output of the child and its exit code: not 0 if it failed, was late, or printed too much."""
    with os.fdopen(os.memfd_create("picture"), "w+b") as picture:
        picture.write(content)
        picture.seek(0)
        with subprocess.Popen(
            **python_process(CHILD, extension),
            stdin=picture,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        ) as child:
            timeout = Timer(seconds, _kill, [child])
            timeout.start()
            try:
                drawn = _read(child)
                if len(drawn) > MAX_FILE_BYTES:
                    _kill(child)
                return drawn, child.wait()
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


def has_too_many_scans(content: bytes) -> bool:
    """Return True if a JPEG makes its reader go over it more than 30 times.

    One whose first scan holds every component is read in one pass, whatever follows it: a film
    behind a photograph does not count. Elsewhere every sign of a scan counts, also in what a
    reader may skip.

    Source: ITU-T T.81, B.1.1.3 (markers), B.2.2 (frame), B.2.3 (scan); docs/decisions/help-requests.md.
    """
    if not content.startswith(b"\xff\xd8"):
        return False
    return content.count(SCAN) > MAX_SCANS and not _is_one_pass(content)


def _is_one_pass(content: bytes) -> bool:
    """Walk to the first scan, and compare its components with those of the frame."""
    at, frame, components = 2, 0, 0
    while match := MARKER.search(content, at):
        marker, at = match[1][0], match.end()
        if marker in BARE:
            continue
        inside = content[at + 2 : at + 8]
        if marker == 0xDA:
            return frame in IN_ONE_PASS and inside[:1] == bytes([components])
        if marker in FRAMES and len(inside) == 6:
            frame, components = marker, inside[5]
        at += max(2, int.from_bytes(content[at : at + 2]))
    return False
