"""Tables of case files worked by hand: every cell, note and head."""

import numpy as np
import pytest

from suar_research.casefiles.asking import parser
from suar_research.casefiles.changing import WHAT_CHANGED, changed
from suar_research.casefiles.comparing import comparison, significance
from suar_research.casefiles.counting import APART, Layout, counted
from suar_research.casefiles.crossing import crosses
from suar_research.casefiles.durations import Spans, kaplan_meier, median
from suar_research.casefiles.exact import drawn
from suar_research.casefiles.frames import LARGEST, Wanted, natural, read, variable
from suar_research.casefiles.shares import MINUS, NONE, RULE, change, percent, points
from suar_research.casefiles.sheets import shown
from suar_research.casefiles.timing import TimeColumns, Times, Waiting, times
from suar_research.casefiles.waiting import difference, medians, steps, waiting_at
from suar_research.reading import Unreadable

YEARS = "form,year,people\na,2022,10\na,2023,15\nb,2022,30\nb,2023,15\n,2022,10\n,2023,20\nc,2021,4\na,,1\n"


def texts(sheet):
    return [[shown(cell) for cell in row] for row in sheet.rows]


def framed(text, *columns, **wanted):
    return read(text, columns, Wanted("people", **wanted))


def years(layout):
    return changed(framed(YEARS, "form", "year"), "form", ("year", "2022", "2023"), layout)


def test_a_change_is_worked_out_with_those_who_lack_a_value_inside():
    sheet = years(Layout())
    assert texts(sheet) == [
        ["a", "10", "20%", "15", "30%", "+5", "+50%", "+10.0"],
        ["b", "30", "60%", "15", "30%", f"{MINUS}15", f"{MINUS}50%", f"{MINUS}30.0"],
        ["not recorded", "10", "20%", "20", "40%", "+10", "+100%", "+20.0"],
        ["total", "50", "100%", "50", "100%", "0", "0%", "0.0"],
    ]
    assert [row[5].value for row in sheet.rows] == [5, -15, 10, 0]
    assert sheet.notes == (
        "form: not recorded for 10 people in 2022.",
        "form: not recorded for 20 people in 2023.",
        "People with nothing recorded are a group of their own.",
        "5 people are of other periods, or of none, and are not in this table.",
        RULE,
        "No percentage is printed of fewer than 10 people.",
        WHAT_CHANGED,
    )
    assert sum(wide for _, wide in sheet.groups) == len(sheet.heads) - 1
    assert sheet.flat_heads()[1:5] == ("2022: people", "2022: %", "2023: people", "2023: %")


def test_a_change_is_worked_out_with_those_who_lack_a_value_beside():
    sheet = years(Layout(APART, digits=1, least=31))
    assert texts(sheet) == [
        ["a", "10", "25.0%", "15", NONE, "+5", NONE, "+25.0"],
        ["b", "30", "75.0%", "15", NONE, f"{MINUS}15", NONE, f"{MINUS}25.0"],
        ["total with a value", "40", "100.0%", "30", NONE, f"{MINUS}10", f"{MINUS}25.0%", "0.0"],
        ["not recorded", "10", NONE, "20", NONE, "+10", NONE, NONE],
        ["total", "50", NONE, "50", NONE, "0", "0.0%", NONE],
    ]
    assert "People with nothing recorded are outside of percentages." in sheet.notes
    plain = changed(
        framed("form,year,people\na,1,20\na,2,30\n", "form", "year"), "form", ("year", "1", "2"), Layout(least=0)
    )
    assert not [each for each in plain.notes if "other periods" in each or "fewer than" in each]


CROSSED = "form,sex,people\na,f,12\na,m,8\nb,f,18\nb,m,2\n,f,10\na,,20\n,,30\n"


