"""Words that may be seen, on a handful of rows: how splink is taught, and what of it is kept."""

from collections import Counter
from math import log

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from suar_research.files import Unreadable
from suar_research.linkage import clear, probabilities
from suar_research.linkage.schema import Feature

FEATURES = [Feature("given"), Feature("born", kind="date"), Feature("town", "whole"), Feature("sex", "whole")]
POLICE = {
    "given": ["siti", "dewi", "ayu", "rina", "maya", "lina"],
    "born": ["19990817", "20010203", "19880504", "19991231", "20000101", "19950606"],
    "town": ["bogor", "garut", "tegal", "brebes", "bekasi", "subang"],
    "sex": ["f"] * 6,
}
SHELTER = {
    "given": ["siti", "dewy", "ayu", "sari", "wati", "yuni"],
    "born": ["19990817", "20010203", "19880504", "19770707", "20000101", "19660606"],
    "town": ["bogor", "garut", "cilacap", "brebes", "bekasi", "cianjur"],
    "sex": ["f", "f", "", "f", "f", ""],
}
RULES = [("given",), ("born",), ("town",)]


@pytest.fixture
def connection():
    with duckdb.connect(":memory:") as opened:
        yield opened


@pytest.fixture(scope="module")
def model():
    return taught(POLICE, SHELTER)


def found_by(*lists, features=FEATURES, rules=RULES, seed=1):
    """Give the pairs of the first two lists with the logarithm of their odds, and all that is."""
    with duckdb.connect(":memory:") as connection:
        known = clear.of_words(lists, features, rules, DuckDBAPI(connection=connection), seed)
    first = known.pairs[0]
    rows = zip(first.between.left.tolist(), first.between.right.tolist(), strict=True)
    return dict(zip(rows, first.log_odds.tolist(), strict=True)), known


def taught(*lists, features=FEATURES, rules=RULES, seed=1):
    """Give what splink has learnt, as it writes it down."""
    with duckdb.connect(":memory:") as connection:
        return _taught(DuckDBAPI(connection=connection), lists, features, rules, seed)


def _taught(api, lists, features, rules, seed):
    tables = [api.register(clear._table(each), dataset_display_name=clear._name(at)) for at, each in enumerate(lists)]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[clear._comparison(feature) for feature in features],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
    )
    linker = Linker(tables, settings, log_level=clear.SILENT)
    clear._train(linker, rules, seed)
    return linker.misc.save_model_to_json()


def levels_of(model, column):
    [found] = [item for item in model["comparisons"] if item["output_column_name"] == column]
    return found["comparison_levels"]


def agreeing(column):
    return sum(one == other != "" for one in POLICE[column] for other in SHELTER[column])


def test_strangers_agree_as_often_as_all_pairs_do(model):
    """Of 36 pairs; of sex 24, for a word that is missing is left out."""
    for column, pairs in {"given": 36, "born": 36, "town": 36, "sex": 24}.items():
        same = levels_of(model, column)[1]
        assert same["u_probability"] == pytest.approx(agreeing(column) / pairs), column
    near = levels_of(model, "given")[3]
    assert near["u_probability"] == pytest.approx(1 / 36), "dewi and dewy, and nobody else"


@pytest.mark.parametrize(
    ("rules", "sure"),
    [
        ([("given",), ("born",), ("town",), ("sex",)], 4),
        ([("sex", "born"), ("given",)], 4),
        ([("given",), ("town",)], 5),
    ],
)
def test_pairs_that_agree_on_all_but_one_of_three_columns_are_seven_in_ten_of_all(rules, sure):
    """Siti, Dewi, Ayu and Maya agree on two of the first three columns that rules name.

    Of two columns, who agrees on one is sure: Siti, Dewi, Ayu, Rina and Maya. Sex, birth and given
    name are again alike by two of Siti, Dewi, Ayu and Maya.
    """
    named = {name for rule in rules for name in rule}
    features = [feature for feature in FEATURES if feature.column in named]
    found = taught(POLICE, SHELTER, features=features, rules=rules)
    assert found["probability_two_random_records_match"] == pytest.approx(sure / 0.7 / 36)


