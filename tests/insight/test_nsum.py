"""`./suar estimate nsum`: what is known comes out, and what cannot be used is refused."""

import json

import numpy as np
import pytest

from suar.insight import command
from suar.insight.nsum.panel import CRITICISM, known_groups, notices, panel, scale_up
from suar.insight.nsum.survey import read
from suar.insight.reading import Unreadable
from suar.insight.resampling import Plan
from suar.insight.running import Runner

SIZES = "group,size\nnurses,2000\nfishers,5000\n"
HAND = "nurses,fishers,asked\n" + "2,5,1\n1,1,0\n" * 5
SHORT = Plan(1, 500, 500)


def survey_of(people=2000, asked=1000, hidden=1.0, seed=1):
    """Make up respondents who know about 400 of 100,000, with `hidden` the part who tell."""
    rng = np.random.default_rng(seed)
    contacts = rng.gamma(20, 20, size=people)
    sizes = np.array([2000, 5000, asked * hidden])
    cells = rng.poisson(contacts[:, None] * sizes / 100_000)
    body = "\n".join(",".join(map(str, row)) for row in cells)
    return read(f"nurses,fishers,asked\n{body}\n", SIZES, "asked", 100_000)


def problems(text, sizes=SIZES, target="asked"):
    with pytest.raises(Unreadable) as refused:
        read(text, sizes, target, 100_000)
    return "\n".join(refused.value.problems)


def test_the_two_ways_are_those_of_the_papers_by_hand():
    """Contacts are 100 and 200/7: 5 x 1 over 5 x (100 + 200/7), and the mean of 1/100 and 0."""
    found = scale_up(read(HAND, SIZES, "asked", 100_000), np.ones((1, 10)))[0]
    assert found == pytest.approx([100_000 / (100 + 200 / 7), 100_000 * 0.005])


def test_a_group_of_known_size_comes_out_again_with_its_interval():
    for answer in panel(survey_of(), SHORT, Runner()):
        assert answer.estimate == pytest.approx(1000, rel=0.05)
        assert answer.shown.low < 1000 < answer.shown.high
    for each in known_groups(survey_of()):
        assert each.estimate == pytest.approx(each.known, rel=0.05)


def test_a_population_of_another_size_scales_what_comes_out():
    small, large = (
        scale_up(read(HAND, SIZES, "asked", people), np.ones((1, 10)))
        for people in (100_000, 300_000)
    )
    # Contacts grow with the population, so the number does not.
    assert small == pytest.approx(large)


def test_limits_settle_and_workers_change_nothing():
    with Runner(workers=2) as two:
        assert panel(survey_of(), SHORT, two) == panel(survey_of(), SHORT, Runner())
    assert all(each.settled for each in panel(survey_of(), Plan(1), Runner()))


def test_notices_have_their_causes():
    calm = survey_of()
    assert notices(calm, panel(calm, Plan(1), Runner()), known_groups(calm)) == [CRITICISM]
    few = read(HAND.replace("1,1,0", "0,0,1") + "0,9,0\n", SIZES, "asked", 100_000)
    told = " ".join(notices(few, panel(few, SHORT, Runner()), known_groups(few)))
    for said in (
        "UNSTABLE: the two ways disagree",
        "Only 10 respondents know anybody of the group",
        "5 respondents know nobody of the known groups",
    ):
        assert said in told
    odd = read("nurses,fishers,asked\n" + "9,1,1\n" * 12, SIZES, "asked", 100_000)
    assert "nurses (2,000, estimated 45,000)" in " ".join(
        notices(odd, panel(odd, SHORT, Runner()), known_groups(odd))
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
    assert command.main([*files, "--replicates", "200"]) == 0
    out = capsys.readouterr().out
    assert "\nratio " in out and "\nmeans " in out and "778" in out
    assert CRITICISM in " ".join(out.split())
    assert command.main([*files, "--replicates", "200", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["methods"]] == ["ratio", "means"]
    assert told["methods"][0]["estimate"] == pytest.approx(777.7778)
    assert (told["respondents"], len(told["input_sha256"])) == (10, 64)


def test_a_file_of_sizes_that_cannot_be_used_is_named(files, capsys):
    files[3] = files[1]
    assert command.main(files) == 2
    assert "survey.csv cannot be used" in capsys.readouterr().err
