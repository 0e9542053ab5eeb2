"""Links that are only likely are drawn, and their doubt is in the interval."""

import json
from itertools import pairwise

import numpy as np
import pytest

from suar.insight import command
from suar.insight.mse import links
from suar.insight.reading import Unreadable
from tests.insight import published

LISTS = "bcd"


def files(chance):
    """Write Palembang's people apart on each list, with a pair wherever one person is on two."""
    people, pairs, number = ["person,list"], ["first,second,probability"], 0
    for pattern, count in enumerate(published.table("korea_3").counts):
        for _ in range(count):
            codes = [f"{name}{number}" for place, name in enumerate(LISTS) if pattern >> place & 1]
            people += [f"{code},{code[0]}" for code in codes]
            pairs += [f"{a},{b},{chance}" for a, b in pairwise(codes)]
            number += 1
    return "\n".join(people), "\n".join(pairs)


def test_links_that_are_sure_give_the_table_back():
    linked = links.read_links(*files(1))
    assert (linked.likely.counts == published.table("korea_3").counts).all()


def test_links_that_are_unlikely_leave_everybody_apart():
    likely = links.read_links(*files(0.1)).likely
    assert likely.seen == sum(published.table("korea_3").on(1 << place) for place in range(3))


def test_doubt_about_links_makes_the_interval_wider_and_moves_it_up():
    sure, doubted = (links.estimate(links.read_links(*files(p)), 1, 300) for p in (1, 0.7))
    assert doubted.shown.high > sure.shown.high
    assert doubted.estimate > sure.estimate


def test_a_chain_of_links_is_one_person():
    linked = links.Linked(("A", "B", "C"), (1, 2, 4, 4), (0, 2), (1, 1), np.array([1.0, 1.0]))
    assert dict(enumerate(linked.likely.counts.tolist()))[0b111] == 1
    assert linked.likely.seen == 2


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ("first,second\n", "column probability: it is needed"),
        ("first,second,probability\nb0,nobody,0.5\n", "row 2, column second: nobody"),
        ("first,second,probability\nb0,b0,1.5\n", "row 2, column probability: not a number"),
        ("first,second,probability\nb0,b0,maybe\n", "row 2, column probability: not a number"),
    ],
)
def test_pairs_that_cannot_be_used_are_refused_with_their_place(pairs, said):
    with pytest.raises(Unreadable, match=said):
        links.read_links("person,list\nb0,b\n", pairs)


@pytest.mark.parametrize(
    ("people", "pairs", "named"),
    [
        (None, "first,second,probability\n", "people.csv"),
        ("person,list\nb0,b\n", None, "pairs.csv"),
        ("who,list\nb0,b\n", "first,second,probability\n", "people.csv"),
        ("person,list\nb0,b\n", "first,second\n", "pairs.csv"),
    ],
)
def test_the_command_names_the_file_that_cannot_be_used(tmp_path, capsys, people, pairs, named):
    for name, text in (("people", people), ("pairs", pairs)):
        if text is not None:
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    words = ["mse", str(tmp_path / "people.csv"), "--links", str(tmp_path / "pairs.csv")]
    assert command.main(words) == 2
    assert f"{named} cannot be used" in capsys.readouterr().err


def test_the_command_adds_the_answer_to_the_panel(tmp_path, capsys):
    for name, text in zip(("people", "pairs"), files(0.9), strict=True):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    words = ["mse", str(tmp_path / "people.csv"), "--links", str(tmp_path / "pairs.csv")]
    short = ["--methods", "main", "--workers", "1", "--json"]
    assert command.main([*words, *short]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["methods"]] == ["main", "links"]
    with pytest.raises(SystemExit):
        command.main([*words, "--by", "sex"])
