"""Example phrases with the needs that they express, to which a typed text is compared.

`data/examples.json` lists them. A text is scored by its cosine similarity to all examples of a code and to the nearest
few. Words that occur in examples of few codes have the most weight. The needs are added to the meanings of the words,
so each result can be traced to words of examples.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from itertools import chain

from suar.core.codes import read_data
from suar.website.keywords import row_weights

EXPONENT = 4
"""Exponent of the weight of a code of an example."""
DANGER, CALM = "danger", "calm"
"""Codes that examples have in addition to their needs."""
CODE_EXPONENT, CODE_SHARE = 8, 0.25
"""Exponent of the similarity of a code, and the share of the nearest codes in the similarity to danger."""
MAX_NEAREST, NEAREST_SHARE, MIN_RARITY = 5, 0.2, 1.0
"""Number of nearest examples, what they add to the similarity, and the least rarity of a feature that finds them."""
Features = Collection[str]
ExamplesWithFeatures = Sequence[tuple["Example", Features]]


@dataclass(frozen=True, slots=True)
class Example:
    """An example phrase: its language, its text and the weights of its codes."""

    language: str
    text: str
    weights: Mapping[str, float]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Similarity:
    """The similarity of a text to the examples of each code, from 0 to 1.2: the cosine, and up to a fifth more.

    `danger`, from 0 to 1: its similarity to examples of danger instead of the others, and how often the examples of the
    nearest codes tell of danger.
    """

    cosines: Mapping[str, float]
    danger: float = 0.0


class Examples:
    """The features of the examples of each code, weighed by how few codes have them.

    The weight of a feature for a code is the root of its sum over the examples, so that no word counts for too much. A
    code with many examples counts no more than one with few. Pairs of words that only one example has are left out:
    they need half of the memory, and without them as many texts are read right.
    """

    def __init__(self, examples: Iterable[Example], features_of: Callable[[Example], Features]) -> None:
        pairs = [(example, frozenset(features_of(example))) for example in examples]
        counts = Counter(chain.from_iterable(features for _example, features in pairs))
        rare_pairs = {feature for feature, count in counts.items() if count == 1 and " " in feature}
        pairs = [(example, features - rare_pairs) for example, features in pairs]
        self.rarity = _rarity(pairs)
        self.dangers = _danger_shares(example for example, _features in pairs)
        self.weights = self._weigh(pairs)
        self._index(pairs)

    def _weigh(self, pairs: ExamplesWithFeatures) -> Mapping[str, Sequence[tuple[str, float]]]:
        """Return the weight of each feature for each code whose examples have it."""
        sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        lengths: dict[str, float] = defaultdict(float)
        for example, features in pairs:
            rarities = [(sums[feature], self.rarity[feature]) for feature in features]
            length = self._length(features)
            for code, weight in (*example.weights.items(), (DANGER if example.urgent else CALM, 1)):
                share = weight**EXPONENT / length
                lengths[code] += share * sum(rarity for _sums, rarity in rarities)
                for sums_by_code, rarity in rarities:
                    sums_by_code[code] += share * rarity
        return {
            feature: [(code, self.rarity[feature] * math.sqrt(total / lengths[code])) for code, total in totals.items()]
            for feature, totals in sums.items()
        }

    def _index(self, pairs: ExamplesWithFeatures) -> None:
        """List the examples that have each rare feature, and the codes and the length of each example."""
        self.examples_with: dict[str, list[int]] = defaultdict(list)
        self.code_shares: list[list[tuple[str, float]]] = []
        self.lengths: list[float] = []
        for at, (example, features) in enumerate(pairs):
            length = self._length(features)
            self.lengths.append(length)
            self.code_shares.append([(code, weight**EXPONENT / length**2) for code, weight in example.weights.items()])
            for feature in features:
                if self.rarity[feature] >= MIN_RARITY:
                    self.examples_with[feature].append(at)

    def compare(self, features: Features) -> Similarity:
        """Return the similarity of a text to each code."""
        scores: dict[str, float] = defaultdict(float)
        known = {*features} & self.weights.keys()
        for feature in known:
            for code, weight in self.weights[feature]:
                scores[code] += weight
        length = self._length(known)
        cosines = {code: score / length for code, score in scores.items()}
        danger, calm = cosines.pop(DANGER, 0.0), cosines.pop(CALM, 0.0)
        own = danger / (danger + calm or 1)
        most, nearest = max(cosines.values(), default=0.0), self._codes_of_nearest(known)
        return Similarity(
            {code: cosine + NEAREST_SHARE * most * nearest.get(code, 0.0) for code, cosine in cosines.items()},
            (1 - CODE_SHARE) * own + CODE_SHARE * self._danger_of_codes(cosines),
        )

    def _length(self, features: Features) -> float:
        return math.sqrt(sum(self.rarity[feature] ** 2 for feature in features)) or 1

    def _codes_of_nearest(self, known: Set[str]) -> Mapping[str, float]:
        """Return the codes of the examples that resemble a text most, as shares of the one that counts most."""
        products: dict[int, float] = defaultdict(float)
        for feature in known & self.examples_with.keys():
            square = self.rarity[feature] ** 2
            for at in self.examples_with[feature]:
                products[at] += square
        codes: dict[str, float] = defaultdict(float)
        for at in nlargest(MAX_NEAREST, products, key=lambda at: (products[at] / self.lengths[at], at)):
            for code, share in self.code_shares[at]:
                codes[code] += products[at] ** 2 * share
        most = max(codes.values(), default=0.0)
        return {code: weight / most for code, weight in codes.items()} if most else {}

    def _danger_of_codes(self, cosines: Mapping[str, float]) -> float:
        """Return how often the examples of the nearest codes tell of danger, from 0 to 1."""
        near = {code: cosine**CODE_EXPONENT for code, cosine in cosines.items() if code in self.dangers}
        return sum(self.dangers[code] * weight for code, weight in near.items()) / (sum(near.values()) or 1)


def _rarity(pairs: ExamplesWithFeatures) -> Mapping[str, float]:
    """Return the rarity of each feature: the logarithm of how few codes have it."""
    codes: dict[str, set[str]] = defaultdict(set)
    for example, features in pairs:
        for feature in features:
            codes[feature].update(example.weights)
    count = len(frozenset().union(*codes.values()))
    return {feature: math.log(1 + count / len(having)) for feature, having in codes.items()}


def _danger_shares(examples: Iterable[Example]) -> Mapping[str, float]:
    """Return the share of the examples of each code that tell of danger, by the code that each means most."""
    urgent: dict[str, list[bool]] = defaultdict(list)
    for example in examples:
        urgent[max(example.weights, key=lambda code: example.weights[code])].append(example.urgent)
    return {code: sum(flags) / len(flags) for code, flags in urgent.items()}


@cache
def load_examples() -> tuple[Example, ...]:
    """Return the examples of `data/examples.json`."""
    return tuple(
        Example(language, text, row_weights(row), bool(row.get("urgent")))
        for row in read_data("website", "examples")["rows"]
        for language in ("id", "en")
        for text in row.get(language, ())
    )
