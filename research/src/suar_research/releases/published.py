"""A release as it is published: cells with counts and cells that are hidden, and by which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from suar_research.reading import Unreadable
from suar_research.releases.cells import Design, Key

# Source: own design, docs/decisions/disclosure-control.md: counts from 1 to 4 are hidden, a second
# cell with them. A release of CTDC asks for 11 (its codebook, version 6).
THRESHOLD, WIDTH, MOST_VARIABLES = 5, 5, 4
SHOWN, HIDDEN = "shown", "hidden"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is hidden: counts from 1 below `threshold`, and how wide its interval has to be.

    `zeros`: `shown` says openly that nobody is there, and then everybody knows that a hidden cell
    holds somebody; `hidden` hides empty cells like small ones.
    """

    threshold: int = THRESHOLD
    width: int = WIDTH
    zeros: str = SHOWN

    @property
    def least(self) -> int:
        """Give the least that a hidden cell can hold."""
        return 1 if self.zeros == SHOWN else 0

    def hides(self, count: int) -> bool:
        """Say whether a count is too small to be shown."""
        return self.least <= count < self.threshold


@dataclass(frozen=True, slots=True)
class Published:
    """Tables of one group of people; a count of None is hidden.

    `absent`: sums that nobody published, in tables made elsewhere; they too have a count of None.
    """

    design: Design
    counts: Mapping[Key, int | None]
    rules: Rules
    absent: frozenset[Key] = frozenset()

    @property
    def hidden(self) -> int:
        """Count the hidden cells."""
        return sum(count is None for count in self.counts.values()) - len(self.absent)


def as_json(made: Published) -> dict[str, Any]:
    """Write a release down, cells in the order of its design."""
    return {
        "tables": [list(table) for table in made.design.tables],
        "codes": {name: list(codes) for name, codes in made.design.codes.items()},
        "where": [list(pair) for pair in made.design.where],
        "rules": asdict(made.rules),
        "counts": [made.counts[key] for key in made.design.cells()],
    }


def of_json(told: Any) -> Published:
    """Read a release that was written down; raises Unreadable."""
    try:
        codes = {str(name): tuple(map(str, each)) for name, each in told["codes"].items()}
        tables = tuple(tuple(map(str, table)) for table in told["tables"])
        design = Design(tables, codes, tuple((str(a), str(b)) for a, b in told["where"]))
        counts = [None if each is None else int(each) for each in told["counts"]]
        pairs = dict(zip(design.cells(), counts, strict=True))
        return Published(design, pairs, Rules(**told["rules"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(["it is no release that was written by this command"]) from error


def says(key: Key) -> str:
    """Say which cell it is."""
    return ", ".join(f"{name} {code}" for name, code in key) or "everybody"


def checked(tables: Sequence[Sequence[str]], known: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Check the variables of tables; raises Unreadable."""
    problems = []
    for table in tables:
        named = " x ".join(table)
        problems += [f"table {named}: there is no column {name}" for name in table if name not in known]
        if len(set(table)) < len(table):
            problems.append(f"table {named}: a column stands twice")
        if not 1 <= len(table) <= MOST_VARIABLES:
            problems.append(f"table {named}: 1 to {MOST_VARIABLES} columns can be crossed")
    if problems:
        raise Unreadable(problems)
    return tuple(dict.fromkeys(tuple(table) for table in tables))