def test_each_column_is_learnt_from_pairs_that_agree_on_another(model):
    """Both who are of one given name are of one birth; of four of one birth two have one name."""
    learnt = {name: levels_of(model, name)[1]["m_probability"] for name in ("given", "born", "town")}
    assert learnt["given"] == pytest.approx(2 / 4, abs=0.05)
    assert learnt["born"] == pytest.approx(1, abs=0.05)
    assert 0.5 < learnt["town"] < 0.9


def test_only_pairs_that_a_rule_names_are_looked_at_and_none_that_is_hopeless():
    """Rina of both towns agrees on a place alone, Lina and Yuni on nothing."""
    found, known = found_by(POLICE, SHELTER)
    assert list(found) == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]
    assert found[0, 0] > found[2, 2] > found[3, 3]
    assert (known.floor, known.alike_inside) == (0.0, 0)
    fewer, _ = found_by(POLICE, SHELTER, rules=[("given",), ("born",)])
    assert (3, 3) not in fewer and len(fewer) == 4


def test_what_is_kept_of_pairs_holds_no_words(connection, caplog):
    clear.of_words([POLICE, SHELTER], FEATURES, RULES, DuckDBAPI(connection=connection), 1)
    there = "select table_name, column_name from information_schema.columns"
    kept = [column for table, column in connection.execute(there).fetchall() if "predict" in table]
    assert "match_weight" in kept
    assert not {f"{name}_{side}" for name in POLICE for side in "lr"} & set(kept)
    assert not caplog.records, "and nothing is said beside the answer"


def test_lists_on_which_nearly_all_agree_are_refused():
    """Twenty women of one town, twice: any two would be surely one."""
    same = {"town": ["bogor"] * 20, "sex": ["f"] * 20}
    with pytest.raises(Unreadable, match="tell people apart"):
        found_by(same, same, features=FEATURES[2:], rules=[("town",), ("sex",)])


def test_to_agree_on_a_rare_name_says_more_than_on_a_frequent_one():
    births = [f"19{at:02}0101" for at in range(40)]
    towns = [f"town{at}" for at in range(40)]
    one = {"given": ["siti"] * 6 + [f"name{at}" for at in range(12)], "born": births[:18], "town": towns[:18]}
    other = one | {"born": births[:5] + births[30:32] + births[7:18]}
    features = [Feature("given"), Feature("born", "whole"), Feature("town", "whole")]
    found, _ = found_by(one, other, features=features, rules=[("given",), ("born",), ("town",)])
    assert found[6, 6] > found[5, 5] + log(2)


def many(number):
    """Give words of so many rows; of some letters many rows have the same."""
    return {
        "given": [f"{at * at % 97}" for at in range(number)],
        "born": [f"{at * at * at % 1009}" for at in range(number)],
    }


def strangers_of_one_birth(number, seed):
    features = [Feature("given", "whole"), Feature("born", "whole")]
    found = taught(many(number), many(number), features=features, rules=[("given",), ("born",)], seed=seed)
    return levels_of(found, "born")[1]["u_probability"]


def test_a_million_pairs_of_strangers_are_all_counted():
    agree = sum(number**2 for number in Counter(many(1_000)["born"]).values())
    assert strangers_of_one_birth(1_000, seed=1) == pytest.approx(agree / 1_000**2)


def test_the_same_seed_gives_the_same_answer_where_not_all_pairs_are_looked_at():
    """Of 2,250,000 pairs some are left out, and which ones the seed says."""
    first, again, another = (strangers_of_one_birth(1_500, seed) for seed in (1, 1, 2))
    assert first == again != another


def test_pairs_less_likely_than_one_in_a_thousand_are_not_kept():
    """Each of twenty is on both lists; whoever else is of the same town is somebody else."""
    one = {
        "given": [f"name{at}" for at in range(20)],
        "born": [f"{1960 + at}" for at in range(20)],
        "town": [f"town{at % 2}" for at in range(20)],
    }
    features = [Feature(name, "whole") for name in one]
    found, _ = found_by(one, one, features=features, rules=[(name,) for name in one])
    assert list(found) == [(at, at) for at in range(20)]


