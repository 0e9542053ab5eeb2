"""Safe tables worked by hand: what a file may hold, what is written, what is said."""

import json
import re
from fractions import Fraction
from math import inf

import numpy as np
import pytest

from suar_research.asking import Unusable
from suar_research.reading import Unreadable
from suar_research.releases import (
    anonymity,
    ctdc,
    ledger,
    making,
    sheets,
    telling,
)
from suar_research.releases import people as coded
from suar_research.releases.__main__ import parser
from suar_research.releases.auditing import Audit, audit
from suar_research.releases.cells import Design, Sums
from suar_research.releases.making import Made
from suar_research.releases.page import page
from suar_research.releases.published import Published, Rules, as_json, checked, of_json, says

RULES = Rules()


def refused(work, *words, **more):
    with pytest.raises(Unreadable) as found:
        work(*words, **more)
    return list(found.value.problems)


@pytest.mark.parametrize(
    ("zeros", "hides"),
    [("shown", [False, True, True, True, True, False]), ("hidden", [True] * 5 + [False])],
)
def test_counts_from_one_to_four_are_hidden_and_empty_cells_where_it_is_asked(zeros, hides):
    assert [Rules(zeros=zeros).hides(count) for count in range(6)] == hides
    assert (RULES.threshold, RULES.width, RULES.zeros) == (5, 5, "shown")


def test_tables_name_columns_that_are_there_each_once_and_at_most_four():
    assert checked([["a", "b"], ["a", "b"], ["c"]], "abcd") == (("a", "b"), ("c",))
    assert checked([list("abcd")], "abcde") == (tuple("abcd"),)
    assert refused(checked, [["a", "x"], ["b", "b"], [], list("abcde")], "abcde") == [
        "table a x x: there is no column x",
        "table b x b: a column stands twice",
        "table : 1 to 4 columns can be crossed",
        "table a x b x c x d x e: 1 to 4 columns can be crossed",
    ]


def test_what_is_not_said_to_a_release_has_the_value_of_the_page():
    asked = parser().parse_args(["tables", "d", "--by", " a , b ", "--by", "c"])
    assert (asked.by, asked.where, asked.spare) == ([("a", "b"), ("c",)], {}, "cells")
    assert (asked.threshold, asked.width, asked.zeros) == (5, 5, "shown")
    assert (asked.ledger, asked.series, asked.out, asked.html, asked.json) == (None,) * 4 + (False,)
    where = parser().parse_args(["tables", "d", "--by", "a", "--where", "b = x , c=y=z"]).where
    assert where == {"b": "x", "c": "y=z"}
    audit_ = parser().parse_args(["audit", "a", "b"])
    assert (audit_.tables, audit_.same, audit_.json) == (["a", "b"], False, False)
    made = parser().parse_args(
        ["noise", "d", "--by", "a", "--rho", "1/3", "--out", "o", "--smooth", "not_negative,agreeing"]
    )
    assert (made.rho, made.smooth) == (Fraction(1, 3), ("agreeing", "not_negative"))
    assert parser().parse_args(["anonymity", "d"]).k == 5
    for rho in ("0", "-1", "101", "1/0", "x"):
        with pytest.raises(SystemExit):
            parser().parse_args(["noise", "d", "--by", "a", "--rho", rho, "--out", "o"])
    assert parser().parse_args(["noise", "d", "--by", "a", "--rho", "100", "--out", "o"]).rho == 100


def test_people_are_read_with_an_empty_cell_as_a_code_and_counted_into_cells():
    read = coded.read("sex,age,count\nF, child ,3\nM,,2\nF,adult,0\n")
    assert (read.names, read.number) == (("sex", "age"), 5)
    assert read.codes == (("F", "M"), ("(unknown)", "adult", "child"))
    counts = read.counted(Design((("sex", "age"),), read.codes_of(["sex", "age"])))
    assert counts == {
        (): 5,
        (("sex", "F"),): 3,
        (("sex", "M"),): 2,
        (("age", "(unknown)"),): 2,
        (("age", "adult"),): 0,
        (("age", "child"),): 3,
        (("age", "(unknown)"), ("sex", "F")): 0,
        (("age", "(unknown)"), ("sex", "M")): 2,
        (("age", "adult"), ("sex", "F")): 0,
        (("age", "adult"), ("sex", "M")): 0,
        (("age", "child"), ("sex", "F")): 3,
        (("age", "child"), ("sex", "M")): 0,
    }
    women = read.where({"sex": "F"})
    assert (women.number, len(women.at)) == (3, 2)
    assert refused(read.where, {"x": "F"}) == ["there is no column x"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count\n3\n", "row 1: there is no column beside the count"),
        ("a,count\n", "it holds nobody"),
        (f"a,count\nx,1\ny,{10**9 + 1}\n", "row 3, column count: not a whole number of people"),
        ("a,b\nx,(all)\n", "column b: (all) stands for everybody and cannot be a code"),
    ],
)
def test_people_that_cannot_be_counted_are_refused_with_their_place(text, said):
    assert refused(coded.read, text)[0].startswith(said)


