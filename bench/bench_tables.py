"""`./suar bench tables`: what needs no database, in CPU seconds of one thread.

Hiding in a large table, noise for many, models chosen in replicates, recruited samples drawn again,
tokens compared.

`--trial` takes small tables and keeps the figures out of docs.
"""

import argparse
import os
import sys
import time
from fractions import Fraction
from itertools import combinations

# Threads inside each product would be counted together.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from bench import estimating, figures
from bench.estimating import TIMES, cpu_s
from bench.figures import Figure, tell
from suar_research.releases import noise, noisy
from suar_research.releases.suppression import suppress
from support import release_world as world

LARGE, PEOPLE, SUPPRESSED_S = (4, 26, 11), 5_000, 2.7
COLUMNS, ROWS, NOISE_S = (2, 9, 5, 3, 4, 6, 2, 8, 5, 4), 10_000, 0.3


def main() -> int:
    """Measure and keep; a goal that is missed is a figure, not a failure."""
    parser = argparse.ArgumentParser(prog="./suar bench tables", description=__doc__)
    parser.add_argument("--trial", action="store_true", help="small sizes, kept out of docs")
    asked = parser.parse_args()
    suppressed((3, 6, 5) if asked.trial else LARGE, 300 if asked.trial else PEOPLE)
    noises(500 if asked.trial else ROWS)
    for measured in (estimating.stepwise, estimating.recruited, estimating.compared):
        measured(trial=asked.trial)
    page = figures.store(figures.TOLD, trial=asked.trial)
    print(f"{page} is written.", file=sys.stderr)
    return 0


def suppressed(shape: tuple[int, ...], people: int) -> None:
    """Hide in a cross-table of three columns with all its totals."""
    task, _ = world.task(world.people(shape, people, 0))
    began = time.process_time()
    chosen = suppress(task)
    seconds = time.process_time() - began
    small, hidden = int(task.must.sum()), int(chosen.hidden.sum())
    tell(
        Figure(
            name="tables_suppressed",
            value=seconds,
            unit="CPU s",
            goal=f"<= {SUPPRESSED_S} CPU s",
            holds=seconds <= SUPPRESSED_S,
            database="research",
            n=1,
            note=f"{' x '.join(map(str, shape))}, {people:,} people, {small} small cells, {hidden} hidden",
        )
    )


def noises(rows: int) -> None:
    """Count all pairs of ten columns with noise."""
    made = world.people(COLUMNS, rows, 1)
    tables = list(combinations(made.names, 2))
    below = noise.source(None)
    seconds = cpu_s(lambda: noisy.tables_of(made, tables, Fraction(1, 2), below))
    tell(
        Figure(
            name="tables_noise",
            value=seconds,
            unit="CPU s",
            goal=f"<= {NOISE_S} CPU s",
            holds=seconds <= NOISE_S,
            database="research",
            n=TIMES,
            note=f"{len(tables)} tables of two columns, {rows:,} people",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
