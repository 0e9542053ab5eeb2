"""A data folder: its mark, its keys, and its preparation for serving."""

import hashlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tools import catalogues
from tools.places import PYTHON, SOURCE, environment, report_progress, stop

PRIVATE = 0o077
KEYS, PINS = ("db.key", "secret.key"), "organisation-keys.txt"
APART = "restoring-"
HOSTS = {"public": "127.0.0.1", "staff": "localhost", "files": "127.0.0.1"}
PORTS = {"public": 8000, "staff": 8001, "files": 8002}
"""Where each site of a demonstration is served."""


@dataclass(frozen=True)
class Folder:
    """The folders of the records and the keys of one Suar; `mode` is demo or run.

    A demonstration stores its records in the folder; only a test passes another `database`.
    """

    mode: str
    data: Path
    keys: Path
    database: str = ""

    @property
    def mark(self) -> Path:
        """The file that names the mode of this folder, so that no reset removes real records."""
        return self.data / "suar.mode"

    def variables(self, **more: str) -> dict[str, str]:
        """Return the environment of a process that works on this folder."""
        folders = {"SUAR_DATA": str(self.data), "SUAR_KEYS": str(self.keys)}
        # Commands that serve nobody need hosts and origins too.
        sites = site_variables(HOSTS, {site: f"http://{host}:{PORTS[site]}" for site, host in HOSTS.items()})
        if self.mode == "demo" or self.database:
            more = {"DATABASE_URL": self.database, **more}
        return environment(**{"SUAR_MODE": self.mode, "SUAR_SITE": "all", **folders, **sites, **more})

    def manage(self, *words: str, **more: str) -> int:
        """Run a management command and return its exit code."""
        command = [str(PYTHON), "-m", "suar", *words]
        return subprocess.call(command, env=self.variables(**more), umask=PRIVATE)

    def make(self) -> None:
        """Create the folder and its keys if they are missing; stop if it has another mode."""
        if self.mark.exists() and self.mark.read_text("ascii") != self.mode:
            stop(f"{self.data} is a folder of another mode: {self.mark.read_text('ascii')}")
        if not self.mark.exists() and self.data.exists() and any(self.data.iterdir()):
            stop(f"{self.data} is not empty and not a Suar folder")
        for folder in (self.data, self.keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_keys()
        self.mark.write_text(self.mode, "ascii")

    def check_filled(self) -> None:
        """Stop if nothing was ever stored in this folder."""
        if not (self.mark if self.mode == "run" else self.data / "demo.json").exists():
            first = "./suar demo" if self.mode == "demo" else "./suar run"
            stop(f"there are no records in {self.data}: start `{first}` first, or give another --data")

    def make_and_manage(self, *words: str) -> int:
        """Run a command in a folder that may be new; if it fails, remove what was created.

        An empty folder is filled through a temporary subfolder that is moved up at the end, so files
        that somebody else adds meanwhile stay. Nothing is removed from a folder that had content.
        """
        if self.data.exists() and any(self.data.iterdir()):
            self.make()
            return self.manage(*words)
        absent = [item for item in self._places() if not item.exists()]
        apart = replace(self, data=self.data / f"{APART}{secrets.token_hex(4)}")
        failed = 1
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            apart.make()
            failed = apart.manage(*words) or apart._move_up()
        finally:
            shutil.rmtree(apart.data, ignore_errors=True)
            if failed:
                _remove_created(absent)
        return failed

    def remove(self) -> None:
        """Remove a demonstration folder; stop for any other folder."""
        if self.data.exists() and any(self.data.iterdir()):
            if not self.mark.exists() or self.mark.read_text("ascii") != "demo":
                stop(f"{self.data} is not a demonstration folder: nothing was removed")
            shutil.rmtree(self.data)

    def prepare(self, *world: str) -> None:
        """Migrate the database and compile translations; returns at once when the source is unchanged.

        `world` are options of the demonstration world.
        """
        catalogues.compile_changed()
        stamp, now = self.data / "prepared.stamp", _source_digest()
        if stamp.exists() and stamp.read_text("ascii") == now:
            return
        if self.manage("migrate", "--verbosity", "0"):
            stop("the database could not be migrated")
        if self.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0"):
            stop("the static files could not be collected")
        if self.mode == "demo":
            report_progress("Making the demonstration world ...")
            if self.manage("demo_world", *world) or not (self.data / "demo.json").exists():
                stop("the demonstration world could not be made: try `./suar demo --reset`")
        stamp.write_text(now, "ascii")

    def _make_keys(self) -> None:
        """Create keys for a new folder only: a new key cannot open existing records."""
        for name in KEYS:
            path = self.keys / name
            if path.exists():
                continue
            if (self.data / "suar.db").exists():
                stop(f"{name} is missing in {self.keys}: restore it, a new key cannot open these records")
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), "ascii")

    def _places(self) -> list[Path]:
        """List the key files and every folder above them and above the records."""
        folders = [self.data, *self.data.parents, self.keys, *self.keys.parents]
        return [*(self.keys / name for name in (*KEYS, PINS)), *folders]

    def _move_up(self) -> int:
        """Move the content into the parent folder and return 0; stop where a name is taken."""
        created = sorted(self.data.iterdir())
        taken = [item.name for item in created if (self.data.parent / item.name).exists()]
        if taken:
            stop(
                f"{self.data.parent} now contains {', '.join(taken)}: nothing was stored there. "
                "Empty a database on PostgreSQL before you try again"
            )
        for path in created:
            path.rename(self.data.parent / path.name)
        return 0


def _remove_created(absent: list[Path]) -> None:
    """Remove these paths, except folders in which somebody else stored something."""
    for path in sorted(absent, key=lambda item: len(item.parts), reverse=True):
        if path.is_file():
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def site_variables(hosts: Mapping[str, str], origins: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the sites, each with its host name and its origin."""
    return {f"SUAR_{site.upper()}_HOSTS": host for site, host in hosts.items()} | {
        f"SUAR_{site.upper()}_ORIGIN": origin for site, origin in origins.items()
    }


def _source_digest() -> str:
    """Return a digest of the names, sizes and times of all source files."""
    lines = []
    for place, folders, files in os.walk(SOURCE):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if not name.endswith((".mo", ".pyc")):
                path = Path(place, name)
                result = path.stat()
                lines.append(f"{path} {result.st_size} {result.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
