"""Tables of case files: published figures of the UK, totals, missing values, what is printed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research import coverage
from suar_research.files import Unreadable
from suar_research.report import MINUS, MISSING_NUMBER, cell_text
from suar_research.tables.cross_tables import (
    Layout,
    change_table,
    compare,
    comparison_table,
    count_table,
    significance_table,
)
from suar_research.tables.data import Selection, cross_tables, natural_order, read, variable
from suar_research.tables.formats import change, decimal, p_value, percent, points
from suar_research.tables.times import TimeColumns, median_table, read_times, waiting_table
from support import DOCS

NRM = (DOCS / "examples" / "uk-nrm-2023.csv").read_text("utf-8")
IECA = "Immigration Enforcement Competent Authority"
FEW = settings(max_examples=40, deadline=None)
ROWS = st.lists(
    st.tuples(st.sampled_from("ab "), st.sampled_from("xyz "), st.integers(0, 30)),
    min_size=2,
    max_size=12,
)


def printed(sheet):
    return {cell_text(row[0]): [cell_text(cell) for cell in row[1:]] for row in sheet.rows}


def nrm(characteristic, year=None, **layout):
    rows = (("characteristic", characteristic), *((("year", year),) if year else ()))
    frame = read(NRM, ["value"], Selection("people", rows))
    return printed(count_table(cross_tables(frame, "value", None, None)[0], Layout(**layout)))


@pytest.mark.parametrize(
    ("characteristic", "year", "wanted"),
    [
        ("competent authority", None, {"Single Competent Authority": ["13,704", "81%"], IECA: ["3,300", "19%"]}),
        ("sex", None, {"male": ["12,903", "76%"], "female": ["4,088", "24%"]}),
        ("age at exploitation", None, {"child": ["7,432", "44%"], "adult": ["8,622", "51%"]}),
        (
            "nationality",
            "2023",
            {
                "UK": ["4,299", "25%"],
                "Albania": ["4,052", "24%"],
                "Vietnam": ["991", "6%"],
                "Sudan": ["940", "6%"],
                "Eritrea": ["898", "5%"],
            },
        ),
        (
            "nationality",
            "2022",
            {
                "UK": ["4,172", "25%"],
                "Albania": ["4,609", "27%"],
                "Vietnam": ["766", "5%"],
                "Sudan": ["850", "5%"],
                "Eritrea": ["1,172", "7%"],
                "total": ["16,921", "100%"],
            },
        ),
    ],
)
def test_the_published_figures_of_the_uk_come_out_with_their_percentages(characteristic, year, wanted):
    found = nrm(characteristic, year)
    assert {name: found[name] for name in wanted} == wanted
    if year != "2022":
        assert found["total"] == ["17,004", "100%"]


def test_the_published_changes_of_the_uk_come_out():
    frame = read(NRM, ["value", "year"], Selection("people", (("characteristic", "nationality"),)))
    found = printed(change_table(frame, "value", ("year", "2022", "2023"), Layout()))
    moved = {name: cells[5] for name, cells in found.items()}
    assert moved == {
        "UK": "+3%",
        "Albania": MINUS + "12%",
        "Vietnam": "+29%",
        "Sudan": "+11%",
        "Eritrea": MINUS + "23%",
        "other or not told here": "+9%",
        "total": "0%",
    }
    assert found["total"][:5] == ["16,921", "100%", "17,004", "100%", "+83"]


def frame_of(rows, wanted=None):
    text = "group,kind,people\n" + "".join(f"{a},{b},{n}\n" for a, b, n in rows)
    return read(text, ["group", "kind"], wanted or Selection("people"))


def usable(rows):
    """Say whether both columns say something of somebody."""
    return all(any(row[at].strip() and row[2] for row in rows) for at in (0, 1))


@FEW
@given(ROWS)
def test_every_person_is_in_every_total(rows):
    if not usable(rows):
        return
    everybody = sum(row[2] for row in rows)
    for table in cross_tables(frame_of(rows), "group", "kind", None):
        for missing in ("own", "apart"):
            sheet = count_table(table, Layout(missing, ()))
            assert sheet.rows[-1][-1] == everybody
            assert sum(row[-1] for row in sheet.rows[:-1] if row[0] not in TOTALS) == everybody
            lacks = sum(row[2] for row in rows if not row[0].strip())
            assert f"group: not recorded for {lacks:,} of {everybody:,} people." in sheet.notes


TOTALS = ("total", "total with a value")


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_no_order_of_rows_changes_a_table_and_new_names_move_only_names(rows, chance):
    if not usable(rows):
        return
    first = count_table(cross_tables(frame_of(rows), "group", "kind", None)[0], Layout())
    mixed = chance.sample(rows, len(rows))
    assert count_table(cross_tables(frame_of(mixed), "group", "kind", None)[0], Layout()) == first
    again = [({"a": "k", "b": "l"}.get(a, a), b, n) for a, b, n in rows]
    other = count_table(cross_tables(frame_of(again), "group", "kind", None)[0], Layout())
    assert [row[1:] for row in other.rows] == [row[1:] for row in first.rows]


@FEW
@given(ROWS)
def test_one_row_for_each_person_is_the_same_as_counts(rows):
    if not usable(rows):
        return
    text = "case,group,kind\n" + "".join(f"c,{a},{b}\n" * n for a, b, n in rows)
    each = cross_tables(read(text, ["group", "kind"], Selection()), "group", "kind", None)[0]
    rest = cross_tables(frame_of([row for row in rows if row[2]]), "group", "kind", None)[0]
    assert np.array_equal(each.counts, rest.counts)


def test_strata_add_up_to_everybody_and_those_without_one_are_a_table_of_their_own():
    text = "sex,form,year,people\nf,a,2022,5\nm,a,2022,2\nf,b,,7\nm,b,2023,9\n"
    frame = read(text, ["sex", "form", "year"], Selection("people"))
    whole, *parts = cross_tables(frame, "form", "sex", "year")
    assert [part.stratum for part in parts] == ["year: 2022", "year: 2023", "year: not recorded"]
    assert np.array_equal(sum(part.counts for part in parts), whole.counts)
    known = read(text.replace("b,,7", "b,2022,7"), ["sex", "form", "year"], Selection("people"))
    _, *parts = cross_tables(known, "form", "sex", "year")
    assert [part.stratum for part in parts] == ["year: 2022", "year: 2023"]


def test_who_lacks_a_value_is_inside_percentages_or_beside_them_and_never_gone():
    frame = frame_of([("a", "x", 30), ("b", "x", 10), (" ", "x", 20), ("b", "y", 20)])
    table = cross_tables(frame, "group", "kind", None)[0]
    own = printed(count_table(table, Layout(percents=("column",))))
    assert own["a"][:2] == ["30", "50%"] and own["not recorded"][:2] == ["20", "33%"]
    apart = printed(count_table(table, Layout("apart", ("column",))))
    assert apart["a"][:2] == ["30", "75%"] and apart["not recorded"][:2] == ["20", MISSING_NUMBER]
    assert apart["total with a value"][:2] == ["40", "100%"] and apart["total"][:2] == ["60", MISSING_NUMBER]


def test_words_that_mean_nothing_was_recorded_are_missing():
    wanted = Selection("people", missing=frozenset({"unknown"}))
    frame = frame_of([("a", "x", 3), ("unknown", "x", 4)], wanted)
    assert variable(frame, "group").values == ("a",)
    assert cross_tables(frame, "group", None, None)[0].counts[:, 0].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (percent(1, 8, 1), "12.5%"),
        (percent(1, 8), "13%"),
        (percent(3, 8), "38%"),
        (percent(1, 200), "1%"),
        (percent(1, 201), "0%"),
        (percent(2, 3, 2), "66.67%"),
        (percent(5, 9, least=10), MISSING_NUMBER),
        (percent(0, 0), MISSING_NUMBER),
        (percent(5, 10, least=10), "50%"),
        (change(8, 9), "+13%"),
        (change(8, 7), MINUS + "13%"),
        (change(8, 8), "0%"),
        (change(0, 5), MISSING_NUMBER),
        (change(4, 10_000), "+249,900%"),
        (points((1, 2), (1, 4), 1), MINUS + "25.0"),
        (decimal(float("inf")), "no limit"),
        (decimal(float("nan")), MISSING_NUMBER),
        (decimal(-0.001), "0.00"),
        (decimal(-1234.5, 1), MINUS + "1,234.5"),
        (p_value(0.00009), "< 0.0001"),
        (p_value(0.0001), "0.0001"),
        (p_value(0.5), "0.5000"),
    ],
)
def test_a_number_is_printed_by_one_rule(said, wanted):
    assert said.text == wanted


def test_a_number_for_a_sheet_is_the_one_that_is_printed():
    assert (percent(1, 8, 1).value, percent(2, 3).value) == (0.125, 0.67)
    assert (points((1, 2), (1, 4), 1).value, change(8, 7).value) == (-25.0, -0.13)
    assert (decimal(1.005, 1).value, p_value(0.12344).value) == (1.0, 0.1234)
    assert percent(0, 0).value is None and p_value(0.0).value is None


def test_nine_stands_before_ten_and_sizes_may_lead():
    assert sorted(["10-17", "9-9", "b", "A"], key=natural_order) == ["9-9", "10-17", "A", "b"]
    frame = frame_of([("a", "x", 1), ("b", "x", 9)], Selection("people", order="size"))
    assert variable(frame, "group").values == ("b", "a")
    rows = [("b", "x", 1), ("c", "x", 2), ("a", "x", 9), ("c", "x", 1)]
    assert variable(frame_of(rows, Selection("people", order="file")), "group").values == tuple("bca")


def test_a_group_to_compare_that_is_nowhere_is_refused_with_its_column():
    table = cross_tables(frame_of([("a", "x", 3), ("b", "y", 2)]), "group", "kind", None)[0]
    with pytest.raises(Unreadable, match="column kind: 1 of the two groups to compare"):
        compare(table, ("x", "moon"))


def test_who_still_waits_is_a_number_for_sheets_and_a_percentage_to_read():
    frame = read("d,c\n1,1\n5,1\n9,0\n", ["d", "c"], Selection())
    found = read_times(frame, TimeColumns(time="d", came="c"), None, "days")
    share, limits = waiting_table(found, [2]).rows[0][1:]
    assert (share.text, share.value, limits.text) == ("66.7%", 0.667, "5.4% to 94.5%")
    assert waiting_table(found, [10]).rows[0][1].text == MISSING_NUMBER


def test_two_groups_are_compared_among_those_with_both_values():
    rows = [("a", "x", 12), ("b", "x", 3), ("a", "y", 4), ("b", "y", 11), (" ", "y", 90)]
    table = cross_tables(frame_of(rows), "group", "kind", None)[0]
    first, second = compare(table, ("x", "y"))
    assert (first.first, first.second) == ((12, 15), (4, 15))
    assert first.difference == pytest.approx(8 / 15) == -second.difference
    assert first.fisher.odds == pytest.approx(1 / second.fisher.odds)
    assert first.fisher.p == pytest.approx(second.fisher.p)
    turned = compare(table, ("y", "x"))[0]
    assert turned.limits.low == pytest.approx(-first.limits.high)
    assert "30 people with both values" in significance_table(table, 1).notes[0]


def test_two_groups_are_printed_in_the_order_asked_with_what_differs():
    rows = [("a", "x", 12), ("b", "x", 3), ("a", "y", 4), ("b", "y", 11)]
    table = cross_tables(frame_of(rows), "group", "kind", None)[0]
    sheet = comparison_table(table, ("y", "x"), Layout(least=10))
    assert sheet.name == "group: y and x, everybody"
    assert sheet.groups == (("y", 2), ("x", 2), ("y against x", 6))
    assert [cell_text(cell) for cell in sheet.rows[0]] == [
        "a",
        "4",
        "27%",
        "12",
        "80%",
        f"{MINUS}53.3",
        f"{MINUS}73.7 to {MINUS}17.6",
        "0.10",
        "0.01 to 0.63",
        "0.0092",
        "0.0184",
    ]
    few = [cell_text(cell) for cell in comparison_table(table, ("y", "x"), Layout(least=16)).rows[0]]
    assert few[1:7] == ["4", MISSING_NUMBER, "12", MISSING_NUMBER, MISSING_NUMBER, MISSING_NUMBER]
    frame = frame_of([*rows, (" ", "z", 5)])
    empty = comparison_table(cross_tables(frame, "group", "kind", None)[0], ("x", "z"), Layout(least=10))
    assert empty.rows == () and "nothing to compare" in empty.notes[0]


def test_intervals_of_single_shares_are_printed_where_the_base_is_large_enough():
    found = nrm("sex", intervals=True)
    assert found["male"] == ["12,903", "76%", "75.2 to 76.5%", "75.2 to 76.5%"]
    assert found["not recorded"][2] == "0.0 to 0.1%" and found["total"][2:] == ["", ""]
    few = printed(count_table(cross_tables(frame_of([("a", "x", 7)]), "group", None, None)[0], Layout(intervals=True)))
    assert few["a"] == ["7", MISSING_NUMBER, MISSING_NUMBER, MISSING_NUMBER]


def test_a_test_is_printed_with_what_it_stands_on():
    table = cross_tables(
        frame_of([("a", "x", 12), ("b", "x", 3), ("a", "y", 4), ("b", "y", 11)]), "group", "kind", None
    )[0]
    rows = [[cell_text(cell) for cell in row] for row in significance_table(table, 1).rows]
    assert rows[0] == ["Pearson chi-square", "8.57", "1", "0.0034", "Cramer's V 0.53"]
    assert rows[1][3:] == ["0.0092", "odds ratio 9.95 (95% 1.59 to 87.27), conditional"]


def test_a_table_with_few_expected_says_which_test_to_take():
    table = cross_tables(frame_of([("a", "x", 3), ("b", "y", 2)]), "group", "kind", None)[0]
    assert any("take the exact test" in note for note in significance_table(table, 1).notes)
    one = cross_tables(frame_of([("a", "x", 3), ("b", "x", 2)]), "group", "kind", None)[0]
    assert significance_table(one, 1) is None


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("sex", ["1", "2"], "Men who were identified are not all men"),
        ("who", ["Men", "women"], "Men who were identified are not all men"),
        ("form", ["a"], "By form: people of one group"),
    ],
)
def test_whom_a_table_covers_is_said_of_men_and_of_any_group(name, values, sentence):
    said = coverage.notes([(name, values)], ["SA_SERVICE"])
    assert said[0].startswith("These are people who were identified, not all")
    assert said[1].startswith(sentence)
    assert "those who refused help" in said[2]


def test_every_way_to_reach_people_says_whom_it_sees_and_misses():
    assert len(coverage.avenues()) == 16
    assert all(avenue.sees and avenue.misses for avenue in coverage.avenues().values())


@pytest.mark.parametrize(
    ("text", "columns", "wanted", "said"),
    [
        ("a,n\nx,-1\n", ["a"], Selection("n"), "row 2, column n: not a whole number of people from 0"),
        ("a,n\nx,1.5\n", ["a"], Selection("n"), "row 2, column n"),
        ("a\nx\n", ["b"], Selection(), "column b: it is needed and is not there"),
        ("a\n", ["a"], Selection(), "there is no row"),
        ("a,n\nx,0\n", ["a"], Selection("n"), "nobody is counted"),
        ("a\nx\n", ["a"], Selection(rows=(("a", "y"),)), "column a: no row has the value"),
        ("a,b\nx,1\ny,2\n", ["a"], Selection(rows=(("a", "x"), ("b", "2"))), "all the values"),
    ],
)
def test_a_file_that_cannot_be_counted_says_what_and_where(text, columns, wanted, said):
    with pytest.raises(Unreadable, match=said):
        read(text, columns, wanted)


def test_a_column_of_names_is_refused_and_no_name_is_repeated():
    text = "who\n" + "".join(f"Person{at}\n" for at in range(61))
    with pytest.raises(Unreadable, match="column who: 61 different values") as refused:
        variable(read(text, ["who"], Selection()), "who")
    assert "Person" not in str(refused.value)


def test_a_column_that_says_nothing_or_is_crossed_with_itself_is_refused():
    frame = frame_of([(" ", "x", 3)])
    with pytest.raises(Unreadable, match="no row says anything"):
        variable(frame, "group")
    with pytest.raises(Unreadable, match="crossed with itself"):
        cross_tables(frame, "kind", "kind", None)


DATES = TimeColumns(start="met", end="found", entry="seen")


def dated(*rows):
    text = "case,met,found,seen\n" + "".join(f"c,{','.join(row)}\n" for row in rows)
    return read(text, DATES.names(), Selection())


def test_days_between_dates_count_until_the_last_day():
    until = TimeColumns(start="met", end="found", until=np.datetime64("2025-02-01").item())
    frame = dated(
        ("2025-01-01", "2025-01-11", ""), ("2025-01-01", "", ""), ("", "", ""), ("2025-01-31", "2025-03-01", "")
    )
    found = read_times(frame, until, None, "days")
    spans = found.groups[0].spans
    assert sorted(zip(spans.time, spans.came.tolist(), strict=True)) == [(1, False), (10, True), (31, False)]
    assert found.lacking == 1
    assert "1 people have no usable time and are in no curve." in median_table(found).notes


def test_a_case_met_later_waits_from_then_and_that_is_said():
    frame = dated(("2025-01-01", "2025-01-11", "2025-01-05"), ("2025-01-01", "2025-01-09", ""))
    found = read_times(frame, DATES, None, "days")
    assert sorted(found.groups[0].spans.entry.tolist()) == [-np.inf, 4]
    assert any("came under watch later" in note for note in median_table(found).notes)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("2025-01-09", "2025-01-01", ""), "row 2: it ends before it begins"),
        (("2025-01-01", "", ""), "row 2: the event had not come; say until which day"),
        (("02/13/2025", "2025-01-01", ""), "row 2, column met: a date that is not written as"),
        (("2025-01-01", "2025-01-05", "2025-01-05"), "row 2: it came under watch when it was over"),
        (("", "", ""), "no row has a time"),
    ],
)
def test_times_that_cannot_be_say_what_and_where(row, said):
    with pytest.raises(Unreadable, match=said):
        read_times(dated(row, ("", "", "")), DATES, None, "days")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("-1,1", "row 2, column weeks: a time that is not a number from 0"),
        ("nan,1", "row 2, column weeks: a time"),
        ("4,maybe", "row 2, column relapse: whether the event came"),
        ("4,0", "the event came to nobody"),
    ],
)
def test_numbers_that_cannot_be_say_what_and_where(row, said):
    columns = TimeColumns(time="weeks", came="relapse")
    with pytest.raises(Unreadable, match=said):
        read_times(read(f"weeks,relapse\n{row}\n", columns.names(), Selection()), columns, None, "weeks")
