"""`./suar prove fuzz`: send thousands of unusual requests to the API and write docs/fuzz.md.

schemathesis reads the OpenAPI description of a served demonstration; it takes about ten minutes. A fault
ends the run and prints the request and the response.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.figures import ROOT, run_facts
from tests.hsds import fuzzing
from tests.standing import standing_in

PAGE = ROOT / "docs" / "fuzz.md"
ASKED = 10_000
HEAD = """# Fuzzing of the API

Written by `./suar prove fuzz` on {on} at commit {commit}, {machine}. schemathesis {version} generated requests from
`/hsds/openapi.json`, half of them invalid, and sent them to a served demonstration: {asked:,} requests in
{minutes:.0f} minutes, seed {seed}. **No server error, no undocumented status or body, no valid request refused and no
invalid request answered.** One rule is not in the description: `proximity` needs a `postcode` beside it.

| address | requests | responses by status |
|---|---|---|
"""


def main() -> None:
    """Send the requests and write the page if no fault was found."""
    parser = argparse.ArgumentParser(prog="./suar prove fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="requests of a kind to each address")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun, facts = time.monotonic(), run_facts()
    with tempfile.TemporaryDirectory(prefix="suar-fuzz-") as folder, standing_in(Path(folder)) as site:
        result = fuzzing.fuzz(fuzzing.served(site.public), requests=options.requests, at=options.seed)
    minutes = (time.monotonic() - begun) / 60
    print(f"{result.asked:,} requests in {minutes:.1f} minutes, no fault found.")
    if result.asked < ASKED:
        print(f"Fewer than {ASKED:,}: no page is written.")
        return
    head = HEAD.format(**facts, version=fuzzing.VERSION, asked=result.asked, minutes=minutes, seed=options.seed)
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
