"""Shares within groups of a recruited sample: ratios over the whole, and trees that stay whole."""

import json
from functools import cache

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.rds import groups, study
from suar_research.rds.panel import Panel, panel
from suar_research.rds.samples import Columns, read_grouped_sample, read_sample, tallied
from suar_research.rds.study import Tree, Wave
from suar_research.running import Plan, Runner
from support import samples

SHORT = Plan(1, 100, 100)
FAUX = str(samples.PLACE / "faux.csv")
ASKED = [
    "rds",
    FAUX,
    "--outcome",
    "X",
    "--recruiter",
    "recruiter.id",
    "--degree",
    "network.size",
    "--replicates",
    "100",
    "--workers",
    "1",
]


@cache
def of_faux():
    return groups.grouped(*read_grouped_sample(samples.text("faux"), samples.COLUMNS["faux"], "Y"), "Y")


@cache
def told():
    return groups.parted(of_faux(), [1000], SHORT, Runner())


def share(part, value, name):
    return next(answer for answer in part.panel.answers[value] if answer.name == name)


@pytest.mark.parametrize(
    ("name", "weight", "near"),
    [
        ("mean", lambda _: 1.0, 1e-12),
        ("rds2", lambda row: 1 / int(row["network.size"]), 1e-12),
        # The weights of the R package for 1,000 people: simulated there, computed here.
        ("ss", lambda row: float(row["weights"]), 0.001),
    ],
)
def test_a_share_within_a_group_is_a_ratio_of_two_sums_over_its_people(name, weight, near):
    rows = samples.rows("faux")
    assert list(told().parts) == ["black", "blue", "green"]
    for group, part in told().parts.items():
        own = [row for row in rows if row["Y"] == group]
        whole = sum(map(weight, own))
        for value in ("blue", "red"):
            wanted = sum(weight(row) for row in own if row["X"] == value) / whole
            assert share(part, value, name).estimate == pytest.approx(wanted, abs=near)
        assert (part.people, part.not_known) == (len(own), 0)


def test_rds1_within_groups_rests_on_where_recruitment_between_all_pairs_settles():
    counted = tallied(of_faux().sample)
    ties, people = counted.ties[0, :-1, :-1], counted.people[0, :-1]
    settled = np.linalg.matrix_power(ties / ties.sum(axis=1, keepdims=True), 500)[0]
    size = settled * (people @ (1 / counted.degrees)) / people.sum(axis=1)
    for group, part in told().parts.items():
        places = of_faux().places[group]
        whole = sum(size[at] for at in places.values())
        for value, at in places.items():
            found = share(part, value, "rds1").estimate
            assert found == pytest.approx(size[at] / whole, abs=1e-9)


@pytest.mark.parametrize("group", ["black", "green"])
def test_trees_are_drawn_with_everybody_in_them(group):
    """The same trees come out when the answers of all other groups are struck out."""
    alone = panel(of_faux().alone(group), [1000], SHORT, Runner())
    for value in ("blue", "red"):
        theirs = {answer.name: answer for answer in alone.answers[value]}
        for name in ("mean", "rds2", "rds2_without_seeds", "ss"):
            one = share(told().parts[group], value, name)
            assert one.estimate == pytest.approx(theirs[name].estimate)
            for mine, other in zip(one.intervals["tree"], theirs[name].intervals["tree"], strict=True):
                assert (mine.low, mine.high) == pytest.approx((other.low, other.high))


