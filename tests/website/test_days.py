"""A day is written in the order of its language, and in digits that every phone shows."""

from datetime import date

import pytest
from django.utils import translation

from suar.core import i18n
from suar.feedback.survey import months_of


@pytest.mark.parametrize(
    ("language", "day", "quarter"),
    [
        ("en", "5 November 2026", "July to September 2026"),
        ("id", "5 November 2026", "Juli sampai September 2026"),
        ("vi", "5 tháng 11 năm 2026", "Tháng 7 đến tháng 9 năm 2026"),
        ("th", "5 พฤศจิกายน 2026", "กรกฎาคม ถึง กันยายน 2026"),
        ("zh-hans", "2026年11月5日", "七月到2026年九月"),
    ],
)
def test_days_and_quarters_use_the_format_of_the_language(language, day, quarter):
    with translation.override(language):
        assert i18n.format_day(date(2026, 11, 5)) == day
        assert months_of(2026, 3) == quarter


def test_a_language_without_a_format_uses_the_default():
    with translation.override("fr"):
        assert i18n.format_day(date(2026, 11, 5)) == "5 novembre 2026"
