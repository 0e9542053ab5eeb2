"""Where a service is: named in each list, by what is told to everybody alone."""

from uuid import UUID

import pytest
from django.utils import translation

from suar.directory import labels
from suar.directory.facts import PersonFacts, ServiceFacts
from suar.directory.rules.fit import fit
from suar.directory.search import SearchQuery
from suar.website.entries import PLACES_IN_LIST, reason_lines
from suar.website.find_help import find
from tests.directory.entries import entry, load, provider
from tests.website.asking import ask


@pytest.mark.parametrize("language", ["en", "id", "km", "ar"])
@pytest.mark.parametrize("place", ["ABROAD", "SEA"])
def test_a_place_outside_the_country_has_a_sentence_of_its_own(place, language):
    service = ServiceFacts(id=UUID(int=1), areas=frozenset({place}), confirmed_days_ago=1)
    with translation.override(language):
        told = [item.words for item in reason_lines(fit(PersonFacts(place=place), service))]
        both = reason_lines(fit(PersonFacts(), ServiceFacts(id=UUID(int=1), areas={place, "31"})))
        name, [sentence] = labels.place_name(place), told
    assert sentence != name
    assert sentence[-1] in ".។"
    assert len([item for item in both if sentence in item.words]) == 1
    assert not any(name in item.words for item in both if item.words != sentence)


def test_a_list_shows_the_place_of_a_service_unless_it_is_the_chosen_place(visitor, directory):
    told = {
        place: "<p>Central Jakarta</p>" in ask(visitor, needs="wages", place=place).content.decode()
        for place in ("", "31", "31.71", "32.74")
    }
    assert told == {"": True, "31": True, "31.71": False, "32.74": True}


def test_a_list_shows_the_area_of_a_hidden_place_and_no_district(visitor, directory):
    page = ask(visitor, needs="bed").content.decode()
    assert "<p>Jakarta</p>" in page
    assert "South Jakarta" not in page.partition('class="entries"')[2].partition("<details")[0]


@pytest.mark.django_db
def test_many_places_are_named_by_the_first_of_them_and_the_whole_country_by_none():
    many = ["32.08", "32.09", "32.10", "32.12", "32.74"]
    assert load(
        provider(
            entry("many", types=["HOU_MEN"], areas=many),
            entry("all", types=["HOU_RENT"], areas=["NATIONAL"]),
        )
    ).applied
    row, *_also = find(SearchQuery(needs=("HOU_MEN",)), language="en").entries
    assert row.first_places.count(", ") == PLACES_IN_LIST - 1
    assert row.first_places.endswith("…")
    [row] = find(SearchQuery(needs=("HOU_RENT",)), language="en").entries
    assert row.first_places == ""
