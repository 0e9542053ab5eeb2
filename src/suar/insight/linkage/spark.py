"""splink's model on Spark, on this machine, with DuckDB's functions for how alike words are.

splink brings such functions for Spark, but theirs count half transpositions where DuckDB's do not:
likenesses differ by some hundredths, and with them the level a pair of names falls on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyspark.sql import SparkSession, functions
from splink.backends.spark import SparkAPI

from suar.insight.linkage import likeness

ASKED = (likeness.jaro_winkler, likeness.damerau_levenshtein)
PARTS = os.cpu_count() or 1
"""Into how many parts rows are dealt; Spark's own 200 begins 200 tasks for some hundred rows."""


@contextmanager
def started(folder: str) -> Iterator[Any]:
    """Start Spark in a process beside this one, on all cores, and stop it after the block.

    Whatever it writes lies in `folder`. It listens on the loopback address only: words of people
    would go unsealed from one machine to the next.
    """
    builder: Any = SparkSession.builder
    made: Any = functions
    session = builder.master("local[*]").appName("suar").config(map=_settings(folder)).getOrCreate()
    try:
        session.sparkContext.setCheckpointDir(folder)
        session.sparkContext.pythonExec = sys.executable
        for function in ASKED:
            session.udf.register(function.__name__, made.arrow_udf(function, "double"))
        api: Any = SparkAPI
        yield api(
            spark_session=session,
            register_udfs_automatically=False,
            num_partitions_on_repartition=PARTS,
        )
    finally:
        session.stop()


def _settings(folder: str) -> dict[str, Any]:
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
