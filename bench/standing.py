"""Servers to measure: a whole Suar and the yardstick, as real processes on fresh databases."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import machine
from bench.wire import Connection, Door, request
from tools import postgres
from tools.folders import Folder
from tools.places import PYTHON, ROOT, environment
from tools.serving import Serving
from tools.supervising import Supervisor, _end_with_parent

WORKERS = 2
ANCHOR_HANDS = 4
OPENS_WITHIN_S = 30
# A bench waits for the disk as a real server does; tests do not.
DURABLE = "-c fsync=on -c synchronous_commit=on -c shared_buffers=256MB"


@dataclass(frozen=True, slots=True)
class Server:
    """A database server for both, or none of its own: then each has a file."""

    name: str
    url: str = ""
    roots: frozenset[int] = frozenset()

    def database(self, name: str) -> str:
        """Make an empty database and give its address; empty without a server."""
        if not self.url:
            return ""
        parts = urlsplit(self.url)
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as at:
            at.execute(f"CREATE DATABASE {name}")
        return urlunsplit(parts._replace(path=f"/{name}"))


@dataclass(frozen=True, slots=True)
class House:
    """A Suar that is being served: its two doors and its processes.

    `roots` are those whose CPU counts, with the database; `own` are Suar's alone.
    """

    folder: Folder
    public: Door
    staff: Door
    roots: frozenset[int]
    own: frozenset[int]

    def ask(self, module: str, *words: object) -> Any:
        """Let a module of the bench act inside this folder and give what it told."""
        command = [str(PYTHON), "-m", "bench.inside", module, *map(str, words)]
        told = subprocess.run(command, cwd=ROOT, env=self.folder.variables(), check=True, stdout=subprocess.PIPE).stdout
        return json.loads(told)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The yardstick being served, and the cookie of a session on it."""

    door: Door
    roots: frozenset[int]
    cookie: str
    settings: dict[str, str]


@contextlib.contextmanager
def server(kind: str) -> Iterator[Server]:
    """Start a PostgreSQL that waits for the disk, or nothing for the embedded file."""
    if kind != "postgres":
        yield Server("embedded")
        return
    postgres.FAST = DURABLE
    with postgres.running() as url:
        parts = urlunsplit(urlsplit(url)._replace(path="/postgres"))
        with psycopg.connect(parts) as connection:
            postmaster = machine.parent_of(connection.info.backend_pid)
        yield Server("postgresql", url, frozenset({postmaster}))


@contextlib.contextmanager
def house(on: Server) -> Iterator[House]:
    """Make the invented world in a fresh folder and serve it as `./suar run` serves."""
    with tempfile.TemporaryDirectory(prefix="suar-bench-") as place:
        data = Path(place) / "data"
        folder = Folder("demo", data, data / "keys", on.database("suar_bench"))
        folder.make()
        with contextlib.redirect_stdout(sys.stderr):
            folder.prepare()
        serving = Serving("127.0.0.1", "127.0.0.1", "localhost", _free_port(), _free_port(), WORKERS)
        before, supervisor = machine.children_of(os.getpid()), Supervisor(folder, serving.doors())
        with _quiet(Path(place) / "served.log"):
            supervisor.__enter__()
        try:
            started = machine.children_of(os.getpid()) - before
            yield House(
                folder,
                Door(serving.public_port),
                Door(serving.staff_port, "localhost"),
                frozenset(started) | on.roots,
                frozenset(started),
            )
        finally:
            supervisor.__exit__()


@contextlib.contextmanager
def anchor(on: Server, *, services: int, cases: int) -> Iterator[Anchor]:
    """Fill the yardstick and serve it with the same web server."""
    with tempfile.TemporaryDirectory(prefix="suar-anchor-") as place:
        named = on.database("anchor_bench") or str(Path(place) / "anchor.db")
        own = {"DJANGO_SETTINGS_MODULE": "bench.anchor.settings", "ANCHOR_DATABASE": named}
        fill = [str(PYTHON), "-m", "bench.anchor.filling", str(services), str(cases)]
        subprocess.run(fill, cwd=ROOT, env=environment(**own), check=True)
        port = _free_port()
        command = [str(PYTHON), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workers", str(WORKERS), "--log-level", "error"]
        command += ["--blocking-threads", str(ANCHOR_HANDS), "--no-ws", "--http", "1"]
        child = subprocess.Popen(
            [*command, "bench.anchor.wsgi:application"],
            cwd=ROOT,
            env=environment(**own),
            start_new_session=True,
            preexec_fn=_end_with_parent,
            stdout=sys.stderr,
        )
        try:
            door = Door(port)
            yield Anchor(door, frozenset({child.pid}) | on.roots, _entered(door), own)
        finally:
            child.terminate()
            child.wait(OPENS_WITHIN_S)


@contextlib.contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Let what is started in the block write its lines to a file: refusals are part of a bench."""
    kept = os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _entered(door: Door) -> str:
    until = time.monotonic() + OPENS_WITHIN_S
    while time.monotonic() < until:
        with Connection(door) as connection:
            answer = connection.send(request(door, "GET", "/enter"))
        if answer.status == 200:
            [session] = re.findall(rb"sessionid=[^;]+", answer.head)
            return str(session.decode())
        time.sleep(0.1)
    raise TimeoutError("the yardstick did not open")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
