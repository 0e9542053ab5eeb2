"""Runs parts of a bench: reads the command line, starts both servers, keeps the figures."""

import argparse
import contextlib
from collections.abc import Callable, Iterator
from functools import partial

from bench import figures, keeping, parts, standing
from bench.parts import Sizes
from bench.staging import FAILED, attempt, side
from bench.workloads import Stage

Part = Callable[[Stage, Sizes], None]


def main(says: str, *wanted: Part) -> int:
    """Run parts, each on a stage of its own, and keep what they found; 1 when one could not be.

    A goal that is missed is written down and is no failure.
    """
    asked = _asked(says)
    sizes = parts.TRIAL if asked.trial else parts.FULL if asked.full else parts.TRUE
    try:
        for part in wanted:
            attempt(part.__name__, partial(_run, part, asked, sizes))
    finally:
        page = keeping.keep(figures.REACHED, trial=asked.trial)
        figures.sum_up()
        side(f"{page} is written. Not measured: {', '.join(FAILED) or 'nothing'}.")
    return int(bool(FAILED))


def _run(part: Part, asked: argparse.Namespace, sizes: Sizes) -> None:
    with _stage(asked, sizes) as stage:
        part(stage, sizes)


def _asked(says: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./suar bench", description=says)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not on the file")
    parser.add_argument("--full", action="store_true", help="longer loops and a longer chain")
    parser.add_argument("--trial", action="store_true", help="small sizes, kept out of docs")
    return parser.parse_args()


@contextlib.contextmanager
def _stage(asked: argparse.Namespace, sizes: Sizes) -> Iterator[Stage]:
    """Start a fresh house and the filled yardstick."""
    seconds, times = (1.0, 2) if asked.trial else (8.0, 5) if asked.full else (4.0, 3)
    with contextlib.ExitStack() as stack:
        side("starting")
        on = stack.enter_context(standing.server("postgres" if asked.postgres else "embedded"))
        house = stack.enter_context(standing.house(on))
        anchor = standing.anchor(on, services=sizes.large, cases=sizes.large)
        yield Stage(on.name, house, stack.enter_context(anchor), seconds, times)
