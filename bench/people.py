"""Invented people from a seed, with names as similar as real names.

Every id begins with SYN and every record says that it is synthetic; numbers are in a range that
cannot ring. The same seed gives the same people; a longer run begins with the shorter one's.
"""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_LISTS = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
FIRST, SYLLABLES, NATIONS = _LISTS["first"], _LISTS["syllables"], _LISTS["nations"]
DETAILS, WORDS = _LISTS["details"], _LISTS["words"]
LETTERS = "abdeghijklmnoprstuwy"
LAST_DAY = date(2026, 11, 20)


def people(number: int, *, seed: int = 1, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield people from the `start`-th on, each a record of 33 fields."""
    for count in range(start, start + number):
        yield person(count, seed=seed)


def person(count: int, *, seed: int = 1) -> dict[str, Any]:
    """Return one invented person; the same count and seed return the same person."""
    chance = random.Random(f"{seed}/person/{count}")
    sex = chance.choice(["FEMALE", "FEMALE", "MALE"])
    opened = LAST_DAY - timedelta(days=int(chance.betavariate(1.2, 2.5) * 2500))
    born = opened - timedelta(days=int(365.25 * min(70, max(4, chance.gauss(27, 9)))))
    data = {name: " ".join(chance.choices(WORDS, k=chance.randint(1, 4))) for name in DETAILS}
    return {
        "id": f"SYN-{seed}-{count:07}",
        "synthetic": True,
        "first": " ".join(chance.sample(FIRST[sex], k=chance.choice([1, 1, 2]))),
        "last": _family(chance) if chance.random() < 0.85 else "",
        "sex": sex,
        "born": born.isoformat() if chance.random() < 0.9 else "",
        "nationality": chance.choice(NATIONS),
        "district": f"32.{chance.randint(1, 79):02}",
        "number": f"+62 000 {count:07}",
        "status": chance.choice(["OPEN", "OPEN", "CLOSED"]),
        "opened": opened.isoformat(),
        "worker": f"cw{chance.randint(0, 59):03}",
        **data,
    }


def full_name(person: dict[str, Any]) -> str:
    """Return the name as a worker would write it."""
    return f"{person['first']} {person['last']}".strip()


def with_typos(name: str, *, seed: int = 1) -> str:
    """Return the name with a typing error in each of its parts."""
    chance = random.Random(f"{seed}/typo/{name}")
    return " ".join(_typo(chance, part) for part in name.split())


def _family(chance: random.Random) -> str:
    """Make up a family name; short ones are as frequent as common names are."""
    rank = int(1600 ** chance.random())
    own = random.Random(f"family/{rank}")
    return "".join(own.choices(SYLLABLES, k=own.choice([2, 3, 3, 4]))).capitalize()


def _typo(chance: random.Random, word: str) -> str:
    at, letter = chance.randrange(len(word)), chance.choice(LETTERS)
    kind = chance.choice(["less", "more", "other", "swapped"])
    if kind == "less" and len(word) > 2:
        return word[:at] + word[at + 1 :]
    if kind == "more":
        return word[:at] + letter + word[at:]
    if kind == "swapped" and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + letter + word[at + 1 :]