def test_a_group_of_everybody_is_the_whole_sample_and_shares_add_up():
    text = samples.text("faux").splitlines()
    text = "\n".join([f"{text[0]},all", *(f"{line},x" for line in text[1:])])
    one = groups.grouped(*read_grouped_sample(text, samples.COLUMNS["faux"], "all"), "all")
    found = groups.parted(one, [], SHORT, Runner())
    whole = panel(samples.sample("faux"), [], SHORT, Runner())
    assert found.parts["x"].panel.answers["red"] == whole.answers["red"]
    assert (found.mixing, found.notices, np.isnan(found.homophily)) == ([], [], True)
    of_all = {answer.name: answer.estimate for answer in whole.answers["red"]}
    by_group = panel(of_faux().apart(), [], SHORT, Runner())
    for name in ("mean", "rds2"):
        parts = sum(
            share(part, "red", name).estimate
            * next(answer.estimate for answer in by_group.answers[group] if answer.name == name)
            for group, part in told().parts.items()
        )
        assert parts == pytest.approx(of_all[name])
    for part in told().parts.values():
        for one_, other in zip(part.panel.answers["red"], part.panel.answers["blue"], strict=True):
            assert one_.estimate + other.estimate == pytest.approx(1)


def test_order_of_rows_and_names_of_groups_change_no_estimate():
    head, *rows = samples.text("faux").splitlines()
    turned = [rows[at] for at in np.random.default_rng(3).permutation(len(rows))]
    text = "\n".join([head, *turned]).replace(",black,", ",a/b,")
    again = groups.grouped(*read_grouped_sample(text, samples.COLUMNS["faux"], "Y"), "Y")
    found = groups.parted(again, [1000], SHORT, Runner())
    assert [part.people for part in found.parts.values()] == [71, 169, 149]
    for name, other in {"a/b": "black", "blue": "blue", "green": "green"}.items():
        for value in ("blue", "red"):
            mine = [answer.estimate for answer in found.parts[name].panel.answers[value]]
            theirs = [answer.estimate for answer in told().parts[other].panel.answers[value]]
            assert mine == pytest.approx(theirs)
        waves = [(wave.people, wave.shares) for wave in found.parts[name].waves]
        assert [people for people, _ in waves] == [wave.people for wave in told().parts[other].waves]


def people(*sizes, answers=None):
    """Give people in groups a, b, ... of these sizes, who recruit each other in turn."""
    named = [name for name, size in zip("abcdefghijklmnop", sizes, strict=False) for _ in range(size)]
    said = {name: (answers or {}).get(name, "xy") for name in named}
    return [(n, "" if n < 2 else n - 2, 5, said[name][n % len(said[name])], name) for n, name in enumerate(named)]


def grouped(rows):
    text = samples.made(rows, ("id", "recruiter", "degree", "said", "harbour"))
    return groups.grouped(*read_grouped_sample(text, Columns("said"), "harbour"), "harbour")


def test_a_group_of_few_or_of_one_answer_is_left_out_and_stays_in_the_trees():
    rows = people(10, 9, 12, 11, answers={"c": "x"})
    rows[0] = (*rows[0][:3], "", "d")
    rows[25] = (*rows[25][:4], "")
    found = grouped(rows)
    assert found.left_out == {
        "a": "9 people with an answer; at least 10 are needed",
        "b": "9 people with an answer; at least 10 are needed",
        "c": "all 11 people have the same answer, so every share is 1",
    }
    assert found.places == {"d": {"x": 0, "y": 1}} and found.nowhere == 1
    assert found.sample.people == 42 and found.sample.not_known == 31
    part = groups.parted(found, [], SHORT, Runner()).parts["d"]
    assert (part.people, part.not_known) == (11, 1)
    assert [tree.people for tree in part.trees] == [5, 6]
    assert part.waves[-1].people == 11 and part.waves[0].people == 0
    said = groups.parted(found, [], SHORT, Runner()).notices
    assert said[0] == ("harbour a: nothing is estimated, 9 people with an answer; at least 10 are needed.")
    assert said[3].startswith("The column harbour is empty for 1 people.") and len(said) == 4


def test_people_of_a_group_that_is_left_out_are_in_no_other():
    found = grouped(people(20, 20, 9))
    assert found.left_out.keys() == {"c"} and np.bincount(found.of + 1).tolist() == [9, 20, 20]
    told = groups.parted(found, [], SHORT, Runner())
    assert [item.people for item in told.mixing] == [20, 20]
    assert [(part.people, part.not_known) for part in told.parts.values()] == [(20, 0), (20, 0)]


