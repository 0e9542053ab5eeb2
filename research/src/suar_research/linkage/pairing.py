"""Probabilities of pairs when each record of a list is at most one record of the other.

All ways to pair records are weighed by the product of the odds of their pairs; the probability of
a pair is its share in that sum, reached by passing messages: exactly where candidates form no
circle, nearly elsewhere, and always to one answer.
Source: Bayati, Gamarnik, Katz, Nair & Tetali 2007, STOC, 122-127 (matchings by correlation decay).
"""

import numpy as np

from suar_research.linkage.likenesses import Numbers, Rows

ROUNDS, SETTLED = 500, 1e-7


def log_prior(people: tuple[int, int], matches: float) -> float:
    """Give the logarithm by which odds change when records are given away once.

    Of `people` one by other pairs, `matches` are expected. A record competes only with those that
    are not given away yet; when nearly all are, the few left are likelier to belong together.
    """
    one, other = (each - min(matches, each) + 1 for each in people)
    return float(np.log(people[0] * people[1] / (one * other)))


def probabilities(left: Rows, right: Rows, odds: Numbers) -> Numbers:
    """Give the probability of each pair, shape (pairs,), from its odds when nobody competes."""
    if not len(odds):
        return np.zeros(0)
    lefts, rights = _Ends(left), _Ends(right)
    to_left = odds
    for _ in range(ROUNDS):
        before = to_left
        to_right = odds / (1 + lefts.others(to_left))
        to_left = odds / (1 + rights.others(to_right))
        if float((np.abs(to_left - before) / (1 + to_left)).max()) < SETTLED:
            break
    against = (1 + lefts.others(to_left)) * (1 + rights.others(to_right))
    shares: Numbers = odds / (odds + against)
    return shares


class _Ends:
    """Pairs grouped by the record of one list at which they end."""

    def __init__(self, ends: Rows) -> None:
        self._order = np.argsort(ends, kind="stable")
        ordered = ends[self._order]
        new = np.r_[True, ordered[1:] != ordered[:-1]]
        self._starts, self._group = np.flatnonzero(new), np.cumsum(new) - 1

    def others(self, messages: Numbers) -> Numbers:
        """Sum for each pair the messages of the other pairs that end at the same record."""
        ordered = messages[self._order]
        greatest = np.maximum.reduceat(ordered, self._starts)[self._group] == ordered
        # A sum less its greatest part would lose what is small beside it.
        rest = np.where(greatest, 0.0, ordered)
        whole, small = (np.add.reduceat(each, self._starts) for each in (ordered, rest))
        several = np.add.reduceat(greatest.astype(float), self._starts)[self._group] > 1
        found = np.empty_like(messages)
        found[self._order] = np.where(greatest & ~several, small[self._group], whole[self._group] - ordered)
        return found
