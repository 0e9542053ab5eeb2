"""How a day is written in the language of the page, in digits from 0 to 9."""

from datetime import date
from functools import cache

from django.utils import formats
from django.utils.translation import get_language

from suar.settings.languages import known

USUAL_DAY, USUAL_MONTH = "j F Y", "F Y"


def in_words(day: date) -> str:
    """Say a day, such as 17 November 2026."""
    return formats.date_format(day, _order()[0])


def month_in_words(day: date) -> str:
    """Say the month of a day and its year."""
    return formats.date_format(day, _order()[1])


def _order() -> tuple[str, str]:
    return _orders().get(get_language() or "", (USUAL_DAY, USUAL_MONTH))


@cache
def _orders() -> dict[str, tuple[str, str]]:
    return {each.code: (each.day or USUAL_DAY, each.month or USUAL_MONTH) for each in known()}
