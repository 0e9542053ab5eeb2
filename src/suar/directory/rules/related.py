"""Types of help that the same person often needs as well; `data/related.json` is the table."""

from collections import Counter
from collections.abc import Collection, Mapping

from suar.directory import catalogue

MIN_SHARE, NEXT_TYPE_FACTOR, PEOPLE_WEIGHT = 0.5, 0.94, 0.7
"""Minimum share of the strongest need, the factor for each next type of a row, and the weight of rows of people."""


def related_types(meant: Mapping[str, float], people: Collection[str]) -> Mapping[str, float]:
    """Return weights of related types of help for the weights of the search and the kind of person.

    Source: own design, docs/decisions/search; data/related.json.
    """
    most = max(meant.values(), default=0)
    weights = Counter[str]()
    for row in catalogue.related()["rows"]:
        share = max((meant.get(code, 0) for code in row["of"]), default=0) / (most or 1)
        if share >= MIN_SHARE:
            _add(weights, row["also"], share)
    for row in catalogue.related()["people"]:
        if row["who"] in people:
            _add(weights, row["also"], row.get("share", PEOPLE_WEIGHT))
    return weights


def _add(weights: Counter[str], types: Collection[str], share: float) -> None:
    weights.update({code: share * NEXT_TYPE_FACTOR**at for at, code in enumerate(types)})
