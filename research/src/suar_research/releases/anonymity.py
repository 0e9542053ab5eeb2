"""Anonymity of coded people: how many share all codes, and who stands alone (k-anonymity, l-diversity).

Source: Sweeney 2002, k-anonymity, International Journal of Uncertainty 10, 557-570; Machanavajjhala
and others 2007, l-diversity, ACM TKDD 1, article 3 (distinct l-diversity).
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from suar_research.releases.cells import People, Whole

MOST_CROSSED = 3


def measure_anonymity(people: People, names: Sequence[str], k: int, secret: str | None = None) -> dict[str, Any]:
    """Return k, l and groups for the columns by which somebody may be known; `secret` must not show.

    `combinations`: the same for one, two and three columns alone, the most identifying first. `l` is None without a
    secret. Raises ValueError for a column that is not there.
    Source: Sweeney 2002 (k-anonymity); Machanavajjhala and others 2007 (distinct l-diversity).
    """
    sizes = np.bincount(_groups(people, names), people.count).astype(np.int64)
    whole = _measure(people, names, k)
    parts = [
        _measure(people, part, k)
        for size in range(1, min(MOST_CROSSED, len(names)) + 1)
        for part in combinations(names, size)
    ]
    number = max(people.number, 1)
    parts.sort(key=lambda part: (-part["people_below_k"] / number, len(part["columns"]), part["columns"]))
    return {
        "k_asked": k,
        "k": whole.pop("smallest"),
        "l": _diversity(people, names, secret) if secret else None,
        **whole,
        "group_sizes": {str(size): int((sizes == size).sum()) for size in np.unique(sizes[sizes > 0])},
        "combinations": parts,
    }


def _measure(people: People, names: Sequence[str], k: int) -> dict[str, Any]:
    sizes = np.bincount(_groups(people, names), people.count).astype(np.int64)
    sizes = sizes[sizes > 0]
    return {
        "columns": list(names),
        "groups": len(sizes),
        "smallest": int(sizes.min(initial=people.number)),
        "people_alone": int((sizes == 1).sum()),
        "people_below_k": int(sizes[sizes < k].sum()),
    }


def _groups(people: People, names: Sequence[str]) -> Whole:
    """Number the groups of people who share all codes, shape (rows,)."""
    chosen = people.at[:, [people.names.index(name) for name in names]]
    return np.unique(chosen, axis=0, return_inverse=True)[1].ravel()


def _diversity(people: People, names: Sequence[str], secret: str) -> int:
    """Count the different secrets of the group that has fewest."""
    there = people.count > 0
    kinds = people.at[there, people.names.index(secret)]
    pairs = np.unique(np.column_stack((_groups(people, names)[there], kinds)), axis=0)
    numbers = np.bincount(pairs[:, 0])
    return int(numbers[numbers > 0].min(initial=len(kinds)))
