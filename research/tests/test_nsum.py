"""`./suar estimate nsum`: what is known comes out, and what cannot be used is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from suar_research import nsum as asking
from suar_research import nsum as scaled
from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.nsum import CRITICISM, METHODS, contacts, known_groups, list_notices, panel, read_survey, scale_up
from suar_research.running import Plan, Runner

SIZES = "group,size\nnurses,2000\nfishers,5000\n"
HAND = "nurses,fishers,asked\n" + "2,5,1\n1,1,0\n" * 5
LARGE = "group,size\nnurses,90000\nfishers,90000\n"
SHORT = Plan(1, 500, 500)


def survey_of(people=2000, asked=1000, hidden=1.0, seed=1):
    """Make up respondents who know about 400 of 100,000, with `hidden` the part who tell."""
    rng = np.random.default_rng(seed)
    contacts = rng.gamma(20, 20, size=people)
    sizes = np.array([2000, 5000, asked * hidden])
    cells = rng.poisson(contacts[:, None] * sizes / 100_000)
    body = "\n".join(",".join(map(str, row)) for row in cells)
    return read_survey(f"nurses,fishers,asked\n{body}\n", SIZES, "asked", 100_000)


def problems(text, sizes=SIZES, target="asked"):
    with pytest.raises(Unreadable) as refused:
        read_survey(text, sizes, target, 100_000)
    return "\n".join(refused.value.problems)


def test_the_two_ways_are_those_of_the_papers_by_hand():
    """Contacts are 100 and 200/7: 5 x 1 over 5 x (100 + 200/7), and the mean of 1/100 and 0."""
    found = scale_up(read_survey(HAND, SIZES, "asked", 100_000), np.ones((1, 10)))[0]
    assert found == pytest.approx([100_000 / (100 + 200 / 7), 100_000 * 0.005])


def test_who_knows_less_than_one_person_counts_and_who_knows_nobody_does_not():
    """Groups that overlap hold 180,000 of 100,000: who knows one of them has 5/9 of a contact."""
    rows = "1,0,1\n0,0,5\n" * 4 + "0,1,1\n0,0,5\n"
    found = read_survey(f"nurses,fishers,asked\n{rows}", LARGE, "asked", 100_000)
    assert contacts(found) == pytest.approx([5 / 9, 0] * 5)
    together, each = scale_up(found, np.ones((1, 10)))[0]
    assert together == pytest.approx(100_000 * (5 * 1 + 5 * 5) / (5 * 5 / 9))
    assert each == pytest.approx(100_000 * 9 / 5)


def test_draws_of_respondents_who_know_nobody_have_no_number():
    found = read_survey("nurses,fishers,asked\n" + "1,1,1\n0,0,1\n" * 5, SIZES, "asked", 100_000)
    weights = np.array([[0, 2] * 5, [2, 0] * 5], dtype=float)
    assert np.isfinite(scale_up(found, weights)).tolist() == [[False, False], [True, True]]


def test_limits_wander_by_the_side_that_moves_more_as_a_part_of_the_upper_one():
    """Of the lower twentieth each is the same, and of the upper one each another."""
    column = np.concatenate([np.full(850, 1.0), np.full(75, 0.5), np.linspace(2, 4, 75)])
    drawn = np.random.default_rng(1).permutation(column)
    far = scaled._wander(drawn[:, None])
    assert 0.005 < far < 0.2 and scaled._wander((1000 * drawn)[:, None]) == pytest.approx(far)
    assert scaled._wander(np.column_stack([np.ones(1000), drawn])) == far
    assert scaled._wander(np.where(drawn > 2, np.inf, drawn)[:, None]) == np.inf
    assert scaled._wander(np.where(drawn > 3.9, np.inf, drawn)[:, None]) < np.inf
    assert scaled._wander(np.zeros(1000)[:, None]) == 0


def test_each_answer_names_its_way_its_limits_and_what_it_cost():
    ratio, means = panel(survey_of(300), SHORT, Runner())
    assert (ratio.name, ratio.model) == ("ratio", "all contacts together")
    assert (means.name, means.model) == ("means", "each respondent alike")
    for item in (ratio, means):
        assert list(item.intervals) == ["percentile"] and item.replicates == 500
        assert [limits.level for limits in item.intervals["percentile"]] == [0.95, 0.8]
        assert 0 <= item.cpu_s < 60
    again = scale_up(survey_of(300), np.ones((1, 300)))
    assert again[0].tolist() == [ratio.estimate, means.estimate]


def test_an_answer_costs_what_was_spent_on_it_and_not_what_was_spent_before():
    runner = Runner()
    panel(survey_of(300), SHORT, runner)
    before = runner.cpu_s()
    (cost,) = {item.cpu_s for item in panel(survey_of(300), SHORT, runner)}
    assert 0 < cost <= runner.cpu_s() - before


def test_a_known_group_is_estimated_from_those_that_are_left():
    """Nurses by fishers alone: 15 of them beside 30 of 5,000; and the other way round."""
    nurses, fishers = known_groups(read_survey(HAND, SIZES, "asked", 100_000))
    assert (nurses.name, nurses.known) == ("nurses", 2000)
    assert nurses.estimate == pytest.approx(15 / 30 * 5000)
    assert (fishers.name, fishers.known) == ("fishers", 5000)
    assert fishers.estimate == pytest.approx(30 / 15 * 2000)


def test_twenty_respondents_who_know_somebody_are_not_few():
    def told(number):
        rows = "2,5,1\n" * number + "2,5,0\n" * 20
        found = read_survey(f"nurses,fishers,asked\n{rows}", SIZES, "asked", 100_000)
        return list_notices(found, panel(found, SHORT, Runner()), [])[0]

    assert told(19).startswith("Only 19 respondents know anybody of the group.")
    assert told(20) == CRITICISM


def test_one_answer_that_has_not_settled_is_told():
    found = read_survey("nurses,fishers,asked\n" + "2,5,1\n" * 20, SIZES, "asked", 100_000)
    both = panel(found, SHORT, Runner())
    for settled in ((True, False), (False, True)):
        pair = [replace(one, settled=each) for one, each in zip(both, settled, strict=True)]
        assert list_notices(found, pair, []) == ["The limits had not settled.", CRITICISM]
    assert list_notices(found, [replace(one, settled=True) for one in both], []) == [CRITICISM]


def test_numbers_are_people_up_to_ten_thousand_million():
    rows = f"{10**10},5,1\n" + "1,1,0\n" * 9
    assert read_survey(f"nurses,fishers,asked\n{rows}", SIZES, "asked", 100_000).known[0, 0] == 1e10
    assert "row 2, column nurses" in problems(f"nurses,fishers,asked\n{rows}".replace("10000000000", "10000000001"))


def test_a_group_of_known_size_comes_out_again_with_its_interval():
    for answer in panel(survey_of(), SHORT, Runner()):
        assert answer.estimate == pytest.approx(1000, rel=0.05)
        assert answer.interval.low < 1000 < answer.interval.high
    for group in known_groups(survey_of()):
        assert group.estimate == pytest.approx(group.known, rel=0.05)


def test_a_population_of_another_size_scales_what_comes_out():
    small, large = (
        scale_up(read_survey(HAND, SIZES, "asked", people), np.ones((1, 10))) for people in (100_000, 300_000)
    )
    # Contacts grow with the population, so the number does not.
    assert small == pytest.approx(large)


def test_limits_settle_and_workers_change_nothing():
    with Runner(workers=2) as two:
        assert panel(survey_of(), SHORT, two) == panel(survey_of(), SHORT, Runner())
    assert all(item.settled for item in panel(survey_of(), Plan(1), Runner()))


def test_notices_have_their_causes():
    calm = survey_of()
    assert list_notices(calm, panel(calm, Plan(1), Runner()), known_groups(calm)) == [CRITICISM]
    few = read_survey(HAND.replace("1,1,0", "0,0,1") + "0,9,0\n", SIZES, "asked", 100_000)
    told = " ".join(list_notices(few, panel(few, SHORT, Runner()), known_groups(few)))
    for said in (
        "UNSTABLE: the two ways disagree",
        "Only 10 respondents know anybody of the group",
        "5 respondents know nobody of the known groups",
    ):
        assert said in told
    odd = read_survey("nurses,fishers,asked\n" + "9,1,1\n" * 12, SIZES, "asked", 100_000)
    assert "nurses (2,000, estimated 45,000)" in " ".join(
        list_notices(odd, panel(odd, SHORT, Runner()), known_groups(odd))
    )


@pytest.mark.parametrize(
    ("text", "sizes", "said"),
    [
        (HAND, "group\nnurses\n", "column size: it is needed"),
        (HAND, "group,size\nnurses,10\n", "1 groups of known size; at least 2"),
        (HAND, SIZES + "nurses,3\n", "row 4, column group: a group needs a name of its own"),
        (HAND, SIZES + "kin,0\n", "row 4, column size: not a number of people"),
        (HAND, SIZES + "kin,100000\n", "row 4, column size: not a number of people"),
        (HAND, SIZES + "kin,7\n", "column kin: it is needed and is not there"),
        (HAND, SIZES + "asked,7\n", "column asked: its size cannot be known and asked for"),
        (HAND[:33], SIZES, "respondents; at least 10"),
        (HAND.removesuffix("1,1,0\n"), SIZES, "9 respondents; at least 10"),
        (HAND + "1,-1,0\n", SIZES, "row 12, column fishers: not a whole number of people from 0"),
        (HAND + "1,1,Ben\n", SIZES, "row 12, column asked: not a whole number of people from 0"),
        (HAND.replace("5,1\n", "0,1\n").replace("1,1,0", "1,0,0"), SIZES, "column fishers: nobody"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, sizes, said):
    assert said in problems(text, sizes)
    assert "Ben" not in problems(text, sizes)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "survey.csv").write_text(HAND, "utf-8")
    (tmp_path / "sizes.csv").write_text(SIZES, "utf-8")
    words = ["nsum", str(tmp_path / "survey.csv"), "--sizes", str(tmp_path / "sizes.csv")]
    return [*words, "--target", "asked", "--population", "100000", "--workers", "1"]


def test_both_ways_are_told_in_words_and_as_json(files, capsys):
    assert main(["estimate", *files, "--replicates", "200"]) == 0
    out = capsys.readouterr().out
    assert "\nratio " in out and "\nmeans " in out and "778" in out
    assert CRITICISM in " ".join(out.split())
    assert main(["estimate", *files, "--replicates", "200", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in told["methods"]] == ["ratio", "means"]
    assert told["methods"][0]["estimate"] == pytest.approx(777.7778)
    assert (told["respondents"], len(told["input_sha256"])) == (10, 64)


def test_a_file_of_sizes_that_cannot_be_used_is_named(files, capsys):
    files[3] = files[1]
    assert main(["estimate", *files]) == 2
    assert "survey.csv cannot be used" in capsys.readouterr().err
    files[3] = files[3].replace("survey", "sizes")
    Path(files[3]).write_text("group,size\nnurses,10\n", "utf-8")
    assert main(["estimate", *files]) == 2
    assert "sizes.csv cannot be used" in capsys.readouterr().err


def test_what_is_told_of_each_way_is_told_in_words(files, capsys):
    assert set(asking.TEXTS["methods"]) == set(METHODS)
    assert main(["estimate", *files, "--replicates", "60"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert all(f"- {name}: {says}" in out for name, says in asking.TEXTS["methods"].items())
