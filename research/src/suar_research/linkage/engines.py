"""Where splink works: DuckDB in this process, or Spark beside it on this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

ENGINES = ("duckdb", "spark")
NEEDED = {"duckdb": ("splink", "duckdb"), "spark": ("splink", "duckdb", "pyspark")}
EXTRA = {"duckdb": "clear", "spark": "spark"}
JAVA = 17
"""The oldest Java that Spark 4 runs on."""
GET_JAVA = "on Debian, `sudo apt-get install default-jre-headless`"


def missing(name: str) -> list[str]:
    """Say what has to be brought before an engine can work, and how."""
    absent = [each for each in NEEDED[name] if find_spec(each) is None]
    if not absent:
        return missing_java() if name == "spark" else []
    extra = EXTRA[name]
    return [
        f"{' and '.join(absent)} cannot be found here. Bring what is needed with "
        f"`./suar extra {extra}`, or, where Suar is a package, with "
        f"`pip install 'suar[{'research' if extra == 'clear' else extra}]'`"
    ]


def missing_java() -> list[str]:
    """Ask the Java that Spark would start, JAVA_HOME's or that of the path, how new it is."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    where = f"in JAVA_HOME ({home})" if home else "on the path"
    if java is None:
        return [f"Spark needs Java {JAVA} or newer, and there is none {where}: {GET_JAVA}"]
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr)
    if version and int(version[1]) < JAVA:
        return [f"Spark needs Java {JAVA} or newer; the one {where} is older: {GET_JAVA}"]
    return []


@contextmanager
def engine(name: str) -> Iterator[Any]:
    """Start an engine for the block; raises ImportError where its packages are missing.

    What an engine puts on the disk to go on from holds names: all of it lies in one folder that is
    its owner's alone, and is gone after the block.
    """
    with TemporaryDirectory() as folder, _STARTED[name](folder) as started:
        yield started


@contextmanager
def _duckdb(folder: str) -> Iterator[Any]:
    import duckdb
    from splink import DuckDBAPI

    with duckdb.connect(":memory:", config={"temp_directory": folder}) as connection:
        yield DuckDBAPI(connection=connection)


@contextmanager
def _spark(folder: str) -> Iterator[Any]:
    from suar_research.linkage import spark

    with spark.started(folder) as api:
        yield api


_STARTED = {"duckdb": _duckdb, "spark": _spark}
