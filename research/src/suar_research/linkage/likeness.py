"""Word similarity by DuckDB, for Spark to call, so that both engines give the same answer.

Spark's workers load this module, and nothing else of Suar.
"""

from functools import cache
from typing import Any

import duckdb
import pyarrow as pa


def jaro_winkler(left: pa.Array, right: pa.Array) -> pa.Array:
    """Return the similarity of Jaro & Winkler, 0 to 1, row by row; null for null."""
    return _computed("jaro_winkler_similarity", left, right)


def damerau_levenshtein(left: pa.Array, right: pa.Array) -> pa.Array:
    """Return the edit distance of two words, row by row; null for null."""
    return _computed("damerau_levenshtein", left, right)


def _computed(function: str, left: pa.Array, right: pa.Array) -> pa.Array:
    words = _connection().from_arrow(pa.table({"one": left, "other": right}))
    return words.project(f"{function}(one, other)::double as result").to_arrow_table()["result"].combine_chunks()


@cache
def _connection() -> Any:
    """Open one for each process; one thread keeps rows in their order and others' cores free."""
    return duckdb.connect(":memory:", config={"threads": 1})
