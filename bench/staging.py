"""Brings the house to a size, measures one thing after the other, says on the side what goes on."""

import sys
import time
import traceback
from collections.abc import Callable

from bench.workloads import LEAD, Stage

START = time.monotonic()
FAILED: list[str] = []


def attempt(what: str, act: Callable[[], None]) -> None:
    """Measure one thing; what goes wrong there is told and does not end the others."""
    side(what)
    try:
        act()
    except Exception:
        traceback.print_exc()
        FAILED.append(what)


def fill(stage: Stage, *, services: int = 0, people: int = 0) -> float:
    """Bring the house to a size; what is there stays. Gives services taken over in a second."""
    rate = 0.0
    if services > stage.services:
        told = stage.house.ask("filling", "services", stage.services, services)
        rate, stage.services = told["created"] / told["seconds"], services
    if people > stage.people:
        stage.house.ask("filling", "people", LEAD, stage.people, people)
        stage.people = people
    # A session does not outlive a long filling.
    stage.sign_in()
    return rate


def side(words: str) -> None:
    """Say on the side what goes on, with the time since the start."""
    print(f"[{time.monotonic() - START:.0f} s] {words}", file=sys.stderr, flush=True)