def test_a_table_is_worked_out_with_those_who_lack_a_value_inside():
    sheet = counted(crosses(framed(CROSSED, "form", "sex"), "form", "sex", None)[0], Layout())
    assert texts(sheet) == [
        ["a", "12", "30%", "30%", "8", "20%", "80%", "20", "50%", "40%", "40", "100%", "40%"],
        ["b", "18", "90%", "45%", "2", "10%", "20%", "0", "0%", "0%", "20", "100%", "20%"],
        ["not recorded", "10", "25%", "25%", "0", "0%", "0%", "30", "75%", "60%", "40", "100%", "40%"],
        ["total", "40", "40%", "100%", "10", "10%", "100%", "50", "50%", "100%", "100", "100%", "100%"],
    ]
    assert sheet.name == "form by sex, everybody"
    assert sheet.groups == (("f", 3), ("m", 3), ("not recorded", 3), ("total", 3))
    assert sheet.notes[:2] == ("form: not recorded for 40 of 100 people.", "sex: not recorded for 50 of 100 people.")


def test_a_table_is_worked_out_with_those_who_lack_a_value_beside():
    table = crosses(framed(CROSSED, "form", "sex"), "form", "sex", None)[0]
    sheet = counted(table, Layout(APART, ("row",), least=20))
    assert texts(sheet) == [
        ["a", "12", "60%", "8", "40%", "20", "100%", "20", NONE, "40", NONE],
        ["b", "18", "90%", "2", "10%", "20", "100%", "0", NONE, "20", NONE],
        ["total with a value", "30", "75%", "10", "25%", "40", "100%", "20", NONE, "60", NONE],
        ["not recorded", "10", NONE, "0", NONE, "10", NONE, "30", NONE, "40", NONE],
        ["total", "40", NONE, "10", NONE, "50", NONE, "50", NONE, "100", NONE],
    ]
    assert "Percentages are of those with a value only; the others are counted beside them." in (sheet.notes)
    assert (table.total, table.lacking) == (100, 60)
    whole = crosses(framed("form,people\na,3\n", "form"), "form", None, None)[0]
    assert counted(whole, Layout(least=0)).notes[1:] == (
        "Percentages are of everybody in the table.",
        RULE,
    )


def test_an_interval_is_that_of_the_tables_of_five_in_ten():
    """5 of 10: exact 18.7 to 81.3, Wilson 23.7 to 76.3 (Newcombe 1998 and any table)."""
    cross = crosses(framed("form,people\na,5\nb,5\n", "form"), "form", None, None)[0]
    sheet = counted(cross, Layout(intervals=True, least=10))
    assert texts(sheet)[0] == ["a", "5", "50%", "18.7 to 81.3%", "23.7 to 76.3%"]
    assert texts(sheet)[2] == ["total", "10", "100%", "", ""]
    assert sheet.heads[3:] == ("95% between (exact)", "95% between (Wilson)")
    assert texts(counted(cross, Layout(intervals=True, least=11)))[0][2:] == [NONE] * 3
    assert len(counted(cross, Layout()).heads) == len(counted(cross, Layout()).rows[0]) == 3


def test_what_is_not_said_has_the_value_that_the_page_says():
    asked = parser().parse_args(["data.csv"])
    said = {
        name: getattr(asked, name)
        for name in (
            "order",
            "digits",
            "least_base",
            "threshold",
            "percent",
            "missing",
            "seed",
            "unit",
            "intervals",
            "json",
            "avenue",
            "out",
            "where",
        )
    }
    assert said == {
        "order": "name",
        "digits": 0,
        "least_base": 10,
        "threshold": 5,
        "percent": "both",
        "missing": "own",
        "seed": 1,
        "unit": "days",
        "intervals": False,
        "json": False,
        "avenue": [],
        "out": [],
        "where": [],
    }
    for word in ("0", "1", "2"):
        assert parser().parse_args(["f", "--digits", word]).digits == int(word)
    for words in (["--digits", "3"], ["--digits", "-1"], ["--order", "x"]):
        with pytest.raises(SystemExit):
            parser().parse_args(["f", *words])


