"""Word combinations with their own meaning: the rows of `data/combinations.json`."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from suar.website.keywords import DATA, everyday_rows, row_weights

COMBINATIONS = DATA / "combinations.json"


@dataclass(frozen=True, slots=True)
class Combination:
    """A combination of words with its own meaning."""

    name: str
    parts: tuple[frozenset[str], ...]
    weights: Mapping[str, float]
    urgent: bool
    in_order: bool = False


@cache
def combinations() -> tuple[Combination, ...]:
    """Return the word combinations with their own meaning, in the order of the file."""
    known = {row["about"] for row in everyday_rows()} | {*combination_rows()["sets"]}
    matched = []
    for row in combination_rows()["rows"]:
        parts = tuple(frozenset(names) for names in row["parts"])
        unknown = frozenset().union(*parts) - known
        if unknown:
            raise LookupError(f"combinations.json: {row['about']}: {sorted(unknown)}")
        matched.append(
            Combination(row["about"], parts, row_weights(row), bool(row.get("urgent")), bool(row.get("in_order")))
        )
    return tuple(matched)


@cache
def combinations_of() -> Mapping[str, Sequence[int]]:
    """Return the positions of the combinations of which a row is a first part."""
    positions: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(combinations()):
        for name in row.parts[0]:
            positions[name].append(at)
    return positions


@cache
def combination_rows() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(COMBINATIONS.read_text("utf-8"))
    return data
