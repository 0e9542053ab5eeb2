"""Which rows are compared at all, at the limits, and what `./suar link clear` says of its work."""

import hashlib
import json
import sys

import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.linkage import clear, tokens
from suar_research.linkage.tokens import TokenFile
from support import linkage_world as world


def two_lists(number, **columns):
    """Give two lists of so many rows; of each column so many rows of one and of the other agree."""
    return [
        {
            name: ["same"] * alike[at] + [f"{at}/{row}" for row in range(number - alike[at])]
            for name, alike in columns.items()
        }
        for at in range(2)
    ]


@pytest.mark.parametrize(("rows", "fits"), [(99, True), (100, True), (101, False)])
def test_a_column_is_a_rule_where_at_most_fifty_pairs_agree_for_each_row(rows, fits):
    """On two lists of 101 rows 10,100 pairs may agree, and not one more."""
    lists = two_lists(101, a=(1, 1), b=(2, 1), c=(101, rows))
    assert (("c",) in clear.rules(lists)) is fits


def test_one_pair_that_agrees_makes_a_rule_and_rules_stand_from_the_fewest_pairs_on():
    lists = two_lists(20, often=(3, 3), once=(1, 1), also=(3, 3), never=(0, 5))
    assert clear.rules(lists) == [("once",), ("also",), ("often",)]


@pytest.mark.parametrize(("rows", "fits"), [(105, True), (106, False)])
def test_two_columns_together_are_a_rule_where_few_enough_agree_on_both(rows, fits):
    """Sex and place alone are each alike in more than 11,000 pairs of 110 by 110 rows."""
    lists = two_lists(110, name=(1, 1), birth=(1, 2), sex=(110, rows))
    lists[0]["place"] = ["here"] * 110
    lists[1]["place"] = [f"place{at}" for at in range(5)] + ["here"] * 105
    assert clear.agreeing(lists, ("sex", "place")) == 110 * (rows - 5)
    chosen = clear.rules(lists)
    assert chosen == [("name",), ("birth",), *([("sex", "place")] if fits else [])]


@pytest.mark.parametrize("both", [0, 1])
def test_two_columns_on_which_nobody_agrees_together_are_no_rule_and_one_pair_makes_one(both):
    lists = two_lists(220 + both, name=(1, 1), birth=(1, 2))
    for each, places in zip(lists, (["p", "q"], ["q", "p"]), strict=True):
        each["sex"] = ["f"] * 110 + ["m"] * 110 + ["f"] * both
        each["place"] = [place for place in places for _ in range(110)] + ["far off"] * both
    assert clear.agreeing(lists, ("sex", "place")) == both
    rules = clear.rules(lists)
    assert sorted(rules) == sorted([("name",), ("birth",), *[("sex", "place")] * both])


def test_one_rule_alone_is_refused_for_nothing_can_be_learnt():
    with pytest.raises(Unreadable, match="tell people apart"):
        clear.rules(two_lists(20, name=(2, 2), born=(0, 0)))


def test_rules_are_apart_where_they_have_no_column_in_common():
    assert clear.apart([("a", "b"), ("b", "c"), ("c",)]) == (("a", "b"), ("c",))
    assert clear.apart([("a", "b"), ("b",)]) is None


def link(*words):
    return main(["link", *map(str, words)])


@pytest.fixture
def asked(tmp_path):
    """Two lists of some invented people of whom twelve are on both, and what is asked of them."""
    whole = world.people(40, seed=6)
    (tmp_path / "schema").write_text(
        json.dumps({"features": [{"column": column} for column in world.COLUMNS[:3]]}), "utf-8"
    )
    for name, rows in {"police": whole[:26], "shelter": whole[14:]}.items():
        text = world.as_csv([row[:3] for row in rows], world.COLUMNS[:3])
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return [
        "clear",
        tmp_path / "police.csv",
        tmp_path / "shelter.csv",
        "--schema",
        tmp_path / "schema",
        "--out",
        tmp_path / "counts.csv",
    ]


@pytest.mark.parametrize(("more", "probable"), [([], 0.5), (["--probable", "0.8"], 0.8)])
def test_what_was_asked_and_read_is_told_with_the_people_found(asked, capsys, more, probable):
    assert link(*asked, "--json", *more) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["probable"], told["on"], told["people"]) == (probable, "duckdb", 40)
    assert told["lists"] == [
        {"house": path.stem, "people": 26, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in asked[1:3]
    ]
    counts = asked[-1].read_text("utf-8").splitlines()
    assert counts == ["police,shelter,count", "1,1,12", "1,0,14", "0,1,14"]
    assert f"{len(told['rules'])} rules: " in told["notices"][1]
    assert "; ".join(" and ".join(rule) for rule in told["rules"]) in told["notices"][1]


def test_what_is_known_is_judged_and_named_by_its_digest(asked, tmp_path, capsys):
    """Rows are numbered as in the file: the fifteenth of the police is the first of the shelter."""
    known = "\n".join(["police,shelter", *(f"{at + 16},{at + 2}" for at in range(12))])
    (tmp_path / "same").write_text(known, "utf-8")
    assert link(*asked, "--truth", tmp_path / "same", "--json") == 0
    truth = json.loads(capsys.readouterr().out)["truth"]
    assert truth["sha256"] == hashlib.sha256(known.encode()).hexdigest()
    assert (truth["pairs"], truth["at_probable"]["right"], truth["unseen"]) == (12, 12, 0)


def test_houses_of_two_files_are_named_in_the_order_of_their_names():
    names = ["shelter", "police", "clinic", "hotel", "church", "school"]
    made = [TokenFile(name, "k", "s", 512, (), None) for name in [*names, *names, "court"]]
    assert tokens.twice_problems(made) == [f"{name}: two files are of this organisation" for name in sorted(names)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--on", "elsewhere"], "one of duckdb, spark"),
        (["--possible", "0.9", "--probable", "0.8"], "--possible is more than --probable"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_written(asked, capsys, more, said):
    assert link(*asked, *more) == 2 and said in capsys.readouterr().err
    assert not asked[-1].exists()


def test_a_list_cannot_be_compared_alone(asked, capsys):
    assert link(*asked[:2], *asked[3:]) == 2
    assert "at least two lists are needed" in capsys.readouterr().err


def test_an_engine_that_is_not_here_is_named_and_nothing_is_written(asked, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert link(*asked, "--on", "spark") == 2
    assert "--on spark cannot be used" in capsys.readouterr().err
    assert not asked[-1].exists()
