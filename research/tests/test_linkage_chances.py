"""A probability for each pair, learnt without labels, means what it says where it can be known."""

import json
from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.linkage import drawing, evaluation, probabilities, reviewing
from suar_research.linkage import tokens as token_files
from suar_research.linkage.evaluation import Truth
from suar_research.linkage.matching import patterns
from suar_research.linkage.mixtures import Between
from suar_research.linkage.probabilities import Candidates, Chances
from suar_research.linkage.tokens import TokenFile


def lists_of(seed, number=2, people=300, on_both=150):
    """Give lists of tokens in which strangers share half of their parts, and say who is who."""
    drawn = np.random.default_rng(seed)
    parts = drawn.random((40, 512)) < 0.06
    whole = np.array([parts[drawn.choice(40, 5, replace=False)].any(axis=0) for _ in range(number * people)])
    made, who = [], []
    for at in range(number):
        own = range(on_both + at * (people - on_both), on_both + (at + 1) * (people - on_both))
        on = drawn.permutation([*range(on_both), *own])
        slips = drawn.random((people, 512)) < drawn.uniform(0, 0.12, (people, 1))
        codes = tuple(f"{'abc'[at]}{index}" for index in range(people))
        bits = np.packbits(whole[on] ^ slips, axis=1)
        made.append(TokenFile("abc"[at], "k", "s", 512, codes, bits))
        who.append(on)
    return made, who


def truth_of(who):
    place = {person: row for row, person in enumerate(who[1])}
    pairs = {(row, place[person]) for row, person in enumerate(who[0]) if person in place}
    return Truth((0, 1), frozenset(pairs))


@pytest.fixture(scope="module")
def two():
    lists, who = lists_of(5)
    return lists, truth_of(who), probabilities.of_tokens(lists)


def test_matches_are_counted_and_probabilities_mean_what_they_say(two):
    lists, truth, known = two
    assert known.expected == pytest.approx(len(truth.pairs), rel=0.1)
    fitted = evaluation.calibrated(known, truth)
    assert fitted["brier"] < fitted["brier_of_none"] / 5
    assert sum(band["pairs"] for band in fitted["reliability"]) == len(known.pairs[0].chance)
    for band in fitted["reliability"]:
        assert band["true"]["low"] - 0.1 <= band["told"] <= band["true"]["high"] + 0.1
    found = probabilities.joined(lists, known, 0.5)
    taken = {(pair.first[1], pair.second[1]) for pair in found.sure}
    right = len(taken & truth.pairs)
    assert right / len(taken) > 0.9 and right / len(truth.pairs) > 0.85


def test_no_pair_is_told_as_surer_than_what_was_looked_at(two):
    _, _, known = two
    assert 0.99 < max(pair.chance.max() for pair in known.pairs) == known.most < 1


def test_lists_without_anybody_in_common_expect_hardly_anybody():
    lists, _ = lists_of(8, on_both=0)
    assert probabilities.of_tokens(lists).expected < 15


def test_too_few_people_are_refused():
    lists, _ = lists_of(2, people=20, on_both=10)
    with pytest.raises(Unreadable, match="too few people"):
        probabilities.of_tokens(lists)


def weighed(odds):
    """Give the probability of each pair by walking through all ways to give records away once."""
    sums, total = Counter(), 0.0
    pairs = list(odds)
    for number in range(len(pairs) + 1):
        for some in combinations(pairs, number):
            ends = [*(one for one, _ in some)], [*(other for _, other in some)]
            if all(len(set(end)) == len(end) for end in ends):
                weight = float(np.prod([odds[pair] for pair in some]))
                total += weight
                sums.update(dict.fromkeys(some, weight))
    return [sums[pair] / total for pair in pairs]


def probable(odds):
    left, right = (np.array([pair[at] for pair in odds]) for at in range(2))
    return probabilities.probabilities(left, right, np.array(list(odds.values()), float))


