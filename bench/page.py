"""Writes the tables of docs/bench.md: `python -m bench.page FIGURES.jsonl ...`, one file a run."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "bench.md"
TABLE = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = ("figure", "value", "p50", "CPU ms", "yardstick", "ratio", "others", "goal", "holds")
HOLDS = {True: "yes", False: "**no**", None: ""}


def drawn(page: str, runs: Sequence[Sequence[dict[str, Any]]]) -> str:
    """Give the page with its tables made anew, one for each run."""
    tables = "\n".join(_table(run) for run in runs)
    return TABLE.sub(lambda part: part[1] + tables + part[2], page)


def _table(run: Sequence[dict[str, Any]]) -> str:
    lines = [f"On {run[0]['database']}:", "", _row(HEAD), _row(["---"] * len(HEAD))]
    return "\n".join([*lines, *(_row(_cells(each)) for each in run), "", ""])


def _cells(told: dict[str, Any]) -> list[str]:
    note = f" ({told['note']})" if told["note"] else ""
    times = [_said(told[name]) for name in ("p50", "cpu_ms", "anchor", "ratio", "others")]
    value = f"{_said(told['value'])} {told['unit']}"
    return [f"{told['name']}{note}", value, *times, told["goal"], HOLDS[told["holds"]]]


def _said(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    told = [
        [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
        for name in sys.argv[1:]
    ]
    PAGE.write_text(drawn(PAGE.read_text("utf-8"), told), "utf-8")
