"""How Spark works on this machine: on its cores, heard by nobody else, all it writes in one folder.

Apart from what starts it, so that it can be read and tested where there is no Spark.
"""

import os
from typing import Any

PARTS = os.cpu_count() or 1
"""Into how many parts rows are dealt; Spark's own 200 begins 200 tasks for some hundred rows."""


def of(folder: str) -> dict[str, Any]:
    """Give the settings: it listens on the loopback address only and writes into `folder`."""
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
