"""Similarity of names and overlap of places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.directory.rules.input_text import is_example_number
from suar.directory.rules.similarity import are_names_similar, places_overlap

SAME = [
    ("Rumah Aman Rekaan", "Rumah Aman Rekaan"),
    ("Rumah Aman Rekaan", "rumah aman REKAAN"),
    ("Yayasan Rumah Aman", "Rumah Aman"),
    ("The Rekaan Foundation", "Rekaan"),
    ("Legal aid", "Legal aid Cirebon"),
    ("Legal advice for crews", "Legal advise of crews"),
    ("Crews' legal advice", "Legal advice for crews"),
]
OTHER = [
    ("Rumah Aman", "Rumah Singgah"),
    ("Shelter", "Shelter for men"),
    ("Legal aid centre", "Health aid centre"),
    ("Bed A", "Bed B"),
    ("", "Rumah Aman"),
    ("...", "..."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_similar_names_match(one: str, other: str) -> None:
    assert are_names_similar(one, other)
    assert are_names_similar(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_different_names_do_not_match(one: str, other: str) -> None:
    assert not are_names_similar(one, other)
    assert not are_names_similar(other, one)


@given(st.text(max_size=40), st.text(max_size=40))
def test_name_similarity_is_symmetric(one: str, other: str) -> None:
    assert are_names_similar(one, other) == are_names_similar(other, one)


@pytest.mark.parametrize(
    ("mine", "theirs", "shared"),
    [
        ({"32.74"}, {"32.74"}, True),
        ({"32.74"}, {"32.09"}, False),
        ({"32.74"}, {"32"}, True),
        ({"32.74"}, {"31", "33"}, False),
        ({"32.74"}, {"NATIONAL"}, True),
        ({"ABROAD"}, {"32.74"}, False),
        (set(), {"32.74"}, True),
    ],
)
def test_places_overlap_by_district_province_or_country(mine: set[str], theirs: set[str], shared: bool) -> None:
    assert places_overlap(mine, theirs) is shared
    assert places_overlap(theirs, mine) is shared


@pytest.mark.parametrize("number", ["+62 000 0000 0101", "000-0000-7741", "+000 1"])
def test_example_numbers_are_recognised(number: str) -> None:
    assert is_example_number(number)


@pytest.mark.parametrize("number", ["119", "000", "+62 100 0000 0101", "0100 000 000", "1500 000"])
def test_real_numbers_are_not_examples(number: str) -> None:
    assert not is_example_number(number)
