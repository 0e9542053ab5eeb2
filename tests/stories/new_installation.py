"""A Suar before its first worker, served by real processes: the staff door of `./suar run`."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.standing import Demonstration, free_ports, own_database
from tools.folders import Folder
from tools.places import PYTHON
from tools.serving import Server
from tools.supervising import Supervisor


@contextlib.contextmanager
def new_installation(place: Path) -> Iterator[tuple[Demonstration, str]]:
    """Serve an empty folder and return the installation with its set-up code; keys lie apart."""
    folder = Folder("run", place / "data", place / "keys", own_database("suar_beginning"))
    folder.make()
    folder.prepare()
    server = Server(free_ports())
    sites = server.sites()
    printed = subprocess.run(
        [str(PYTHON), "-m", "suar", "setup_code"],
        env=folder.variables(**sites[1].variables),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    with Supervisor(folder, sites):
        yield Demonstration(folder, **server.origins), printed.split("\n")[0].partition(": ")[2]
