"""A measured figure as one JSON line, with its goal and whether it holds."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

REACHED: list["Figure"] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured; times in milliseconds unless `unit` says otherwise.

    `cpu_ms` is the CPU of the server's processes and its database for one request, `anchor` the
    same of the yardstick in the same run, `ratio` the first over the second. `others` is the
    share of all cores that somebody else used meanwhile. `holds` is None where no goal is set.
    """

    name: str
    value: float
    unit: str
    p50: float | None = None
    p95: float | None = None
    cpu_ms: float | None = None
    anchor: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None
    database: str = ""
    n: int | None = None
    others: float | None = None
    note: str = ""


def tell(figure: Figure) -> Figure:
    """Print a figure as one line and keep it for the count at the end."""
    kept = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(figure).items()}
    print(json.dumps(kept, ensure_ascii=False), flush=True)
    REACHED.append(figure)
    return figure


def on(database: str, figure: Figure) -> Figure:
    """Give the figure with the database it was measured on."""
    return replace(figure, database=database)


def sum_up() -> int:
    """Say on the side how many goals hold; a goal that is missed is a figure, not a failure."""
    judged = [figure for figure in REACHED if figure.holds is not None]
    failed = [f"{each.name} ({each.database})" for each in judged if not each.holds]
    print(f"{len(judged) - len(failed)} of {len(judged)} goals hold.", file=sys.stderr)
    if failed:
        print(f"Not: {', '.join(failed)}", file=sys.stderr)
    return 0


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-int(share * 1000) * len(ordered) // 1000))
    return ordered[min(rank, len(ordered)) - 1]


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    return float(median(values))
