"""`./suar prove booklets`: a booklet of 300 entries is set in time, and light in its compact form.

Takes invented services of one district over and sets every form, three times, each in a process
of its own. Ends with 1 where a goal is missed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from bench.figures import REACHED, Figure, middle, sum_up, tell
from tools.folders import Folder
from tools.places import PYTHON

GOAL_S, COMPACT_BYTES, TIMES = 2, 300_000, 3


def main(words: Sequence[str]) -> int:
    """Fill, print, and say which goals hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=300)
    options = parser.parse_args(words)
    for figure in measured(options.entries):
        tell(figure)
    sum_up()
    return int(not all(figure.holds in (None, True) for figure in REACHED))


def measured(entries: int) -> Iterator[Figure]:
    """Take the services of a district over, and set every form of their booklet."""
    with tempfile.TemporaryDirectory() as held, redirect_stdout(sys.stderr):
        folder = Folder("demo", Path(held) / "data", Path(held) / "data" / "keys")
        folder.make()
        folder.prepare()
        _asked(folder, "fill", str(entries))
        runs = [_asked(folder, "measure") for _ in range(TIMES)]
    yield from _figures(runs)


def _asked(folder: Folder, *words: str) -> Any:
    command = [str(PYTHON), "-m", "bench.inside", "printing", *words]
    done = subprocess.run(command, env=folder.variables(), check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _figures(runs: list[dict[str, Any]]) -> Iterator[Figure]:
    """Give what each form takes, with putting the booklet together, and what it weighs.

    Judged by the time of the processor, which is more than the clock's on a machine at rest.
    """
    entries = runs[0]["entries"]
    for form, first in runs[0]["forms"].items():
        cpu, clock = (_middle(runs, form, of) for of in ("cpu", "seconds"))
        goal, note = f"<= {GOAL_S} s CPU", f"{clock:.2f} s by the clock"
        yield Figure(
            name=f"booklet_{form}", value=cpu, unit="s CPU", n=entries, goal=goal, holds=cpu <= GOAL_S, note=note
        )
        limit = COMPACT_BYTES if form == "compact" else 0
        yield Figure(
            name=f"booklet_{form}_bytes",
            value=first["bytes"],
            unit="B",
            n=entries,
            goal=f"<= {limit} B" if limit else "",
            holds=first["bytes"] <= limit if limit else None,
        )


def _middle(runs: list[dict[str, Any]], form: str, of: str) -> float:
    return middle([run["put_together"][of] + run["forms"][form][of] for run in runs])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
