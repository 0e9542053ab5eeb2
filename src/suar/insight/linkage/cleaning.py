"""Bringing what two houses wrote of one person nearer to each other, before it is cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

NOT_A_LETTER = re.compile(r"[^\w]+|_")
NOT_A_DIGIT = re.compile(r"\D+")
YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$")


def as_name(words: str) -> str:
    """Take marks off letters, lower them, and leave single spaces between words."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return NOT_A_LETTER.sub(" ", letters).strip()


def as_number(words: str) -> str:
    """Leave the digits, in the form that all scripts share."""
    return NOT_A_DIGIT.sub("", unicodedata.normalize("NFKC", words))


def as_date(words: str) -> str:
    """Write a date as eight digits: year, month, day; what is no such date keeps its digits.

    A day before a month, where the year stands last: as Indonesia and most of the world write.
    """
    said = unicodedata.normalize("NFKC", words).strip()
    if found := YEAR_LAST.match(said):
        day, month, year = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    if found := YEAR_FIRST.match(said):
        year, month, day = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    return as_number(said)


def as_it_is(words: str) -> str:
    """Change nothing."""
    return words


CLEANED: dict[str, Callable[[str], str]] = {
    "name": as_name, "number": as_number, "date": as_date, "as_it_is": as_it_is,
}  # fmt: skip
