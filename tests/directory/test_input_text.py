"""Rules for telephone numbers and texts of every input."""

import pytest

from suar.directory.rules import input_text

NUMBERS = {
    "112": "112",
    "+62 000 0000 0101": "+6200000000101",
    "(0231) 000.000-01": "023100000001",
    " 0231 000 111 ext. 5 ": "0231000111",
    "0231 000 111, pesawat 12": "0231000111",
    "0231000111 x5": "0231000111",
}
NO_NUMBERS = [
    "",
    "12",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "Jl. Melati 4",
    "ask the guard",
    "112 ask for Ani",
    "112 ext",
    "112\n113",
    "tel:112",
    "0" * 41,
    "ext 1234",
    "---",
    "١١٢",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_telephone_with_extension_is_valid_and_dialled_without_it(number: str) -> None:
    assert input_text.is_telephone(number)
    assert input_text.digits_to_dial(number) == NUMBERS[number]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_invalid_telephone_numbers(text: str) -> None:
    assert not input_text.is_telephone(text)


def test_star_and_hash_are_dialled() -> None:
    assert input_text.digits_to_dial("*123#") == "*123#"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Plain words - and a dash", ""),
        ("+62 000 0000", ""),
        ("", ""),
        ("Two\nlines\tof words", ""),
        ("=1+1", "formula"),
        ("@SUM(1)", "formula"),
        ("-1+cmd", "formula"),
        ("\uff1d1", "formula"),
        ("a\x00b", "control_sign"),
        ("a\u202eb", "control_sign"),
    ],
)
def test_formulas_and_control_characters_are_detected(text: str, why: str) -> None:
    assert input_text.text_problem(text) == why
