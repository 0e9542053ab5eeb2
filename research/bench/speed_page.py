"""The page research/docs/speed.md, drawn from speed.json beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.figures import middle
from research.bench import r_side

Told = Mapping[str, Any]
MEAN, LEAST, UK_S, MANY_S, SCALED, RECRUITED = 100, 40, 1.0, 5.0, 0.9, 10
QUIET, SHORT = 0.05, 100
HOLDS = {True: "yes", False: "**no**", None: "cannot be judged"}
UK = "uk2013_5"
HEAD = """# What estimates cost beside R

Written by `./suar prove peers` on {on} at commit {commit} from [speed.json](speed.json): not by hand. {machine}; others kept {others:.0%} of
it busy meanwhile. Where the time goes, and why it cannot go much lower: [where-time-goes.md](where-time-goes.md).

- CPU seconds, user and system, of one thread, for {replicates:,} replicates, without the start of R or Python. Every run is a process of its
  own, so nothing is remembered from the one before.
- Both sides take turns on the same file. The ratio is the middle one where there are several rounds ({rounds} here).
- R drew {few} and {more} replicates each time ({drawn_few} and {drawn_more} of recruited samples, and all {replicates:,} of those it draws in C).
  What both runs have in common is counted once, and each further replicate as what it cost between the two: all of them would take
  most of an hour.
- The estimates of both sides are the same to one in a million in every row of the first table, or this page would not be written.

| goal | reached | holds |
|---|---|---|
"""
START = """
A whole process, with its start and its packages loaded, costs {ours:.2f} CPU s more here and {theirs:.2f} in R.
"""
STEPWISE = """
## Stepwise choice with BCa intervals

R is {sparse}, and {systems}.

| table | ours | SparseMSE | ratio | rounds | MultipleSystemsEstimation | ratio | rounds |
|---|---|---|---|---|---|---|---|
"""
DRAWN = """
## Recruited samples drawn again

R is {rds}. "Stops" is where it ends with an error, which depends on the seed: chances became negative. `gile` is drawn in C there, and
`gile_in_R` is the same with `useC = FALSE`. Each replicate of `gile` is given the weights of the sample there (`fast`; without it, it
stops), and weights of its own here ([rds.md](rds.md)).

| sample and way | method | ours | RDS | ratio | rounds |
|---|---|---|---|---|---|
"""
CORES = """
## More cores

{long:,} replicates of `{uk}`. Clock time says something only where others leave the machine alone; CPU says what sharing the work costs.

| processes | seconds by the clock | CPU s | others |
|---|---|---|---|
"""


def drawn(told: Told) -> str:
    """Draw the page."""
    few, more, rounds = told["sizes"][r_side.STEPWISE]
    drawn_few, drawn_more = told["sizes"][r_side.RECRUITED][:2]
    sizes = {"few": few, "more": more, "rounds": rounds, "drawn_few": drawn_few, "drawn_more": drawn_more}
    made = {row["package"]: row["made_with"] for row in told["stepwise"]}
    parts = [
        HEAD.format(
            **{key: told[key] for key in ("on", "commit", "machine", "others")}, replicates=told["replicates"], **sizes
        ),
        *(_line(what, reached, HOLDS[holds]) for what, reached, holds in goals(told)),
        _start(told),
        STEPWISE.format(sparse=made[r_side.SPARSE], systems=made[r_side.SYSTEMS]),
        *_stepwise(told),
        DRAWN.format(rds=told["recruited"][0]["made_with"]),
        *_recruited(told),
        CORES.format(long=told["scaling"][0]["replicates"], uk=UK),
        *_cores(told),
    ]
    return "".join(parts)


def goals(told: Told) -> Iterator[tuple[str, str, bool | None]]:
    """Give each goal, what was reached, and whether it holds; None where it cannot be judged."""
    for package, mean in ((r_side.SPARSE, MEAN), (r_side.SYSTEMS, LEAST)):
        ratios = r_side.ratios_of(told["stepwise"], package)
        middle, least = r_side.geometric(list(ratios.values())), min(ratios, key=ratios.__getitem__)
        yield f"geometric mean >= {mean} x {package}", f"{middle:.0f} x", middle >= mean
        yield f"each >= {LEAST} x", f"{ratios[least]:.0f} x, `{least}`", ratios[least] >= LEAST
    uk, many = _uk(told), told["many"]
    for replicates, seconds, most in ((told["replicates"], uk, UK_S), (many["replicates"], many["cpu_s"], MANY_S)):
        what = f"`{UK}`, {replicates:,} replicates <= {most:.0f} CPU s"
        yield what, f"{seconds:.2f} CPU s", seconds <= most
    yield from _drawn_again(r_side.ratios_of(told["recruited"], r_side.RDS))
    yield scaled(told["scaling"])


def _drawn_again(ratios: Mapping[str, float]) -> Iterator[tuple[str, str, bool | None]]:
    """Judge all, and by themselves those that R draws in its own language."""
    slow = {name: each for name, each in ratios.items() if not name.endswith("_gile")}
    for what, among in (("each", ratios), ("each that R draws in R", slow)):
        least = min(among, key=among.__getitem__)
        reached = f"{among[least]:.1f} x, `{least}`"
        yield f"recruited samples, {what} >= {RECRUITED} x RDS", reached, among[least] >= RECRUITED


def _start(told: Told) -> str:
    starts = [row["start_s"] for row in told["stepwise"]]
    ours, theirs = (middle([each[side] for each in starts]) for side in (0, 1))
    return START.format(ours=ours, theirs=theirs)


def _uk(told: Told) -> float:
    return float(middle([row["ours_s"] for row in told["stepwise"] if row["name"] == UK]))


def scaled(rows: Sequence[Told]) -> tuple[str, str, bool | None]:
    """Judge by the clock, and only where others left the machine alone."""
    one, all_ = rows[0], rows[-1]
    times = one["clock_s"] / all_["clock_s"] / all_["workers"]
    what = f"faster by >= {SCALED} x cores on {all_['workers']} cores"
    if max(row["others"] for row in rows) > QUIET:
        return what, f"{times:.2f} x cores while others were busy", None
    return what, f"{times:.2f} x cores", times >= SCALED


def _stepwise(told: Told) -> Iterator[str]:
    found: dict[str, dict[str, Told]] = {}
    for row in told["stepwise"]:
        found.setdefault(row["name"], {})[row["package"]] = row
    for name, by in found.items():
        ours = middle([row["ours_s"] for row in by.values()])
        yield _line(name, f"{ours:.3f}", *_beside(by[r_side.SPARSE]), *_beside(by[r_side.SYSTEMS]))


def _recruited(told: Told) -> Iterator[str]:
    for row in told["recruited"]:
        yield _line(row["name"], row["method"], f"{row['ours_s']:.3f}", *_beside(row))


def _beside(row: Told) -> tuple[str, str, str]:
    if row["ratio"] is None:
        return "stops", "", ""
    rounds = ", ".join(map(_short, row["ratios"]))
    return _short(row["theirs_s"]), _short(row["ratio"]), rounds


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= SHORT else f"{number:.3g}"


def _cores(told: Told) -> Iterator[str]:
    for row in told["scaling"]:
        spent = (f"{row['clock_s']:.2f}", f"{row['cpu_s']:.2f}")
        yield _line(str(row["workers"]), *spent, f"{row['others']:.0%}")


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
