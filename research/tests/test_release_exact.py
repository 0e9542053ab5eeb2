"""Small exact cases of noise, invented people, sheets and what the command answers."""

import json
import math
from fractions import Fraction

import numpy as np
import pytest

from suar_research import __version__
from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.releases import anonymity, cells, noise
from suar_research.releases import cells as coded
from suar_research.releases import report as telling
from suar_research.releases.cells import Rules
from suar_research.releases.noise import Noisy

RULES = Rules()
CODES = dict.fromkeys("abcde", ("0", "1"))
PEOPLE = "a,b,count\nx,p,14\nx,q,40\ny,p,22\ny,q,31\n"


def release(*words):
    return main(["release", *map(str, words)])


def table(names, counts=None):
    shape = (2,) * len(names)
    numbers = np.zeros(shape) if counts is None else np.array(counts, dtype=float).reshape(shape)
    return Noisy(tuple(names), tuple(CODES[name] for name in names), numbers, 1.5, 3)


@pytest.mark.parametrize(
    ("tables", "common"),
    [
        (["ab"], [""]),
        (["ab", "cd"], [""]),
        (["ab", "bc"], ["", "b"]),
        (["ab", "ba"], ["", "ab"]),
        (["bca", "abd"], ["", "ab"]),
        (["abc", "bcd", "acd"], ["", "c", "ac", "bc", "cd"]),
        (["de", "abc", "ad", "be"], ["", "a", "b", "d", "e"]),
    ],
)
def test_what_tables_have_in_common_is_listed_from_the_smallest_on(tables, common):
    assert noise._common([table(item) for item in tables]) == [tuple(item) for item in common]


def test_tables_of_one_column_in_common_meet_in_between():
    """First 10 and 16 people become 13, then 4.5 and 6.5 of the first b 5.5, evenly over cells."""
    first, second = noise.consistent([table("ab", [1, 2, 2, 5]), table("bc", [4, 4, 1, 7])])
    assert first.counts == pytest.approx(np.array([[2.25, 2.25], [3.25, 5.25]]))
    assert second.counts == pytest.approx(np.array([[2.75, 2.75], [0.75, 6.75]]))
    assert (first.error, first.off, first.names) == (1.5, 3, ("a", "b"))


def test_the_table_with_fewer_cells_is_better_known_and_counts_more():
    """Four cells say 8, two say 14: the mean counts the second twice, 12."""
    first, second = noise.consistent([table("ab", [2, 2, 2, 2]), table("c", [7, 7])])
    assert (first.counts == 3).all() and (second.counts == 6).all()


def test_smoothing_keeps_what_agrees_already_and_changes_nothing_it_was_given():
    one, other = table("ab", [1, 2, 3, 4]), table("bc", [1, 3, 2, 4])
    before = one.counts.copy(), other.counts.copy()
    again = noise.consistent([one, other])
    assert again[0].counts == pytest.approx(before[0]) and again[1].counts == pytest.approx(before[1])
    odd = table("ab", [-2, 2, 3, -4])
    assert noise.without_negative([odd])[0].counts.tolist() == [[0, 2], [3, 0]]
    assert noise.consistent([odd, table("bc", [9, 9, 9, 9])])[0].counts.sum() == pytest.approx(17.5)
    assert odd.counts.tolist() == [[-2, 2], [3, -4]] and (one.counts == before[0]).all()


def test_noise_is_the_same_whatever_is_counted_and_is_added_to_each_cell_once():
    small, large = (coded.read_people(PEOPLE.replace("14", number)) for number in ("14", "914"))
    drawn = [
        noise.tables_of(item, [("a", "b"), ("b",)], Fraction(1, 4), noise.random_source(5)) for item in (small, large)
    ]
    for one, other in zip(*drawn, strict=True):
        off = one.counts - small.crossed(one.names)
        assert (off == other.counts - large.crossed(one.names)).all()
        assert (one.error, one.off) == (noise.expected(4.0), noise.within(4.0, 0.95))
    below = noise.random_source(5)
    wanted = [noise.gaussian(Fraction(4), below) for _ in range(6)]
    offs = [(item.counts - small.crossed(item.names)).ravel().tolist() for item in drawn[0]]
    assert [*offs[0], *offs[1]] == wanted


