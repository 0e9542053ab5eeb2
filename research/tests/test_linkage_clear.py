"""`./suar link clear`: words that may be seen, by splink on DuckDB, and what Spark needs."""

import csv
import json
import random
import sys

import numpy as np
import pyarrow as pa
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.linkage import clear, engines, likeness, schema
from suar_research.linkage.schema import NAMES_AND_BIRTH, Feature
from support import linkage_world as world


def link(*words):
    return main(["link", *map(str, words)])


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """Three lists of invented people, their schema, and who is on the first two by rows."""
    folder = tmp_path_factory.mktemp("clear")
    (folder / "schema").write_text(schema.format_schema(NAMES_AND_BIRTH), "utf-8")
    whole, chance = world.people(400, seed=4), random.Random(2)
    for name, on in {
        "police": range(220),
        "shelter": range(100, 300),
        "clinic": range(200, 400),
    }.items():
        rows = [world.with_slips(whole[at], chance) for at in on]
        (folder / f"{name}.csv").write_text(world.as_csv(rows), "utf-8")
    same = [f"{at + 2},{at - 100 + 2}" for at in range(100, 220)]
    (folder / "same").write_text("\n".join(["police,shelter", *same]), "utf-8")
    return folder


def asked(folder, *more, lists=("police", "shelter", "clinic")):
    paths = [folder / f"{name}.csv" for name in lists]
    return ["clear", *paths, "--schema", folder / "schema", *more]


