"""`./suar prove spark`: splink on Spark finds the same pairs as on DuckDB, with the same odds.

Needs `./suar extra spark` and Java, and takes some minutes. What came out stands with its date and
commit in research/docs/linkage-figures.md. The exit code is 1 when a pair or a probability differs,
2 where Spark cannot be started.
"""

import argparse
import random
import sys
import time
from datetime import UTC, datetime

from bench import prove_linkage as page
from bench.keeping import commit
from suar_research.linkage import blocking, clear, engines
from suar_research.linkage.schema import NAMES_AND_BIRTH
from support import linkage_world as world

PEOPLE, LISTS = 1_000, 2
CLOSE = 1e-9
Pairs = dict[tuple[tuple[int, int], tuple[int, int]], float]


def main() -> int:
    """Match the same lists on both, compare every pair, and keep what came out."""
    parser = argparse.ArgumentParser(prog="./suar prove spark", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="on each of two lists")
    people = parser.parse_args().people
    if lacks := engines.missing("spark"):
        sys.stderr.write("".join(f"{each}.\n" for each in lacks))
        return 2
    lists = words(people)
    (here, here_s), (there, there_s) = (found(name, lists) for name in ("duckdb", "spark"))
    same, furthest = compared(here, there)
    told = (
        f"\n## On Spark\n\nBy `./suar prove spark` on {datetime.now(UTC).date()} at commit "
        f"{commit()}: two lists of {people:,} invented people, half of them on both, in words. "
        f"DuckDB found {len(here):,} pairs in {here_s:.0f} s, Spark {len(there):,} in "
        f"{there_s:.0f} s, its start with it: {'the same' if same else '**not** the same'} pairs; "
        f"probabilities differ by {furthest:.0e} at most. Seconds by the clock, on two cores that "
        "others used too.\n"
    )
    sys.stdout.write(told)
    page.keep(page.SPARK, [told])
    page.write_again()
    return int(not same or furthest > CLOSE)


def words(people: int) -> list[blocking.Columns]:
    """Make two lists of invented people with slips of the pen; half of each is on both."""
    chance, whole = random.Random(2), world.people(people * 3 // 2, seed=4)
    on = [range(people), range(people // 2, people * 3 // 2)]
    texts = [world.as_csv(world.with_slips(whole[at], chance) for at in each) for each in on]
    return page.words_of(texts, NAMES_AND_BIRTH)


def found(engine: str, lists: list[blocking.Columns]) -> tuple[Pairs, float]:
    """Give each pair that an engine finds with its probability, and how many seconds it took."""
    began, rules = time.perf_counter(), blocking.rules(lists)
    with engines.engine(engine) as api:
        told = clear.of_words(lists, NAMES_AND_BIRTH.features, rules, api, seed=1)
    pairs = {(pair.first, pair.second): pair.alike for pair in told.listed(0)}
    return pairs, time.perf_counter() - began


def compared(here: Pairs, there: Pairs) -> tuple[bool, float]:
    """Say whether the pairs are the same and some at all, and how far their odds lie apart."""
    both = set(here) & set(there)
    furthest = max((abs(here[each] - there[each]) for each in both), default=1.0)
    return bool(both) and set(here) == set(there), furthest


if __name__ == "__main__":
    sys.exit(main())
