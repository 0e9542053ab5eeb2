"""`./suar prove intervals`: how often the intervals of each method hold the number that is true.

Draws tables from the model fitted to the five UK lists, estimates each as if it were all that is
known, and counts; then by the stepwise choice alone in tables from the models of two other sets.
Writes research/docs/intervals.json with date and commit; goes on where it stopped, as long as the
estimates are the same code.
`bic_alone` takes the model of smallest BIC and its interval as if nothing had been chosen.
Source of the trial: Chan, Silverman & Vincent 2021, section 3.4: 500 sets, stepwise 90% of the time
at 95% and 70% at 80%, log RMSE 0.19; the best BIC alone 61.4%, 42.8% and 0.34.
"""

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.keeping import ROOT, code, commit
from suar_research.answers import LEVELS, Answer, Limits
from suar_research.mse import hierarchy
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import flags
from suar_research.mse.multinomial import profile
from suar_research.mse.panel import METHODS, order_for
from suar_research.mse.reading import read
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable, terms_of
from suar_research.resampling import Plan
from suar_research.running import Runner

TABLES = ROOT / "research" / "tests" / "fixtures" / "mse"
UK, OTHERS = "uk2013_5", ("kosovo_4", "western_us_5")
KEPT = ROOT / ".state" / "intervals.jsonl"
TOLD = ROOT / "research" / "docs" / "intervals.json"
STEPWISE, ALONE = "stepwise", "bic_alone"
TRIED = (STEPWISE, "aic", "main", "threshold", "graphs", ALONE, "bic")
POINTS = 10_000
CODE = code("research/src/suar_research/mse", "research/src/suar_research/resampling.py", "research/bench/intervals.py")
Row = dict[str, Any]


def main() -> None:
    """Run what is missing and write what came out."""
    parser = argparse.ArgumentParser(prog="./suar prove intervals", description=__doc__)
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--methods", default=",".join(TRIED), help="names with commas between")
    parser.add_argument("--others", type=int, default=200, help="sets from other models")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    asked = parser.parse_args()
    KEPT.parent.mkdir(exist_ok=True)
    done = {(row["table"], row["method"], row["at"]) for row in _done(asked.replicates)}
    wanted = [(UK, name, at) for name in asked.methods.split(",") for at in range(asked.sets)]
    wanted += [(table, STEPWISE, at) for at in range(asked.others) for table in OTHERS]
    jobs = [(*each, asked.replicates) for each in wanted if each not in done]
    with ProcessPoolExecutor(asked.workers) as pool, KEPT.open("a", encoding="utf-8") as kept:
        for row in pool.map(tried, jobs, chunksize=4):
            kept.write(json.dumps(row) + "\n")
            kept.flush()
    _write(_done(asked.replicates), asked.replicates)


def truth(name: str) -> tuple[np.ndarray, float]:
    """Give the expected people on each combination, place 0 unseen, and their sum."""
    table = read((TABLES / f"{name}.csv").read_text("utf-8"))["all"]
    method = Stepwise(table.places)
    counts = table.counts[None].astype(float)
    found = method.choose(counts)
    family = Family(table.places, terms_of(table.places, 2))
    pairs = tuple(p for p, chosen in zip(method.pairs, found.pairs[0], strict=True) if chosen)
    expected = family.fit(counts, flags(family, [pairs])).expected[0]
    return expected, float(expected.sum())


def drawn(name: str, at: int) -> CaptureTable:
    """Draw a table: whoever is on no list is drawn too, and then not seen."""
    expected, total = truth(name)
    draw = np.random.default_rng(np.random.SeedSequence([2021, at]).spawn(2)[0])
    people = draw.multinomial(round(total), expected / total)
    people[0] = 0
    lists = "ABCDE"[: len(people).bit_length() - 1]
    return CaptureTable.of(tuple(lists), dict(enumerate(people.tolist())))


def tried(job: tuple[str, str, int, int]) -> Row:
    """Estimate one table by one method; a refusal is an estimate of None."""
    table, name, at, replicates = job
    row: Row = {"code": CODE, "table": table, "method": name, "at": at, "replicates": replicates}
    row["estimate"] = None
    try:
        ask = alone if name == ALONE else METHODS[name]
        found = ask(drawn(table, at), Plan(at, replicates, replicates), Runner())
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        return row | {"because": str(error)}
    limits = {kind: [[each.low, each.high] for each in sides] for kind, sides in found.intervals.items()}
    return row | {"estimate": found.estimate, "smoothed": found.smoothed, "limits": limits}


