"""Bringing what two houses wrote of one person nearer to each other, before it is cut."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

NOT_A_DIGIT = re.compile(r"\D+")
YEAR_DIGITS, DATE_DIGITS = 4, 8
YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$")


def as_name(words: str) -> str:
    """Take marks off letters, lower them, and leave single spaces between words.

    Vowels that Khmer, Hindi and others write as signs stay: they are no marks but half the name.
    """
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = (each for each in plain if not unicodedata.combining(each))
    return " ".join("".join(each if _is_of_a_name(each) else " " for each in letters).split())


def _is_of_a_name(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def as_number(words: str) -> str:
    """Leave the digits, in the form that all scripts share."""
    return NOT_A_DIGIT.sub("", _with_shared_digits(words))


def as_date(words: str) -> str:
    """Write a date as eight digits: year, month, day; what is no such date keeps its digits.

    A day before a month, where the year stands last: as Indonesia and most of the world write.
    """
    said = _with_shared_digits(words).strip()
    if found := YEAR_LAST.match(said):
        day, month, year = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    if found := YEAR_FIRST.match(said):
        year, month, day = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    return as_number(said)


def is_no_date(words: str) -> bool:
    """Tell whether digits stand there that are no day of the calendar; without any it is empty."""
    digits = as_date(words)
    if len(digits) != DATE_DIGITS:
        return bool(digits)
    try:
        date.fromisoformat(digits)
    except ValueError:
        return True
    return False


def _with_shared_digits(words: str) -> str:
    """Write the digits of Khmer, Arabic and every other script as 0 to 9."""
    plain = unicodedata.normalize("NFKC", words)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain)


def as_year(words: str) -> str:
    """Give the year of a date, or a year that stands alone; nothing where none can be told."""
    digits = as_date(words)
    return digits[:YEAR_DIGITS] if len(digits) in (YEAR_DIGITS, DATE_DIGITS) else ""


def as_it_is(words: str) -> str:
    """Change nothing."""
    return words


CLEANED: dict[str, Callable[[str], str]] = {
    "name": as_name,
    "number": as_number,
    "date": as_date,
    "year": as_year,
    "as_it_is": as_it_is,
}
