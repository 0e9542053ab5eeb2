"""Measured figures: a line of JSON each in docs/bench.jsonl, and the table of docs/bench.md drawn from them."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS, TRIALS = ROOT / "docs", ROOT / ".state" / "bench"
HEAD = """# How fast Suar is

Written by `./suar bench`, which measures a served Suar with synthetic people and services on both databases.
Times are milliseconds. CPU is that of all server processes and the database for one request. Queries are those of
one request, counted apart. Figures of another day or another machine cannot be compared.

| database | what | value | p50 | p95 | CPU | queries | goal | holds | run |
|---|---|---|---|---|---|---|---|---|---|
"""


RECORDED: list["Figure"] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement; `holds` is None if it has no goal."""

    name: str
    value: float
    unit: str
    p50: float | None = None
    p95: float | None = None
    cpu_ms: float | None = None
    queries: int | None = None
    goal: str = ""
    holds: bool | None = None
    database: str = ""
    n: int | None = None
    note: str = ""


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value under which a share of all lies (nearest rank); 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def middle(values: Iterable[float]) -> float:
    """Return the median of some values."""
    return percentile(values, 0.5)


def record(figure: Figure) -> Figure:
    """Print a figure as a line of JSON, note it in RECORDED and return it."""
    RECORDED.append(figure)
    print(json.dumps(asdict(figure), ensure_ascii=False), flush=True)
    return figure


def store(figures: Iterable[Figure], *, trial: bool = False) -> Path:
    """Replace older figures of the same name and database, write the page and return its path.

    A trial with small sizes goes to a folder that is not committed.
    """
    folder = TRIALS if trial else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    about = run_facts()
    lines = {(line["name"], line["database"]): line for line in read(folder)}
    lines |= {(figure.name, figure.database): asdict(figure) | about for figure in figures}
    ordered = [lines[key] for key in sorted(lines, key=lambda key: (key[1], key[0]))]
    written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in ordered)
    (folder / "bench.jsonl").write_text(written, "utf-8")
    (folder / "bench.md").write_text(HEAD + "".join(map(_row, ordered)), "utf-8")
    return folder / "bench.md"


def read(folder: Path = DOCS) -> list[dict[str, Any]]:
    """Read the stored figures."""
    path = folder / "bench.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _row(line: dict[str, Any]) -> str:
    numbers = [_number(line.get(name)) for name in ("p50", "p95", "cpu_ms", "queries")]
    holds = {True: "yes", False: "**no**", None: ""}[line["holds"]]
    value = f"{_number(line['value'])} {line['unit']}"
    run = f"{line['on']}, {line['commit']}"
    return f"| {' | '.join([line['database'], line['name'], value, *numbers, line['goal'], holds, run])} |\n"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def run_facts() -> dict[str, str]:
    """Return the day of this run (`on`), the `commit` and the `machine`."""
    return {"on": datetime.now(UTC).date().isoformat(), "commit": commit(), "machine": machine()}


def commit() -> str:
    """Return the commit that is checked out, with a plus when the tree differs from it."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def machine() -> str:
    """Return the kind of machine this runs on."""
    return f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, {platform.system()}"
