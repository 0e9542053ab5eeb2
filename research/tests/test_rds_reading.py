"""Trees are read or refused, with what and where, and never with what stood there."""

import pytest

from suar_research.files import Unreadable
from suar_research.rds.samples import Columns, read_sample
from support.samples import made

PEOPLE = [
    ("s1", "", 4, "yes"),
    ("s2", "seed", 3, "no"),
    ("a", "s1", 2, "yes"),
    ("b", "s1", 5, "no"),
    ("c", "a", 9, "no"),
    ("d", "a", 2, "yes"),
    ("e", "c", 1, ""),
    ("f", "s2", 7, "no"),
    ("g", "f", 6, "yes"),
    ("h", "g", 3, "no"),
]
SAID = Columns("said")


def changed(place, **cells):
    names = ("id", "recruiter", "degree", "said")
    row = tuple(cells.get(name, cell) for name, cell in zip(names, PEOPLE[place], strict=True))
    return made([*PEOPLE[:place], row, *PEOPLE[place + 1 :]])


def problems(text, columns=SAID):
    with pytest.raises(Unreadable) as refused:
        read_sample(text, columns)
    return "\n".join(refused.value.problems)


def test_trees_become_a_sample_in_the_order_of_waves():
    sample = read_sample(made(PEOPLE), SAID)
    assert sample.values == ("no", "yes")
    assert (sample.people, len(sample.seeds), sample.not_known) == (10, 2, 1)
    assert sample.wave.tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert all(sample.recruiter[1:] < range(1, 10))
    assert sorted(sample.degree.tolist()) == sorted(row[2] for row in PEOPLE)
    assert sorted(sample.recruits.tolist()) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]


def test_a_recruiter_may_stand_below_the_recruited():
    there = read_sample(made(PEOPLE[::-1]), SAID)
    assert sorted(there.wave.tolist()) == sorted(read_sample(made(PEOPLE), SAID).wave.tolist())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: a line with the names"),
        (made(PEOPLE[:9]), "9 people; at least 10"),
        (made(PEOPLE, ("id", "recruiter", "degree", "other")), "column said: it is needed"),
        (made(PEOPLE, ("id", "by", "degree", "said")), "column recruiter: it is needed"),
        (changed(4, recruiter="nobody"), "row 6, column recruiter: nobody in the file"),
        (changed(4, recruiter="c"), "row 6, column recruiter: a person cannot recruit themselves"),
        (changed(4, id=""), "row 6, column id: a person needs a code"),
        (changed(4, id="Seed"), "row 6, column id: a person needs a code"),
        (changed(4, degree=""), "row 6, column degree: how many this person knows is missing"),
        (changed(4, degree=0), "row 6, column degree: 0; who was recruited"),
        (changed(4, degree=-3), "row 6, column degree: not a whole number from 1"),
        (changed(4, degree=2.5), "row 6, column degree: not a whole number from 1"),
        (changed(4, degree=10**7), "row 6, column degree: not a whole number from 1"),
        (made([*PEOPLE, ("c", "b", 9, "no")]), "row 12, column recruiter: another recruiter than"),
        (made([*PEOPLE, ("c", "a", 9, "no")]), "row 12, column id: the same person as in row 6"),
        (made([(row[0], "", *row[2:]) for row in PEOPLE]), "nobody was recruited; all are seeds"),
        (made([(*row[:3], "yes") for row in PEOPLE]), "column said: fewer than two different"),
        (
            made([(*row[:3], at) for at, row in enumerate(PEOPLE + [(f"x{n}", "c", 1, 0) for n in range(5)])]),
            "column said: 15 different values; at most 12",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, said):
    assert said in problems(text)


def test_two_people_without_a_code_are_not_taken_for_one():
    rows = [*PEOPLE, ("", "a", 9, "no"), ("", "b", 9, "no")]
    assert problems(made(rows)).splitlines() == [
        f"row {at}, column id: a person needs a code, and not the word of seeds" for at in (12, 13)
    ]


def test_a_degree_is_a_whole_number_up_to_a_million():
    assert read_sample(changed(4, degree=10**6), SAID).degree.max() == 10**6
    assert "row 6, column degree: not a whole" in problems(changed(4, degree=10**6 + 1))


def test_people_who_recruited_each_other_in_a_circle_are_found():
    told = problems(changed(2, recruiter="c"))
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "row 4",
        "row 6",
        "row 7",
        "row 8",
    ]
    assert "in a circle" in told


def test_more_recruits_than_coupons_are_found():
    three = made([*PEOPLE, ("i", "a", 2, "no")])
    assert problems(three, Columns("said", coupons=2)) == ("row 4: 3 people came from this one, who had 2 coupons")
    assert read_sample(three, Columns("said", coupons=3)).people == 11


HEAD = ("id", "coupon", "coupon1", "coupon_2", "degree", "said")
COUPONS = [
    ("s", "", "11", "12", 4, "yes"),
    ("a", "11", "21", "22", 2, "no"),
    ("b", "12", "31", "", 3, "no"),
    *(
        (f"p{n}", coupon, f"9{n}", "", 2, "yes" if n % 2 else "no")
        for n, coupon in enumerate(["21", "22", "31", "90", "91", "92", "93"])
    ),
]


def test_coupons_say_who_recruited_whom():
    sample = read_sample(made(COUPONS, HEAD), SAID)
    assert sample.wave.tolist() == [0, 1, 1, 2, 2, 2, 3, 3, 3, 4]


@pytest.mark.parametrize(
    ("place", "cells", "said"),
    [
        (1, {1: "77"}, "row 3, column coupon: nobody in the file was given this coupon"),
        (1, {1: "21"}, "row 3, column coupon: a person cannot come with their own coupon"),
        (2, {1: "11"}, "row 4, column coupon: somebody in an earlier row came with the same"),
        (2, {2: "12"}, "row 4, column coupon1: this coupon was given in row 2"),
        (0, {1: "94"}, "row 2: no seed leads to this person"),
    ],
)
def test_coupons_that_do_not_fit_are_found(place, cells, said):
    row = tuple(cells.get(at, cell) for at, cell in enumerate(COUPONS[place]))
    assert said in problems(made([*COUPONS[:place], row, *COUPONS[place + 1 :]], HEAD))


def test_no_cell_is_repeated():
    people = [(f"Amina {n}", "Ben Example", "Chioma", "Dan") for n in range(30)]
    told = problems(made(people))
    assert not any(name in told for name in ("Amina", "Ben", "Chioma", "Dan"))
