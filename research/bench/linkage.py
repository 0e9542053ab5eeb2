"""`./suar prove linkage`: how well tokens find again who is on two lists, and what it costs.

Makes two lists of invented people with slips of the pen, encodes and matches them, by likeness and
by probability, with and without a salt, and in clear words, and writes
research/docs/linkage-figures.md. `--lists A.csv B.csv --same COLUMN --schema FILE` tries other
files, in which a column says who is who, and prints what it finds; with `--name` what is found by
probability is kept for the page (research/docs/linkage-sets.json).
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.keeping import ROOT, commit
from suar_research.linkage import blocking, calibration, chances, clear, engines, matching, schema
from suar_research.linkage.chances import Chances
from suar_research.linkage.cleaning import CLEANED
from suar_research.linkage.encoding import Encoded, encode
from suar_research.linkage.files import TokenFile
from suar_research.linkage.judging import Truth, judged
from suar_research.linkage.keys import LinkKey
from suar_research.linkage.schema import NAMES_AND_BIRTH, Feature, Salt, Schema
from suar_research.linkage.similarity import pairs_above
from suar_research.reading import rows_of
from support import linkage_world as world

PAGE = ROOT / "research" / "docs" / "linkage-figures.md"
SETS = PAGE.with_name("linkage-sets.json")
PEOPLE, ON_BOTH = 5_000, 3_000
PROBABLE = 0.5
KEY = LinkKey("proof", bytes(range(32)))
SURE = (0.58, 0.60, 0.62, 0.64, 0.66, 0.68, 0.70, 0.72, 0.74)
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
CHANCES = """
## By probability, no threshold having been sought

