"""Who is on several lists, from words that may be seen: splink's model, here or on Spark.

Source: splink 5 (Linacre et al. 2022, International Journal of Population Data Science 7), which
fits Fellegi & Sunter 1969 by EM; how its probabilities are made to compete is that of tokens.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on

from suar_research.linkage.blocking import TOO_ALIKE, Columns, Rule, apart
from suar_research.linkage.chances import Chances, candidates
from suar_research.linkage.likenesses import Between
from suar_research.linkage.mixture import FAR
from suar_research.linkage.schema import Feature
from suar_research.reading import Unreadable

LEAST = 0.001
"""Pairs less probable than that are not kept."""
SURE_BY = 3
FOUND_BY_SURE = 0.7
MOST_PAIRS = 2_000_000
NAME_LEVELS, SLIPS = [0.92, 0.85, 0.7], [1, 2]
WHO, LIST = "unique_id", "source_dataset"
SILENT = 50


def of_words(
    lists: Sequence[Columns],
    features: Sequence[Feature],
    chosen: Sequence[Rule],
    engine: Any,
    seed: int,
) -> Chances:
    """Give the probability of each pair on which some rule of blocking agrees.

    `engine` is a backend of splink. Raises Unreadable where nearly all pairs would be sure, and
    what the backend raises.
    """
    tables = [engine.register(_table(each), dataset_display_name=_name(at)) for at, each in enumerate(lists)]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(each) for each in features],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in chosen],
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings, log_level=SILENT)
    _train(linker, chosen, seed)
    told = linker.inference.predict(threshold_match_probability=LEAST).as_record_list()
    return _chances(told, [len(next(iter(each.values()))) for each in lists])


def _train(linker: Any, chosen: Sequence[Rule], seed: int) -> None:
    """Learn how often strangers agree from pairs at random, and how often matches do by EM.

    Each of the two runs of EM looks at pairs that agree on one rule, and so learns of the columns
    that are not in it.
    """
    names = list(dict.fromkeys(name for rule in chosen for name in rule))[:SURE_BY]
    sure = [block_on(*names[:at], *names[at + 1 :]) for at in range(len(names))]
    learn = linker.training
    try:
        learn.estimate_probability_two_random_records_match(sure, recall=FOUND_BY_SURE)
    except ValueError as error:
        raise Unreadable([TOO_ALIKE]) from error
    learn.estimate_u_using_random_sampling(MOST_PAIRS, seed=seed, num_chunks=1)
    for rule in apart(chosen) or ():
        learn.estimate_parameters_using_expectation_maximisation(block_on(*rule))


def _comparison(feature: Feature) -> Any:
    """Compare words as their kind asks: names by likeness, numbers and dates by slips."""
    column = feature.column
    if feature.cut == "whole":
        return compare.ExactMatch(column)
    if feature.kind in ("number", "date", "year"):
        return compare.DamerauLevenshteinAtThresholds(column, SLIPS)
    names = compare.JaroWinklerAtThresholds(column, NAME_LEVELS)
    return names.configure(term_frequency_adjustments=True)


def _table(columns: Columns) -> pa.Table:
    rows = len(next(iter(columns.values())))
    cells = {name: pa.array([word or None for word in words], pa.string()) for name, words in columns.items()}
    return pa.table({WHO: pa.array(range(rows), pa.int64()), **cells})


def _name(at: int) -> str:
    """Name a list so that names are in the order of lists: splink puts the smaller on the left."""
    return f"list_{at:02d}"


def _chances(told: Sequence[dict[str, Any]], people: Sequence[int]) -> Chances:
    beneath = float(np.log(LEAST / (1 - LEAST)))
    by_lists: dict[tuple[int, int], list[tuple[int, int, float]]] = {
        (one, other): [] for one in range(len(people)) for other in range(one + 1, len(people))
    }
    for row in told:
        one, other = (int(row[f"{LIST}_{side}"][-2:]) for side in "lr")
        by_lists[one, other].append((row[f"{WHO}_l"], row[f"{WHO}_r"], row["match_weight"]))
    found = []
    for (one, other), rows in by_lists.items():
        left, right = (np.array([row[at] for row in sorted(rows)], np.int64) for at in range(2))
        odds = np.clip(np.log(2) * np.array([row[2] for row in sorted(rows)], float), -FAR, FAR)
        between = Between((one, other), (people[one], people[other]), left, right, 1 / (1 + np.exp(-odds)))
        found.append(candidates(between, odds, beneath))
    return Chances(tuple(found), 0.0, 0)