def test_what_columns_tell_of_each_other_is_their_mutual_information():
    counts = np.array([[4.0, 1, 0], [1, 2, 8]])
    share, wanted = counts / 16, 0.0
    for row in range(2):
        for column in range(3):
            if share[row, column]:
                alone = share[row].sum() * share[:, column].sum()
                wanted += share[row, column] * math.log(share[row, column] / alone)
    assert noise._information(counts) == pytest.approx(wanted)
    assert noise._information(counts * 7) == pytest.approx(wanted)
    assert noise._information(np.outer([1, 3], [2, 5])) == pytest.approx(0)
    assert noise._information(np.eye(4)) == pytest.approx(math.log(4))
    assert noise._information(np.zeros((2, 2))) == 0


def test_the_tree_takes_the_pairs_that_tell_most():
    """b tells all of c and some of a; a tells nothing of c beyond that."""
    strong, middle, weak = [8, 0, 0, 8], [6, 2, 2, 6], [5, 3, 3, 5]
    made = [table("ab", middle), table("ac", weak), table("bc", strong)]
    assert noise._tree("abc", made) == [("a", "b"), ("b", "c")]
    made = [table("ab", weak), table("ac", middle), table("bc", strong)]
    assert noise._tree("abc", made) == [("a", "c"), ("c", "b")]
    made = [table("ab", strong), table("ac", middle), table("bc", weak)]
    assert noise._tree("abc", made) == [("a", "b"), ("a", "c")]


def test_people_are_spread_in_the_shares_of_the_weights_as_evenly_as_may_be():
    draw = np.random.default_rng(2)
    for weights, number, wanted in (
        ([1, 2, 1], 8, [2, 4, 2]),
        ([0, 0, 0], 9, [3, 3, 3]),
        ([0, 5, 0], 3, [0, 3, 0]),
        ([3, 1], 0, [0, 0]),
    ):
        [found] = noise._spread(np.array(weights, dtype=float), np.array([number]), draw)
        assert np.bincount(found, minlength=len(weights)).tolist() == wanted
    for number in range(1, 12):
        [found] = noise._spread(np.array([1.0, 1, 1]), np.array([number]), draw)
        counts = np.bincount(found, minlength=3)
        assert counts.sum() == number and counts.max() - counts.min() <= 1
    first = {tuple(noise._spread(np.array([1.0, 1]), np.array([4]), draw)[0]) for _ in range(60)}
    assert len(first) == 6, "in every order"
    odd = [noise._spread(np.array([3.0, 1]), np.array([1]), draw)[0][0] for _ in range(400)]
    assert 0.15 < np.mean(odd) < 0.35


def test_real_and_invented_people_are_compared_also_where_there_are_few_or_none():
    one, other = coded.read_people("a,b\nx,p\ny,q\n"), coded.read_people("a,b\nx,q\ny,q\n")
    nobody = type(one)(one.names, one.codes, one.at[:0], one.count[:0])
    single = type(one)(one.names, one.codes, one.at[:1], one.count[:1])
    assert [item.apart for item in noise.compare(nobody, nobody)] == [0, 0, 0]
    assert [item.apart for item in noise.compare(single, single)] == [0, 0, 0]
    assert [(item.apart, item.worst) for item in noise.compare(single, one)] == [
        (0.5, 1),
        (0.5, 1),
        (0.5, 1),
    ]
    assert [item.apart for item in noise.compare(single, nobody)] == [0.5] * 3
    assert other.number == 2


def test_nobody_is_in_no_group():
    found = anonymity.measure_anonymity(coded.read_people("a,b,count\nx,p,0\ny,q,0\n"), ("a", "b"), 5)
    assert (found["groups"], found["k"], found["people_below_k"]) == (0, 0, 0)
    assert found["group_sizes"] == {} and [item["people_below_k"] for item in found["combinations"]] == [0, 0, 0]
    order = anonymity.measure_anonymity(coded.read_people("a,b,c,count\nx,p,s,3\nx,q,s,9\ny,q,t,9\n"), "abc", 5)
    assert [("".join(item["columns"]), item["people_below_k"]) for item in order["combinations"]] == [
        ("b", 3),
        ("ab", 3),
        ("bc", 3),
        ("abc", 3),
        ("a", 0),
        ("c", 0),
        ("ac", 0),
    ]


