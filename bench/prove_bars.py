"""`./suar prove bars`: run the tests of every bar, time leaving, and write docs/security-bars.md.

`--timed FILE` takes over the figures of `./suar bench bars > FILE`; give it more than once for
more than one database. `--quick` runs no test and measures nothing: it only takes figures over.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench import leaving, telling_bars
from tools.places import PYTHON, ROOT

KEPT = ("name", "value", "unit", "ratio", "goal", "holds", "database", "n", "others")


def main() -> int:
    """Prove, write, and give 1 when a test failed."""
    parser = argparse.ArgumentParser(prog="./suar prove bars", description=__doc__)
    parser.add_argument("--timed", action="append", default=[], type=Path, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="only take figures over")
    asked = parser.parse_args()
    told = telling_bars.read()
    for file in asked.timed:
        for line in file.read_text("utf-8").splitlines():
            keep(told, json.loads(line))
    if not asked.quick:
        for figure in leaving.figures():
            keep(told, figure)
        told["ran"] = run(sorted({test for bar in told["bars"].values() for test in bar["tests"]}))
    telling_bars.write(told)
    print(f"{telling_bars.PAGE.relative_to(ROOT)} is written.")
    return int(any(each["failed"] for each in told["ran"].get("files", {}).values()))


def keep(told: dict[str, Any], figure: dict[str, Any]) -> None:
    """Keep a figure that belongs to a bar, with the day and the commit."""
    starts = tuple(start for bar in told["bars"].values() for start in bar.get("figures", ()))
    if figure["name"].startswith(starts):
        place = figure["name"] + (f" {figure['database']}" if figure.get("database") else "")
        told["measured"][place] = {
            **{name: figure.get(name) for name in KEPT}, "on": today(), "commit": commit(),
        }  # fmt: skip


def run(files: list[str]) -> dict[str, Any]:
    """Run the tests once and count for each file."""
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        line = [str(PYTHON), "-m", "pytest", "-q", "-o", "junit_family=xunit1",
                f"--junitxml={report}", *files]  # fmt: skip
        subprocess.call(line, cwd=ROOT, env={**os.environ, "SUAR_STORY_LANG": "en"})
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own report
    counted: dict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "failed": 0})
    for case in cases:
        wrong = case.find("failure") is not None or case.find("error") is not None
        if wrong or case.find("skipped") is None:
            counted[str(case.get("file"))]["failed" if wrong else "passed"] += 1
    seconds = (datetime.now(UTC) - began).total_seconds()
    return {
        "on": today(), "commit": commit(), "database": database(), "seconds": round(seconds),
        "files": dict(sorted(counted.items())),
    }  # fmt: skip


def database() -> str:
    """Name the database of this run."""
    return "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLCipher"


def today() -> str:
    """Give the day."""
    return datetime.now(UTC).date().isoformat()


def commit() -> str:
    """Give the commit that is checked out."""
    line = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