def test_pairs_without_a_circle_compete_exactly():
    odds = {(0, 0): 3.0, (0, 1): 0.5, (1, 1): 8.0, (2, 1): 0.2, (2, 2): 1e9, (3, 3): 1e-9}
    assert probable(odds) == pytest.approx(weighed(odds), abs=1e-9)


def test_pairs_in_a_circle_compete_nearly_as_they_should():
    drawn = np.random.default_rng(4)
    for _ in range(20):
        odds = {(a, b): float(np.exp(drawn.normal(0, 2))) for a, b in product(range(3), repeat=2)}
        assert probable(odds) == pytest.approx(weighed(odds), abs=0.12)


def test_a_small_rival_is_not_lost_beside_a_great_one():
    odds = {(0, 0): np.exp(39), (0, 1): np.exp(30), (1, 1): 1.0, (2, 1): 1.0}
    assert probable(odds) == pytest.approx(weighed(odds), abs=1e-9)


def test_when_nearly_all_are_given_away_the_few_left_are_likelier():
    assert probabilities.log_prior((100, 100), 0) == pytest.approx(0, abs=0.03)
    assert probabilities.log_prior((100, 100), 99) > 7


def three(odds):
    """Candidates between three lists of three, from odds by pair of (list, row)."""
    found = []
    for lists in combinations(range(3), 2):
        rows = [(one[1], other[1], value) for (one, other), value in odds.items() if (one[0], other[0]) == lists]
        left, right = (np.array([row[at] for row in rows], int) for at in range(2))
        value = np.array([row[2] for row in rows], float)
        between = Between(lists, (3, 3), left, right, np.full(len(rows), 0.8))
        shares = probabilities.probabilities(left, right, value)
        found.append(Candidates(between, np.log(value), np.clip(shares, 0.002, 0.99), -3.0))
    return Chances(tuple(found), 0.5, 0)


@pytest.mark.long
def test_draws_come_as_often_as_their_weight_says():
    """Against all ways in which nine records of three lists can be people."""
    odds = {
        ((0, 0), (1, 0)): 2.0,
        ((0, 0), (2, 0)): 1.5,
        ((1, 0), (2, 0)): 4.0,
        ((0, 1), (1, 0)): 0.7,
        ((0, 1), (1, 1)): 1.2,
        ((1, 1), (2, 0)): 0.4,
    }
    tokens = np.zeros((3, 64), np.uint8)
    lists = [TokenFile(name, "k", "s", 512, ("x", "y", "z"), tokens) for name in "abc"]
    known = three(odds)
    drawn = Counter(tuple(sorted(counts.items())) for counts in drawing.tables(lists, known, 12_000, 3))
    expected = weights_of_tables(odds)
    assert set(drawn) <= set(expected)
    for table, share in expected.items():
        assert drawn[table] / 12_000 == pytest.approx(share, abs=0.02)


def test_who_is_settled_may_be_near_to_somebody_who_is_doubted():
    """Of three lists: b0 is surely nobody else's, and still is near to a0, who is in doubt."""
    chances = {
        ((0, 0), (1, 0)): 0.999995,
        ((0, 0), (1, 2)): 0.01,
        ((0, 0), (2, 0)): 0.999999,
        ((1, 1), (2, 0)): 0.999998,
    }
    odds = {pair: chance / (1 - chance) for pair, chance in chances.items()}
    tokens = np.zeros((3, 64), np.uint8)
    lists = [TokenFile(name, "k", "s", 512, ("x", "y", "z"), tokens) for name in "abc"]
    known = three(odds)
    for each in known.pairs:
        each.chance[:] = 1 / (1 + np.exp(-each.log_odds))
    counts = list(drawing.tables(lists, known, 20, 3))
    assert all(sum(count.values()) <= 9 for count in counts)
    records = {sum(sum(seen) * number for seen, number in count.items()) for count in counts}
    assert records == {9}