def test_four_hundred_codes_can_be_a_column_and_not_one_more():
    for number in (400, 401):
        read = coded.read("a\n" + "".join(f"c{at}\n" for at in range(number)))
        assert len(coded.uncoded(read, ["a"])) == (number == 401)
    assert coded.read(f"a,count\nx,{10**9}\n").number == 10**9


def test_a_sheet_is_read_with_every_mark_of_a_hidden_cell_and_of_a_sum():
    text = "sex,age,place,count\nF,child,Tual,<5\nF,adult,Tual,20\nM,child,Tual, 8 \n"
    made = sheets.read(text + "F,total,Tual,..\n,child,Tual,c\n(all),all,Tual,\n", RULES)
    assert made.design.where == (("place", "Tual"),)
    assert made.design.tables == (("age", "sex"),)
    assert made.design.codes == {"age": ("adult", "child"), "sex": ("F", "M")}
    counts = {says(key): count for key, count in made.counts.items()}
    assert counts == {
        "place Tual": None,
        "age adult, place Tual": None,
        "age child, place Tual": None,
        "place Tual, sex F": None,
        "place Tual, sex M": None,
        "age adult, place Tual, sex F": 20,
        "age adult, place Tual, sex M": 0,
        "age child, place Tual, sex F": None,
        "age child, place Tual, sex M": 8,
    }
    assert {says(key) for key in made.absent} == {"age adult, place Tual", "place Tual, sex M"}
    assert made.hidden == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,count\nx,1\nx,2\n", "row 3: this cell stands twice"),
        ("a,count\nx,1.5\n", "row 2, column count: neither a whole number nor a hidden cell"),
        (f"a,count\nx,{10**9 + 1}\n", "row 2, column count: neither"),
        ("a,b,count\n,,3\n", "it holds no table: no row names a code"),
        ("a,b,c,d,e,count\n1,1,1,1,1,3\n2,2,2,2,2,3\n", "more than 4 columns are crossed"),
    ],
)
def test_a_sheet_that_is_no_table_is_refused_with_its_place(text, said):
    assert refused(sheets.read, text, RULES)[0].startswith(said)


def made_of(text, by, **more):
    read = coded.read(text)
    design = making.design_of(read, [by], more.pop("where", {}))
    return making.make(read.where(dict(design.where)), design, RULES, **more)


HARBOUR = "sex,age,count\nF,child,2\nF,adult,14\nM,child,9\nM,adult,31\n"


def test_a_sheet_and_a_page_of_a_release_hold_every_cell():
    made = made_of(HARBOUR, ("sex", "age")).published
    written = sheets.of_release(made)
    assert sheets.read(written, RULES).counts == made.counts
    told = {"version": "9", "input_sha256": "abcdef" * 11}
    html = page(made, told, ["A <sentence>."])
    table = re.search(r"<table>.*</table>", html)[0]
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", each) for each in re.findall(r"<tr[^>]*>.*?</tr>", table)]
    counts = {says(key): "x" if count is None else str(count) for key, count in made.counts.items()}
    assert rows == [
        ["sex", "adult", "child", "all"],
        ["F", counts["age adult, sex F"], counts["age child, sex F"], counts["sex F"]],
        ["M", counts["age adult, sex M"], counts["age child, sex M"], counts["sex M"]],
        ["all", counts["age adult"], counts["age child"], counts["everybody"]],
    ]
    assert counts["age child, sex F"] == "x" and counts["everybody"] == "56"
    assert table.count('<tr class="sum">') == 1 and "Only:" not in html
    assert "<li>A &lt;sentence&gt;.</li>" in html and "<p>Suar 9</p>" in html
    assert "abcdef" not in html, "whoever knows all but a few cells could try which fit"
    part = made_of(HARBOUR, ("age",), where={"sex": "M"}).published
    alone = page(part, told, [])
    assert "Only: sex M." in alone and "<th scope=row>people</th><td>31</td>" in alone
    assert 'class="sum"' in alone