def test_two_groups_are_told_how_they_recruit_each_other_and_one_is_not():
    found = groups.parted(grouped(people(40, 40)), [], SHORT, Runner())
    assert [(item.value, item.people, item.recruited) for item in found.mixing] == [
        ("a", 40, (38, 2)),
        ("b", 40, (0, 38)),
    ]
    # Of 78 recruitments 76 stay within; 40 and 38 come from each group, 38 and 40 go into it.
    assert found.homophily == pytest.approx(76 / ((40 * 38 + 38 * 40) / 78))
    alone = groups.parted(grouped(people(40)), [], SHORT, Runner())
    assert alone.mixing == [] and np.isnan(alone.homophily)


def test_pairs_of_groups_and_answers_have_a_limit():
    assert len(grouped(people(*[10] * 12)).places) == 12
    with pytest.raises(Unreadable) as refused:
        grouped(people(*[10] * 13))
    assert list(refused.value.problems) == [
        "column harbour: 13 groups with 26 different answers; at most 12 groups and 24 answers can "
        "be told apart, put them into fewer"
    ]
    three = dict.fromkeys("abcdefgh", "xyz")
    assert len(grouped(people(*[12] * 8, answers=three)).sample.values) == 24
    with pytest.raises(Unreadable, match="9 groups with 27 different answers"):
        grouped(people(*[12] * 9, answers=three | {"i": "xyz"}))


def tree(number):
    return Tree("x", number, 2, (0.5, 0.5), (0.5, 0.5))


