"""How many people share all codes, and who stands alone: k-anonymity, l-diversity.

Source: Sweeney 2002, k-anonymity, International Journal of Uncertainty 10, 557-570; Machanavajjhala
and others 2007, l-diversity, ACM TKDD 1, article 3 (distinct l-diversity).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.releases.cells import People, Whole, subsets

MOST_CROSSED = 3


@dataclass(frozen=True, slots=True)
class Alone:
    """Some columns: groups of people who share their codes, and people in groups below k."""

    names: tuple[str, ...]
    groups: int
    smallest: int
    unique: int
    below: int


@dataclass(frozen=True, slots=True)
class Anonymity:
    """`smallest` is k. `sizes`: how many groups have 1, 2, ... members. `diversity` is l, or None.

    `crossed`: the same for one, two and three columns alone, the most telling first.
    """

    whole: Alone
    sizes: dict[int, int]
    crossed: tuple[Alone, ...]
    diversity: int | None


def measure_anonymity(people: People, names: Sequence[str], k: int, secret: str | None = None) -> Anonymity:
    """Report on the columns by which somebody may be known; `secret` is what must not show.

    Groups are counts of people. Raises ValueError for a column that is not there.
    Source: Sweeney 2002 (k-anonymity); Machanavajjhala and others 2007 (distinct l-diversity).
    """
    sizes = _sizes(people, names)
    found, counts = np.unique(sizes[sizes > 0], return_counts=True)
    less = [
        _alone(people, each, k) for size in range(1, min(MOST_CROSSED, len(names)) + 1) for each in subsets(names, size)
    ]
    less.sort(key=lambda each: (-each.below / max(people.number, 1), len(each.names), each.names))
    pairs = zip(found.tolist(), counts.tolist(), strict=True)
    return Anonymity(
        _alone(people, tuple(names), k), dict(pairs), tuple(less), _diversity(people, names, secret) if secret else None
    )


def _alone(people: People, names: tuple[str, ...], k: int) -> Alone:
    sizes = _sizes(people, names)
    there = sizes[sizes > 0]
    small = there[there < k]
    return Alone(names, len(there), int(there.min(initial=people.number)), int((there == 1).sum()), int(small.sum()))


def _sizes(people: People, names: Sequence[str]) -> Whole:
    """Count the people of each group that is there."""
    _, group = np.unique(_chosen(people, names), axis=0, return_inverse=True)
    return np.bincount(group.ravel(), people.count).astype(np.int64)


def _diversity(people: People, names: Sequence[str], secret: str) -> int:
    there = people.count > 0
    _, group = np.unique(_chosen(people, names)[there], axis=0, return_inverse=True)
    kinds = people.at[there, people.names.index(secret)]
    pairs = np.unique(np.column_stack((group.ravel(), kinds)), axis=0)
    return int(np.bincount(pairs[:, 0]).min(initial=len(kinds)))


def _chosen(people: People, names: Sequence[str]) -> Whole:
    return people.at[:, [people.names.index(name) for name in names]]