def test_the_smallest_base_is_the_one_that_was_asked_for():
    assert (percent(1, 1).text, percent(0, 1).text, percent(1, 1, least=2).text) == (
        "100%",
        "0%",
        NONE,
    )
    assert (change(1, 2).text, change(1, 2, least=2).text) == ("+100%", NONE)
    assert (points((1, 4), (3, 4)).text, points((0, 0), (1, 1)).text) == ("+50", NONE)
    assert points((1, 1), (0, 0)).text == NONE


def test_a_count_may_be_a_thousand_million_and_not_one_more():
    assert framed(f"form,people\na,{LARGEST}\n", "form").total() == 1_000_000_000
    with pytest.raises(Unreadable, match="row 3, column people"):
        framed(f"form,people\na,1\nb,{LARGEST + 1}\n", "form")


def test_words_stand_in_the_order_that_was_asked_for():
    text = "form,people\nb10,2\nb9,5\nA,2\na,2\nc,4\n,9\nb10,3\n"
    assert variable(framed(text, "form"), "form").values == ("A", "a", "b9", "b10", "c")
    sized = variable(framed(text, "form", order="size"), "form")
    assert sized.values == ("b9", "b10", "c", "A", "a")
    assert sized.codes.tolist() == [1, 0, 3, 4, 2, -1, 1] and sized.lacking
    assert sorted(["10", "9", "a9b2", "a9b10", "a10"], key=natural) == [
        "9",
        "10",
        "a9b2",
        "a9b10",
        "a10",
    ]


def test_rows_that_were_not_asked_for_are_counted_as_left_out():
    frame = read("a,b,n\nx,1,3\nx,2,4\ny,1,5\n", ["a"], Wanted("n", (("b", "1"), ("a", "x"))))
    assert (frame.total(), frame.left_out, frame.numbers) == (3, 9, [2])


def test_a_drawn_test_counts_the_table_seen_as_one_draw():
    """No draw of 99 is as far out as this one: p is 1 of 100."""
    found = drawn(np.array([[40, 0, 0], [0, 40, 0], [0, 0, 40]]), 1, 99)
    assert (found.p, found.draws, found.limits.low, found.limits.level) == (0.01, 99, 0.0, 0.99)
    assert drawn(np.array([[1, 1], [1, 1]]), 1, 99).p == 1.0


def test_groups_are_compared_with_the_odds_that_the_books_give():
    """Fisher's tea: odds ratio 6.41 (0.21 to 626.24), p 0.4857; two lines of the same p.

    By hand: Wilson has 30.1 to 95.4 for 3 of 4, 4.6 to 69.9 for 1 of 4.
    """
    cross = crosses(
        framed("said,truth,people\nmilk,milk,3\nmilk,tea,1\ntea,milk,1\ntea,tea,3\n", "said", "truth"),
        "said",
        "truth",
        None,
    )[0]
    sheet = comparison(cross, ("milk", "tea"), 1, 4)
    assert texts(sheet)[0] == [
        "milk",
        "3",
        "75.0%",
        "1",
        "25.0%",
        "50.0",
        f"{MINUS}13.5 to 78.9",
        "6.41",
        "0.21 to 626.24",
        "0.4857",
        "0.9714",
    ]
    assert len(sheet.heads) == len(sheet.rows[0]) == 1 + sum(wide for _, wide in sheet.groups)
    tests = significance(cross, 1)
    assert texts(tests)[0] == ["Pearson chi-square", "2.00", "1", "0.1573", "Cramer's V 0.50"]
    assert "The smallest expected count is 2.0, under 5" in tests.notes[1]
    assert tests.name == "Tests of said by truth, everybody"


def waits(*spans, name="everybody"):
    """Give a group from times, whether the event came, and when each was first met."""
    time, came, entry = (np.array(each, dtype=float) for each in zip(*spans, strict=True))
    found = Spans(time, came.astype(bool), entry)
    curve = kaplan_meier(found)
    return Waiting(name, found, curve, median(curve))


