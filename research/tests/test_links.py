"""Links that are only likely are drawn, and their doubt is in the interval."""

import json
from itertools import pairwise

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.mse import links
from support import published

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
    sure, doubted = (links.estimate_links(links.read_links(*files(p)), 1, 200) for p in (1, 0.7))
    assert doubted.answer.interval.high > sure.answer.interval.high
    assert doubted.answer.estimate > sure.answer.estimate
    assert sure.share == 0 and 0.1 < doubted.share < 1
    assert sure.alone.low == sure.alone.high and doubted.alone.low < doubted.alone.high


def test_a_person_is_on_a_list_once_and_the_likelier_link_is_kept():
    """Two of list B may be one of list A: joined to the first, the second stays apart."""
    chance = np.array([0.4, 0.9])
    linked = links.Linked(("A", "B"), (1, 2, 2), (0, 0), (1, 2), chance)
    assert linked.table(np.array([True, True])).counts.tolist() == [0, 0, 1, 1]
    assert linked.table(np.array([False, False])).counts.tolist() == [0, 1, 2, 0]
    double = links.Linked(("A", "B"), (1, 2, 2), (1,), (2,), np.array([0.9]))
    assert double.likely.counts.tolist() == [0, 1, 1, 0], "one list that says it holds somebody twice"


def drawn_files(spread, number=40):
    """Write the table of Palembang, and draws in which some of those on b and c are two people."""
    table = published.table("korea_3")
    head = ",".join(table.lists)
    rows, rng = {}, np.random.default_rng(1)
    for draw in range(number + 1):
        counts, apart = table.counts.copy(), int(rng.integers(0, spread + 1)) if draw else 0
        one = next(at for at in (3, 5, 6) if counts[at] > spread)
        counts[one] -= apart
        for place in range(3):
            counts[1 << place] += apart * (one >> place & 1)
        rows[draw] = [
            ",".join([*(str(at >> place & 1) for place in range(3)), str(count)])
            for at, count in enumerate(counts.tolist())
            if at
        ]
    counts_text = "\n".join([f"{head},count", *rows.pop(0)])
    drawn = [f"{draw},{row}" for draw, each in rows.items() for row in each]
    return counts_text, "\n".join([f"draw,{head},count", *drawn])


def asked(folder, texts, *more):
    for name, text in zip(("counts", "drawn"), texts, strict=True):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    words = [
        "mse",
        folder / "counts.csv",
        "--drawn",
        folder / "drawn.csv",
        "--methods",
        "main",
        "--workers",
        "1",
        *more,
    ]
    return main(["estimate", *map(str, words)])


@pytest.mark.long
def test_draws_are_pooled_beside_the_answer_without_them(tmp_path, capsys):
    assert asked(tmp_path, drawn_files(8), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in told["methods"]] == ["main", "links"]
    wide = told["methods"][1]
    assert wide["replicates"] == 2_000 and wide["low"] < wide["intervals"]["draws"][0]["low"]
    assert "Who is whom was drawn 40 times" in told["notices"][-1]
    assert asked(tmp_path, drawn_files(0), "--json") == 0
    narrow = json.loads(capsys.readouterr().out)["methods"][1]
    assert narrow["high"] / narrow["low"] < wide["high"] / wide["low"]
    assert narrow["intervals"]["draws"][0]["low"] == narrow["intervals"]["draws"][0]["high"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("draw,", "turn,"), "column draw: it is needed"),
        (lambda text: "\n".join(text.splitlines()[:50]), "7 draws; at least 20 are needed"),
        (lambda text: text + "\n1,1,0,0,3", "the same lists as in row"),
        (lambda text: text.replace("\n5,1,0,0,", "\n5,1,0,0,1"), "draw 5: column"),
        (lambda text: text.replace("draw,", "draw,x"), "draw 1: its lists are x"),
    ],
)
def test_draws_of_other_lists_are_refused(tmp_path, capsys, change, said):
    counts, drawn = drawn_files(4)
    assert asked(tmp_path, (counts, change(drawn))) == 2
    told = capsys.readouterr()
    assert "drawn.csv cannot be used" in told.err and said in told.err and told.out == ""


@pytest.mark.parametrize("more", [["--by", "count"], ["--links", "x"]])
def test_draws_stand_alone(tmp_path, more):
    assert asked(tmp_path, ("person,list\na,b\n" if "--links" in more else drawn_files(1)[0], ""), *more) == 2


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


def test_a_pair_stands_once_and_is_of_two():
    people = "person,list\nb0,b\nc0,c\nd0,d\n"
    pairs = "first,second,probability\nb0,c0,0.5\nc0, b0,0.5\nc0,d0,0.5\nd0,d0,0.5\n"
    with pytest.raises(Unreadable) as refused:
        links.read_links(people, pairs)
    assert refused.value.problems == (
        "row 3: this pair stands in row 2 already",
        "row 5: both are the same code",
    )


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
    assert main(["estimate", *words]) == 2
    assert f"{named} cannot be used" in capsys.readouterr().err


def test_the_command_adds_the_answer_to_the_panel(tmp_path, capsys):
    for name, text in zip(("people", "pairs"), files(0.9), strict=True):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    words = ["mse", str(tmp_path / "people.csv"), "--links", str(tmp_path / "pairs.csv")]
    short = ["--methods", "main", "--workers", "1", "--json"]
    assert main(["estimate", *words, *short]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [item["name"] for item in told["methods"]] == ["main", "links"]
    assert main(["estimate", *words, "--by", "sex"]) == 2
