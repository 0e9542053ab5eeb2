"""`./suar prove linkage`: how well tokens find again who is on two lists, and what it costs.

Makes two lists of invented people with slips of the pen, encodes and matches them, and writes
docs/research/linkage-figures.md. `--lists A.csv B.csv --same COLUMN --schema FILE` tries other
files, in which a column says who is who, and prints what it finds.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.keeping import ROOT, commit
from suar.insight.linkage import matching, schema
from suar.insight.linkage.encoding import Encoded, encode
from suar.insight.linkage.keys import LinkKey
from suar.insight.linkage.schema import NAMES_AND_BIRTH, Feature, Schema
from suar.insight.linkage.similarity import pairs_above
from suar.insight.reading import rows_of
from tests.insight import linkage_world as world

PAGE = ROOT / "docs" / "research" / "linkage-figures.md"
PEOPLE, ON_BOTH = 5_000, 3_000
KEY = LinkKey("proof", bytes(range(32)))
SURE = (0.50, 0.54, 0.58, 0.60, 0.62, 0.64, 0.66, 0.68, 0.70, 0.72, 0.74)
STREETS = [f"{kind} {name}" for kind in ("jalan", "gang") for name in world.FIRST]
ADDRESS = (Feature("street", bits=50), Feature("number", "letters", 20, "number"))
WITH_ADDRESS = Schema((*NAMES_AND_BIRTH.features, *ADDRESS))
HEAD = """# How well tokens find who is on two lists

Written by `./suar prove linkage` on {on} at commit {commit}. {people:,} and {people:,} invented
people, {both:,} of them on both lists; 16% of words with a slip of the pen, 5% of cells empty, only
30 first names, so that many are nearly alike. **Real lists differ: try a part that you know**, with
`./suar prove linkage --lists A.csv B.csv --same COLUMN --schema FILE`.

| schema | alike from | precision | recall | F1 |
|---|---|---|---|---|
"""
COST = """
Comparing 100 million pairs of tokens of 1,024 bits took {cpu:.1f} s of CPU in one thread ({goal}
was asked); how busy the machine was besides is not known to this page.
"""


def main() -> int:
    """Write the page, or print the figures of two files."""
    asked = _asked()
    if asked.lists:
        agreed = schema.read(Path(asked.schema).read_text("utf-8"))
        texts = [Path(name).read_text("utf-8") for name in asked.lists]
        known = [_column(text, asked.same) for text in texts]
        sys.stdout.writelines(_rows("given", agreed, texts, known))
        return 0
    texts, known = _made(seed=7)
    told = HEAD.format(on=datetime.now(UTC).date(), commit=commit(), people=PEOPLE, both=ON_BOTH)
    for name, agreed in (
        ("names, birth, sex, place", NAMES_AND_BIRTH),
        ("and address", WITH_ADDRESS),
    ):
        told += "".join(_rows(name, agreed, texts, known))
    cpu_s = _cpu_of_pairs()
    PAGE.write_text(told + COST.format(cpu=cpu_s, goal="at most 2.6 s"), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
    return int(cpu_s > 2.6)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./suar prove linkage", description=__doc__)
    parser.add_argument("--lists", nargs=2, metavar="FILE")
    parser.add_argument("--same", default="entity", metavar="COLUMN")
    parser.add_argument("--schema", metavar="FILE")
    asked = parser.parse_args()
    if bool(asked.lists) != bool(asked.schema):
        parser.error("--lists and --schema go together")
    return asked


def _made(*, seed: int) -> tuple[list[str], list[list[str]]]:
    """Make two lists with an address, and say who is on which row."""
    chance = random.Random(seed)
    whole = [
        [*person, chance.choice(STREETS), str(chance.randint(1, 200))]
        for person in world.people(2 * PEOPLE - ON_BOTH, seed=seed)
    ]
    on = [range(PEOPLE), range(PEOPLE - ON_BOTH, 2 * PEOPLE - ON_BOTH)]
    columns = [*world.COLUMNS, "street", "number"]
    texts = [
        world.as_csv((world.with_slips(whole[at], chance) for at in each), columns) for each in on
    ]
    return texts, [[str(at) for at in each] for each in on]


def _column(text: str, name: str) -> list[str]:
    header, body = rows_of(text, [name])
    return [row[header.index(name)] for _, row in body]


def _rows(
    name: str, agreed: Schema, texts: Sequence[str], known: Sequence[Sequence[str]]
) -> Iterator[str]:
    lists = [encode(text, agreed, KEY, f"list {at}") for at, text in enumerate(texts)]
    who = [_who(each, rows) for each, rows in zip(lists, known, strict=True)]
    wanted = len(set(known[0]) & set(known[1]))
    for sure in SURE:
        found = matching.match([each.file for each in lists], sure=sure, unsure=sure).sure
        right = sum(who[0][pair.first[1]] == who[1][pair.second[1]] for pair in found)
        precision, recall = right / max(len(found), 1), right / wanted
        both = 2 * precision * recall / max(precision + recall, 1e-9)
        yield f"| {name} | {sure:.2f} | {precision:.4f} | {recall:.4f} | {both:.4f} |\n"


def _who(each: Encoded, known: Sequence[str]) -> list[str]:
    """Say who each token is, by the row it was made from; the first one is line 2 of its file."""
    row_of = dict(each.rows)
    return [known[row_of[code] - 2] for code in each.file.codes]


def _cpu_of_pairs() -> float:
    drawn = np.random.default_rng(3)
    lists = [np.packbits(drawn.random((10_000, 1_024)) < 0.3, axis=1) for _ in range(2)]
    began = time.process_time()
    pairs_above(lists[0], lists[1], 0.64)
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