def test_a_sum_that_nobody_published_is_not_an_empty_cell_and_an_empty_cell_is():
    made = cells.read_tables("a,b,count\nx,p,6\nx,q,7\ny,p,8\nx,,13\n", RULES)
    counts = {tuple(code for _, code in key): count for key, count in made.counts.items()}
    assert counts == {
        (): None,
        ("x",): 13,
        ("y",): None,
        ("p",): None,
        ("q",): None,
        ("x", "p"): 6,
        ("x", "q"): 7,
        ("y", "p"): 8,
        ("y", "q"): 0,
    }
    assert len(made.absent) == 4 and made.hidden == 0


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text(PEOPLE, "utf-8")
    return tmp_path


def test_what_cannot_be_noted_is_not_published(folder, capsys):
    """The folder of the ledger is not there: that shows only once everything else is written."""
    files = ("--out", folder / "t.csv", "--html", folder / "t.html")
    noted = ("--ledger", folder / "none" / "l", "--series", "coast")
    assert release("tables", folder / "p.csv", "--by", "a,b", *files, *noted) == 2
    assert "it cannot be written" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["p.csv"]
    words = ("noise", folder / "p.csv", "--by", "a", "--rho", "1", "--budget", "1", *noted)
    assert release(*words, "--out", folder / "n.csv") == 2
    assert [path.name for path in folder.iterdir()] == ["p.csv"]


def test_a_ledger_is_told_by_series_with_its_times_and_its_budget(folder, capsys):
    for series, name, number in (("coast", "one", "14"), ("hills", "two", "15")):
        (folder / "p.csv").write_text(PEOPLE.replace("14", number), "utf-8")
        noted = ("--ledger", folder / "l", "--series", series)
        assert release("tables", folder / "p.csv", "--by", "a,b", *noted) == 0
        assert (
            release(
                "noise",
                folder / "p.csv",
                "--by",
                "a",
                "--rho",
                "1/8",
                "--budget",
                "1/2",
                *noted,
                "--out",
                folder / name,
            )
            == 0
        )
    capsys.readouterr()
    assert release("ledger", folder / "l", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["entries"], list(told["series"])) == (
        __version__,
        6,
        ["coast", "hills"],
    )
    assert told["series"]["hills"]["times"] == 1 and told["series"]["hills"]["rho_left"] == 0.375
    assert told["series"]["coast"]["weak"] == [] and told["series"]["coast"]["narrowest"] is None
    assert release("ledger", folder / "l") == 0
    out = capsys.readouterr().out
    assert "6 entries follow each other.\n\ncoast\nrho 0.375 is left for noise.\n" in out
    assert out.count("Times at which people were counted: 1.") == 2


