"""Start the public site, the staff site and the background jobs; when one ends, all end."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from tools.folders import PRIVATE, Folder
from tools.places import PYTHON, ROOT, stop

READY_WITHIN_SECONDS = 60
END_WITHIN_SECONDS = 8
PR_SET_PDEATHSIG = 1
# Fifty people who sign in at once wait for the password check while others still read pages.
THREADS = ("--blocking-threads", "64", "--backpressure", "128")
CONNECTIONS = 60
"""How many connections to PostgreSQL all web processes have together; its usual limit is 100."""


@dataclass(frozen=True)
class SiteProcess:
    """One web process: which site, where it listens, its environment and its number of workers."""

    name: str
    bind: str
    port: int
    workers: int
    variables: dict[str, str] = field(default_factory=dict)
    tls: tuple[str, str] | None = None

    def command(self) -> list[str]:
        """Return the command line of the web server."""
        line = [str(PYTHON), "-m", "granian", "--interface", "wsgi", "--host", self.bind]
        line += ["--port", str(self.port), "--workers", str(self.workers)]
        line += ["--log-level", "error", "--no-ws", "--http", "1", *THREADS]
        if self.tls:
            line += ["--ssl-certificate", self.tls[0], "--ssl-keyfile", self.tls[1]]
        return [*line, "suar.wsgi:application"]


class Ended(Exception):
    """Somebody asked the supervisor to end."""


def end_on_signals() -> None:
    """Raise Ended on SIGINT and SIGTERM, so that every `with` closes in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


class Supervisor:
    """The four processes of one folder; a context manager, so that none outlives it."""

    def __init__(self, folder: Folder, sites: list[SiteProcess]) -> None:
        """Prepare to start the sites and the jobs of `folder`."""
        self._folder = folder
        self._sites = sites
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        """Start everything and wait until all sites answer."""
        for site in self._sites:
            _check_port(site)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        connections = max(2, CONNECTIONS // sum(site.workers for site in self._sites))
        try:
            for site in self._sites:
                own = {"SUAR_SITE": site.name, "SUAR_DATABASE_CONNECTIONS": str(connections)}
                self._start(site.name, site.command(), {**site.variables, **own})
            jobs = [str(PYTHON), "-m", "suar", "jobs"]
            self._start("jobs", jobs, {**self._sites[0].variables, "SUAR_SITE": "jobs"})
            for site in self._sites:
                self._wait_for(site)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *ignored: object) -> None:
        """Send SIGTERM to every child, then SIGKILL."""
        for child in self._children.values():
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + END_WITHIN_SECONDS
        for child in self._children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, until - time.monotonic()))
            _signal(child, signal.SIGKILL)

    def watch(self) -> int:
        """Wait until a child exits (1) or the supervisor is stopped (0)."""
        try:
            while True:
                self._check()
                time.sleep(0.3)
        except Ended:
            return 0

    def _start(self, name: str, command: list[str], variables: dict[str, str]) -> None:
        # A session of its own: Ctrl-C reaches the supervisor only, which ends all in order.
        self._children[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self._folder.variables(**variables),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_end_with_parent,
            umask=PRIVATE,
        )

    def _check(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                stop(f"the {name} process ended with code {child.returncode}, so all were stopped")

    def _wait_for(self, site: SiteProcess) -> None:
        until = time.monotonic() + READY_WITHIN_SECONDS
        address = ("127.0.0.1" if site.bind == "0.0.0.0" else site.bind, site.port)  # noqa: S104 - compared
        while time.monotonic() < until:
            self._check()
            with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
                return
            time.sleep(0.05)
        stop(f"the {site.name} site did not answer within {READY_WITHIN_SECONDS} seconds")


def _check_port(site: SiteProcess) -> None:
    """Stop if something else listens there."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((site.bind, site.port))
        except OSError as reason:
            stop(f"port {site.port} cannot be used ({reason.strerror}): try --{site.name}-port")


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended


def _end_with_parent() -> None:
    """Let the kernel end this child when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(child: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