def test_a_release_says_how_many_cells_protect_others_and_what_that_cost():
    made = made_of(HARBOUR, ("sex", "age"))
    assert (made.small, made.others, made.cost) == (1, 3, 3)
    found = audit([[made.published]], RULES)
    words = telling.made_words(made, found, RULES, "cells").splitlines()
    assert words[0].startswith("9 cells, 4 of them hidden: 1 hold fewer than 5 people, 3 protect")
    assert words[1:3] == ["Empty cells are shown.", "No choice hides less."]
    told = telling.made_json(made, found, RULES)
    assert [
        told[name]
        for name in (
            "cells",
            "hidden",
            "hidden_small",
            "hidden_for_others",
            "cost",
            "bound",
            "threshold",
            "width",
            "zeros",
            "only_added",
            "weak",
        )
    ] == [9, 4, 1, 3, 3, 3, 5, 5, "shown", False, []]
    assert told["narrowest"] == found.narrowest >= 5 and told["notices"][-2:] == [*telling.CANNOT]
    worse = Made(made.published, 1, 3, 12.4, 9.6, ("Beware.",))
    said = telling.made_words(worse, found, Rules(zeros="hidden"), "people")
    assert "Empty cells are hidden like small ones." in said and "- Beware." in said
    assert "cost 12 people; no choice is known that costs less, and none costs less than 10." in (
        " ".join(said.split())
    )
    spared = made_of(HARBOUR, ("sex", "age"), weigh="people")
    assert (
        spared.cost
        == sum(
            count
            for key, count in coded.read(HARBOUR).counted(spared.published.design).items()
            if spared.published.counts[key] is None
        )
        - 2
    )


def test_an_audit_names_twelve_cells_and_counts_the_rest():
    clear = Audit((), False, 7, ())
    assert telling.audit_lines(clear, 1) == ["Audit: 7 cells, none of them hidden, and no small change shows."]
    assert telling.audit_json(clear, 1, RULES)["narrowest"] is None
    text = "a,b,count\n" + "".join(f"x{at},p,<5\nx{at},q,9\nx{at},,11\n" for at in range(14))
    found = audit([[sheets.read(text, RULES)]], RULES)
    lines = telling.audit_lines(found, 1)
    assert lines[0] == "Audit: 14 cells CAN BE WORKED OUT, exactly or nearly:"
    assert (len(lines), lines[1], lines[-1]) == (
        14,
        "- a x0, b p: what is hidden is 2",
        "- and 2 more",
    )
    assert found.narrowest == 0 and found.weak[0].width == 0
    weak = telling.audit_json(found, 1, RULES)["weak"][0]
    assert weak == {"cell": {"a": "x0", "b": "p"}, "low": 2.0, "high": 2.0, "says": "a x0, b p: what is hidden is 2"}
    assert audit([[sheets.read("a,count\nx,9\ny,8\n,17\n", RULES)]], RULES).narrowest == inf


def test_fewer_people_than_the_threshold_are_not_published_at_all():
    assert refused(made_of, "a,count\nx,4\n", ("a",)) == ["fewer than 5 people: nothing of them can be published"]
    assert made_of("a,count\nx,5\n", ("a",)).published.hidden == 0
    assert refused(made_of, HARBOUR, ("sex",), where={"sex": "F"}) == [
        "column sex: --where keeps one code of it, so it cannot be in a table (--by) as well"
    ]


def test_a_release_that_was_not_written_here_is_refused():
    made = as_json(made_of(HARBOUR, ("sex", "age")).published)
    assert of_json(made) == made_of(HARBOUR, ("sex", "age")).published
    for broken in (
        {**made, "counts": made["counts"][1:]},
        {**made, "rules": {"x": 1}},
        [],
        None,
        {name: made[name] for name in made if name != "codes"},
    ):
        assert refused(of_json, broken) == ["it is no release that was written by this command"]


def test_equations_are_summed_turned_and_cut():
    sums = Sums.of([[(0, 1.0), (1, -1.0), (2, -1.0)], [(3, 1.0)], [(2, 2.0), (3, -1.0)]], 4)
    assert (sums.rows, sums.row.tolist()) == (3, [0, 0, 0, 1, 2, 2])
    assert sums.times(np.array([10.0, 7, 3, 5])).tolist() == [0, 5, 1]
    assert sums.turned(np.array([1.0, 2, 3])).tolist() == [1, -1, 5, -1]
    part = sums.part(np.array([True, False, True, False]))
    assert (part.cells, part.rows, part.cell.tolist()) == (2, 3, [0, 1, 1])
    assert part.times(np.array([10.0, 3])).tolist() == [7, 0, 6]
    assert part.without_empty().times(np.array([10.0, 3])).tolist() == [7, 6]


FULL = {each.name: "" for each in ctdc.columns()}


def tabbed(**cells):
    row = {**FULL, **cells}
    return "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"yearOfRegistration": "24"}, "yearOfRegistration: not a year of four digits"),
        ({"yearOfRegistration": "1899"}, "yearOfRegistration: not a year of four digits"),
        ({"citizenship": "Id"}, "citizenship: not a country of three letters (ISO 3166)"),
        ({"isForcedLabour": "0"}, "isForcedLabour: not 1 or nothing"),
    ],
)
def test_a_cell_that_the_shape_does_not_know_is_refused_with_its_place(cells, said):
    assert refused(ctdc.read, tabbed(**cells)) == [f"row 2, column {said}"]
    assert ctdc.read(tabbed(yearOfRegistration="1999", citizenship="IDN", isForcedLabour="1"))


