"""`./suar prove attacks`: how many words an attacker reads from tokens without their key."""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.figures import ROOT, run_facts
from research.bench import frequency_attack as attacks
from suar_research.linkage.schema import NAMES_AND_BIRTH, Salt, Schema
from suar_research.linkage.tokens import Encoder
from support import linkage_world as world

PAGE = ROOT / "research" / "docs" / "linkage-attacks.md"
PEOPLE, KNOWN, SEEDS = 3_000, 100, (7, 107, 207)
GIVEN, FAMILY = 120, 200
NAMES = NAMES_AND_BIRTH.features[:2]
BY_YEAR = replace(NAMES_AND_BIRTH, salt=Salt("date_of_birth"))
DOUBLE = Schema(NAMES[:1], 1024, "double")
WEAK, UNSALTED = "given name alone, two hashes walked in steps", "**not salted**"
SALTED = "**salted by year of birth**"
DATED = "salted, attacker told the years"
FEW, CROWDED = "salted, 100 people of one year", "salted, 250 people of one year"
ONE_YEAR = {FEW: 100, CROWDED: 250, "salted, 1,000 people of one year": 1_000}
YEAR, YEARS_TRIED = 2000, 12
SCHEMES = {
    WEAK: DOUBLE,
    "given name alone": replace(DOUBLE, hashed="independent"),
    "given name alone, folded twice": replace(DOUBLE, hashed="independent", folds=2),
    "given and family name": Schema(NAMES),
    "not salted, two hashes walked in steps": replace(NAMES_AND_BIRTH, hashed="double"),
    UNSALTED: NAMES_AND_BIRTH,
    "not salted, folded once": replace(NAMES_AND_BIRTH, folds=1),
    "not salted, folded twice": replace(NAMES_AND_BIRTH, folds=2),
    SALTED: BY_YEAR,
    DATED: BY_YEAR,
    **dict.fromkeys(ONE_YEAR, BY_YEAR),
}
WAYS = ("blind", "alone", "helped")
HEAD = """# What an attacker reads from tokens without their key

Written by `./suar prove attacks` on {on} at commit {commit}, seeds {seeds}. **Tokens are not
anonymous, and no scheme that this program offers makes them so.** Whoever has one file of tokens
without a salt and a list of other people from the same population can read many names without the
key, and most of them if 100 people on the list are known. The schema that `./suar link schema`
writes is salted by year of birth: this attack then reads no more than blind guessing does, as long
as few people on the list were born in one year. Treat tokens as you treat names.

## What was tried

Each time {people:,} invented people were encoded, names as uneven as names are (the n-th about 1/n as
frequent as the first; {given} given and {family} family names, 14 places). The attacker knows the schema, not the key,
and has {people:,} other people of the same population in clear words. Bits that stand together are
taken for parts of words, and parts are told apart by how often they stand alone and together (after
Christen, Schnell, Vatsalan & Ranbaduge 2017 and Christen, Vidanage, Ranbaduge & Schnell 2018; our own
code, `research/bench/frequency_attack.py`, which improves an assignment from {starts} beginnings).

- *blind*: always the most frequent name; anybody can, without tokens.
- *tokens*: the attack, with tokens and frequencies only.
- *known*: the same patterns, named with the help of {known} people of the list whom the attacker knows,
  or a quarter of the list where that is fewer.
- *told the years*: the attacker can tell which tokens are of one year (they share more bits) and which
  year it is, and attacks {years} drawn years each by itself, about 59 people each. The list of other people is
  read as if all were born in that year. In the rows of *people of one year* so many have one salt.
  There *known* is much: a quarter of the people of each year, at most {known}.

Percent of the other people whose given name, family name, and both were guessed right; means of {runs}
populations.

| scheme | blind | tokens | known |
|---|---|---|---|
"""
TAIL = """
## What it means

- **Not salted falls.** More columns do not hide names: which parts go together tells the attacker
  which is which. Tokens folded or not are read nearly alike, and independent hashes, which answer
  another attack (Kroll & Steinmetzer 2015), do not help against this one.
- A partner who knows some of the people, as each organisation of a linkage does, needs no frequencies at all.
  So whoever matches must be none of the organisations, hold no list of their own, and be bound by contract;
  tokens stay on one machine and are destroyed after the count.
- **A salt hides among few only.** Patterns over all tokens say nothing, and of about 59 people of one
  year frequencies say nothing either, even to somebody told which tokens are of which year. Who knows
  a quarter of the people of each year reads names of the others all the same. With 250 of one year
  names are read from frequencies alone, with 1,000 nearly as if there were no salt. `encode` warns
  from 100 people of one salt on.
- The salt costs each pair whose year was written differently: 7 in 100 true pairs of one published set and
  28 of another ([linkage.md](linkage.md)). An estimate that misses pairs is too high.

## What it does not mean

- That these are the most that can be read. A better attack, a larger list or a better register reads more.
- That real lists fare the same. Names here have few slips, parts and places are drawn apart from each
  other, and the public list is of exactly the same population; a real register is less like a real list.
- Anything about an attacker with the key, who tries names until one fits and reads everything.
- Balanced tokens, noise on bits (BLIP) and diffusion are not offered by the encoder and were not tried.
"""


@dataclass(frozen=True)
class Read:
    """The share of people whose word was guessed: by always saying the most frequent word, from
    frequencies and patterns, and where some people on the list are known; None: not in it."""

    scheme: str
    patterns: int
    blind: tuple[float, ...]
    alone: tuple[float, ...]
    helped: tuple[float, ...]


