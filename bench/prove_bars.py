"""`./suar prove bars`: run the tests of every bar, time leaving, and write docs/security-bars.md.

The other figures are those that `./suar bench` has kept in docs/bench.jsonl, each with its day
and commit; `--timed` measures those of the bars anew first. `--quick` runs nothing and only takes
figures over. `--trial` works with small sizes and writes beside the trials of the bench.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench import keeping, leaving, telling_bars
from bench.keeping import commit
from tools.places import PYTHON, ROOT, environment

KEPT = (
    "name",
    "value",
    "unit",
    "ratio",
    "goal",
    "holds",
    "database",
    "n",
    "others",
    "on",
    "commit",
)


def main() -> int:
    """Prove, write, and give 1 when a test failed or a figure could not be measured."""
    asked = _asked()
    told, failed = telling_bars.read(), 0
    if asked.timed:
        failed = _bench(["--trial"] if asked.trial else [])
    for figure in keeping.read(keeping.TRIALS if asked.trial else keeping.DOCS):
        keep(told, figure)
    if not asked.quick:
        for figure in leaving.figures(times=2 if asked.trial else leaving.TIMES):
            keep(told, {**figure, "on": today(), "commit": commit()})
        told["ran"] = run(sorted({test for bar in told["bars"].values() for test in bar["tests"]}))
    page = telling_bars.write(told, keeping.TRIALS if asked.trial else keeping.DOCS)
    print(f"{page.relative_to(ROOT)} is written.")
    return int(failed or any(each["failed"] for each in told["ran"].get("files", {}).values()))


def keep(told: dict[str, Any], figure: dict[str, Any]) -> None:
    """Keep a figure that belongs to a bar."""
    starts = tuple(start for bar in told["bars"].values() for start in bar.get("figures", ()))
    if figure["name"].startswith(starts):
        place = figure["name"] + (f" {figure['database']}" if figure.get("database") else "")
        told["measured"][place] = {name: figure.get(name) for name in KEPT}


def run(files: list[str]) -> dict[str, Any]:
    """Run the tests once and count for each file."""
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        line = [str(PYTHON), "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junitxml={report}", *files]
        subprocess.call(line, cwd=ROOT, env={**os.environ, "SUAR_STORY_LANG": "en"})
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own report
    counted: dict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "failed": 0})
    for case in cases:
        wrong = case.find("failure") is not None or case.find("error") is not None
        if wrong or case.find("skipped") is None:
            counted[str(case.get("file"))]["failed" if wrong else "passed"] += 1
    seconds = (datetime.now(UTC) - began).total_seconds()
    return {
        "on": today(),
        "commit": commit(),
        "database": database(),
        "seconds": round(seconds),
        "files": dict(sorted(counted.items())),
    }


def database() -> str:
    """Name the database of this run."""
    return "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLCipher"


def today() -> str:
    """Give the day."""
    return datetime.now(UTC).date().isoformat()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./suar prove bars", description=__doc__)
    parser.add_argument("--timed", action="store_true", help="measure the bars first")
    parser.add_argument("--quick", action="store_true", help="only take figures over")
    parser.add_argument("--trial", action="store_true", help="small sizes, kept out of docs")
    return parser.parse_args()


def _bench(words: list[str]) -> int:
    line = [str(PYTHON), str(ROOT / "bench" / "bench_bars.py"), *words]
    around = environment(DJANGO_SETTINGS_MODULE="tests.settings")
    return subprocess.call(line, cwd=ROOT, env=around)


if __name__ == "__main__":
    sys.exit(main())
