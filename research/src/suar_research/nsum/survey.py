"""How many each respondent knows in groups of known size, and in the group that is asked for.

An error names the row and the column and never repeats what stood there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import Numbers
from suar_research.reading import Unreadable, refuse, rows_of

GROUP, SIZE = "group", "size"
FEWEST_GROUPS, FEWEST_PEOPLE = 2, 10
LARGEST = 10**10


@dataclass(frozen=True)
class Survey:
    """What respondents of a survey said.

    `groups` are names of groups of known size; `sizes`, shape (groups,), people in each; `known`,
    shape (respondents, groups), how many of each group a respondent knows; `target`, shape
    (respondents,), how many of those who are asked for; `population`, people in all.
    """

    groups: tuple[str, ...]
    sizes: Numbers
    known: Numbers
    target: Numbers
    population: int


def read(survey: str, sizes: str, target: str, population: int) -> Survey:
    """Read the survey with the sizes of its groups; raises Unreadable."""
    named = read_sizes(sizes, population)
    header, body = rows_of(survey, [target, *named])
    if target in named:
        raise Unreadable([f"column {target}: its size cannot be known and asked for"])
    if len(body) < FEWEST_PEOPLE:
        raise Unreadable([f"{len(body)} respondents; at least {FEWEST_PEOPLE} are needed"])
    columns = [header.index(name) for name in (target, *named)]
    refuse(
        f"row {number}, column {header[at]}: not a whole number of people from 0"
        for number, row in body
        for at in columns
        if _number(row[at]) is None
    )
    cells = np.array([[float(row[at]) for at in columns] for _, row in body])
    found = Survey(tuple(named), np.array(list(named.values())), cells[:, 1:], cells[:, 0], population)
    refuse(
        f"column {name}: nobody knows anybody of this group; leave it out"
        for name, known in zip(found.groups, found.known.T, strict=True)
        if not known.any()
    )
    return found


def read_sizes(text: str, population: int) -> dict[str, float]:
    """Read `group,size`; raises Unreadable."""
    header, body = rows_of(text, [GROUP, SIZE])
    name, size = header.index(GROUP), header.index(SIZE)
    refuse(_size_problems([(at, row[name].strip(), row[size]) for at, row in body], population))
    return {row[name].strip(): float(row[size]) for _, row in body}


def _size_problems(rows: Sequence[tuple[int, str, str]], population: int) -> list[str]:
    problems, seen = [], set[str]()
    for at, name, cell in rows:
        size = _number(cell)
        if not size or size >= population:
            problems.append(f"row {at}, column {SIZE}: not a number of people from 1 and under all")
        if not name or name in seen:
            problems.append(f"row {at}, column {GROUP}: a group needs a name of its own")
        seen.add(name)
    if len(rows) < FEWEST_GROUPS:
        problems.append(f"{len(rows)} groups of known size; at least {FEWEST_GROUPS} are needed")
    return problems


def _number(cell: str) -> int | None:
    word = cell.strip()
    return int(word) if word.isascii() and word.isdigit() and int(word) <= LARGEST else None
