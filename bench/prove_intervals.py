"""`./suar prove intervals`: how often the stepwise interval holds the number that is true.

Draws tables from the model fitted to the five UK lists, estimates each as if it were all that is
known, and counts. Writes docs/research/intervals.json with date and commit; goes on where it
stopped.
Source of the trial: Chan, Silverman & Vincent 2021 (coverage of the 95% interval about 90%).
"""

import argparse
import csv
import json
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

import numpy as np

from bench.keeping import ROOT, commit
from suar.insight.mse.bootstrap import leave_one_out, resample
from suar.insight.mse.fitting import Family
from suar.insight.mse.hierarchy import flags
from suar.insight.mse.intervals import acceleration, bca
from suar.insight.mse.reading import read
from suar.insight.mse.stepwise import Stepwise
from suar.insight.mse.tables import terms_of

TABLE = ROOT / "tests" / "insight" / "fixtures" / "mse" / "uk2013_5.csv"
KEPT = ROOT / ".state" / "intervals.csv"
TOLD = ROOT / "docs" / "research" / "intervals.json"


def main() -> None:
    """Run what is missing and write what came out."""
    parser = argparse.ArgumentParser(prog="./suar prove intervals", description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    asked = parser.parse_args()
    KEPT.parent.mkdir(exist_ok=True)
    done = _done()
    missing = [at for at in range(asked.sets) if at not in done]
    with ProcessPoolExecutor(asked.workers) as pool, KEPT.open("a", encoding="utf-8") as kept:
        for row in pool.map(_one, missing, [asked.replicates] * len(missing)):
            kept.write(",".join(map(repr, row)) + "\n")
            kept.flush()
    _write(list(_done().values())[: asked.sets], asked.replicates)


def truth() -> tuple[np.ndarray, float]:
    """Give the expected people on each combination, place 0 unseen, and their sum."""
    table = read(TABLE.read_text("utf-8"))["all"]
    method = Stepwise(table.places)
    counts = table.counts[None].astype(float)
    found = method.choose(counts)
    family = Family(table.places, terms_of(table.places, 2))
    pairs = tuple(p for p, chosen in zip(method.pairs, found.pairs[0], strict=True) if chosen)
    expected = family.fit(counts, flags(family, [pairs])).expected[0]
    return expected, float(expected.sum())


def _one(at: int, replicates: int) -> list[float]:
    expected, total = truth()
    draw, again = np.random.SeedSequence([2021, at]).spawn(2)
    people = np.random.default_rng(draw).multinomial(round(total), expected / total)
    counts = people.astype(float)
    counts[0] = 0
    method = Stepwise(5)
    estimate = float(method.totals(counts[None])[0])
    bend = acceleration(*leave_one_out(method, counts))
    found = method.totals(resample(counts, replicates, again))
    limits = [bca(estimate, found, bend, level) for level in (0.95, 0.8)]
    return [at, estimate, *(side for each in limits for side in (each.low, each.high))]


def _done() -> dict[int, list[float]]:
    if not KEPT.exists():
        return {}
    rows = [[float(cell) for cell in row] for row in csv.reader(KEPT.open(encoding="utf-8"))]
    return {int(row[0]): row for row in rows}


def _write(rows: list[list[float]], replicates: int) -> None:
    _, total = truth()
    found = np.array(rows)
    told = {
        "model": "stepwise model of uk2013_5",
        "people": round(total),
        "sets": len(found),
        "replicates": replicates,
        "covered_95": float(((found[:, 2] <= total) & (total <= found[:, 3])).mean()),
        "covered_80": float(((found[:, 4] <= total) & (total <= found[:, 5])).mean()),
        "log_rmse": float(np.sqrt((np.log(found[:, 1] / total) ** 2).mean())),
        "on": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
    }
    TOLD.parent.mkdir(exist_ok=True)
    TOLD.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
