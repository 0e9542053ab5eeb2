"""A small server that speaks the protocol of ClamAV's daemon on a Unix socket of this machine."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HARM = b"harm-made-for-tests"
"""What the server takes for a virus."""


class Clamd(socketserver.ThreadingUnixStreamServer):
    """Remembers the files that it was asked about; `reply` takes the place of its own answer."""

    daemon_threads = True

    def __init__(self, path: Path, reply: bytes | None) -> None:
        super().__init__(str(path), Session)
        self.scanned: list[bytes] = []
        self.reply, self.done = reply, threading.Event()


class Session(socketserver.StreamRequestHandler):
    """One question: zINSTREAM, chunks with their length, an empty one, and the answer."""

    server: Clamd

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(self.rfile.read(4)):
            content += self.rfile.read(length)
        self.server.scanned.append(content)
        if self.server.reply is None:
            self.wfile.write(b"stream: Test.Harm FOUND\0" if HARM in content else b"stream: OK\0")
        elif self.server.reply == b"hang":
            self.server.done.wait(30)
        else:
            self.wfile.write(self.server.reply)


@contextmanager
def running(path: Path, *, reply: bytes | None = None) -> Iterator[Clamd]:
    """Answer on a socket until the block ends."""
    with Clamd(path, reply) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.done.set()
            server.shutdown()
