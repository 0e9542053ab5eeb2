"""One plain HTTP connection to a door of this machine, lighter than a general client."""

import socket
from dataclasses import dataclass

PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Door:
    """Where to send requests: a port of this machine, and the host name it answers to."""

    port: int
    host: str = "127.0.0.1"

    @property
    def origin(self) -> str:
        """Give the origin a browser would name."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when the connection broke."""

    status: int
    head: bytes = b""
    body: bytes = b""

    def header(self, name: str) -> str:
        """Give a header, empty when it is absent."""
        wanted = name.lower().encode() + b":"
        for line in self.head.split(b"\r\n"):
            if line.lower().startswith(wanted):
                return line[len(wanted) :].strip().decode("latin-1")
        return ""


def request(door: Door, method: str, path: str, *, body: str = "", cookies: str = "", kind: str = "") -> bytes:
    """Write a request; what is posted comes from a page of the same host."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {door.host}:{door.port}"]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    content = body.encode()
    if method == "POST":
        lines += [
            f"Origin: {door.origin}",
            f"Content-Type: {kind or 'application/x-www-form-urlencoded'}",
            f"Content-Length: {len(content)}",
        ]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """A connection that is kept open; after a break the next request calls again."""

    def __init__(self, door: Door) -> None:
        """Stand ready to call the door."""
        self._port = door.port
        self._socket: socket.socket | None = None
        self._rest = b""

    def __enter__(self) -> "Connection":
        """Give the connection."""
        return self

    def __exit__(self, *ignored: object) -> None:
        """Hang up."""
        self._hang_up()

    def send(self, raw: bytes) -> Answer:
        """Send a request once and read its answer whole."""
        try:
            called = self._called()
            called.sendall(raw)
            head = self._until(b"\r\n\r\n")
            lowered = head.lower()
            if b"transfer-encoding: chunked" in lowered:
                return Answer(int(head[9:12]), head, self._chunks())
            return Answer(int(head[9:12]), head, self._exactly(_length(lowered)))
        except (OSError, EOFError):
            self._hang_up()
            return Answer(0)

    def _called(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _more(self) -> None:
        part = self._called().recv(65536)
        if not part:
            raise EOFError
        self._rest += part

    def _until(self, end: bytes) -> bytes:
        while end not in self._rest:
            self._more()
        found, _, self._rest = self._rest.partition(end)
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._rest) < length:
            self._more()
        found, self._rest = self._rest[:length], self._rest[length:]
        return found

    def _chunks(self) -> bytes:
        found = b""
        while length := int(self._until(b"\r\n"), 16):
            found += self._exactly(length)
            self._until(b"\r\n")
        self._until(b"\r\n")
        return found


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
