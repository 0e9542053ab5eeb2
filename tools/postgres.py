"""A temporary PostgreSQL server for tests, on a free port."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.places import stop

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
THROWN_AWAY = (
    "-c jit=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 "
    "-c checkpoint_timeout=1h -c max_wal_size=4GB"
)
"""Options for a server whose data are thrown away; no speed is measured on it."""


@contextlib.contextmanager
def running(more: str = "") -> Iterator[str]:
    """Start a server with `more` options and yield its DATABASE_URL.

    initdb refuses root, so root starts it as another user.
    """
    programs = _programs()
    base, as_user = tempfile.mkdtemp(prefix="suar-postgres-"), _other_user()
    if as_user:
        os.chown(base, as_user["user"], as_user["group"])
    data, port = f"{base}/data", _free_port()

    def call(*command: str, check: bool = True) -> None:
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        subprocess.run(
            command,
            check=check,
            cwd=base,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **as_user,
        )

    init = [f"{programs}/initdb", "-D", data, "-U", "suar", "-A", "trust", "-E", "UTF8"]
    control = [f"{programs}/pg_ctl", "-D", data, "-w", "-l", f"{base}/log"]
    try:
        call(*init, "--locale=C.UTF-8", "--no-sync")
        call(*control, "-o", f"-p {port} -k {base} -c listen_addresses=127.0.0.1 {FAST} {more}", "start")
        yield f"postgres://suar@127.0.0.1:{port}/suar"
    finally:
        call(*control, "-m", "immediate", "stop", check=False)
        shutil.rmtree(base, ignore_errors=True)


def _programs() -> Path:
    result = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if not result:
        stop("PostgreSQL is not installed")
    return max(result, key=lambda place: int(place.parent.name))


def _other_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
