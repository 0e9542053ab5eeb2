"""A published kind of attack on tokens, without their key: patterns of bits against frequencies.

The attacker has the tokens of one list and a list of other people in clear words from the same
population (so: all names with their frequencies, and which go together). Bits that stand together
are taken for one part of a word; parts are told apart by how often they are there, alone and
beside each other; words are then guessed from the parts. Source: after Christen, Schnell, Vatsalan
& Ranbaduge 2017 (frequencies) and Christen, Vidanage, Ranbaduge & Schnell 2018 (patterns), with
the assignment sought by improving it step by step, as attacks by graph matching do.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suar_research.linkage.schema import CLEANED, CUTS, Schema
from suar_research.linkage.tokens import parts_of

RAREST, ALIKE, SAME, PRESENT = 0.012, 0.55, 0.9, 0.75
SMALLEST, MOST_GROUPS, PASSES = 3, 160, 15
STARTS, SHAKEN, NEAR = 40, 0.4, 10.0
ODDS = 2.5
TIED = 0.7
Table = NDArray[np.float32]
People = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Corpus:
    """What is public: words by feature with their share, and parts by person.

    `parts` names each class of parts that always stand together by its first (feature, part);
    `has` has shape (people, classes).
    """

    words: tuple[dict[str, float], ...]
    parts: tuple[tuple[int, str], ...]
    has: Table


def corpus_of(people: People, schema: Schema) -> Corpus:
    """Count words and parts of people in clear words."""
    cut = [_parts(person, schema) for person in people]
    often = Counter(part for item in cut for part in item)
    # Of parts that are equally frequent the first by letter: a set has another order in each run.
    frequent = sorted(often, key=lambda part: (-often[part], part))
    names = [part for part in frequent if RAREST < often[part] / len(people) < 1 - RAREST]
    has = np.array([[name in item for name in names] for item in cut], np.float32)
    selected = [group[0] for group in _grouped(has, SAME)]
    words = [Counter(column) for column in zip(*people, strict=True)]
    shares = tuple({word: n / len(people) for word, n in item.items()} for item in words)
    return Corpus(shares, tuple(names[at] for at in selected), has[:, selected])


def _parts(person: Sequence[str], schema: Schema) -> set[tuple[int, str]]:
    return {
        (at, part)
        for at, (of, word) in enumerate(zip(schema.features, person, strict=True))
        for part in parts_of(CLEANED[of.kind](word), CUTS[of.cut], placed=of.placed)
    }


def correlated(one: Table, other: Table) -> Table:
    """Give the correlation of each column of one table with each of another."""
    scaled = []
    for table in (one, other):
        spread = table.std(axis=0)
        scaled.append((table - table.mean(axis=0)) / np.where(spread > 0, spread, 1))
    return scaled[0].T @ scaled[1] / np.float32(len(one))


def _grouped(table: Table, alike: float) -> list[list[int]]:
    """Group columns that go together, the largest group first taken away, then the next."""
    close = correlated(table, table) >= alike
    left, groups = np.ones(len(close), bool), []
    while left.any():
        sizes = (close & left).sum(axis=1) * left
        seed = int(sizes.argmax())
        if not sizes[seed]:
            groups += [[int(at)] for at in np.nonzero(left)[0]]
            break
        group = np.nonzero(close[seed] & left)[0]
        groups.append(sorted(group.tolist(), key=lambda at, seed=seed: at != seed))
        left[group] = False
    return groups


def patterns(tokens: NDArray[np.uint8]) -> Table:
    """Tell for each token which patterns of bits it holds: shape (people, patterns)."""
    bits = np.unpackbits(tokens, axis=1).astype(np.float32)
    usual = bits.mean(axis=0)
    bits = bits[:, (usual > RAREST) & (usual < 1 - RAREST)]
    groups = [item for item in _grouped(bits, ALIKE) if len(item) >= SMALLEST][:MOST_GROUPS]
    present = [(bits[:, item].mean(axis=1) >= PRESENT).astype(np.float32) for item in groups]
    result = np.array(present, np.float32).T.reshape(len(bits), len(groups))
    share = result.mean(axis=0)
    return result[:, (share > RAREST) & (share < 1 - RAREST)]


def assigned(present: Table, corpus: Corpus, seed: int) -> NDArray[np.int64]:
    """Say which class of parts each pattern is, from frequencies alone, alone and beside others.

    From the nearest frequency on, each pattern in turn takes the part with which patterns stand
    together most as parts do; of many beginnings, each a little shaken, the best end is kept.
    """
    ours, theirs = (item.T @ item / np.float32(len(item)) for item in (present, corpus.has))
    chance, own = np.random.default_rng(seed), np.diag(ours)
    ends = [
        _improved(ours, theirs, own * np.exp(chance.normal(0, shaken, len(own))))
        for shaken in np.linspace(0, SHAKEN, STARTS)
    ]
    return min(ends, key=lambda end: end[0])[1]


def _improved(ours: Table, theirs: Table, begin: Table) -> tuple[float, NDArray[np.int64]]:
    own, known = np.diag(ours), np.diag(theirs)
    result = np.abs(begin[:, None] - known).argmin(axis=1)
    weight = 1 / (np.sqrt(np.outer(own, own)) + np.float32(1e-3))
    near = NEAR * (own[:, None] - known) ** 2 / (own[:, None] + np.float32(1e-3))
    total = np.inf
    for _ in range(PASSES):
        before, total = total, 0.0
        for at in np.argsort(-own):
            others = np.arange(len(own)) != at
            apart = ours[at, others][:, None] - theirs[result[others]]
            cost = weight[at, others] @ apart**2 + near[at]
            result[at] = cost.argmin()
            total += float(cost[result[at]])
        if total >= before * (1 - 1e-4):
            break
    return total, result


def assigned_by_known(present: Table, known: Table, rows: Sequence[int]) -> NDArray[np.int64]:
    """Say the same where some people are known: `known` are the parts of the people of `rows`."""
    if not present.shape[1]:
        return np.zeros(0, np.int64)
    close = correlated(present[list(rows)], known)
    return np.where(close.max(axis=1) >= TIED, close.argmax(axis=1), -1)


def has_of(people: People, corpus: Corpus, schema: Schema) -> Table:
    """Tell which classes of parts people have, in the order of the corpus."""
    cut = [_parts(person, schema) for person in people]
    return np.array([[part in item for part in corpus.parts] for item in cut], np.float32)


def guessed(present: Table, which: NDArray[np.int64], corpus: Corpus, schema: Schema, feature: int) -> list[str]:
    """Guess the word of one feature for each token: the likeliest, or the most frequent of all."""
    words = sorted(corpus.words[feature], key=lambda word: -corpus.words[feature][word])
    prior = np.log([corpus.words[feature][word] for word in words])
    used = [j for j, at in enumerate(which) if at >= 0 and corpus.parts[at][0] == feature]
    of = schema.features[feature]
    cut = [set(parts_of(CLEANED[of.kind](word), CUTS[of.cut], placed=of.placed)) for word in words]
    expected = np.array([[corpus.parts[which[j]][1] in item for j in used] for item in cut], np.float32).reshape(
        len(words), len(used)
    )
    seen = present[:, used]
    differ = seen @ (1 - expected).T + (1 - seen) @ expected.T
    return [words[at] for at in (prior - ODDS * differ).argmax(axis=1)]
