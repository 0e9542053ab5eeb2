"""Somebody who writes of another country reads which services help there."""

import pytest

from suar.directory.search import SearchQuery
from suar.website.find_help import find
from tests.directory.entries import entry, entry_id, load, provider

pytestmark = pytest.mark.django_db
WAGES = {"types": ["JUS_WAGES"]}


@pytest.fixture
def desks(db):
    """Load a wage desk that helps abroad as well, and one that does not."""
    listed = provider(entry("wide", areas=["32.12", "ABROAD"], **WAGES), entry("near", areas=["32.74"], **WAGES))
    assert load(listed).applied


def who_help_abroad(text: str, *, place: str = "") -> set[object]:
    results = find(SearchQuery(text=text, place=place), language="en")
    assert {entry.card.id for entry in results.entries} == {entry_id("wide"), entry_id("near")}
    sentence = "It helps people abroad."
    return {entry.card.id for entry in results.entries if sentence in {line.words for line in entry.main_reasons}}


@pytest.mark.parametrize("text", ["my boss in taiwan does not pay me", "no salary in hong kong", "gaji tki malaysia"])
def test_a_service_that_helps_abroad_says_so_to_who_writes_of_another_country(desks, text):
    assert who_help_abroad(text) == {entry_id("wide")}


def test_it_says_nothing_of_abroad_to_anybody_else(desks):
    assert who_help_abroad("my boss does not pay me") == set()
