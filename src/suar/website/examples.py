"""Example phrases with the needs that they express: the nearest examples vote for the needs of a typed text.

`data/examples.json` lists them. Texts are near each other by the rare words and meanings that both have (the
cosine of TF-IDF). The votes are added to the meanings of the words, so each answer can be traced to examples.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import nlargest

from suar.website.keywords import DATA, row_weights

EXAMPLES = DATA / "examples.json"
MAX_NEIGHBOURS, MIN_SIMILARITY, EXPONENT = 10, 0.15, 3
"""The most examples that vote, their least similarity to a text, and the power of it by which a vote counts."""
Features = Collection[str]


@dataclass(frozen=True, slots=True)
class Example:
    """An example phrase: its language, its text and the weights of its codes."""

    language: str
    text: str
    weights: Mapping[str, float]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Votes:
    """The needs of the nearest examples: the weight of each code, from 0 to 1.

    `similarity` is the cosine to the nearest example, and `urgent` the share of those that speak of danger.
    """

    weights: Mapping[str, float]
    similarity: float = 0.0
    urgent: float = 0.0


class Examples:
    """Examples by their features, to find those that resemble a text."""

    def __init__(self, examples: Iterable[Example], features: Callable[[Example], Features]) -> None:
        self.examples = [*examples]
        all_features = [frozenset(features(example)) for example in self.examples]
        counts = Counter(feature for one in all_features for feature in one)
        self.rarity = {feature: math.log((len(all_features) + 1) / (count + 0.5)) for feature, count in counts.items()}
        self.unknown = math.log(2 * (len(all_features) + 1))
        self.lists: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(all_features):
            for feature in one:
                self.lists[feature].append(at)
        self.lengths = [self._length(one) for one in all_features]

    def vote(self, features: Features) -> Votes:
        """Return the needs of the nearest examples together."""
        shared: dict[int, float] = defaultdict(float)
        for feature in {*features} & self.rarity.keys():
            for at in self.lists[feature]:
                shared[at] += self.rarity[feature] ** 2
        length = self._length({*features})
        near = nlargest(MAX_NEIGHBOURS, ((dot / length / self.lengths[at], at) for at, dot in shared.items()))
        near = [(similarity, at) for similarity, at in near if similarity >= MIN_SIMILARITY]
        votes: dict[str, float] = defaultdict(float)
        for similarity, at in near:
            for code, weight in self.examples[at].weights.items():
                votes[code] += similarity**EXPONENT * weight
        all_votes = sum(similarity**EXPONENT for similarity, _at in near) or 1
        urgent = sum(similarity**EXPONENT for similarity, at in near if self.examples[at].urgent)
        weights = {code: vote / all_votes for code, vote in votes.items()}
        return Votes(weights, near[0][0] if near else 0.0, urgent / all_votes)

    def _length(self, features: Features) -> float:
        return math.sqrt(sum(self.rarity.get(feature, self.unknown) ** 2 for feature in features)) or 1.0


@cache
def load_examples() -> tuple[Example, ...]:
    """Return the examples of `data/examples.json`."""
    return tuple(
        Example(language, text, row_weights(row), bool(row.get("urgent")))
        for row in json.loads(EXAMPLES.read_text("utf-8"))["rows"]
        for language in ("id", "en")
        for text in row.get(language, ())
    )
