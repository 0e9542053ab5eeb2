"""Attack: people who stand twice on one list hide who is on two lists."""

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.linkage import clear, engines, probabilities
from suar_research.linkage.matching import patterns
from suar_research.linkage.schema import CLEANED, NAMES_AND_BIRTH
from suar_research.linkage.tokens import TokenFile, format_tokens
from suar_research.mse.panel import stepwise
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner
from support import double_entries

PEOPLE = 1_000
TENTH_OF_ONE, THIRD_OF_ONE, TENTH_OF_ALL, THIRD_OF_ALL = (0.1, 0, 0), (0.3, 0, 0), (0.1,) * 3, (0.3,) * 3
ALL = (TENTH_OF_ONE, THIRD_OF_ONE, TENTH_OF_ALL, THIRD_OF_ALL)


def true_links(who):
    return sum(len({*one} & {*other}) for one, other in combinations(who, 2))


def estimate(counts):
    masks = {sum(1 << at for at, one in enumerate(on) if one): number for on, number in counts.items()}
    return stepwise(CaptureTable.of(tuple("abc"), masks), Plan(seed=1, least=20, most=20), Runner()).estimate


def linked(files, chances):
    people = chances.first_records(files)
    return patterns(probabilities.joined(people, chances, 0.5).people, len(files))


@pytest.mark.parametrize("doubles", ALL)
def test_links_are_found_though_people_stand_twice(doubles):
    files, who = double_entries.lists_of(1, people=PEOPLE, doubles=doubles)
    chances = probabilities.of_tokens(files)
    assert chances.expected == pytest.approx(true_links(who), rel=0.12)
    assert estimate(linked(files, chances)) == pytest.approx(PEOPLE, rel=0.25)


def test_lists_without_double_entries_stay_as_they_are():
    files, _ = double_entries.lists_of(2, people=PEOPLE, doubles=(0, 0, 0))
    assert probabilities.of_tokens(files).first_records(files) is files


def test_nobody_is_united_where_no_two_lists_have_anybody_in_common():
    """The most alike strangers are the tail of all strangers, and no people of their own."""
    files, _ = double_entries.lists_of(1, people=1_200, doubles=(0, 0, 0))
    others, _ = double_entries.lists_of("others", people=1_200, doubles=(0, 0, 0))
    lists = [files[0], replace(others[1], organisation="b")]
    chances = probabilities.of_tokens(lists)
    assert chances.first_records(lists) is lists
    assert chances.expected < 40


def test_one_pair_of_twins_leaves_all_other_pairs_as_sure_as_they_were():
    files, _ = double_entries.lists_of(3, people=PEOPLE, doubles=(0, 0, 0))
    before = probabilities.of_tokens(files)
    tokens = files[0].tokens.copy()
    tokens[1] = tokens[0]
    after = probabilities.of_tokens([replace(files[0], tokens=tokens), *files[1:]])
    sure = [sum(int((item.chance > 0.9).sum()) for item in chances.pairs) for chances in (before, after)]
    assert after.most > 0.98
    assert sure[1] > 0.9 * sure[0]


