"""Where it is known who is whom, a match says how right it was, at each threshold."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.linkage import evaluation, matching, tokens
from suar_research.linkage.evaluation import Truth, scores
from suar_research.linkage.tokens import TokenFile
from suar_research.tables.statistics import wilson
from support import DOCS

EXAMPLES = DOCS / "examples"
TOKENS = [EXAMPLES / "police.tokens", EXAMPLES / "shelter.tokens"]
CODES = "abcdefghij"


def drawn_lists(seed, number=3):
    """Give lists of tokens that are six people, written with slips, some of them twice."""
    drawn = np.random.default_rng(seed)
    base = drawn.random((6, 512)) < 0.3
    made, who = [], []
    for at in range(number):
        people = drawn.integers(0, 6, len(CODES))
        bits = np.packbits(base[people] ^ (drawn.random((len(CODES), 512)) < 0.05), axis=1)
        made.append(TokenFile(f"h{at}", "k", "s", 512, tuple(CODES), bits))
        who.append(people)
    return made, who


@pytest.mark.slow
@given(st.integers(0, 2**32), st.sampled_from([(0, 1), (1, 0), (2, 0), (1, 2)]))
@settings(max_examples=40, deadline=None)
def test_each_threshold_is_judged_as_a_match_at_it_would_be(seed, sides):
    """Against each pair looked at by itself, over three lists, two of which are known."""
    lists, who = drawn_lists(seed)
    one, other = sides
    same = [(i, j) for i, a in enumerate(who[one]) for j, b in enumerate(who[other]) if a == b]
    written = [f"{CODES[i]},{CODES[j]}" for i, j in same]
    drawn = np.random.default_rng(seed)
    drawn.shuffle(written)
    if not written:
        return
    truth = evaluation.read_known_pairs("\n".join([f"h{one},h{other}", *written]), lists)
    assert truth == Truth(sides, frozenset(same))
    pairs = matching.compared(lists, 0.5)
    for row in evaluation.over_thresholds(lists, pairs, truth, (0.5, 0.66)):
        people = matching.match(lists, sure=row["sure"], unsure=row["sure"]).people
        found = [
            (i, j)
            for i in range(10)
            for j in range(10)
            if any({(one, i), (other, j)} <= set(person) for person in people)
        ]
        assert row == scores(row["sure"], len(found), len(set(found) & set(same)), len(same))


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_a_match_judged_by_itself_is_wholly_right(seed):
    lists, _ = drawn_lists(seed, 2)
    matched = matching.match(lists, sure=0.6, unsure=0.6)
    pairs = frozenset(tuple(row for _, row in person) for person in matched.people if len(person) == 2)
    if not pairs:
        return
    row = evaluation.judged(matched, Truth((0, 1), pairs), 0.6)
    assert row["precision"]["value"] == row["recall"]["value"] == row["f1"]["value"] == 1
    assert row["f1"]["high"] == 1 and row["precision"]["low"] == round(wilson(len(pairs), len(pairs)).low, 6)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 200))
def test_f1_is_between_its_limits_and_is_the_harmonic_mean(right, wrong, missed):
    row = scores(0.7, right + wrong, right, right + missed)
    assert row["f1"]["low"] <= row["f1"]["value"] <= row["f1"]["high"]
    if not right + wrong:
        assert row["precision"] is None and row["recall"]["value"] == row["f1"]["value"] == 0
    elif right:
        mean = 2 / (1 / row["precision"]["value"] + 1 / row["recall"]["value"])
        assert row["f1"]["value"] == pytest.approx(mean, abs=2e-6)


def test_the_limits_are_those_of_a_known_example():
    """Newcombe 1998, table I: 81 of 263 by the score method, 0.2553 to 0.3662."""
    row = scores(0.7, 263, 81, 81)
    assert row["precision"]["low"] == pytest.approx(0.2553, abs=5e-5)
    assert row["precision"]["high"] == pytest.approx(0.3662, abs=5e-5)
    assert row["f1"]["low"] == pytest.approx(2 * 0.2553 / 1.2553, abs=1e-4)


@pytest.mark.parametrize(
    ("asked", "least", "most", "number"),
    [((0.62, 0.7), 0.62, 0.8, 10), ((0.1, 0.95), 0.1, 1.0, 12), ((0.655, 0.655), 0.655, 0.74, 6)],
)
def test_thresholds_to_choose_from_are_few_and_hold_those_asked_for(asked, least, most, number):
    chosen = evaluation.thresholds(*asked)
    assert (chosen[0], chosen[-1]) == (least, most)
    assert set(asked) <= set(chosen) and len(chosen) == number


def link(*words):
    return main(["link", *map(str, words)])


@pytest.fixture
def lines():
    return (EXAMPLES / "same.csv").read_text("utf-8").splitlines()


def test_the_answer_says_how_right_it_was(tmp_path, capsys, lines):
    words = ["match", *TOKENS, "--truth", EXAMPLES / "same.csv", "--out"]
    assert link(*words, tmp_path / "counts.csv", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    truth = told["truth"]
    assert truth["houses"] == ["police", "shelter"] and truth["pairs"] == len(lines) - 1 == 50
    at = truth["at_sure"]
    assert at in truth["thresholds"] and at["sure"] == 0.7
    assert at["found"] == told["on_several"]
    assert at["precision"]["value"] == pytest.approx(at["right"] / at["found"], abs=1e-6)
    assert at["recall"]["low"] < at["recall"]["value"] == at["right"] / 50 < at["recall"]["high"]
    found = [item["found"] for item in truth["thresholds"]]
    assert found == sorted(found, reverse=True) and len(set(found)) > 3
    assert link(*words, tmp_path / "again.csv") == 0
    assert re.search(rf"0\.70 \* +{at['found']} +{at['right']} ", capsys.readouterr().out)


def test_where_nothing_is_found_there_is_no_precision(tmp_path, capsys):
    bits = np.zeros((2, 64), np.uint8)
    bits[0, :9], bits[1, 20:29] = 255, 255
    for at, house in enumerate("ab"):
        file = TokenFile(house, "k", "s", 512, ("x",), bits[at : at + 1])
        (tmp_path / house).write_text(tokens.format_tokens(file), "utf-8")
    (tmp_path / "same").write_text("b,a\nx,x\n", "utf-8")
    words = ["match", tmp_path / "a", tmp_path / "b", "--truth", tmp_path / "same", "--out"]
    assert link(*words, tmp_path / "1", "--json") == 0
    at = json.loads(capsys.readouterr().out)["truth"]["at_sure"]
    assert at["precision"] is None and at["recall"]["value"] == at["f1"]["value"] == 0
    assert link(*words, tmp_path / "2") == 0
    assert re.search(r"0\.70 \* +0 +0  -", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:1], "it holds no pair"),
        (lambda lines: [], "a line with the names of the columns is missing"),
        (lambda lines: [*lines, lines[3]], "row 52: this pair stands in row 4 already"),
        (lambda lines: [*lines, "siti,rina"], "row 52, column shelter: no code of this list"),
        (lambda lines: [*lines, lines[1].split(",")[0] + ","], "row 52, column shelter: no code"),
        (lambda lines: ["police,clinic", *lines[1:]], "column clinic: none of the files"),
        (lambda lines: ["police,police", *lines[1:]], "column police: the name stands twice"),
        (lambda lines: ["police,shelter,x", "a,b,c"], "row 1: 3 columns; two are needed"),
        (lambda lines: ["shelter,police", *lines[1:]], "row 2, column shelter: no code"),
    ],
)
def test_pairs_that_cannot_be_used_are_refused_and_nothing_is_written(tmp_path, capsys, lines, change, said):
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(change(lines)), "utf-8")
    words = ["match", *TOKENS, "--out", tmp_path / "counts.csv", "--review", tmp_path / "look.csv"]
    assert link(*words, "--truth", bad) == 2
    told = capsys.readouterr()
    assert "bad.csv cannot be used" in told.err and said in told.err
    assert "siti" not in told.err and told.out == ""
    assert list(tmp_path.iterdir()) == [bad]


def test_a_file_of_pairs_that_is_not_there_is_said(tmp_path, capsys):
    assert link("match", *TOKENS, "--out", tmp_path / "c", "--truth", tmp_path / "none") == 2
    assert "none cannot be used" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_pairs_are_read_whatever_their_order_and_signs_at_the_end(lines):
    lists = [tokens.parse_tokens(token.read_text("utf-8")) for token in TOKENS]
    plain = evaluation.read_known_pairs("\n".join(lines), lists)
    swapped = [",".join(reversed(line.split(","))) + "\r" for line in lines]
    other = evaluation.read_known_pairs("\ufeff" + "\n".join([swapped[0], *swapped[:0:-1], " , "]), lists)
    assert other.lists == (1, 0) and other.pairs == {(b, a) for a, b in plain.pairs}
    with pytest.raises(Unreadable, match="row 2, column shelter"):
        evaluation.read_known_pairs("police,shelter\n" + lines[1].replace(",", ",="), lists)