def test_one_weak_series_of_several_ends_with_two(folder, capsys):
    for number, series in (("16", "coast"), ("15", "hills"), ("14", "hills")):
        (folder / "p.csv").write_text(PEOPLE.replace("14", number), "utf-8")
        noted = ("--ledger", folder / "l", "--series", series)
        done = release("tables", folder / "p.csv", "--by", "a,b", *noted, "--threshold", "1")
        assert done == 0, capsys.readouterr().err
    capsys.readouterr()
    assert release("ledger", folder / "l", "--threshold", "1") == 0
    capsys.readouterr()
    assert release("ledger", folder / "l", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["series"]["coast"]["weak"] == [] and told["series"]["hills"]["weak"] != []


@pytest.mark.parametrize(("word", "more"), [("noise", ("--by", "a")), ("synthetic", ())])
def test_a_budget_needs_a_ledger(word, more, folder, capsys):
    assert (
        release(word, folder / "p.csv", *more, "--rho", "1", "--budget", "1", "--out", folder / "o") == 2
        and "--budget needs --ledger" in capsys.readouterr().err
    )
    assert not (folder / "o").exists()


def test_noise_is_written_with_each_code_and_bound_and_a_seed_is_warned_of(folder, capsys):
    words = ("noise", folder / "p.csv", "--by", "a,b", "--by", "b", "--rho", "1/4", "--seed", "5")
    assert release(*words, "--out", folder / "n.csv", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    below = noise.random_source(5)
    off = [noise.gaussian(Fraction(4), below) for _ in range(6)]
    counts = [true + wrong for true, wrong in zip((14, 40, 22, 31, 36, 71), off, strict=True)]
    bound = noise.within(4.0, 0.95)
    cells = [("x", "p"), ("x", "q"), ("y", "p"), ("y", "q"), ("(all)", "p"), ("(all)", "q")]
    names = ["a x b"] * 4 + ["b"] * 2
    assert (folder / "n.csv").read_text("utf-8") == "table,a,b,count,off_at_most_95\n" + "".join(
        f"{name},{a},{b},{count},{bound}\n" for name, (a, b), count in zip(names, cells, counts, strict=True)
    )
    assert told["seed"] == 5 and "Drawn with a seed" in told["notices"][-1]
    assert told["epsilon"] == round(0.25 + 2 * math.sqrt(0.25 * math.log(1e6)), 4)
    assert release(*words[:-2], "--out", folder / "m.csv", "--json", "--smooth", "agreeing") == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["notices"] == [*telling.TEXTS["noise_notices"]] and plain["smoothed"] == ["agreeing"]
    rows = [line.split(",") for line in (folder / "m.csv").read_text("utf-8").splitlines()[1:]]
    sums = {code: sum(float(row[3]) for row in rows[:4] if row[2] == code) for code in "pq"}
    assert [float(row[3]) for row in rows[4:]] == pytest.approx([sums["p"], sums["q"]], abs=0.02)


def test_columns_of_the_shape_that_were_not_there_are_named(folder, capsys):
    (folder / "c.csv").write_text("gender,citizenship\nMan,IDN\n", "utf-8")
    assert release("ctdc", folder / "c.csv", "--out", folder / "o.tsv") == 0
    out = capsys.readouterr().out
    assert "1 people in 27 columns; every code is known.\nLeft empty, for they were not there: " in out
    assert "yearOfRegistration" in out and "gender" not in out.partition("Left empty")[2]
    assert release("ctdc", folder / "o.tsv") == 0
    assert "Left empty" not in capsys.readouterr().out


def test_groups_of_a_column_that_is_not_there_are_refused(folder, capsys):
    for words, said in ((("--by", "a,z"), "no column z"), (("--secret", "z"), "no column z")):
        assert release("anonymity", folder / "p.csv", *words) == 2
        assert said in capsys.readouterr().err
    assert release("anonymity", folder / "p.csv", "--secret", "b", "--json", "--k", "60") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["columns"], told["k_asked"], told["people_below_k"]) == (["a"], 60, 107)
    assert (told["k"], told["l"]) == (53, 2)


@pytest.mark.parametrize("rho", ["1/3", "0.3333"])
def test_a_budget_is_spent_to_the_last_part_and_not_beyond(rho, folder, capsys):
    paid = ("--ledger", folder / "l", "--series", "coast", "--by", "a", "--rho", rho)
    for time, more in enumerate((("--budget", "1"), (), ())):
        assert release("noise", folder / "p.csv", *paid, *more, "--out", folder / f"n{time}") == 0
    assert release("noise", folder / "p.csv", *paid, "--out", folder / "n3") == 2
    left = float(1 - 3 * Fraction(rho))
    assert f"and {left:g} is left" in capsys.readouterr().err
    lines = (folder / "l").read_text("utf-8").splitlines()
    told = [json.loads(line)["entry"] for line in lines]
    assert [(item["kind"], item["rho"]) for item in told] == [
        ("budget", "1"),
        *[("noise", str(Fraction(rho)))] * 3,
    ]
    assert [item.get("what") for item in told] == [None, "noise", "noise", "noise"]
    assert not (folder / "n3").exists()
    with pytest.raises(Unreadable):
        noise.check(["a"])
