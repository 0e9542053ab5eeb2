"""`./suar prove fuzz`: ask the served interface thousands of odd questions, into docs/fuzz.md.

A served demonstration, its own description, schemathesis; ten minutes or so. A finding ends the run
with what was asked and what was answered.
"""

import argparse
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import ROOT, commit, machine
from tests.hsds import fuzzing
from tests.standing import standing_in

PAGE = ROOT / "docs" / "fuzz.md"
ASKED = 10_000
HEAD = """# Odd questions to the interface

Written by `./suar prove fuzz` on {on} at commit {commit}, {machine}. schemathesis {version} made the questions of
`/hsds/openapi.json`, as many that fit it as that do not, and asked them of a served demonstration: {asked:,}
questions in {minutes:.0f} minutes, seed {seed}. **No error of ours, no status and no body that is not described,
nothing refused that fits and nothing answered that does not.**
But for one thing that a description cannot say: `proximity` needs a `postcode` beside it.

| address | questions | answers by status |
|---|---|---|
"""


def main() -> None:
    """Ask, and write the page when nothing was found."""
    parser = argparse.ArgumentParser(prog="./suar prove fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="requests of a kind to each address")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun, served = time.monotonic(), commit()
    with tempfile.TemporaryDirectory(prefix="suar-fuzz-") as folder, standing_in(Path(folder)) as site:
        result = fuzzing.fuzz(fuzzing.served(site.public), requests=options.requests, at=options.seed)
    minutes = (time.monotonic() - begun) / 60
    print(f"{result.asked:,} questions in {minutes:.1f} minutes, nothing found.")
    if result.asked < ASKED:
        print(f"Fewer than {ASKED:,}: no page is written.")
        return
    about = {"on": datetime.now(UTC).date().isoformat(), "commit": served, "machine": machine()}
    head = HEAD.format(**about, version=fuzzing.VERSION, asked=result.asked, minutes=minutes, seed=options.seed)
    PAGE.write_text(head + "".join(_line(*item) for item in _by_address(result)), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written.")


def _by_address(result: fuzzing.Fuzzed) -> list[tuple[str, Counter[int]]]:
    data: dict[str, Counter[int]] = {}
    for (address, status), times in result.answers.items():
        data.setdefault(address, Counter())[status] += times
    return sorted(data.items())


def _line(address: str, statuses: Counter[int]) -> str:
    parts = ", ".join(f"{status}: {times:,}" for status, times in sorted(statuses.items()))
    return f"| `{address}` | {statuses.total():,} | {parts} |\n"


if __name__ == "__main__":
    main()
