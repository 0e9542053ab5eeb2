"""A served Suar under load: clients on persistent connections, for a bounded time."""

import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from bench import machine
from bench.figures import percentile
from tests.standing import Demonstration, standing_in
from tools import postgres
from tools.places import PYTHON, ROOT

DURABLE = "-c fsync=on -c synchronous_commit=on -c shared_buffers=256MB"
"""A bench waits for the disk as a real server does; tests do not."""
FORM_TOKEN = "benchbenchbenchbenchbenchbench32"  # noqa: S105 - one half of a form check
WORKERS = 2
"""The processes of each site, as `./suar run` starts them."""
Client = Callable[["Browser"], Iterator[None]]
"""Asks for one page after the other; what happens between two steps is timed."""


@dataclass
class Browser:
    """One connection to a site, with cookies."""

    origin: str
    cookies: str = ""
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> bytes:
        """Fetch a page; raises RuntimeError unless it is there."""
        return self._ask("GET", path, None, (200,))

    def post(self, path: str, *, expect: Sequence[int] = (200, 302), **fields: Any) -> bytes:
        """Post a form; raises RuntimeError for an unexpected status."""
        token = {"csrfmiddlewaretoken": FORM_TOKEN}
        return self._ask("POST", path, urlencode({**token, **fields}, doseq=True), expect)

    def _ask(self, method: str, path: str, body: str | None, expect: Sequence[int]) -> bytes:
        if self._connection is None:
            parts = urlsplit(self.origin)
            self._connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
        headers = {"Host": urlsplit(self.origin).netloc, "Cookie": f"{self.cookies}; __Host-form={FORM_TOKEN}"}
        if body is not None:
            headers |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in expect:
            raise RuntimeError(f"{method} {path}: status {answer.status}: {content[:300]!r}")
        self.last = answer
        return content


@dataclass
class Served:
    """A Suar on one database, and its processes."""

    site: Demonstration
    database: str
    roots: set[int]

    def act(self, name: str, *words: object) -> Any:
        """Run an act of `bench.acts` in its folder and return the result."""
        command = [str(PYTHON), "-m", "bench.acts", name, *map(str, words)]
        variables = self.site.folder.variables()
        done = subprocess.run(command, cwd=ROOT, env=variables, check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout.splitlines()[-1])


@dataclass
class Loop:
    """The response times of a loop of clients, in milliseconds."""

    times: list[float] = field(default_factory=list)
    cpu_ms: float = 0
    seconds: float = 0

    def at(self, share: float) -> float:
        """Return a percentile of the times."""
        return percentile(self.times, share)


@contextmanager
def serve(database: str, place: Path) -> Iterator[Served]:
    """Serve a fresh demonstration with as many processes as `./suar run`, on a database that waits for the disk."""
    if database == "sqlite":
        os.environ["DATABASE_URL"] = ""
        with standing_in(place, workers=WORKERS, cheap=False) as demonstration:
            yield Served(demonstration, database, machine.children_of(os.getpid()))
        return
    postgres.FAST = DURABLE
    with postgres.running() as url:
        os.environ["DATABASE_URL"] = url
        with psycopg.connect(url.rpartition("/")[0] + "/postgres") as connection:
            server = machine.parent_of(connection.info.backend_pid)
        with standing_in(place, workers=WORKERS, cheap=False) as demonstration:
            yield Served(demonstration, database, {*machine.children_of(os.getpid()), server})


def run(served: Served, origin: str, clients: Sequence[tuple[Client, str]], *, seconds: float) -> Loop:
    """Let clients, each with its cookies, ask at once until the time is over or they have ended."""
    loop, lock = Loop(), threading.Lock()
    failed: list[Exception] = []

    def drive(client: Client, cookies: str) -> None:
        try:
            steps, times = client(Browser(origin, cookies)), []
            next(steps)  # what comes before the first step is not timed
            while time.perf_counter() < until:
                began = time.perf_counter()
                if next(steps, "ended") == "ended":
                    break
                times.append((time.perf_counter() - began) * 1000)
            with lock:
                loop.times += times
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=drive, args=item) for item in clients]
    cpu, began = machine.cpu_s(served.roots), time.perf_counter()
    until = began + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    loop.seconds = time.perf_counter() - began
    loop.cpu_ms = (machine.cpu_s(served.roots) - cpu) * 1000 / max(1, len(loop.times))
    return loop
