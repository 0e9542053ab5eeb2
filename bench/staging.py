"""Sets the stage: reads the command line, starts both servers, fills ours to a size."""

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator

from bench import standing
from bench.workloads import LEAD, Stage

START = time.monotonic()


def asked(says: str) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./suar bench", description=says)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not on the file")
    parser.add_argument("--full", action="store_true", help="the long runs as well")
    return parser.parse_args()


@contextlib.contextmanager
def stage(words: argparse.Namespace, *, services: int, cases: int) -> Iterator[Stage]:
    """Start a fresh house and the filled yardstick."""
    seconds, times = (8.0, 5) if words.full else (4.0, 3)
    with contextlib.ExitStack() as stack:
        side("starting")
        on = stack.enter_context(standing.server("postgres" if words.postgres else "embedded"))
        house = stack.enter_context(standing.house(on))
        anchor = stack.enter_context(standing.anchor(on, services=services, cases=cases))
        yield Stage(on.name, house, anchor, seconds, times)


def fill(stage: Stage, *, services: int = 0, people: int = 0) -> float:
    """Bring the house to a size; what is there stays. Gives services taken over in a second."""
    rate = 0.0
    if services > stage.services:
        told = stage.house.ask("filling", "services", stage.services, services)
        rate, stage.services = told["created"] / told["seconds"], services
    if people > stage.people:
        stage.house.ask("filling", "people", LEAD, stage.people, people)
        stage.people = people
    return rate


def side(words: str) -> None:
    """Say on the side what goes on, with the time since the start."""
    print(f"[{time.monotonic() - START:.0f} s] {words}", file=sys.stderr, flush=True)
