"""Where splink works: DuckDB in this process, or Spark on this machine or a cluster."""

from __future__ import annotations

from importlib.util import find_spec
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


def engine(name: str) -> Any:
    """Start an engine; raises ImportError without its packages, RuntimeError without Java."""
    return _spark() if name == "spark" else _duckdb()


def _duckdb() -> Any:
    from splink import DuckDBAPI

    return DuckDBAPI()


def _spark() -> Any:
    """Start Spark on this machine alone, or as the settings of the machine's Spark say.

    It listens on the loopback address only: the words are names.
    """
    from pyspark.sql import SparkSession
    from splink.backends.spark import SparkAPI, similarity_jar_location

    session = (
        SparkSession.builder.appName("suar")
        .config("spark.jars", similarity_jar_location())
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", PARTS)
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    return SparkAPI(  # type: ignore[no-untyped-call]  # splink tells no types here
        spark_session=session, num_partitions_on_repartition=PARTS
    )