def test_notices_of_a_group_begin_at_their_limits():
    def told(number, *trees):
        return study.of_group(
            grouped(people(40, 40)).apart(),
            Panel({}, [], {}, ()),
            [Wave(0, number, (0.5, 0.5))],
            list(map(tree, trees)),
        )

    assert told(30, 20, 10) == told(30, 30) == []
    assert told(29, 20, 9)[0].startswith("Few people: 29 of this group")
    assert told(30, 30, 0) == ["All of this group come from one seed."]
    apart = grouped(people(40, 40))
    assert study.between_groups("harbour", apart.apart(), {}, 0) == [
        "Few recruitments go from one group to another: 2. Everything that rds1 says rests on them."
    ]
    mixed = grouped([(*row[:4], "ab"[n // 2 % 2]) for n, row in enumerate(people(80))])
    assert study.between_groups("harbour", mixed.apart(), {}, 0) == []


def test_the_answer_holds_the_whole_each_group_and_how_they_recruit(capsys):
    assert main(["estimate", *ASKED, "--by", "Y", "--population", "1000"]) == 0
    out = capsys.readouterr().out
    assert out.count("\nmean ") == 8 and out.count("\nss ") == 8
    for group, size in (("black", 71), ("blue", 169), ("green", 149)):
        assert f"\nY: {group}\n{size} people in 1 of 1 tree.\n\nShare with blue\n" in out
    between = out[out.index("GROUPS OF Y: WHO RECRUITS WHOM") :]
    assert "- blue: 169 people who know 15.9 (harmonic mean) recruited 13 with black," in between
    assert "Within groups 2.32 times" in between
    assert out.count("WHAT THE METHODS TAKE FOR TRUE") == 1


def test_groups_in_json_hold_what_the_whole_holds(capsys):
    words = [*ASKED, "--by", "Y", "--value", "red", "--json"]
    assert main(["estimate", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["people"], found["by"], list(found["groups"])) == (
        389,
        "Y",
        ["black", "blue", "green"],
    )
    assert found["asked"]["by"] == "Y" and found["left_out"] == {} and found["in_no_group"] == 0
    part = found["groups"]["blue"]
    assert (part["people"], part["not_known"]) == (169, 0)
    assert part["methods"] == part["values"]["red"]["methods"] and list(part["values"]) == ["red"]
    assert part["methods"][0]["name"] == "mean" and part["methods"][0]["low"] < 0.675
    assert part["methods"][0]["estimate"] == pytest.approx(114 / 169, abs=1e-8)
    assert part["diagnostics"]["waves"][-1]["people"] == 169
    assert part["diagnostics"]["trees"][0]["people"] == 169
    assert any(item.startswith("Wide") for item in part["notices"])
    between = found["between"]
    assert between["homophily"] == pytest.approx(2.32, abs=0.01) and between["notices"] == []
    assert between["mixing"][0]["recruited"] == {"black": 44, "blue": 12, "green": 3}


@pytest.mark.long
def test_a_value_that_nobody_in_a_group_has_is_no_share_of_nothing(tmp_path, capsys):
    rows = people(40, 40, answers={"a": "xyz"})
    rows = [(*row[:4], {"a": "a/1"}.get(row[4], row[4])) for row in rows]
    name = tmp_path / "s.csv"
    name.write_text(samples.made(rows, ("id", "recruiter", "degree", "said", "harbour")), "utf-8")
    asked = ["rds", str(name), "--outcome", "said", "--by", "harbour", "--replicates", "100", "--workers", "1"]
    more = ["--value", "z", "--plot", str(tmp_path / "p.svg"), "--report", str(tmp_path / "r.html")]
    assert main(["estimate", *asked, *more]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "- Nobody interviewed in this group has 'z': that does not make it a share of 0." in out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "p-a%2F1.svg",
        "p.svg",
        "r.html",
        "s.csv",
    ]
    assert "all 40 people" in (tmp_path / "p-a%2F1.svg").read_text("utf-8")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "harbour: a/1" in page and "harbour: b" in page and page.count("<svg") == 2
    assert main(["estimate", *asked, "--plot", str(tmp_path / "q.svg"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["groups"]
    assert list(found["b"]["values"]) == ["x", "y"] and "methods" not in found["b"]
    made = sorted(path.name for path in tmp_path.glob("q*"))
    assert made == [
        "q-1.svg",
        "q-2.svg",
        "q-3.svg",
        "q-a%2F1-1.svg",
        "q-a%2F1-2.svg",
        "q-a%2F1-3.svg",
        "q-b-1.svg",
        "q-b-2.svg",
    ]


@pytest.mark.long
def test_a_group_that_was_left_out_stands_on_the_page_where_it_is_looked_for(tmp_path, capsys):
    rows = people(40, 40, 9)
    name = tmp_path / "s.csv"
    name.write_text(samples.made(rows, ("id", "recruiter", "degree", "said", "harbour")), "utf-8")
    words = [
        "rds",
        str(name),
        "--outcome",
        "said",
        "--by",
        "harbour",
        "--replicates",
        "100",
        "--workers",
        "1",
        "--report",
        str(tmp_path / "r.html"),
    ]
    assert main(["estimate", *words]) == 0
    why = "Nothing is estimated of this group: 9 people with an answer; at least 10 are needed."
    assert f"\nharbour: c\n{why}\n" in capsys.readouterr().out
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.index("harbour: b") < page.index(">harbour: c</h2>") < page.index(why)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("Q", "column Q: it is needed and is not there\n"),
        ("y", "column y: it is needed and is not there, but in other capitals\n"),
        ("weights", "column weights: "),
    ],
)
def test_a_column_that_makes_no_groups_is_refused(by, said, capsys):
    assert main(["estimate", *ASKED, "--by", by]) == 2
    assert said in capsys.readouterr().err


def test_a_column_of_nothing_and_the_outcome_itself_make_no_groups():
    with pytest.raises(Unreadable, match="column harbour: it is empty"):
        grouped([(*row[:4], "") for row in people(20)])
    assert main(["estimate", *ASKED, "--by", "X"]) == 2
    same = read_sample(samples.text("faux"), samples.COLUMNS["faux"])
    other, named = read_grouped_sample(samples.text("faux"), samples.COLUMNS["faux"], "Y")
    assert (same.recruiter == other.recruiter).all() and len(named) == 389