def test_people_are_brought_into_the_shape_and_what_is_missing_is_told():
    text = "isForcedLabour,meansThreats,citizenship,gender\nYES,no,-99,\n1,0,KHM,Man\n"
    rows, missing = ctdc.shaped(text)
    found = [dict(zip(FULL, row, strict=True)) for row in rows]
    assert [each["isForcedLabour"] for each in found] == ["1", "1"]
    assert [(each["citizenship"], each["gender"], each["meansThreats"]) for each in found] == [
        ("", "", ""),
        ("KHM", "Man", ""),
    ]
    assert len(missing) == 23 and "gender" not in missing
    assert ctdc.read(ctdc.written(rows)) == rows
    assert refused(ctdc.shaped, "gender,x\nMan,1\n") == ["column x: the shape has no such column"]
    also = next(each for each in ctdc.columns() if each.also != each.name)
    assert refused(ctdc.shaped, f"{also.name},{also.also}\n1,1\n") == ["two columns are the same column of the shape"]
    assert refused(ctdc.read, tabbed(extra="1"))[-1] == "column extra: the shape has no such column"


def test_groups_are_counted_by_hand():
    people = coded.read("a,b,c,d,count\nx,p,1,s,4\nx,q,1,s,1\ny,p,2,s,5\ny,p,1,t,1\nz,p,1,s,0\n")
    found = anonymity.report(people, ("a", "b", "c", "d"), 5)
    assert (found.whole.groups, found.whole.smallest, found.whole.unique) == (4, 1, 2)
    assert (found.whole.below, found.sizes, found.diversity) == (6, {1: 2, 4: 1, 5: 1}, None)
    assert [len(each.names) for each in found.crossed].count(3) == 4
    assert max(len(each.names) for each in found.crossed) == 3 and len(found.crossed) == 14
    below = [each.below for each in found.crossed]
    assert below == sorted(below, reverse=True)
    first = found.crossed[0]
    assert (first.names, first.below) == (("a", "b", "c"), 6)
    words = telling.anonymity_words(found, 5, people.number).splitlines()
    assert words[:3] == [
        "11 people in 4 groups that share a, b, c, d.",
        "The smallest group holds 1 (k = 1; 5 was asked).",
        "2 people stand alone; 6 are in groups of fewer than 5.",
    ]
    assert words[5:7] == [" people below k   alone  groups   columns", "              6       2       4   a, b, c"]
    assert len(words) == 6 + 12
    told = telling.anonymity_json(anonymity.report(people, ("a",), 5, "c"), 5)
    assert told == {
        "k_asked": 5,
        "k": 5,
        "l": 1,
        "columns": ["a"],
        "groups": 2,
        "people_alone": 0,
        "people_below_k": 0,
        "group_sizes": {"5": 1, "6": 1},
        "combinations": [{"columns": ["a"], "groups": 2, "smallest": 5, "people_alone": 0, "people_below_k": 0}],
    }


def test_a_ledger_gives_releases_by_time_and_budgets_by_series(tmp_path):
    release = as_json(made_of(HARBOUR, ("sex", "age")).published)
    name = str(tmp_path / "ledger")
    assert ledger.open_ledger(name) == ledger.open_ledger(None) == []
    lines = [
        {"kind": "tables", "series": series, "people": people, "release": release}
        for series, people in (("a", "1"), ("a", "2"), ("b", "1"), ("a", "1"))
    ]
    ledger.add(name, [], *lines)
    entries = ledger.open_ledger(name)
    assert [len(each) for each in ledger.times(entries, "a", "")] == [2, 1, 0]
    assert [len(each) for each in ledger.times(entries, "a", "1")] == [1, 2]
    assert [len(each) for each in ledger.times(entries, "c", "1")] == [0]
    assert (tmp_path / "ledger").stat().st_mode & 0o777 == 0o600
    first = json.loads((tmp_path / "ledger").read_text("utf-8").splitlines()[0])
    assert first["digest"] == entries[0].digest and first["entry"] == lines[0]
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    for odd, said in ((tmp_path / "odd", "UTF-8"), (tmp_path, "UTF-8")):
        with pytest.raises(Unusable) as found:
            ledger.open_ledger(str(odd))
        assert said in found.value.problems[0]


def test_what_is_published_of_a_part_counts_only_that_part():
    made = Published(Design((("a",),), {"a": ("x", "y")}, (("s", "F"),)), {}, RULES)
    assert made.design.cells() == [
        (("s", "F"),),
        (("a", "x"), ("s", "F")),
        (("a", "y"), ("s", "F")),
    ]
    assert list(made.design.sums()) == [(made.design.cells()[0], made.design.cells()[1:])]