def main() -> int:
    """Attack each scheme and write the page; 1 when the attack does not even read the weakest."""
    argparse.ArgumentParser(prog="./suar prove attacks", description=__doc__).parse_args()
    runs = [list(measured(PEOPLE, seed)) for seed in SEEDS]
    data = HEAD.format(
        **run_facts(),
        seeds=", ".join(map(str, SEEDS)),
        people=PEOPLE,
        given=GIVEN,
        family=FAMILY,
        known=KNOWN,
        runs=len(SEEDS),
        starts=attacks.STARTS,
        years=YEARS_TRIED,
    )
    for same in zip(*runs, strict=True):
        cells = [np.mean([getattr(item, way) for item in same], axis=0) for way in WAYS]
        written = [" / ".join(f"{100 * share:.0f}" for share in cell) for cell in cells]
        data += f"| {same[0].scheme} | {' | '.join(written)} |\n"
    PAGE.write_text(data + TAIL, "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")
    weak = next(item for item in runs[0] if item.scheme == WEAK)
    return int(weak.alone[0] < 1.5 * weak.blind[0])


def population(number: int, *, seed: int) -> list[list[str]]:
    """Invent people whose names are as unevenly frequent as names are: the n-th about 1/n."""
    chance = random.Random(f"{seed}/attack")
    given, family = (_names(item, item) for item in (GIVEN, FAMILY))
    rows = world.people(number, seed=seed)
    for row in rows:
        row[0], row[1] = _drawn(given, chance), _drawn(family, chance)
        row[4] = _drawn(world.PLACES, chance)
    return rows


def _names(number: int, seed: int) -> list[str]:
    chance, created = random.Random(seed), dict.fromkeys(world.FIRST if seed == GIVEN else [])
    while len(created) < number:
        created["".join(chance.choices(world.PARTS, k=chance.randint(2, 3)))] = None
    return list(created)


def _drawn(names: Sequence[str], chance: random.Random) -> str:
    return chance.choices(names, [1 / rank for rank in range(1, len(names) + 1)])[0]


def measured(number: int, seed: int, schemes: Sequence[str] = tuple(SCHEMES)) -> Iterator[Read]:
    """Attack the tokens of one list with each scheme; the public list holds other people."""
    hidden, public = population(number, seed=seed), population(number, seed=seed + 1)
    for name in schemes:
        if name == DATED:
            yield year_by_year(SCHEMES[name], hidden, public, seed)
        elif name in ONE_YEAR:
            some = _born(YEAR, hidden[: ONE_YEAR[name]])
            yield attacked(name, SCHEMES[name], some, _born(YEAR, public), seed)
        else:
            yield attacked(name, SCHEMES[name], hidden, public, seed)


def year_by_year(
    schema: Schema, hidden: list[list[str]], public: list[list[str]], seed: int, tried: int = YEARS_TRIED
) -> Read:
    """Attack tokens of drawn years each by itself, as somebody who can tell years apart.

    The public list is read as if all of it were born in the year: frequencies of names are then
    those of all people, and not of the few of one year. Shares are over the people of the years drawn.
    """
    born = sorted({_year(row) for row in hidden})
    years = sorted(random.Random(f"{seed}/years").sample(born, min(tried, len(born))))
    groups = [[row for row in hidden if _year(row) == year] for year in years]
    reads = [
        attacked(DATED, schema, group, _born(year, public), seed) for year, group in zip(years, groups, strict=True)
    ]
    weights = [len(group) for group in groups]
    ways = [tuple(np.average([getattr(read, way) for read in reads], axis=0, weights=weights).tolist()) for way in WAYS]
    return Read(DATED, sum(read.patterns for read in reads), *ways)


def _year(row: Sequence[str]) -> int:
    return int(row[2][:4])


def _born(year: int, people: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[*row[:2], f"{year}{row[2][4:]}", *row[3:]] for row in people]


def attacked(name: str, schema: Schema, hidden: list[list[str]], public: list[list[str]], seed: int) -> Read:
    """Encode, find patterns, guess names with and without known people, and count what is right."""
    hidden, public = ([row[: len(schema.features)] for row in item] for item in (hidden, public))
    present = attacks.patterns(_tokens(hidden, schema, seed))
    corpus = attacks.corpus_of(public, schema)
    known = random.Random(seed).sample(range(len(hidden)), min(KNOWN, len(hidden) // 4))
    theirs = attacks.has_of([hidden[at] for at in known], corpus, schema)
    ways = (
        np.full(present.shape[1], -1),
        attacks.assigned(present, corpus, seed),
        attacks.assigned_by_known(present, theirs, known),
    )
    unknown = sorted(set(range(len(hidden))) - set(known))
    right = []
    for which in ways:
        guesses = [attacks.guessed(present, which, corpus, schema, at) for at in range(min(2, len(schema.features)))]
        hits = np.array([[g[at] == hidden[at][f] for at in unknown] for f, g in enumerate(guesses)])
        both = [float(hits.all(axis=0).mean())] if len(hits) > 1 else []
        right.append((*hits.mean(axis=1).tolist(), *both))
    return Read(name, present.shape[1], *right)


def _tokens(people: Sequence[Sequence[str]], schema: Schema, seed: int) -> NDArray[np.uint8]:
    """Encode as a house does, the order of rows kept."""
    encoder = Encoder(schema, random.Random(f"{seed}/key").randbytes(32))
    salts = [str(_year(row)) if schema.salt else "" for row in people]
    return np.array([encoder.token(row, salt) for row, salt in zip(people, salts, strict=True)])


if __name__ == "__main__":
    sys.exit(main())
