"""Attack: `link clear` counts too many pairs and forecasts that they are right."""

import numpy as np
import pandas as pd
import pytest
from splink import Linker, SettingsCreator
from splink.comparison_library import ExactMatch

from suar_research.linkage import clear, engines, probabilities
from suar_research.linkage.schema import CLEANED, NAMES_AND_BIRTH
from suar_research.linkage.tokens import TokenFile
from support import traditions


def linked(seed, **options):
    """Return lists, probabilities, the pairs found and the pairs that are true."""
    rows, truth = traditions.two_lists(seed, **options)
    columns = [
        {
            item.column: [CLEANED[item.kind](row[at]) for row in rows_of_list]
            for at, item in enumerate(NAMES_AND_BIRTH.features)
        }
        for rows_of_list in rows
    ]
    lists = [
        TokenFile(name, "", "", 0, tuple(map(str, range(len(words)))), np.zeros((len(words), 0), np.uint8))
        for name, words in zip("ab", rows, strict=True)
    ]
    with engines.engine("duckdb") as engine:
        chances = clear.of_words(columns, NAMES_AND_BIRTH.features, clear.rules(columns), engine, 1)
    matched = probabilities.joined(lists, chances, 0.5)
    return lists, chances, matched, truth


def error_of_forecast(seed, **options):
    """Return the forecast share of right pairs less the true share, and the same of their number."""
    _, _, matched, truth = linked(seed, **options)
    pairs = {(pair.first[1], pair.second[1]) for pair in matched.sure}
    forecast = sum(pair.alike for pair in matched.sure) / len(pairs)
    return forecast - len(pairs & truth) / len(pairs), len(pairs) / len(truth)


@pytest.mark.slow
@pytest.mark.parametrize(("overlap", "seed"), [(0.1, 0), pytest.param(0.6, 5, marks=pytest.mark.long)])
def test_forecast_of_right_pairs_is_near_the_truth(overlap, seed):
    error, share_counted = error_of_forecast(seed, people=800, overlap=overlap)
    assert abs(error) < 0.06
    assert 0.75 < share_counted < 1.1


@pytest.mark.parametrize(("least", "competing"), [pytest.param(0.5, False, marks=pytest.mark.long), (0.05, True)])
def test_people_are_those_of_the_one_to_one_clustering_of_splink(least, competing):
    lists, chances, _, _ = linked(3, people=500)
    [pairs] = chances.pairs
    lefts = pairs.between.left[pairs.chance >= least]
    assert (len(lefts) > len(np.unique(lefts))) is competing, "some records could be two people"
    matched = probabilities.joined(lists, chances, least)
    predictions = pd.DataFrame(
        {
            "source_dataset_l": "a",
            "unique_id_l": pairs.between.left,
            "source_dataset_r": "b",
            "unique_id_r": pairs.between.right,
            "match_probability": pairs.chance,
            "match_weight": pairs.log_odds,
        }
    )
    with engines.engine("duckdb") as engine:
        people = [pd.DataFrame({"unique_id": range(len(item.codes)), "word": "x"}) for item in lists]
        tables = [engine.register(rows, dataset_display_name=name) for rows, name in zip(people, "ab", strict=True)]
        settings = SettingsCreator(link_type="link_only", comparisons=[ExactMatch("word")])
        linker = Linker(tables, settings, log_level=clear.SILENT)
        registered = linker.table_management.register_table_predict(engine.register(predictions))
        clusters = linker.clustering.cluster_using_single_best_links(
            registered, duplicate_free_datasets=["a", "b"], threshold_match_probability=least
        ).as_pandas_dataframe()
    clusters["record"] = list(zip(clusters.source_dataset, clusters.unique_id, strict=True))
    assert set(clusters.groupby("cluster_id").record.agg(frozenset)) == {
        frozenset(("ab"[at], row) for at, row in person) for person in matched.people
    }


@pytest.mark.long
def test_forecast_is_within_two_points_over_twenty_seeds():
    """Two lists of 3,000 people of three name traditions, 10% to 60% of them on both."""
    errors, counted = np.array([error_of_forecast(seed) for seed in range(20)]).T
    assert abs(errors.mean()) < 0.02
    assert abs(counted.mean() - 1) < 0.1
