"""A whole Suar with the demonstration world, served by real processes on the database of this run."""

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from suar.core import clock
from suar.crypto import totp
from tools.folders import PORTS, Folder
from tools.places import PYTHON
from tools.serving import Server
from tools.supervising import Supervisor

DATABASE = "suar_standing"


class CheapFolder(Folder):
    """A folder whose passwords cost little to try: stories sign in hundreds of times."""

    def variables(self, **more: str) -> dict[str, str]:
        """Return the environment of a process with the settings of tests."""
        return super().variables(DJANGO_SETTINGS_MODULE="tests.served_settings", **more)


@dataclass(frozen=True)
class Demonstration:
    """A served demonstration: its folder, the origins of its two sites, and that of sent files."""

    folder: Folder
    public: str
    staff: str
    files: str

    def worker(self, name: str) -> dict[str, str]:
        """Return name, password, role and organisation of a worker."""
        workers = json.loads((self.folder.data / "demo.json").read_text("utf-8"))["workers"]
        return next(worker for worker in workers if worker["name"] == name)

    def code(self, name: str) -> str:
        """Return a worker's current second-factor code, as `./suar demo code` prints it.

        Computed here: stories sign in often, and a process takes a second.
        """
        shift = self.folder.data / "clock.shift"
        ahead = timedelta(seconds=int(shift.read_text("ascii")) if shift.exists() else 0)
        secret = bytes.fromhex(self.worker(name)["totp"])
        return str(totp.code_at(secret, totp.step_at(clock.now() + ahead)))

    def manage(self, *words: str) -> str:
        """Run a management command in the folder and return its output."""
        return subprocess.run(
            [str(PYTHON), "-m", "suar", *words],
            env=self.folder.variables(),
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@contextlib.contextmanager
def standing_in(place: Path, *, workers: int = 1, cheap: bool = True) -> Iterator[Demonstration]:
    """Create and serve a demonstration in a folder with processes for each site, and stop it afterwards.

    Passwords are `cheap`, or cost as much as those of real workers.
    """
    folder = (CheapFolder if cheap else Folder)("demo", place / "data", place / "data" / "keys", own_database(DATABASE))
    folder.make()
    folder.prepare()
    server = Server(free_ports(), workers=workers)
    with Supervisor(folder, server.sites()):
        yield Demonstration(folder, **server.origins)


def own_database(name: str) -> str:
    """Create a PostgreSQL database beside the one of pytest and return its URL; empty on the encrypted file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return ""
    parts = urlsplit(url)
    at_server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(at_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(parts._replace(path=f"/{name}"))


def free_ports() -> dict[str, int]:
    """Return a free port for each site."""
    return {site: free_port() for site in PORTS}


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
