"""`./suar prove tables`: a thousand random tables, each protected and attacked.

Writes research/docs/tables-figures.md; goes on where it stopped, as long as the code is the same.
`--tables N` tries fewer and prints only. What pytauargus
hides in the same tables stands in research/docs/tables-peers.json, measured once.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.keeping import ROOT, code, commit
from suar_research.releases.attack import Attack
from suar_research.releases.suppression import Task, Unprotected, suppress
from support import release_world as world

PAGE = ROOT / "research" / "docs" / "tables-figures.md"
KEPT = ROOT / ".state" / "tables.jsonl"
PEERS = ROOT / "research" / "docs" / "tables-peers.json"
CODE = code(
    "research/src/suar_research/releases", "research/tests/support/release_world.py", "research/bench/tables.py"
)
SHAPES = ((3, 4), (4, 6), (5, 7), (6, 8), (8, 12), (2, 2, 4), (2, 3, 3), (2, 3, 4))
WIDTH = 5
HEAD = """# Random tables, protected and attacked

Written by `./suar prove tables` on {on} at commit {commit}. People of independent columns; shares
of codes from a flat Dirichlet; 20 to 80 people for each code of the largest column. Each hidden
cell, margins too, is attacked by two linear programmes; zeros are shown.

| tables | hidden | worked out | narrower than 5 | not protectable | proved best | CPU s |
|---|---|---|---|---|---|---|
"""
BESIDE = """
## Beside pytauargus

{about}

| table | people | seed | small | hidden here | hidden by pytauargus | difference | ratio |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Protect, attack, write; 1 when any hidden cell is known too well or too many are hidden."""
    parser = argparse.ArgumentParser(prog="./suar prove tables", description=__doc__)
    parser.add_argument("--tables", type=int, help="try only so many, and write nothing")
    parser.add_argument("--workers", type=int, help="processes (default: cores)")
    asked = parser.parse_args()
    counted = Counter[str]()
    with ProcessPoolExecutor(asked.workers) as pool:
        rows, worst = beside(pool)
        for each in counts(pool, asked.tables or 1_000):
            counted.update(each)
    cpu_s = counted["cpu_ms"] / 1000
    line = (
        f"| {counted['tables']:,} | {counted['cells']:,} | {counted['exact']} | "
        f"{counted['narrow']} | {counted['refused']} | {counted['proved']} | "
        f"{cpu_s:.0f} |\n"
    )
    told = HEAD.format(on=datetime.now(UTC).date(), commit=commit()) + line + rows
    if asked.tables:
        sys.stdout.write(told)
    else:
        PAGE.write_text(told, "utf-8")
        sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
    return int(counted["exact"] + counted["narrow"] > 0 or worst > 1.3)


def counts(pool: ProcessPoolExecutor, tables: int) -> Iterator[Counter[str]]:
    """Give what each table came to: as it was kept from this code, or tried now and kept."""
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.touch()
    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    done = {row["seed"]: Counter(row["counts"]) for row in rows if row["code"] == CODE}
    missing = [seed for seed in range(tables) if seed not in done]
    with KEPT.open("a", encoding="utf-8") as kept:
        for seed, each in zip(missing, pool.map(tried, missing), strict=True):
            kept.write(json.dumps({"code": CODE, "seed": seed, "counts": each}) + "\n")
            kept.flush()
            done[seed] = each
    yield from (done[seed] for seed in range(tables))


def tried(seed: int) -> Counter[str]:
    """Protect and attack one random table."""
    began = time.process_time()
    shape = SHAPES[seed % len(SHAPES)]
    number = max(shape) * (20 + 20 * (seed // len(SHAPES) % 4))
    task, _ = world.task(world.people(shape, number, seed))
    try:
        chosen = suppress(task)
    except Unprotected:
        return Counter(tables=1, refused=1)
    widths = attacked(task, chosen.hidden)
    return Counter(
        tables=1,
        cells=len(widths),
        exact=int((widths < 1).sum()),
        narrow=int((widths < WIDTH).sum()),
        proved=int(chosen.cost <= chosen.bound),
        cpu_ms=round(1000 * (time.process_time() - began)),
    )


def attacked(task: Task, hidden: np.ndarray) -> np.ndarray:
    """Give how wide the interval of each hidden cell is."""
    attack = Attack(task.sums, task.values, task.low, hidden)
    widths = []
    for at in range(int(hidden.sum())):
        attack.limit(at, -1.0)
        attack.limit(at, 1.0)
        low, high = attack.known(at)
        widths.append(high - low)
    return np.array(widths)


def beside(pool: ProcessPoolExecutor) -> tuple[str, float]:
    """Hide in the tables that pytauargus was measured on; gives rows and the largest ratio."""
    told = json.loads(PEERS.read_text("utf-8"))
    rows, worst = BESIDE.format(about=told["about"]), 0.0
    ours = pool.map(counted_in, told["tables"])
    for each, (small, hidden) in zip(told["tables"], ours, strict=True):
        ratio = hidden / each["hidden"]
        worst = max(worst, ratio)
        shape = " x ".join(map(str, each["shape"]))
        rows += (
            f"| {shape} | {each['people']:,} | {each['seed']} | {small} | {hidden} | "
            f"{each['hidden']} | {hidden - each['hidden']:+} | {ratio:.2f} |\n"
        )
    return rows, worst


def counted_in(each: dict[str, Any]) -> tuple[int, int]:
    """Count the small cells of a table, and those that are hidden."""
    task, _ = world.task(world.people(each["shape"], each["people"], each["seed"]))
    return int(task.must.sum()), int(suppress(task).hidden.sum())


if __name__ == "__main__":
    sys.exit(main())
