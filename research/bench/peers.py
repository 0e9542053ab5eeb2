"""`./suar prove peers`: what estimates cost beside the R packages that make them, in one run.

Takes R and its packages SparseMSE, MultipleSystemsEstimation and RDS; without them it ends with 2
and says how to get them. Both sides take turns on the same tables and samples, each run in a
process of its own with one thread. Writes research/docs/speed.json and speed.md from it; about
eight minutes on a quiet machine. `--quick` takes few sets once and keeps them out of docs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bench import machine
from bench.figures import middle
from bench.keeping import TRIALS, commit
from bench.keeping import machine as kind_of_machine
from research.bench import r_side, speed_page
from research.bench.r_side import DRAWN, SETS, SPARSE, SYSTEMS, Run

REPLICATES, MANY, LONG = 1_000, 20_000, 60_000
QUICK_SETS = ("uk2013_5", "neworl_5_n185", "western_us_5", "korea_3")
Row = dict[str, Any]
Side = Callable[[int, int], Run]


@dataclass(frozen=True)
class Sizes:
    """How many replicates R draws in its two runs, how often all is repeated, and which sets."""

    few: int
    more: int
    rounds: int
    sets: tuple[str, ...]


WHOLE = {r_side.STEPWISE: Sizes(5, 30, 2, SETS), r_side.RECRUITED: Sizes(20, 100, 2, ())}
QUICK = {r_side.STEPWISE: Sizes(2, 6, 1, QUICK_SETS), r_side.RECRUITED: Sizes(10, 50, 1, ())}


def main() -> int:
    """Compare, keep and write."""
    parser = argparse.ArgumentParser(prog="./suar prove peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few sets, once, kept out of docs")
    parser.add_argument("--rounds", type=int, help="how often all is repeated (default: 2)")
    asked = parser.parse_args()
    if absent := r_side.missing():
        print(r_side.MISSING.format(missing=", ".join(absent)), file=sys.stderr)
        return 2
    sizes = QUICK if asked.quick else WHOLE
    told = measured({name: replace(each, rounds=asked.rounds or each.rounds) for name, each in sizes.items()})
    if unlike := r_side.unlike([*told["stepwise"], *told["recruited"]]):
        print(f"not the same estimate: {', '.join(unlike)}", file=sys.stderr)
        return 1
    folder = TRIALS if asked.quick else r_side.TOLD.parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "speed.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (folder / "speed.md").write_text(speed_page.drawn(told), "utf-8")
    print(f"{folder / 'speed.md'} is written.", file=sys.stderr)
    return 0


def measured(sizes: dict[str, Sizes]) -> Row:
    """Measure everything, with how busy others kept the machine meanwhile."""
    began, busy, own = time.perf_counter(), machine.busy_s(), _cpu_s()
    told: Row = {
        "on": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": kind_of_machine(),
        "replicates": REPLICATES,
        "sizes": {name: [each.few, each.more, each.rounds] for name, each in sizes.items()},
        "stepwise": list(_stepwise(sizes[r_side.STEPWISE])),
        "recruited": list(_recruited(sizes[r_side.RECRUITED])),
        "many": {"replicates": MANY, "cpu_s": r_side.ours(_ours("uk2013_5", MANY, 1), MANY).cpu_s},
        "scaling": scaling(),
    }
    seconds = time.perf_counter() - began
    others = (machine.busy_s() - busy) - (_cpu_s() - own)
    return told | {"others": max(others, 0.0) / (seconds * machine.cores()), "clock_s": seconds}


def _stepwise(sizes: Sizes) -> Iterator[Row]:
    for name in sizes.sets:
        for package in (SPARSE, SYSTEMS):

            def ours(replicates: int, seed: int, at: str = name) -> Run:
                return r_side.ours(_ours(at, replicates, seed), replicates)

            def theirs(replicates: int, seed: int, at: str = name, by: str = package) -> Run:
                return r_side.theirs(r_side.stepwise_words(at, by, replicates, seed), replicates)

            yield _said({"name": name, "package": package} | in_turns(ours, theirs, sizes))


def _recruited(sizes: Sizes) -> Iterator[Row]:
    for task in DRAWN:

        def ours(replicates: int, seed: int, at: r_side.Recruited = task) -> Run:
            numbers = (str(at.population), str(replicates), str(seed))
            words = [r_side.RECRUITED, at.sample, at.way, at.method, *numbers]
            return r_side.ours(words, replicates)

        def theirs(replicates: int, seed: int, at: r_side.Recruited = task) -> Run:
            return r_side.theirs(r_side.recruited_words(at, replicates, seed), replicates)

        about = {"name": task.name, "method": task.method, "package": r_side.RDS}
        # A thousand draws in C take less time than that of fewer differs from run to run.
        own = replace(sizes, more=REPLICATES) if task.in_c else sizes
        yield _said(about | in_turns(ours, theirs, own))


def in_turns(ours: Side, theirs: Side, sizes: Sizes) -> Row:
    """Let both sides work in turns, round by round; the ratio is the middle one of the rounds."""
    one, ratios, counted, last = [], [], [], []
    for turn in range(1, sizes.rounds + 1):
        mine = [ours(REPLICATES, turn)]
        few = theirs(sizes.few, turn)
        mine.append(ours(REPLICATES, turn))
        more = theirs(sizes.more, turn)
        mine.append(ours(REPLICATES, turn))
        last = [few, more]
        spent = [float(each.cpu_s or 0.0) for each in mine]
        one += spent
        if (whole := r_side.counted_up(few, more, REPLICATES)) is not None:
            counted.append(whole)
            ratios.append(whole / middle(spent))
    return {
        "ours_s": middle(one),
        "theirs_s": middle(counted) if counted else None,
        "ratio": middle(ratios) if ratios else None,
        "ratios": ratios,
        "apart": r_side.apart(mine[-1].estimate, last[-1].estimate),
        "start_s": [each.process_s - (each.cpu_s or 0.0) for each in (mine[-1], last[-1])],
        "made_with": last[-1].made_with,
    }


def scaling() -> list[Row]:
    """Draw many replicates with one process, then with one for each core: clock and CPU."""
    found = []
    for workers in sorted({1, machine.cores()}):
        began, busy = time.perf_counter(), machine.busy_s()
        run = r_side.ours([*_ours("uk2013_5", LONG, 1), str(workers)], LONG)
        seconds = time.perf_counter() - began
        others = machine.busy_s() - busy - run.process_s
        found.append(
            {
                "workers": workers,
                "replicates": LONG,
                "clock_s": run.clock_s,
                "cpu_s": run.cpu_s,
                "others": max(others, 0.0) / (seconds * machine.cores()),
            }
        )
    return found


def _ours(name: str, replicates: int, seed: int) -> list[str]:
    return [r_side.STEPWISE, name, str(replicates), str(seed)]


def _said(row: Row) -> Row:
    ratio = "stops" if row["ratio"] is None else f"{row['ratio']:.0f} x"
    print(f"{row['name']} beside {row['package']}: {row['ours_s']:.3f} CPU s, {ratio}", flush=True)
    return row


def _cpu_s() -> float:
    told: Sequence[float] = os.times()[:4]
    return sum(told)


if __name__ == "__main__":
    sys.exit(main())
