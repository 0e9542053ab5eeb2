"""Example phrases with the needs that they express, to which a typed text is compared.

`data/examples.json` lists them. A text is similar to a code by the rare words and meanings that it shares with the
examples of the code (the cosine of TF-IDF to their sum). The needs are added to the meanings of the words, so each
answer can be traced to words of examples.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from suar.website.keywords import DATA, row_weights

EXAMPLES = DATA / "examples.json"
EXPONENT = 3
"""The power of its weight by which a code of an example counts."""
DANGER, CALM = "danger", "calm"
"""Codes of examples besides those of their needs."""
Features = Collection[str]


@dataclass(frozen=True, slots=True)
class Example:
    """An example phrase: its language, its text and the weights of its codes."""

    language: str
    text: str
    weights: Mapping[str, float]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Similarity:
    """The similarity of a text to the examples of each code: the cosine, from 0 to 1.

    `danger` is above 0.5 if it is more similar to examples of danger than to the others.
    """

    cosines: Mapping[str, float]
    danger: float = 0.0


class Examples:
    """The words of the examples of each code, weighed by their rarity.

    The weight of a word for a code is the root of its sum over the examples, so that no word counts for too much. A
    code with many examples counts no more than one with few.
    """

    def __init__(self, examples: Iterable[Example], features: Callable[[Example], Features]) -> None:
        examples = [*examples]
        all_features = [frozenset(features(example)) for example in examples]
        counts = Counter(feature for one in all_features for feature in one)
        self.rarity = {feature: math.log((len(all_features) + 1) / (count + 0.5)) for feature, count in counts.items()}
        sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for example, one in zip(examples, all_features, strict=True):
            length = math.sqrt(sum(self.rarity[feature] ** 2 for feature in one)) or 1
            for code, weight in _codes_of(example):
                for feature in one:
                    sums[feature][code] += weight**EXPONENT * self.rarity[feature] / length
        lengths: dict[str, float] = defaultdict(float)
        for by_code in sums.values():
            for code, weight in by_code.items():
                lengths[code] += weight
        self.weights = {
            feature: [
                (code, self.rarity[feature] * math.sqrt(weight / lengths[code])) for code, weight in by_code.items()
            ]
            for feature, by_code in sums.items()
        }

    def compare(self, features: Features) -> Similarity:
        """Return the similarity of a text to each code."""
        scores: dict[str, float] = defaultdict(float)
        known = {*features} & self.weights.keys()
        for feature in known:
            for code, weight in self.weights[feature]:
                scores[code] += weight
        length = math.sqrt(sum(self.rarity[feature] ** 2 for feature in known)) or 1
        cosines = {code: score / length for code, score in scores.items()}
        danger, calm = cosines.pop(DANGER, 0.0), cosines.pop(CALM, 0.0)
        return Similarity(cosines, danger / (danger + calm or 1))


def _codes_of(example: Example) -> Iterable[tuple[str, float]]:
    return [*example.weights.items(), (DANGER if example.urgent else CALM, 1)]


@cache
def load_examples() -> tuple[Example, ...]:
    """Return the examples of `data/examples.json`."""
    return tuple(
        Example(language, text, row_weights(row), bool(row.get("urgent")))
        for row in json.loads(EXAMPLES.read_text("utf-8"))["rows"]
        for language in ("id", "en")
        for text in row.get(language, ())
    )
