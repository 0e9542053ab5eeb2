"""Dates as people remember them: read, ordered, in words and back."""

from datetime import date

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from suar.cases import labels
from suar.cases.forms import PartialDateField, read_partial_date
from suar.cases.rules.dates import PartialDate, time_order


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Draw a year, a month or a day, perhaps about."""
    day = draw(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    precision, about = draw(st.integers(1, 3)), draw(st.booleans())
    return PartialDate(day.year, day.month if precision > 1 else None, day.day if precision > 2 else None, about)


@given(partial_dates(), st.sampled_from(["en", "id"]))
def test_what_is_stored_and_what_is_shown_give_the_same_date_again(when: PartialDate, language: str) -> None:
    assert PartialDate.parse(str(when)) == when
    with override(language):
        assert read_partial_date(labels.partial_date(when)) == when
    assert when.earliest <= when.first <= when.last <= when.latest


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2024", "2024"),
        ("5.2024", "2024-05"),
        ("05/2024", "2024-05"),
        ("Mei 2024", "2024-05"),
        ("Juni 2024", "2024-06"),
        ("17 agustus 2024", "2024-08-17"),
        ("17/5/2024", "2024-05-17"),
        ("2024-05-17", "2024-05-17"),
        ("2024-05", "2024-05"),
        ("about May 2024", "2024-05~"),
        ("Sekitar 2024", "2024~"),
        ("2024?", "2024~"),
    ],
)
def test_a_date_is_read_as_it_is_typed(typed: str, stored: str) -> None:
    assert str(read_partial_date(typed)) == stored


@pytest.mark.parametrize("typed", ["24", "31.2.2024", "13.2024", "last year", "1.2.3.2024", "2024-00", "about", "0"])
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    field = PartialDateField(label="When")
    with pytest.raises(forms.ValidationError, match="17 May 2024"):
        field.clean(typed)
    assert field.clean(" ") is None
    assert not field.has_changed(PartialDate(2024, 5, about=True), "about May 2024")


def test_an_uncertain_date_is_before_another_only_if_no_day_of_it_could_be_later() -> None:
    year, month = PartialDate(2024), PartialDate(2025, 1)
    assert year.is_before(month)
    assert not PartialDate(2024, about=True).is_before(month)
    assert not year.is_before(PartialDate(2024, 12))
    assert PartialDate(2026).is_future(date(2025, 12, 31))
    assert not PartialDate(2026).is_future(date(2026, 1, 1))
    spans = [(None, None), (month, None), (year, None), (None, PartialDate(2023))]
    assert sorted(spans, key=lambda span: time_order(*span)) == [spans[3], spans[2], spans[1], spans[0]]
