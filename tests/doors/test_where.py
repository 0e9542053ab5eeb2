"""Where a service is, said in whole sentences or by the name of a place alone."""

from uuid import UUID

import pytest
from django.utils import translation

from suar.directory.rules import fit
from suar.directory.terms import PersonFacts, ServiceFacts
from suar.doors.labels import place_words, why


@pytest.mark.parametrize("language", ["en", "id", "km", "ar"])
@pytest.mark.parametrize("place", ["ABROAD", "SEA"])
def test_a_name_that_says_where_people_are_stands_alone(place, language):
    service = ServiceFacts(id=UUID(int=1), areas=frozenset({place}), confirmed_days_ago=1)
    with translation.override(language):
        told = [each.words for each in why(fit(PersonFacts(place=place), service), language)]
        both = why(fit(PersonFacts(), ServiceFacts(id=UUID(int=1), areas={place, "31"})), language)
    assert told == [place_words(place, language)]
    assert len([each for each in both if place_words(place, language) in each.words]) == 1
    assert place_words(place, language) in [each.words for each in both]
