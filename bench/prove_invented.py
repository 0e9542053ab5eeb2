"""`./suar prove invented`: how near tables of invented people are to the real ones.

Invents people in two sets of data, several times each, and writes research/docs/invented-figures.md
with what pac-synth 0.0.8 reached on the same data at the same epsilon and delta, measured once
(research/docs/invented-peers.json). Nobody in the data is real.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np

from bench.keeping import ROOT, commit
from suar_research.releases import noise, people, synthetic
from suar_research.releases.people import People

PAGE = ROOT / "research" / "docs" / "invented-figures.md"
PEERS = ROOT / "research" / "docs" / "invented-peers.json"
HARBOURS = ROOT / "research" / "docs" / "examples" / "harbours.csv"
RHOS, RUNS, DELTA = (Fraction(1, 10), Fraction(1, 2), Fraction(2)), 10, 1e-6
SHAPE, KINDS, NUMBER = (2, 6, 8, 5, 12, 4, 3), 5, 5_000
HEAD = """# How near tables of invented people are to the real ones

Written by `./suar prove invented` on {on} at commit {commit}. How far apart cross-tables of one,
two and three columns are: half of the sum of differences of shares, 0 for alike and 1 for nothing
in common, as a mean over all such tables and {runs} runs. "Same sums" is what one would have from
the real shares of each column alone, without noise and as if no column told of another.

{about}

| data | people | rho | epsilon | columns | here | pac-synth | same sums |
|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Invent, compare and write."""
    argparse.ArgumentParser(prog="./suar prove invented", description=__doc__).parse_args()
    peers = json.loads(PEERS.read_text("utf-8"))
    told = {"on": datetime.now(UTC).date(), "commit": commit(), "runs": RUNS}
    lines = [HEAD.format(**told, about=peers["about"])]
    for name, real in data().items():
        sums = apart(real, independent(real))
        for rho in RHOS:
            found = [synthetic.invent(real, real.names, rho, noise.source(run)) for run in range(RUNS)]
            ours = means([apart(real, each) for each in found])
            theirs = peers["apart"][name][str(rho)]
            lines += rows(f"{name} | {real.number:,}", rho, (ours, theirs, sums))
    PAGE.write_text("".join(lines), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
    return 0


def data() -> dict[str, People]:
    """Give the example of the page, and more people whose columns tell of each other."""
    return {"harbours": people.read(HARBOURS.read_text("utf-8")), "five kinds": of_kinds()}


def of_kinds() -> People:
    """Draw people of five kinds, each with shares of its own in every column."""
    drawn = np.random.default_rng(45)
    kind = drawn.choice(KINDS, NUMBER, p=drawn.dirichlet(np.full(KINDS, 3.0)))
    columns = []
    for size in SHAPE:
        shares = drawn.dirichlet(np.full(size, 0.5), KINDS).cumsum(axis=1)
        columns.append((drawn.random(NUMBER)[:, None] > shares[kind]).sum(axis=1).clip(0, size - 1))
    names = tuple(f"v{at}" for at in range(len(SHAPE)))
    codes = tuple(tuple(f"c{code:02d}" for code in range(size)) for size in SHAPE)
    return People(names, codes, np.column_stack(columns), np.ones(NUMBER, dtype=np.int64))


def independent(real: People) -> People:
    """Mix each column by itself, for many people, so that chance adds little."""
    drawn = np.random.default_rng(46)
    many = np.repeat(real.at, 20, axis=0)
    mixed = np.column_stack([drawn.permutation(column) for column in many.T])
    return People(real.names, real.codes, mixed, np.ones(len(mixed), dtype=np.int64))


def apart(real: People, made: People) -> dict[int, float]:
    """Give the mean distance of tables, by how many columns they have."""
    found = defaultdict(list)
    for each in synthetic.compare(real, made):
        found[len(each.names)].append(each.apart)
    return {size: float(np.mean(each)) for size, each in found.items()}


def means(found: Sequence[dict[int, float]]) -> dict[int, float]:
    """Average over runs."""
    return {size: float(np.mean([each[size] for each in found])) for size in found[0]}


def rows(of: str, rho: Fraction, found: Sequence[dict]) -> Iterator[str]:
    """Write a row for each number of columns."""
    ours, theirs, sums = found
    epsilon = noise.epsilon(float(rho), DELTA)
    for size in ours:
        yield (
            f"| {of} | {float(rho):g} | {epsilon:.2f} | {size} | {ours[size]:.3f} | "
            f"{theirs[str(size)]:.3f} | {sums[size]:.3f} |\n"
        )


if __name__ == "__main__":
    sys.exit(main())