def weights_of_tables(odds):
    records = sorted({record for pair in odds for record in pair})
    sums = Counter()
    for people in partitions(records):
        if all(len({at for at, _ in person}) == len(person) for person in people):
            weight = 1.0
            for person in people:
                pairs = [np.log(odds.get(pair, np.exp(-3))) for pair in combinations(person, 2)]
                weight *= np.exp((len(person) - 1) * np.mean(pairs)) if pairs else 1
            alone = [[(at, row)] for at in range(3) for row in range(3) if (at, row) not in records]
            sums[tuple(sorted(patterns([*people, *alone], 3).items()))] += weight
    total = sum(sums.values())
    return {table: weight / total for table, weight in sums.items()}


def partitions(records):
    if not records:
        yield []
        return
    first, *rest = records
    for number in range(len(rest) + 1):
        for others in combinations(rest, number):
            left = [item for item in rest if item not in others]
            for more in partitions(left):
                yield [[first, *others], *more]


def test_the_mean_of_the_draws_is_what_is_expected(two):
    lists, _, known = two
    both = [counts.get((1, 1), 0) for counts in drawing.tables(lists, known, 60, 1)]
    assert np.mean(both) == pytest.approx(known.expected, rel=0.03)
    assert np.std(both) > 0.5
    again = [counts.get((1, 1), 0) for counts in drawing.tables(lists, known, 5, 1)]
    assert again == both[:5]


def link(*words):
    return main(["link", *map(str, words)])


@pytest.fixture
def tokens(tmp_path, two):
    lists, truth, _ = two
    names = []
    for each in lists:
        names.append(tmp_path / f"{each.organisation}.tokens")
        names[-1].write_text(token_files.format_tokens(each), "utf-8")
    same = [f"a{one},b{other}" for one, other in sorted(truth.pairs)]
    (tmp_path / "same.csv").write_text("\n".join(["a,b", *same]), "utf-8")
    return tmp_path, names


def test_a_review_goes_out_without_names_and_its_answers_come_back(tokens, two, capsys):
    folder, names = tokens
    _, truth, _ = two
    words = ["match", *names, "--probable", "0.9", "--possible", "0.1", "--json"]
    assert link(*words, "--out", folder / "c.csv", "--review", folder / "look.csv") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["draws"] == 0
    header, *rows = (folder / "look.csv").read_text("utf-8").splitlines()
    assert header == ",".join(reviewing.HEADER) and len(rows) == told["to_look_at"] > 5
    answers = []
    for row in rows:
        _, code, _, other, _, chance, empty = row.split(",")
        assert 0.1 <= float(chance) <= 0.9 and empty == ""
        answers.append((int(code[1:]), int(other[1:])) in truth.pairs)
    filled = [row + ("yes" if same else "No") for row, same in zip(rows, answers, strict=True)]
    (folder / "filled.csv").write_text("\n".join([header, *filled]), "utf-8")
    more = ["--reviewed", folder / "filled.csv", "--truth", folder / "same.csv"]
    assert link(*words, *more, "--out", folder / "d.csv", "--review", folder / "e.csv") == 0
    again = json.loads(capsys.readouterr().out)
    assert again["reviewed"]["pairs"] == len(rows) and again["reviewed"]["yes"] == sum(answers)
    assert again["model"]["matches"] >= told["model"]["matches"] + sum(answers) - 2
    before = evaluation.calibrated(two[2], truth)["brier"]
    assert again["truth"]["brier"] < before
    looked = {tuple(row.split(",")[1:4:2]) for row in rows}
    left = (folder / "e.csv").read_text("utf-8").splitlines()[1:]
    assert not looked & {tuple(row.split(",")[1:4:2]) for row in left}


