"""How alike two words are, told by DuckDB: Spark asks here, so that both engines say the same.

Spark's workers load this module, and nothing else of Suar.
"""

from functools import cache
from typing import Any

import duckdb
import pyarrow as pa


def jaro_winkler(left: pa.Array, right: pa.Array) -> pa.Array:
    """Give the likeness of Jaro & Winkler, 0 to 1, row by row; of null it is null."""
    return _told("jaro_winkler_similarity", left, right)


def damerau_levenshtein(left: pa.Array, right: pa.Array) -> pa.Array:
    """Count the slips that lead from one word to the other, row by row; of null it is null."""
    return _told("damerau_levenshtein", left, right)


def _told(function: str, left: pa.Array, right: pa.Array) -> pa.Array:
    words = _connection().from_arrow(pa.table({"one": left, "other": right}))
    told = words.project(f"{function}(one, other)::double as told").to_arrow_table()
    return told["told"].combine_chunks()


@cache
def _connection() -> Any:
    """Open one for each process; one thread keeps rows in their order and others' cores free."""
    return duckdb.connect(":memory:", config={"threads": 1})