EARLY = -np.inf


def test_a_curve_is_printed_step_by_step():
    """Four wait; one goes at 1, two at 2.5: still waiting 3/4 and 1/4, Greenwood by hand."""
    group = waits((1, 1, EARLY), (2.5, 1, EARLY), (2.5, 1, EARLY), (7, 0, EARLY))
    found = Times((group,), None, 2, "days", False)
    rows = texts(steps(found))
    assert [row[:6] for row in rows] == [
        ["everybody", "1", "4", "1", "0.7500", "0.2165"],
        ["everybody", "2.50", "3", "2", "0.2500", "0.2165"],
    ]
    assert steps(found).heads[:2] == ("group", "days")
    assert texts(medians(found))[0][:5] == ["everybody", "4", "3", "1", "2"]
    assert medians(found).notes[0] == "2 people have no usable time and are in no curve."
    assert difference(found) is None
    still = waiting_at(found, [0.5, 7, 7.1])
    assert [shown(each) for each in still.rows[0]][1::2] == ["100.0%", "25.0%", NONE]
    assert still.heads == (
        "group",
        "waiting after 0.5",
        "95% between",
        "waiting after 7",
        "95% between",
        "waiting after 7.1",
        "95% between",
    )


def test_a_curve_that_begins_with_almost_nobody_is_named():
    """Two are met at once and one goes; the other eight come under watch at 3."""
    late = [(time, 1, 3) for time in range(5, 13)]
    thin = waits((1, 1, EARLY), (20, 1, EARLY), *late, name="thin")
    plain = waits(*((time, 1, EARLY) for time in range(1, 11)), name="plain")
    said = medians(Times((plain, thin), "form", 0, "days", True)).notes
    assert next(each for each in said if "Almost nobody" in each).startswith(
        "Almost nobody was under watch at some early moment in: thin. "
    )
    assert not [
        each
        for each in medians(Times((plain,), None, 0, "days", False)).notes
        if "Almost nobody" in each or "came under watch later" in each
    ]


def test_groups_that_wait_are_tested_without_those_whose_value_is_missing():
    columns = TimeColumns(time="d", came="c")
    text = "d,c,g\n" + "".join(f"{at},1,x\n{at + 9},yes,y\n{at},TRUE,\n" for at in range(1, 6))
    found = times(read(text, [*columns.names(), "g"], Wanted()), columns, "g", "days")
    assert [each.name for each in found.groups] == ["everybody", "x", "y", "not recorded"]
    test = difference(found)
    assert [row[0] for row in test.rows] == ["x", "y"] and test.heads[0] == "g"
    assert sum(int(row[1]) for row in test.rows) == 10
    expected = [float(shown(row[2])) for row in test.rows]
    assert sum(expected) == pytest.approx(10, abs=0.02) and expected[0] < 5 < expected[1]
    assert "degrees of freedom 1, p 0.0" in test.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("d,c\n100001,1\n", "row 2, column d: a time that is not a number from 0"),
        (
            "d,c\n\N{ARABIC-INDIC DIGIT ONE},1\n",
            "row 2, column d: a time that is not a number from 0",
        ),
        ("d,c\ninf,1\n", "row 2, column d: a time that is not a number from 0"),
        ("d,c\n1,1\n2,2\n", "row 3, column c: whether the event came is not 1 or 0"),
        ("d,c\n,1\n", "no row has a time"),
        ("d,c\n1,no\n3,0\n", "the event came to nobody"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_row(text, said):
    columns = TimeColumns(time="d", came="c")
    with pytest.raises(Unreadable, match=said):
        times(read(text, columns.names(), Wanted()), columns, None, "days")
    longest = read("d,c\n100000,1\n0,false\n", columns.names(), Wanted())
    assert times(longest, columns, None, "days").groups[0].spans.time.tolist() == [100_000, 0]
