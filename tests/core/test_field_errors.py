"""Errors of fields are our own plain sentences in both languages of the staff site."""

import pytest
from django import forms
from django.utils.translation import override


class EveryField(forms.Form):
    """A form with a field of each kind that a form of Suar limits."""

    number = forms.IntegerField(min_value=0, max_value=120)
    amount = forms.DecimalField(max_digits=4, decimal_places=2)
    text = forms.CharField(min_length=2, max_length=4)
    day = forms.DateField()
    hour = forms.TimeField()


TYPED = [
    {"number": "-1", "amount": "1.234", "text": "a", "day": "soon", "hour": "soon"},
    {"number": "121", "amount": "123456", "text": "abcdefg", "day": "", "hour": ""},
    {"number": "x", "amount": "x", "text": ""},
]


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("en", ("Ensure", "valid", "This field")),
        ("id", ("Pastikan", "valid", "Bidang ini", "Masukkan", "Ensure", "Enter")),
    ],
)
@pytest.mark.parametrize("typed", TYPED)
def test_no_error_of_a_field_has_the_words_of_django(language, phrases, typed):
    with override(language):
        errors = [str(text) for texts in EveryField(typed).errors.values() for text in texts]
    assert len(errors) == 5
    assert [text for text in errors if any(phrase in text for phrase in phrases)] == []


@pytest.mark.parametrize(
    ("language", "least", "most"),
    [
        ("en", "Enter a number that is 0 or more.", "Enter a number that is 120 or less."),
        ("id", "Isi angka 0 atau lebih.", "Isi angka 120 atau kurang."),
    ],
)
def test_a_number_out_of_range_is_told_its_limit(language, least, most):
    with override(language):
        assert EveryField({"number": "-1"}).errors["number"] == [least]
        assert EveryField({"number": "121"}).errors["number"] == [most]
