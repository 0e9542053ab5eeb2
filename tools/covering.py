"""What a test run reached: a table by stage, and the bars of pyproject.toml that must hold."""

import json
import os
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from tools.places import PYTHON, ROOT, say

SUAR = PurePath("src", "suar")
# What a leg never meets: blocks under `vendor == "..."` stay out of its account (pyproject.toml).
NOT_HERE = {"sqlite": "postgresql", "postgres": "sqlite"}


@dataclass(frozen=True)
class Bars:
    """Which part must be reached wholly, and how much of the rest, in percent with branches."""

    whole_stages: frozenset[str]
    whole_storeys: frozenset[str]
    whole: float
    elsewhere: float

    def of(self, path: PurePath) -> float:
        """Give the percentage asked of a file."""
        stage, *inside = path.relative_to(SUAR).with_suffix("").parts
        whole = stage in self.whole_stages or bool(self.whole_storeys & set(inside))
        return self.whole if whole else self.elsewhere


@dataclass
class Row:
    """Files of one stage under one bar: lines and branches, in all and reached."""

    stage: str
    asked: float
    there: int = 0
    reached: int = 0
    missing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def percent(self) -> float:
        """Give the share reached, 100 where nothing is to be reached."""
        return 100 * self.reached / self.there if self.there else 100.0

    @property
    def holds(self) -> bool:
        """Say whether the bar is met."""
        return self.percent >= self.asked

    def add(self, path: str, told: Mapping[str, Any]) -> None:
        """Count a file in."""
        counted = told["summary"]
        self.there += counted["num_statements"] + counted["num_branches"]
        self.reached += counted["covered_lines"] + counted["covered_branches"]
        lines = [str(line) for line in told["missing_lines"]]
        ways = [
            f"{start}->{end if end > 0 else 'exit'}"
            for start, end in told["missing_branches"]
            if start not in told["missing_lines"]
        ]
        if lines or ways:
            self.missing[path] = [*lines, *ways]


def bars() -> Bars:
    """Read the bars from pyproject.toml."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["suar"]["coverage"]
    return Bars(
        frozenset(told["whole_stages"]),
        frozenset(told["whole_storeys"]),
        told["whole"],
        told["elsewhere"],
    )


def rows(told: Mapping[str, Any], asked: Bars) -> list[Row]:
    """Sort the files of coverage's own JSON report by stage and bar."""
    found: dict[tuple[str, float], Row] = {}
    for path, file in sorted(told["files"].items()):
        inside = PurePath(path).relative_to(SUAR)
        stage = inside.parts[0] if len(inside.parts) > 1 else "(suar)"
        key = (stage, asked.of(PurePath(path)))
        found.setdefault(key, Row(*key)).add(path, file)
    return [found[key] for key in sorted(found)]


def table(found: Iterable[Row]) -> str:
    """Draw the rows, and under a bar that is missed where its files were not reached."""
    lines = [f"{'stage':<12}{'asked':>7}{'reached':>9}  lines and branches"]
    for row in found:
        mark = "" if row.holds else "  MISSED"
        lines.append(f"{row.stage:<12}{row.asked:>6g}%{row.percent:>8.1f}%  {row.there}{mark}")
        if not row.holds:
            lines += [f"    {path}: {', '.join(at)}" for path, at in row.missing.items()]
    return "\n".join(lines)


@contextmanager
def place() -> Iterator[Path]:
    """Give a place for what a run and its children measure, apart from that of other runs.

    Coverage hands itself on to each Python that is started meanwhile, the served doors too.
    """
    with tempfile.TemporaryDirectory(prefix="suar-cover-") as folder:
        yield Path(folder) / "measured"


def judge(measured: Path, *, leg: str, judged: bool, tell: Callable[[str], None] = say) -> int:
    """Tell the table of a run on a leg; give 1 when it is to be judged and a bar is missed."""
    around = {"COVERAGE_FILE": str(measured), "SUAR_NOT_HERE": NOT_HERE[leg]}
    report = measured.with_name("report.json")
    for words in (["combine", "-q"], ["json", "-q", "-o", str(report)]):
        subprocess.run(
            [str(PYTHON), "-m", "coverage", *words],
            check=True,
            cwd=ROOT,
            env={**os.environ, **around},
        )
    found = rows(json.loads(report.read_text("utf-8")), bars())
    tell(table(found))
    return int(judged and not all(row.holds for row in found))
