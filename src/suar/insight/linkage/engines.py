"""Where splink works: DuckDB in this process, or Spark on this machine or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

ENGINES = ("duckdb", "spark")
NEEDED = {"duckdb": ("splink", "duckdb"), "spark": ("splink", "duckdb", "pyspark")}
EXTRA = {"duckdb": "clear", "spark": "spark"}
PARTS = 4


def missing(name: str) -> list[str]:
    """Say what has to be brought before an engine can work, and how."""
    absent = [each for each in NEEDED[name] if find_spec(each) is None]
    if not absent:
        return []
    extra = EXTRA[name]
    return [
        f"{' and '.join(absent)} cannot be found here. Bring what is needed with "
        f"`./suar extra {extra}`, or, where Suar is a package, with "
        f"`pip install 'suar[{'research' if extra == 'clear' else extra}]'`"
    ]


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
    """Start Spark on this machine alone, or as the settings of the machine's Spark say.

    It listens on the loopback address only.
    """
    from pyspark.sql import SparkSession
    from splink.backends.spark import SparkAPI, similarity_jar_location

    session = (
        SparkSession.builder.appName("suar")
        .config("spark.jars", similarity_jar_location())
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", folder)
        .config("spark.sql.warehouse.dir", folder)
        .config("spark.sql.shuffle.partitions", PARTS)
        .config("spark.default.parallelism", PARTS)
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    api: Any = SparkAPI
    session.sparkContext.setCheckpointDir(folder)
    try:
        yield api(spark_session=session, num_partitions_on_repartition=PARTS)
    finally:
        session.stop()


_STARTED = {"duckdb": _duckdb, "spark": _spark}