def table_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_people_are_found_by_their_words_and_counted_by_lists(houses, tmp_path, capsys):
    outputs = [
        "--out",
        tmp_path / "counts.csv",
        "--review",
        tmp_path / "look.csv",
        "--drawn",
        tmp_path / "drawn.csv",
        "--draws",
        "5",
        "--truth",
        houses / "same",
    ]
    assert link(*asked(houses, *outputs, "--possible", "0.01", "--probable", "0.9"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    at = told["truth"]["at_probable"]
    assert at["precision"]["value"] > 0.97 and at["recall"]["value"] > 0.85
    assert told["on"] == "duckdb" and ["date_of_birth"] in told["rules"]
    counts = table_of(tmp_path / "counts.csv")
    assert list(counts[0]) == ["police", "shelter", "clinic", "count"]
    assert 395 < sum(int(row["count"]) for row in counts) < 460
    draws = np.array([[int(cell) for cell in row.values()] for row in table_of(tmp_path / "drawn.csv")])
    for number in range(1, 6):
        of = draws[draws[:, 0] == number]
        assert [int(of[of[:, at] == 1][:, 4].sum()) for at in (1, 2, 3)] == [220, 200, 200]
    look = table_of(tmp_path / "look.csv")
    assert len(look) == told["to_look_at"]
    words = {
        word
        for name in ("police", "shelter")
        for row in table_of(houses / f"{name}.csv")
        for word in (row["given_name"], row["family_name"])
        if word
    }
    assert not words & {cell for row in look for cell in row.values()}


def test_columns_that_few_share_are_the_rules_by_which_rows_are_compared():
    drawn = random.Random(1)
    lists = [
        {
            "rare": [str(drawn.randrange(9_000)) for _ in range(2_000)],
            "some": [str(drawn.randrange(40)) for _ in range(2_000)],
            "sex": [drawn.choice(["f", "m", ""]) for _ in range(2_000)],
            "place": [str(drawn.randrange(9)) for _ in range(2_000)],
        }
        for _ in range(2)
    ]
    for each in lists:
        assert clear.agreeing([each, each], ("rare",)) >= 2_000
    chosen = clear.rules(lists)
    assert chosen[0] == ("rare",) and ("some",) in chosen
    assert ("sex", "place") in chosen and not {("sex",), ("place",)} & set(chosen)
    brute = sum(one == other != "" for one in lists[0]["sex"] for other in lists[1]["sex"])
    assert clear.agreeing(lists, ("sex",)) == brute > 50 * 4_000
    few = [{name: words[:300] for name, words in each.items()} for each in lists]
    rows = [list(zip(item["sex"], item["place"], strict=True)) for item in few]
    brute = sum(one == other and one[0] != "" for one in rows[0] for other in rows[1])
    assert clear.agreeing(few, ("sex", "place")) == brute > 0
    one, other = clear.apart(chosen)
    assert not set(one) & set(other)


def test_columns_that_tell_nobody_apart_are_refused():
    lists = [{"sex": ["f", "m"] * 200, "place": ["a"] * 400} for _ in range(2)]
    with pytest.raises(Unreadable, match="tell people apart"):
        clear.rules(lists)


def test_a_column_on_which_no_two_rows_agree_is_no_rule():
    drawn = random.Random(2)
    lists = [
        {
            "number": [f"{house}{at}" for at in range(200)],
            "family": [str(drawn.randrange(100)) for _ in range(200)],
            "given": [str(drawn.randrange(90)) for _ in range(200)],
        }
        for house in "ab"
    ]
    assert clear.agreeing(lists, ("number",)) == 0
    assert sorted(clear.rules(lists)) == [("family",), ("given",)]


@pytest.mark.parametrize(
    ("feature", "levels"),
    [
        (Feature("sex", "whole"), 1),
        (Feature("born", kind="date"), 3),
        (Feature("age", kind="number"), 3),
        (Feature("family"), 4),
        (Feature("born", "whole", kind="date"), 1),
    ],
)
def test_whole_words_are_alike_or_not_and_others_more_or_less(feature, levels):
    """Beside those that are missing and those that are nothing like each other."""
    told = clear._comparison(feature).get_comparison("duckdb").as_dict()["comparison_levels"]
    assert len(told) == levels + 2
    fuzzy = {"date": "damerau", "number": "damerau", "name": "jaro_winkler"}[feature.kind]
    assert (fuzzy in str(told)) is (levels > 1)


@pytest.mark.parametrize("missing", ["--schema", "--out"])
def test_a_schema_and_a_place_for_the_counts_are_needed(houses, tmp_path, missing, capsys):
    given = {"--schema": houses / "schema", "--out": tmp_path / "c.csv"}
    words = [word for name, value in given.items() if name != missing for word in (name, value)]
    assert (
        link("clear", houses / "police.csv", houses / "shelter.csv", *words) == 2 and missing in capsys.readouterr().err
    )


def test_java_is_asked_for_by_spark_only(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert engines.missing("duckdb") == []
    assert "Java" in engines.missing_java()[0]


@pytest.mark.parametrize("name", ["splink", "duckdb"])
def test_without_the_extra_the_command_says_how_to_get_it(houses, tmp_path, capsys, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    assert link(*asked(houses, "--out", tmp_path / "counts.csv")) == 2
    told = capsys.readouterr().err
    assert f"{name} cannot be found here" in told and "`./suar extra clear`" in told
    assert list(tmp_path.iterdir()) == []


def test_spark_has_an_extra_of_its_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    [said] = engines.missing("spark")
    assert "pyspark cannot be found here" in said and "`./suar extra spark`" in said


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("17.0.21", ""),
        ("21", ""),
        ("11.0.2", "is older"),
        ("1.8.0_402", "is older"),
        (None, "there is none in JAVA_HOME"),
    ],
)
def test_spark_says_which_java_it_needs(tmp_path, monkeypatch, version, said):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    if version:
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2024-01-16' >&2\n", "utf-8")
        java.chmod(0o700)
    told = " ".join(engines.missing_java())
    assert bool(told) == bool(said) and said in told
    assert not told or ("Java 17 or newer" in told and "apt-get install" in told)


def test_spark_is_told_likenesses_by_duckdb_row_by_row():
    left, right = ["martha", None, "iwan", "", "adi iwan"], ["marhta", "a", None, "a", "ayu dani"]
    told = likeness.jaro_winkler(pa.array(left), pa.array(right)).to_pylist()
    assert told == [pytest.approx(0.961111, abs=1e-6), None, None, 0.0, pytest.approx(0.75)]
    slips = likeness.damerau_levenshtein(pa.array(["abcd", "ca"]), pa.array(["acbd", "abc"]))
    assert slips.to_pylist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad", "given_name,sex\na,b\n", "column family_name: it is needed"),
        ("bad", world.as_csv([["siti", "", "", "", ""]]), "no row has words in 2"),
        ("=bad", world.as_csv(world.people(3, seed=1)), "its name is that of the list"),
        ("count", world.as_csv(world.people(3, seed=1)), "its name is that of the list"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(houses, tmp_path, capsys, name, text, said):
    (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    words = [
        "clear",
        houses / "police.csv",
        tmp_path / f"{name}.csv",
        "--schema",
        houses / "schema",
        "--out",
        tmp_path / "counts",
    ]
    assert link(*words) == 2
    told = capsys.readouterr().err
    assert f"{name}.csv cannot be used" in told and said in told and "siti" not in told
    assert not (tmp_path / "counts").exists()


def test_two_lists_of_people_who_are_all_written_alike_are_refused_in_words(tmp_path, capsys):
    (tmp_path / "schema").write_text('{"features": [{"column": "town"}, {"column": "sex"}]}', "utf-8")
    for name in "ab":
        text = world.as_csv([["bogor", "f"]] * 20, ["town", "sex"])
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    words = ["clear", tmp_path / "a.csv", tmp_path / "b.csv", "--schema", tmp_path / "schema"]
    assert link(*words, "--out", tmp_path / "counts") == 2
    told = capsys.readouterr().err
    assert "the files together cannot be used" in told and "tell people apart" in told
    assert not (tmp_path / "counts").exists()


def test_one_house_twice_and_one_list_alone_are_refused(houses, tmp_path, capsys):
    assert link(*asked(houses, "--out", tmp_path / "c", lists=("police", "police"))) == 2
    assert "police: two files are of this organisation" in capsys.readouterr().err
    assert link(*asked(houses, "--out", tmp_path / "c", lists=("police",))) == 2