def alone(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Take the model of smallest BIC as if it had been known."""
    compared = hierarchy.compare(table, order_for(table.places))
    chosen = compared.chosen[compared.by_bic()[0]]
    found = profile(table.counts.astype(float), compared.family, chosen, LEVELS)
    limits = tuple(Limits(level, *found.limits[level]) for level in LEVELS)
    return Answer(ALONE, found.estimate, {"profile": limits}, "")


def _done(replicates: int) -> list[Row]:
    if not KEPT.exists():
        return []
    rows = [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()]
    return [row for row in rows if row["code"] == CODE and row["replicates"] == replicates]


def _write(rows: Sequence[Row], replicates: int) -> None:
    """Write what came out; what was not tried anew stays, with its own date and commit."""
    by_method = defaultdict(list)
    for row in rows:
        by_method[row["table"], row["method"]].append(row)
    expected, total = truth(UK)
    about = {"on": datetime.now(UTC).date().isoformat(), "commit": commit()}
    tried_now = {
        "methods": {name: about | counted(by_method[UK, name], total) for name in TRIED if by_method[UK, name]},
        "others": {
            name: about | {"people": round(truth(name)[1])} | counted(by_method[name, STEPWISE], truth(name)[1])
            for name in OTHERS
            if by_method[name, STEPWISE]
        },
    }
    told = {
        "model": f"stepwise model of {UK}",
        "people": round(total),
        "replicates": replicates,
        "points": points(expected, total),
        **_beside_earlier(tried_now),
        **about,
    }
    TOLD.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(json.dumps(told, indent=1))


def _beside_earlier(tried_now: dict[str, Row]) -> dict[str, Row]:
    if not TOLD.exists():
        return tried_now
    before = json.loads(TOLD.read_text("utf-8"))
    when = {"on": before["on"], "commit": before["commit"]}
    return {
        part: {name: when | each for name, each in before[part].items()} | found for part, found in tried_now.items()
    }


def counted(rows: Sequence[Row], total: float) -> Row:
    """Count how often each kind of interval holds the truth; a refusal does not hold it."""
    answered = [row for row in rows if row["estimate"] is not None]
    kinds = answered[0]["limits"]
    found = np.array([row["estimate"] for row in answered])
    smoothed = np.array([row["smoothed"] for row in answered], dtype=float)
    told: Row = {
        "sets": len(rows),
        "refused": len(rows) - len(answered),
        **_off(found, total),
        "intervals": {kind: _held([row["limits"][kind] for row in answered], len(rows), total) for kind in kinds},
    }
    if np.isfinite(smoothed).all():
        told["smoothed"] = _off(smoothed, total) | _nearer(found, smoothed, total)
    return told


def points(expected: np.ndarray, total: float) -> Row:
    """Estimate many more tables by the stepwise choice: how far off it is, more exactly."""
    draw = np.random.default_rng(np.random.SeedSequence([2021]))
    people = draw.multinomial(round(total), expected / total, size=POINTS).astype(float)
    people[:, 0] = 0
    return {"sets": POINTS, **_off(Stepwise(5).totals(people), total)}


def _off(found: np.ndarray, total: float) -> Row:
    """Give root mean squares, the standard error of that of logarithms, and their mean."""
    apart = np.log(found / total)
    squares = apart**2
    rmse = float(np.sqrt(squares.mean()))
    error = float(squares.std() / np.sqrt(len(squares)) / (2 * rmse))
    return {
        "rmse": float(np.sqrt(((found - total) ** 2).mean())),
        "log_rmse": rmse,
        "log_rmse_error": error,
        "middle": float(np.median(found)),
        "log_bias": float(apart.mean()),
    }


def _nearer(found: np.ndarray, smoothed: np.ndarray, total: float) -> Row:
    """Give what smoothing takes off the mean square of logarithms, table by table."""
    less = np.log(found / total) ** 2 - np.log(smoothed / total) ** 2
    return {
        "less": float(less.mean()),
        "less_error": float(less.std() / np.sqrt(len(less))),
        "nearer": float((less > 0).mean()),
    }


def _held(limits: Sequence[Any], sets: int, total: float) -> Row:
    sides = np.array(limits, dtype=float)
    found: Row = {}
    for place, level in enumerate(LEVELS):
        low, high = sides[:, place].T
        share = float(((low <= total) & (total <= high)).sum() / sets)
        found[f"covered_{level * 100:.0f}"] = share
        found[f"error_{level * 100:.0f}"] = float(np.sqrt(share * (1 - share) / sets))
    low, high = sides[:, 0].T
    found |= {
        "below": float((high < total).mean()),
        "above": float((low > total).mean()),
        "middle_ratio": float(np.median(high / low)),
    }
    return found


if __name__ == "__main__":
    main()
