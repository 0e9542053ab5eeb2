"""A client of ClamAV's daemon, which looks at a file before it is sealed.

The file goes there through a Unix socket of this machine (INSTREAM). If the scanner is away, slow or refuses, the file
counts as not scanned: what somebody sends must arrive, and staff read that it was not scanned.
Source: clamd(8); docs/decisions/files-of-strangers.md.
"""

import socket
from enum import Enum
from time import monotonic

from django.conf import settings

from suar.core import locks
from suar.core.refusals import TooBusy

SECONDS, MAX_REPLY_BYTES = 5.0, 4096
QUEUE, SLOTS, MAX_WAIT_S = "virus scanner", 4, 1.0


class Scan(Enum):
    """The verdict of the scanner on a file."""

    CLEAN = "clean"
    HARMFUL = "harmful"
    NOT_SCANNED = "not scanned"


def scan(content: bytes) -> Scan:
    """Return ClamAV's verdict on a file, within five seconds."""
    if not settings.SUAR_CLAMD_SOCKET:
        return Scan.NOT_SCANNED
    try:
        with locks.queue_slot(QUEUE, slots=SLOTS, longest_wait_s=MAX_WAIT_S):
            reply = _ask(content, until=monotonic() + SECONDS)
    except (OSError, TooBusy):
        return Scan.NOT_SCANNED
    if reply == b"stream: OK":
        return Scan.CLEAN
    return Scan.HARMFUL if reply.startswith(b"stream: ") and reply.endswith(b" FOUND") else Scan.NOT_SCANNED


def _ask(content: bytes, *, until: float) -> bytes:
    """Send a file as one chunk and an empty one, and return the reply without its last byte."""
    reply = b""
    with socket.socket(socket.AF_UNIX) as clamd:
        clamd.settimeout(SECONDS)
        clamd.connect(settings.SUAR_CLAMD_SOCKET)
        clamd.sendall(b"zINSTREAM\0" + len(content).to_bytes(4) + content + bytes(4))
        while not reply.endswith(b"\0") and len(reply) < MAX_REPLY_BYTES:
            clamd.settimeout(max(0.01, until - monotonic()))
            piece = clamd.recv(MAX_REPLY_BYTES)
            if not piece:
                break
            reply += piece
    return reply.removesuffix(b"\0")