def test_draws_are_written_and_every_draw_is_a_table(tokens, capsys):
    folder, names = tokens
    words = [
        "match",
        *names,
        "--probable",
        "0.5",
        "--out",
        folder / "c",
        "--draws",
        "4",
        "--truth",
        folder / "same.csv",
    ]
    assert link(*words, "--drawn", folder / "d.csv") == 0
    out = capsys.readouterr().out
    assert link(*words, "--json", "--drawn", folder / "e", "--out", folder / "f") == 0
    assert json.loads(capsys.readouterr().out)["draws"] == 4
    assert "pairs are possible but not probable: look at them." in out
    assert "Brier score 0." in out and "probability" in out and "Expected, without labels" in out
    header, *rows = (folder / "d.csv").read_text("utf-8").splitlines()
    assert header == "draw,a,b,count"
    cells = np.array([list(map(int, row.split(","))) for row in rows])
    for draw in range(1, 5):
        of = cells[cells[:, 0] == draw]
        assert [int(of[of[:, at] == 1][:, 3].sum()) for at in (1, 2)] == [300, 300]


HEAD = "house,code,other_house,other_code,same\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("house,code\n", "column other_house: it is needed"),
        (HEAD + "a,a1,b,b1,\n", "no cell of `same` is filled"),
        (HEAD + "a,a1,b,b1,maybe\n", "row 2, column same: neither yes nor no"),
        (HEAD + "a,siti,b,b1,yes\n", "row 2, column code: no code of the organisation beside it, or it was united"),
        (HEAD + "a,a1,a,a2,yes\n", "row 2: both are of one organisation"),
        (HEAD + "a,a1,b,b1,no\nb,b1,a,a1,yes\n", "row 3: this pair is answered"),
        (HEAD + "a,a1,b,b1,yes\na,a1,b,b2,yes\n", "code a1 of a: one person with two codes of b"),
    ],
)
def test_answers_that_cannot_be_used_are_refused_and_nothing_is_written(tokens, capsys, text, said):
    folder, names = tokens
    (folder / "bad.csv").write_text(text, "utf-8")
    before = sorted(folder.iterdir())
    words = ["match", *names, "--probable", "0.5", "--reviewed", folder / "bad.csv"]
    assert link(*words, "--out", folder / "c.csv") == 2
    told = capsys.readouterr().err
    assert "bad.csv cannot be used" in told and said in told and "siti" not in told
    assert sorted(folder.iterdir()) == before


def test_an_answer_about_strangers_is_of_other_lists(tokens, two, capsys):
    folder, names = tokens
    strange = next(f"a,a0,b,b{at},yes" for at in range(300) if ((0, 0), (1, at)) not in two[2].alike())
    (folder / "bad.csv").write_text(HEAD + strange + "\n", "utf-8")
    words = ["match", *names, "--probable", "0.5", "--reviewed", folder / "bad.csv", "--out"]
    assert link(*words, folder / "c.csv") == 2
    assert "not alike enough to be a pair of these lists" in capsys.readouterr().err
    assert not (folder / "c.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--probable", "0.5", "--sure", "0.7"],
        ["--probable", "0.5", "--possible", "0.6"],
        ["--probable", "1.5"],
        ["--reviewed", "x"],
        ["--drawn", "x"],
        ["--probable", "0.5", "--draws", "0"],
    ],
)
def test_thresholds_that_contradict_each_other_are_refused(tmp_path, words):
    assert link("match", "a", "b", *words, "--out", tmp_path / "x") == 2


def test_a_yes_leaves_nobody_else_for_the_two():
    known = three({((0, 0), (1, 0)): 2.0, ((0, 0), (1, 1)): 5.0, ((0, 1), (1, 1)): 1.0})
    said = probabilities.answered(known, {((0, 0), (1, 0)): True})
    assert said.pairs[0].chance.tolist() == pytest.approx([1, 0, 0.5], abs=1e-6)
    no = probabilities.answered(known, {((0, 0), (1, 1)): False})
    assert no.pairs[0].chance.tolist() == pytest.approx([2 / 3, 0, 0.5], abs=1e-6)
