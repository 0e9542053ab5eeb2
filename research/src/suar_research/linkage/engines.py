"""Where splink works: DuckDB in this process, or Spark beside it on this machine.

Spark compares words with DuckDB's functions: splink brings its own for Spark, but they count half transpositions where
DuckDB's do not, so that similarities differ by some hundredths, and with them the level a pair of names falls on.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

ENGINES = ("duckdb", "spark")
NEEDED = {"duckdb": ("splink", "duckdb"), "spark": ("splink", "duckdb", "pyspark")}
EXTRA = {"duckdb": "clear", "spark": "spark"}
JAVA = 17
"""The oldest Java that Spark 4 runs on."""
GET_JAVA = "on Debian, `sudo apt-get install default-jre-headless`"
PARTS = os.cpu_count() or 1
"""The number of partitions of rows; Spark's own 200 begins 200 tasks for some hundred rows."""


def missing(name: str) -> list[str]:
    """Return what must be installed before an engine can work, and how; empty if nothing."""
    absent = [package for package in NEEDED[name] if find_spec(package) is None]
    if not absent:
        return missing_java() if name == "spark" else []
    extra = EXTRA[name]
    return [
        f"{' and '.join(absent)} cannot be found here. Install with `./suar extra {extra}`, or, where Suar is a "
        f"package, with `pip install 'suar-research[{extra}]'`"
    ]


def missing_java() -> list[str]:
    """Return why the Java that Spark would start (of JAVA_HOME or the path) cannot be used; empty if it can."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    where = f"in JAVA_HOME ({home})" if home else "on the path"
    if java is None:
        return [f"Spark needs Java {JAVA} or newer, and there is none {where}: {GET_JAVA}"]
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr)
    if version and int(version[1]) < JAVA:
        return [f"Spark needs Java {JAVA} or newer; the one {where} is older: {GET_JAVA}"]
    return []


@contextmanager
def engine(name: str) -> Iterator[Any]:
    """Start an engine for the block; raises ImportError if its packages are missing.

    An engine's temporary files hold names: they are in one folder that only its owner can read, and removed after.
    """
    with TemporaryDirectory() as folder, (_spark if name == "spark" else _duckdb)(folder) as started:
        yield started


@contextmanager
def _duckdb(folder: str) -> Iterator[Any]:
    import duckdb
    from splink import DuckDBAPI

    with duckdb.connect(":memory:", config={"temp_directory": folder}) as connection:
        yield DuckDBAPI(connection=connection)


@contextmanager
def _spark(folder: str) -> Iterator[Any]:
    """Start Spark in a process beside this one, on all cores, and stop it after the block."""
    spark_sql, spark_api = import_module("pyspark.sql"), import_module("splink.backends.spark")
    # Its workers load this module, which needs DuckDB.
    from suar_research.linkage import likeness

    builder = spark_sql.SparkSession.builder.master("local[*]").appName("suar")
    session = builder.config(map=spark_settings(folder)).getOrCreate()
    try:
        session.sparkContext.setCheckpointDir(folder)
        session.sparkContext.pythonExec = sys.executable
        for function in (likeness.jaro_winkler, likeness.damerau_levenshtein):
            session.udf.register(function.__name__, spark_sql.functions.arrow_udf(function, "double"))
        yield spark_api.SparkAPI(
            spark_session=session, register_udfs_automatically=False, num_partitions_on_repartition=PARTS
        )
    finally:
        session.stop()


def spark_settings(folder: str) -> dict[str, Any]:
    """Return the settings of Spark.

    It listens on the loopback address only, since words of people would go unencrypted to another machine, and
    writes into `folder` only.
    """
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": False,
        "spark.ui.showConsoleProgress": False,
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": folder,
        "spark.sql.shuffle.partitions": PARTS,
        "spark.default.parallelism": PARTS,
        "spark.log.level": "ERROR",
    }
