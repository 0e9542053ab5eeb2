"""Example phrases with what they ask for: a typed text is read like the examples that resemble it most.

`data/examples.json` lists them. Two texts resemble each other by the rare words and meanings that both have (the
cosine of TF-IDF). This is a second voice beside the words of a text, so each answer can be traced to examples.
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
NEAREST, LEAST_ALIKE, SHARP = 10, 0.15, 3
"""The most examples that are asked, and how alike a text and an example must be."""
Features = Collection[str]


@dataclass(frozen=True, slots=True)
class Example:
    """An example phrase: its language, its text and the weights of its codes."""

    language: str
    text: str
    weights: Mapping[str, float]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """The needs of the examples that resemble a text: the weight of each code, from 0 to 1.

    `alike` is the cosine to the nearest example, and `urgent` the share of those that speak of danger.
    """

    weights: Mapping[str, float]
    alike: float = 0.0
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

    def like(self, features: Features) -> Likeness:
        """Return the needs of the nearest examples together."""
        shared: dict[int, float] = defaultdict(float)
        for feature in {*features} & self.rarity.keys():
            for at in self.lists[feature]:
                shared[at] += self.rarity[feature] ** 2
        length = self._length({*features})
        near = nlargest(NEAREST, ((dot / length / self.lengths[at], at) for at, dot in shared.items()))
        near = [(alike, at) for alike, at in near if alike >= LEAST_ALIKE]
        votes: dict[str, float] = defaultdict(float)
        for alike, at in near:
            for code, weight in self.examples[at].weights.items():
                votes[code] += alike**SHARP * weight
        all_votes = sum(alike**SHARP for alike, _at in near) or 1
        urgent = sum(alike**SHARP for alike, at in near if self.examples[at].urgent)
        weights = {code: vote / all_votes for code, vote in votes.items()}
        return Likeness(weights, near[0][0] if near else 0.0, urgent / all_votes)

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