def test_the_command_says_how_many_it_united_and_judges_by_people(tmp_path, capsys):
    files, who = double_entries.lists_of(4, people=PEOPLE, doubles=THIRD_OF_ONE)
    for file in files:
        (tmp_path / file.organisation).write_text(format_tokens(file), "utf-8")
    rows = {person: f"b{row}" for row, person in enumerate(who[1])}
    same = [f"a{row},{rows[person]}" for row, person in enumerate(who[0]) if person in rows]
    (tmp_path / "same.csv").write_text("\n".join(["a,b", *same]), "utf-8")
    words = [
        *(tmp_path / name for name in "abc"),
        "--probable",
        "0.5",
        "--truth",
        tmp_path / "same.csv",
        "--out",
        tmp_path / "counts.csv",
    ]
    assert main(["link", "match", *map(str, words), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    more = len(who[0]) - len({*who[0]})
    assert answer["double_entries"]["a"] == pytest.approx(more, rel=0.25)
    assert "double entries" in answer["notices"][1]
    assert answer["truth"]["at_probable"]["recall"]["value"] > 0.85
    assert answer["truth"]["at_probable"]["precision"]["value"] > 0.9
    (tmp_path / "counts.csv").unlink()
    assert main(["link", "match", *map(str, words)]) == 0
    assert f"a: {len(who[0])} rows of {len(who[0]) - answer['double_entries']['a']} people" in capsys.readouterr().out


def test_double_entries_are_named_where_likeness_alone_decides(tmp_path, capsys):
    files, _ = double_entries.lists_of(1, people=200, doubles=(0.1, 0, 0))
    for file in files:
        (tmp_path / file.organisation).write_text(format_tokens(file), "utf-8")
    words = ["link", "match", *(tmp_path / name for name in "abc"), "--sure", "0.8", "--out", tmp_path / "counts.csv"]
    assert main([*map(str, words), "--json"]) == 0
    assert any(
        "double entries count as two people" in notice for notice in json.loads(capsys.readouterr().out)["notices"]
    )


def test_words_that_may_be_seen_are_united_too():
    lists = double_entries.rows_of(5, people=600, doubles=THIRD_OF_ALL)
    columns = [
        {
            item.column: [CLEANED[item.kind](row[at]) for row, _ in rows]
            for at, item in enumerate(NAMES_AND_BIRTH.features)
        }
        for rows in lists
    ]
    with engines.engine("duckdb") as engine:
        chances = clear.of_words(columns, NAMES_AND_BIRTH.features, clear.rules(columns), engine, 1)
    who = [[person for _, person in rows] for rows in lists]
    assert chances.expected == pytest.approx(true_links(who), rel=0.15)
    for place, people in zip(chances.places, who, strict=True):
        assert len(people) - len(np.unique(place)) == pytest.approx(len(people) - len({*people}), rel=0.25)


def test_counts_of_far_too_many_people_are_refused_unless_pairs_are_looked_at(tmp_path, capsys):
    """Each of 60 people of one list is as alike to three of the other: nobody can say who is whom."""
    chance = np.random.default_rng(6)
    own = np.array([chance.permutation(512)[:180].reshape(3, 60) for _ in range(60)])
    whole, parts = np.zeros((60, 512), bool), np.zeros((180, 512), bool)
    np.put_along_axis(whole, own.reshape(60, 180), True, axis=1)
    for third in range(3):
        np.put_along_axis(parts[third::3], np.delete(own, third, axis=1).reshape(60, 120), True, axis=1)
    for name, bits in (("a", whole), ("b", parts)):
        codes = tuple(f"{name}{at}" for at in range(len(bits)))
        file = TokenFile(name, "k", "s", 512, codes, np.packbits(bits, axis=1))
        (tmp_path / name).write_text(format_tokens(file), "utf-8")
    words = ["link", "match", tmp_path / "a", tmp_path / "b", "--probable", "0.7", "--out", tmp_path / "counts.csv"]
    assert main([*map(str, words)]) == 2
    assert "--reviewed" in capsys.readouterr().err
    assert not (tmp_path / "counts.csv").exists()
    assert main([*map(str, words), "--review", str(tmp_path / "look.csv")]) == 0


@pytest.mark.long
@pytest.mark.parametrize("doubles", [(0, 0, 0), *ALL])
def test_forecast_and_estimate_over_twenty_seeds(doubles):
    """1,500 people, three lists of 450 to 600: forecast of right pairs, and the estimate beside the truth."""
    errors, found = [], []
    for seed in range(20):
        files, who = double_entries.lists_of(seed, people=1_500, doubles=doubles)
        chances = probabilities.of_tokens(files)
        people = chances.first_records(files)
        places = chances.places or [range(len(item)) for item in who]
        first = [np.unique(place, return_index=True)[1] for place in places]
        names = [np.array(item)[rows] for item, rows in zip(who, first, strict=True)]
        sure = probabilities.joined(people, chances, 0.5).sure
        right = [names[a.first[0]][a.first[1]] == names[a.second[0]][a.second[1]] for a in sure]
        errors.append(float(np.mean([pair.alike for pair in sure])) - float(np.mean(right)))
        found.append(estimate(linked(files, chances)) / 1_500)
    assert abs(np.mean(errors)) < 0.05
    assert np.median(found) == pytest.approx(1.08, abs=0.06)