`--probable 0.5`. *Expected* is how many matches the model foresees without labels, *true* how
many of them there are among the pairs looked at; Brier score over these pairs. Sets beside the
invented one were measured with the same program (`--lists ... --name NAME`) on the date they bear;
their files are not here ([whose they are](linkage.md#how-well-it-finds)).

| set | schema | precision | recall | F1 | expected | true | Brier |
|---|---|---|---|---|---|---|---|
"""
BESIDE = """
## Beside other programs

F1 on the same files, without an identifier in the columns: splink 5.0.0 on the words themselves,
clkhash with anonlink at a Dice of 0.64, ours from tokens without a salt by `--probable 0.5`.

| set | program | F1 | ours | difference |
|---|---|---|---|---|
"""
OTHERS = {"10,000 from Febrl": {"splink": 0.969, "anonlink": 0.9745}}
SPARK = "Spark"
NO_SPARK = "\nWhether splink on Spark gives the same pairs as on DuckDB has not been shown yet.\n"
COST = """
Comparing 100 million pairs of tokens of 1,024 bits took {cpu:.1f} s of CPU in one thread ({goal}
was asked); how busy the machine was besides is not known to this page.
"""


def main() -> int:
    """Write the page, or print the figures of two files."""
    asked = _asked()
    return _of_two_files(asked) if asked.lists else _of_invented()


def _of_two_files(asked: argparse.Namespace) -> int:
    """Print the figures of two given files; with a name they are kept and stand on the page."""
    agreed = schema.read(Path(asked.schema).read_text("utf-8"))
    texts = [Path(name).read_text("utf-8") for name in asked.lists]
    known = [_column(text, asked.same) for text in texts]
    rows = list(_probable(asked.name or "given", "given columns", agreed, texts, known))
    sys.stdout.writelines(rows)
    if asked.name:
        keep(asked.name, rows)
        write_again()
    else:
        sys.stdout.writelines(_rows("given", agreed, texts, known))
    return 0


def _of_invented() -> int:
    """Write the page from invented people, with what was kept of other files."""
    texts, known = _made(seed=7)
    told = HEAD.format(on=datetime.now(UTC).date(), commit=commit(), people=PEOPLE, both=ON_BOTH)
    rows: list[str] = []
    for name, agreed in (
        ("names, birth, sex, place", NAMES_AND_BIRTH),
        ("and address", WITH_ADDRESS),
    ):
        told += "".join(_rows(name, agreed, texts, known))
        rows += _probable("invented", name, agreed, texts, known)
    keep("invented", rows)
    cpu_s = _cpu_of_pairs()
    cost = COST.format(cpu=cpu_s, goal="at most 2.6 s")
    PAGE.write_text(told + _by_chance() + cost, "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
    return int(cpu_s > 2.6)


def write_again() -> None:
    """Write what is kept into the page, whose other parts stay as they were measured."""
    told, cost = PAGE.read_text("utf-8").split(COST[:20])
    PAGE.write_text(told.split(CHANCES[:20])[0] + _by_chance() + COST[:20] + cost, "utf-8")


def keep(name: str, rows: list[str]) -> None:
    """Keep rows of the page under a name, in the place of what stood there."""
    SETS.write_text(json.dumps(_kept() | {name: rows}, indent=1) + "\n", "utf-8")


def _by_chance() -> str:
    """Write what was found by probability, of all sets that were kept, and what Spark said."""
    kept = _kept()
    spark = kept.pop(SPARK, [NO_SPARK])
    rows = [row for each in kept.values() for row in each]
    return CHANCES + "".join(rows) + BESIDE + "".join(_beside(rows)) + "".join(spark)


def _beside(rows: Sequence[str]) -> Iterator[str]:
    """Give a line for each figure of another program, ours and the difference."""
    for row in rows:
        name, told, _, _, f1, *_ = (cell.strip() for cell in row.strip("| \n").split("|"))
        for set_, others in OTHERS.items():
            if name.startswith(set_) and told.endswith("no salt"):
                for program, theirs in others.items():
                    apart = float(f1) - theirs
                    yield f"| {name} | {program} | {theirs:.4f} | {f1} | {apart:+.4f} |\n"


def _kept() -> dict[str, list[str]]:
    return json.loads(SETS.read_text("utf-8")) if SETS.exists() else {}


def _probable(
    name: str, columns: str, agreed: Schema, texts: Sequence[str], known: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Measure by probability: tokens without and with a salt by year of birth, and clear words."""
    dates = [each.column for each in agreed.features if each.kind == "date"]
    for salt in (None, Salt(dates[0])):
        told = "salted by year" if salt else "no salt"
        lists = [encode(text, replace(agreed, salt=salt), KEY, f"list {at}") for at, text in enumerate(texts)]
        who = [_who(each, rows) for each, rows in zip(lists, known, strict=True)]
        tokens = [each.file for each in lists]
        yield _measured(f"{name} | {columns}, {told}", tokens, chances.of_tokens(tokens), who)
    words, bare = words_of(texts, agreed), [_bare(at, each) for at, each in enumerate(known)]
    with engines.engine("duckdb") as engine:
        rules = blocking.rules(words)
        found = clear.of_words(words, agreed.features, rules, engine, seed=1)
    yield _measured(f"{name} | {columns}, words seen (splink)", bare, found, known)


def _bare(at: int, rows: Sequence[str]) -> TokenFile:
    codes = tuple(map(str, range(len(rows))))
    return TokenFile(f"list {at}", "", "", 0, codes, np.zeros((len(rows), 0), np.uint8))


def words_of(texts: Sequence[str], agreed: Schema) -> list[blocking.Columns]:
    """Give the columns of each list, cleaned as `link clear` cleans them."""
    return [
        {of.column: list(map(CLEANED[of.kind], _column(text, of.column))) for of in agreed.features} for text in texts
    ]


def _measured(name: str, lists: Sequence[TokenFile], found: Chances, who: Sequence[Sequence[str]]) -> str:
    places = {person: row for row, person in enumerate(who[1])}
    true = {(row, places[each]) for row, each in enumerate(who[0]) if each in places}
    truth = Truth((0, 1), frozenset(true))
    right = judged(chances.joined(lists, found, PROBABLE), truth, PROBABLE)
    fitted = calibration.calibrated(found, truth)
    rates = [each.value if each else 0.0 for each in (right.precision, right.recall, right.f1)]
    shown = " | ".join(f"{each:.4f}" for each in rates)
    return f"| {name} | {shown} | {fitted.expected:,.0f} | {fitted.true:,} | {fitted.brier:.4f} |\n"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./suar prove linkage", description=__doc__)
    parser.add_argument("--lists", nargs=2, metavar="FILE")
    parser.add_argument("--same", default="entity", metavar="COLUMN")
    parser.add_argument("--schema", metavar="FILE")
    parser.add_argument("--name", help="keep what is found by probability under this name")
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
    texts = [world.as_csv((world.with_slips(whole[at], chance) for at in each), columns) for each in on]
    return texts, [[str(at) for at in each] for each in on]


def _column(text: str, name: str) -> list[str]:
    header, body = rows_of(text, [name])
    return [row[header.index(name)] for _, row in body]


def _rows(name: str, agreed: Schema, texts: Sequence[str], known: Sequence[Sequence[str]]) -> Iterator[str]:
    lists = [encode(text, agreed, KEY, f"list {at}") for at, text in enumerate(texts)]
    who = [_who(each, rows) for each, rows in zip(lists, known, strict=True)]
    wanted = len(set(known[0]) & set(known[1]))
    files = [each.file for each in lists]
    pairs = matching.compared(files, min(SURE))
    for sure in SURE:
        found = matching.joined(files, pairs, sure).sure
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
