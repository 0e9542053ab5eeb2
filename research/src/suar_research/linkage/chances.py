"""How likely each pair is one person: from likeness, then from who else could be meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from suar_research.linkage import matching, mixture, pairing
from suar_research.linkage.files import TokenFile
from suar_research.linkage.likenesses import Between, Likenesses, Numbers, gathered
from suar_research.linkage.matching import Matched, Pair, Record

Answers = Mapping[tuple[Record, Record], bool]
"""What somebody who looked said of pairs: one person or two."""
LEAST = 0.5
"""Of strangers more alike than any that were seen, half a pair is held possible."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs between two lists with the odds that they are one person when nobody competes.

    `log_odds` and `chance`, shape (pairs,): the logarithm of the odds with the prior of records
    given away once, and the probability beside all others. `beneath` is what `log_odds` would be
    of a pair that is just not alike enough to be looked at.
    """

    between: Between
    log_odds: Numbers
    chance: Numbers
    beneath: float


@dataclass(frozen=True, slots=True)
class Chances:
    """What is known of all pairs from a likeness `floor` on.

    `alike_inside` counts pairs of one list that would be taken for one person on two. None is told
    as likelier than `most`: such pairs are as sure as any can be.
    """

    pairs: tuple[Candidates, ...]
    floor: float
    alike_inside: int
    most: float = 1.0

    @property
    def expected(self) -> float:
        """Count the matches that are expected among all pairs looked at."""
        return float(sum(each.chance.sum() for each in self.pairs))

    def listed(self, least: float) -> list[Pair]:
        """Give pairs with a probability from `least` on as `joined` takes them, likeliest first.

        Of equally likely ones the more alike is first.
        """
        rows = [
            (-chance, -alike, (each.between.lists[0], left), (each.between.lists[1], right))
            for each in self.pairs
            for left, right, alike, chance in zip(
                each.between.left.tolist(),
                each.between.right.tolist(),
                each.between.alike.tolist(),
                each.chance.tolist(),
                strict=True,
            )
            if chance >= least
        ]
        return [Pair(one, other, -chance) for chance, _, one, other in sorted(rows)]

    def alike(self) -> dict[tuple[Record, Record], float]:
        """Give the likeness of each pair that was looked at."""
        return {
            ((each.between.lists[0], left), (each.between.lists[1], right)): alike
            for each in self.pairs
            for left, right, alike in zip(
                each.between.left.tolist(),
                each.between.right.tolist(),
                each.between.alike.tolist(),
                strict=True,
            )
        }


def of_tokens(lists: Sequence[TokenFile]) -> Chances:
    """Learn from tokens alone; raises Unreadable where there are too few people.

    Probabilities are from 0 to 1, shape (pairs,).
    Source: own, docs/decisions/linkage.md; see `mixture.fitted` and `pairing.probabilities`.
    """
    seen = gathered(lists)
    line, most = mixture.fitted(seen), _most(seen)
    beneath = float(line.log_odds(np.array([seen.floor]))[0])
    found = tuple(candidates(each, line.log_odds(each.alike), beneath, most=most) for each in seen.between)
    return Chances(found, seen.floor, int((line.log_odds(seen.inside) > 0).sum()), most)


def candidates(between: Between, log_odds: Numbers, beneath: float, *, most: float = 1.0) -> Candidates:
    """Let the pairs of two lists compete; none is told as likelier than `most`.

    `log_odds`, shape (pairs,), are those of one pair by its likeness alone; `beneath` is what they
    would be just under the floor. Raises nothing.
    Source: own, docs/decisions/linkage.md (a record has at most one other on a list).
    """
    expected = float((1 / (1 + np.exp(-log_odds))).sum())
    more = pairing.log_prior(between.people, expected)
    chance = pairing.probabilities(between.left, between.right, np.exp(log_odds + more))
    return Candidates(between, log_odds + more, np.minimum(chance, most), beneath + more)


def _most(seen: Likenesses) -> float:
    """Give the greatest probability that what was looked at allows to tell.

    Above the most alike strangers no error can be seen; up to half a pair of strangers, as there
    are more pairs between lists than inside, may stand there unseen.
    """
    alike = np.concatenate([each.alike for each in seen.between])
    above = int((alike > seen.inside.max(initial=0.0)).sum())
    return 1 - min(LEAST * seen.scale / (above + 1), LEAST)


def answered(known: Chances, answers: Answers) -> Chances:
    """Take what was looked at as known: a yes leaves nobody else for the two, a no is no pair."""
    yes = {pair for pair, same in answers.items() if same}
    taken = {(record, other[0]) for one, two in yes for record, other in ((one, two), (two, one))}
    pairs = tuple(_answered(each, answers, taken) for each in known.pairs)
    return replace(known, pairs=pairs, most=1.0)


def _answered(each: Candidates, answers: Answers, taken: set[tuple[Record, int]]) -> Candidates:
    one, other = each.between.lists
    log_odds, chance = each.log_odds.copy(), each.chance.copy()
    for at, rows in enumerate(zip(each.between.left.tolist(), each.between.right.tolist(), strict=True)):
        pair = ((one, rows[0]), (other, rows[1]))
        if answers.get(pair):
            log_odds[at] = mixture.FAR
        elif pair in answers or (pair[0], other) in taken or (pair[1], one) in taken:
            log_odds[at] = -mixture.FAR
        else:
            continue
    chance = pairing.probabilities(each.between.left, each.between.right, np.exp(log_odds))
    return replace(each, log_odds=log_odds, chance=chance)


def joined(lists: Sequence[TokenFile], known: Chances, probable: float) -> Matched:
    """Make one person of two records from `probable` on, the likeliest first."""
    return matching.joined(lists, known.listed(probable), probable)
