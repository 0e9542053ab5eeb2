"""Which sent forms the public site takes, and which values somebody typed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.website.rules import (
    FORM_LIFETIME,
    LETTER_LIFETIME,
    form_is_fresh,
    is_own_words,
    sent_from_own_page,
)

OWN = "https://info.example"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("origin", "fetch_site", "referrer", "taken"),
    [
        (OWN, "same-origin", None, True),
        (OWN, None, None, True),
        (None, None, f"{OWN}/en/", True),
        (None, "same-origin", f"{OWN}/en/", True),
        (None, None, None, False),
        ("null", "same-origin", f"{OWN}/", False),
        ("null", None, None, False),
        ("http://info.example", "same-origin", None, False),
        ("https://info.example.evil", None, None, False),
        (OWN, "cross-site", None, False),
        (OWN, "same-site", None, False),
        (OWN, "none", None, False),
        (None, None, "https://evil.example/https://info.example", False),
    ],
)
def test_a_post_is_accepted_only_from_this_host(origin, fetch_site, referrer, taken):
    decision = sent_from_own_page(own=OWN, origin=origin, fetch_site=fetch_site, referrer=referrer)
    assert bool(decision) is taken


@given(st.text(), st.one_of(st.none(), st.text()))
def test_other_origins_are_refused(origin, referrer):
    decision = sent_from_own_page(own=OWN, origin=origin, fetch_site=None, referrer=referrer)
    assert bool(decision) is (origin == OWN)


@given(st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2)))
def test_a_form_is_valid_for_ten_minutes(age):
    alive = bool(form_is_fresh(made_at=NOW, at=NOW + age))
    assert alive is (timedelta(0) <= age <= FORM_LIFETIME)


@given(st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2)))
def test_a_form_for_a_letter_is_valid_for_an_hour(age):
    alive = bool(form_is_fresh(made_at=NOW, at=NOW + age, for_letter=True))
    assert alive is (timedelta(0) <= age <= LETTER_LIFETIME)


def test_a_refused_form_has_a_reason():
    assert form_is_fresh(made_at=NOW, at=NOW - timedelta(seconds=1)).because == "from_the_future"
    assert form_is_fresh(made_at=NOW, at=NOW + timedelta(hours=1)).because == "too_old"


@pytest.mark.parametrize(
    ("typed", "own"),
    [
        ("call after work", True),
        ("000-0000-7741", True),
        ("BUDI", True),
        ("Amina", True),
        ("31", True),
        ("", False),
        (" ", False),
        ("on", False),
        ("FU_1W", False),
        ("U4", False),
        ("7f9a14da-6890-4c1e-9d3f-0123456789ab", False),
    ],
)
def test_typed_text_is_distinguished_from_codes(typed: str, own: bool):
    assert is_own_words(typed) is own
