"""Files are read or refused, with what and where, and never with what stood there."""

import pytest

from suar_research.files import Unreadable
from suar_research.mse.tables import read_lists

GOOD = "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n1,0,1,5\n0,1,1,4\n"


def problems(text, by=None):
    with pytest.raises(Unreadable) as refused:
        read_lists(text, by)
    return "\n".join(refused.value.problems)


def test_patterns_become_a_table():
    table = read_lists(GOOD)["all"]
    assert table.lists == ("A", "B", "C")
    assert table.seen == 105
    assert table.on(0b001) == 51


def test_rows_of_person_and_list_give_the_same_table_in_any_order():
    rows = ["p1,A", "p2,A", "p2,B", "p3,B", "p3,C", "p4,C", "p4,A", "p2,A"]
    one = read_lists("person,list\n" + "\n".join(rows))["all"]
    other = read_lists("\ufefflist,person\n" + "\n".join(",".join(r.split(",")[::-1]) for r in rows[::-1]))
    assert one.seen == 4
    assert (one.counts == other["all"].counts).all()
    assert one.counts[0b011] == 1


def test_a_column_divides_the_people():
    text = "sex,A,B,C,count\nf,1,1,0,3\nf,0,1,1,2\nm,1,1,0,1\nm,1,0,1,5\n"
    found = read_lists(text, by="sex")
    assert list(found) == ["f", "m"]
    assert [item.seen for item in found.values()] == [5, 6]
    people = "person,list,sex\n1,A,f\n1,B,f\n2,B,m\n2,C,m\n2,A,m\n1,C,f\n"
    assert {name: each.seen for name, each in read_lists(people, by="sex").items()} == {"f": 1, "m": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: a line with the names"),
        ("A,B,C\n1,0,0\n", "row 1: neither `count`"),
        ("A,B,C,Count\n1,0,0,4\n", "`person` and `list`; they are there, but in other capitals"),
        ("Person,List\n1,A\n", "they are there, but in other capitals"),
        ("A,A,C,count\n", "column A: the name stands twice"),
        ("A,,C,D,count\n", "column 2: it has no name"),
        ("A,B,count\n1,1,3\n", "row 1: 2 lists; at least 3"),
        (",".join("ABCDEFGHIJK") + ",count\n", "11 lists; at most 10"),
        (GOOD + "1,1,1\n", "row 8: 3 cells under 4"),
        (GOOD + "1,1,2,3\n", "row 8, column C: neither 0 nor 1"),
        (GOOD + "1,1,1,-3\n", "row 8, column count: not a whole number"),
        (GOOD + "1,1,1,2.5\n", "row 8, column count: not a whole number"),
        (GOOD + "1,1,1,\n", "row 8, column count: not a whole number"),
        (GOOD + "0,0,0,9\n", "row 8: on no list"),
        (GOOD + "1,1,0,9\n", "row 8: the same lists as in row 5"),
        ("A,B,C,count\n1,0,0,0\n", "the table holds nobody"),
        ("person,list,count\n1,A,3\n", "row 1: `person` and `list` beside `count`"),
        ('A,B,C,count\n1,0,0,4\n"1,1,0,9\n', "row 3: its cells cannot be told apart; is a quote"),
        ("A,B,C,count\n1,1,0,4\n", "column C: nobody is on this list"),
        ("A,B,C,count\n1,1,0,4\n0,0,1,7\n", "column C: nobody on this list is on another"),
        ("person,list\n1,A\n,B\n", "row 3, column person: it is empty"),
        ("person,list\n1,A\n2,B\n", "2 lists; at least 3"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    assert said in problems(text)


def test_a_column_that_was_asked_for_must_be_there_and_be_one_for_a_person():
    assert "column age: it is needed" in problems(GOOD, by="age")
    assert "column count: it cannot part the file" in problems(GOOD, by="count")
    text = "person,list,sex\n1,A,f\n1,B,m\n2,C,f\n"
    assert problems(text, by="sex") == "row 3, column sex: not as for the same person in row 2"


def test_many_problems_are_counted_and_no_cell_is_repeated():
    told = problems("person,list,A,B,C\n" + "Amina Example,,,,\n" * 30)
    assert "Amina" not in told
    with pytest.raises(Unreadable, match="and 20 more"):
        read_lists("person,list,A,B,C\n" + "Amina Example,,,,\n" * 30)
