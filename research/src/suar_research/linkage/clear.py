"""Matching lists by their words: splink's model, on DuckDB or on Spark.

splink weighs pairs between lists and pairs inside each list. Its weights rank pairs well, but its
probabilities come out too high where columns depend on each other (a name on a sex or a place).
Pairs inside a list are all strangers, so the same mixture as for tokens turns weights into probabilities.
Source: splink 5 (Linacre et al. 2022, International Journal of Population Data Science 7), which
fits Fellegi & Sunter 1969 by EM; figures in docs/linkage-figures.md.

All pairs of two long lists are too many to compare. A blocking rule is one column, or two together,
on which both rows must agree; it is taken where few pairs do.
Source: Christen 2012, Data Matching, chapter 4 (blocking); the choice of rules is own design,
docs/decisions/linkage.md.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on

from suar_research.coverage import texts
from suar_research.files import Unreadable, refuse
from suar_research.linkage.mixtures import FAR, Between, Likenesses, Mixture, scale
from suar_research.linkage.probabilities import FEWEST_PEOPLE, FEWEST_STRANGERS, Chances, chances, learnt
from suar_research.linkage.schema import Columns, Feature

Rule = tuple[str, ...]
PAIRS_PER_ROW = 50
TEXTS = texts("linkage.blocking")
TOO_ALIKE: str = TEXTS["too_alike"]


def rules(lists: Sequence[Columns]) -> list[Rule]:
    """Choose columns and twos of columns on which at most 50 pairs agree for each row.

    Empty words agree with none. Rules are in order of how few pairs agree. Raises Unreadable where
    fewer than two rules without a common column can be had, for then nothing can be learnt.
    """
    most = PAIRS_PER_ROW * sum(len(next(iter(item.values()))) for item in lists)
    names = list(lists[0])
    alone: dict[Rule, int] = {(name,): agreeing(lists, (name,)) for name in names}
    single = {rule: number for rule, number in alone.items() if 0 < number <= most}
    rest = [name for name in names if (name,) not in single]
    double: dict[Rule, int] = {rule: agreeing(lists, rule) for rule in combinations(rest, 2)}
    fit = single | {rule: number for rule, number in double.items() if 0 < number <= most}
    chosen = sorted(fit, key=lambda rule: (fit[rule], rule))
    refuse([] if chosen and apart(chosen) else [TOO_ALIKE])
    return chosen


def apart(chosen: Sequence[Rule]) -> tuple[Rule, Rule] | None:
    """Return the first two rules that have no column in common, or None."""
    result = (two for two in combinations(chosen, 2) if not set(two[0]) & set(two[1]))
    return next(result, None)


def agreeing(lists: Sequence[Columns], rule: Rule) -> int:
    """Count the pairs of rows of two lists that agree on all columns of a rule."""
    counts = [Counter(key for key in zip(*(item[name] for name in rule), strict=True) if all(key)) for item in lists]
    return sum(number * other[key] for one, other in combinations(counts, 2) for key, number in one.items())


LEAST = 0.001
"""Pairs less probable than that are not kept."""
SURE_BY = 3
RECALL_OF_SURE = 0.7
MOST_PAIRS = 2_000_000
NAME_LEVELS, SLIPS = [0.92, 0.85, 0.7], [1, 2]
WHO, LIST = "unique_id", "source_dataset"
SILENT = 50


def of_words(
    lists: Sequence[Columns], features: Sequence[Feature], chosen: Sequence[Rule], engine: Any, seed: int
) -> Chances:
    """Return the probability of each pair on which some rule of blocking agrees.

    `engine` is a backend of splink. Raises Unreadable where nearly all pairs would be sure, and
    what the backend raises.
    """
    tables = [engine.register(_table(item), dataset_display_name=_name(at)) for at, item in enumerate(lists)]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(item) for item in features],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in chosen],
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings, log_level=SILENT)
    _train(linker, chosen, seed)
    model = linker.misc.save_model_to_json() | {"link_type": "link_and_dedupe"}
    scorer: Any = Linker(tables, model, log_level=SILENT)
    pairs = scorer.inference.predict(threshold_match_probability=LEAST)
    return _chances(pairs.as_pandas_dataframe(), [len(next(iter(item.values()))) for item in lists])


def _train(linker: Any, chosen: Sequence[Rule], seed: int) -> None:
    """Learn how often strangers agree from pairs at random, and how often matches do by EM.

    Each of the two runs of EM looks at pairs that agree on one rule, and so learns of the columns
    that are not in it.
    """
    names = list(dict.fromkeys(name for rule in chosen for name in rule))[:SURE_BY]
    sure = [block_on(*names[:at], *names[at + 1 :]) for at in range(len(names))]
    learn = linker.training
    try:
        learn.estimate_probability_two_random_records_match(sure, recall=RECALL_OF_SURE)
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


def _chances(pairs: pd.DataFrame, people: Sequence[int]) -> Chances:
    """Turn splink's weights into probabilities; few pairs inside the lists leave splink's own probabilities.

    The likeness of a pair is its log odds by splink, from those of `LEAST` to `FAR`, as 0 to 1.
    """
    least = float(np.log(LEAST / (1 - LEAST)))
    odds = np.clip(np.log(2) * pairs["match_weight"].to_numpy(float), least, FAR)
    likeness = (odds - least) / (FAR - least)
    left_list, right_list = (pairs[f"{LIST}_{side}"].str[-2:].astype(int).to_numpy() for side in "lr")
    left, right = (pairs[f"{WHO}_{side}"].to_numpy(np.int64) for side in "lr")
    pairs_of: dict[bool, list[Between]] = {}
    for one, other in combinations_with_replacement(range(len(people)), 2):
        rows = np.flatnonzero((left_list == one) & (right_list == other))
        rows = rows[np.lexsort((right[rows], left[rows]))]
        item = Between((one, other), (people[one], people[other]), left[rows], right[rows], likeness[rows])
        pairs_of.setdefault(one == other, []).append(item)
    seen = Likenesses(0.0, tuple(pairs_of[False]), tuple(pairs_of[True]), scale(people))
    if min(people) < FEWEST_PEOPLE or len(seen.strangers()) < FEWEST_STRANGERS:
        return chances(seen, Mixture(least, FAR - least))
    return learnt(seen)