# Pairs and likenesses as Winkler printed them: 1994, Advanced methods for record linkage, table 3.
@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("martha", "martha", 1),
        ("massey", "massie", 2),
        ("abroms", "abrams", 2),
        ("dunningham", "cunnigham", 3),
        ("jones", "johnson", 4),
        ("hardin", "martinez", 4),
        ("itman", "smith", 5),
        ("martha", None, 0),
    ],
)
def test_names_are_alike_in_steps(connection, one, other, level):
    """Likenesses 1, 0.933 and 0.922, 0.896, 0.832 and 0.722, 0.467; without a word none."""
    assert level_of(connection, Feature("given"), one, other) == level


@pytest.mark.parametrize("kind", ["date", "year", "number"])
@pytest.mark.parametrize(
    ("other", "level"),
    [("19990817", 1), ("19990871", 2), ("1999081", 2), ("19990828", 3), ("19991828", 4)],
)
def test_a_date_a_year_and_a_number_are_alike_by_one_slip_or_two(connection, kind, other, level):
    assert level_of(connection, Feature("born", kind=kind), "19990817", other) == level


def level_of(connection, feature, one, other):
    """Give the first level whose condition holds of two words; the first is of those missing."""
    told = clear._comparison(feature).get_comparison("duckdb").as_dict()["comparison_levels"]
    name = feature.column
    words = pa.table({f"{name}_l": pa.array([one], pa.string()), f"{name}_r": pa.array([other], pa.string())})
    for at, each in enumerate(told[:-1]):
        if connection.from_arrow(words).project(each["sql_condition"]).fetchall()[0][0]:
            return at
    return len(told) - 1


def row(lists, rows, weight):
    left, right = (f"list_{at:02d}" for at in lists)
    return {
        "source_dataset_l": left,
        "source_dataset_r": right,
        "unique_id_l": rows[0],
        "unique_id_r": rows[1],
        "match_weight": weight,
    }


def test_without_strangers_inside_the_lists_a_weight_of_splink_is_the_log2_of_the_odds():
    """Pairs are in the order of rows; log odds end at FAR and at those of the least probability."""
    rows = [
        row((0, 1), (2, 1), 3.0),
        row((0, 1), (0, 0), -1.0),
        row((1, 2), (1, 3), 900.0),
        row((1, 2), (0, 0), -900.0),
    ]
    known = clear._chances(pd.DataFrame(rows), [4, 5, 6])
    assert [pair.between.lists for pair in known.pairs] == [(0, 1), (0, 2), (1, 2)]
    assert [pair.between.people for pair in known.pairs] == [(4, 5), (4, 6), (5, 6)]
    first, none, last = known.pairs
    assert first.between.left.tolist() == [0, 2] and first.between.right.tolist() == [0, 1]
    least = log(0.001 / 0.999)
    more = first.beneath - least
    assert more == pytest.approx(probabilities.log_prior((4, 5), first.chance.sum()), abs=1e-3)
    assert first.log_odds == pytest.approx([more - log(2), more + log(8)])
    assert not len(none.chance) and none.between.left.dtype == first.between.left.dtype
    assert last.log_odds - (last.beneath - least) == pytest.approx([least, probabilities.FAR])
    assert last.between.alike == pytest.approx([0, 1])


def test_weights_that_strangers_inside_the_lists_reach_as_often_are_no_matches():
    """Of 60 pairs between lists with a weight of 4, about as many are strangers as inside the lists."""
    chance = np.random.default_rng(1)
    rows = [row((0, 1), (at, at), 25.0) for at in range(20)]
    for at in range(60):
        weight = 4 + float(chance.normal())
        rows += [row((0, 1), (at, 99 - at), weight), row((0, 0), (at, at + 1), weight)]
    known = clear._chances(pd.DataFrame(rows), [100, 100])
    assert known.expected == pytest.approx(20, abs=4)


def test_lists_are_named_in_their_order_beyond_ten():
    names = [clear._name(at) for at in range(12)]
    assert names == sorted(names)
    known = clear._chances(pd.DataFrame([row((9, 11), (0, 1), 1.0)]), [2] * 12)
    assert [pair.between.lists for pair in known.pairs if len(pair.chance)] == [(9, 11)]
