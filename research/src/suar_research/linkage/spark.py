"""splink's model on Spark, on this machine, with DuckDB's functions for how alike words are.

splink brings such functions for Spark, but theirs count half transpositions where DuckDB's do not:
likenesses differ by some hundredths, and with them the level a pair of names falls on.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyspark.sql import SparkSession, functions
from splink.backends.spark import SparkAPI

from suar_research.linkage import likeness, spark_settings

ASKED = (likeness.jaro_winkler, likeness.damerau_levenshtein)


@contextmanager
def started(folder: str) -> Iterator[Any]:
    """Start Spark in a process beside this one, on all cores, and stop it after the block.

    Whatever it writes lies in `folder`. It listens on the loopback address only: words of people
    would go unsealed from one machine to the next.
    """
    builder: Any = SparkSession.builder
    made: Any = functions
    session = builder.master("local[*]").appName("suar").config(map=spark_settings.of(folder)).getOrCreate()
    try:
        session.sparkContext.setCheckpointDir(folder)
        session.sparkContext.pythonExec = sys.executable
        for function in ASKED:
            session.udf.register(function.__name__, made.arrow_udf(function, "double"))
        api: Any = SparkAPI
        yield api(
            spark_session=session,
            register_udfs_automatically=False,
            num_partitions_on_repartition=spark_settings.PARTS,
        )
    finally:
        session.stop()
