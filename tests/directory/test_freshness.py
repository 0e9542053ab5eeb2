"""Rules of freshness: intervals by kind and age classes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.core.refusals import NotYours
from suar.directory import catalogue, queries
from suar.directory.codes import LINE, Age
from suar.directory.models import SearchEntry
from suar.directory.rules import freshness
from suar.directory.search import SearchQuery
from tests.directory.entries import AT, entry, entry_id, load, provider

DAY = date(2026, 11, 25)
ORDER = [Age.FRESH, Age.ADVISED, Age.REQUIRED, Age.HIDDEN]
kinds = st.frozensets(st.sampled_from([LINE, *catalogue.types()]), max_size=6)
days = st.integers(0, 800)


@given(kinds, days, days)
def test_age_class_does_not_decrease(mine, sooner, later):
    clock = freshness.intervals_for(mine)
    ages = [ORDER.index(freshness.age_class(item, clock)) for item in sorted((sooner, later))]
    assert ages == sorted(ages)


@given(kinds, kinds, days)
def test_additional_kind_does_not_extend_intervals(mine, more, old):
    fewer, all_of_them = freshness.intervals_for(mine), freshness.intervals_for(mine | more)
    assert ORDER.index(freshness.age_class(old, fewer)) <= ORDER.index(freshness.age_class(old, all_of_them))


@given(kinds, st.integers(0, 800))
def test_visible_until_agrees_with_age_class(mine, old):
    visible = freshness.visible_until(DAY - timedelta(days=old), mine) >= DAY
    assert visible == (freshness.age_class(old, freshness.intervals_for(mine)) is not Age.HIDDEN)


@given(kinds)
def test_intervals_are_ordered_and_at_most_general_ones(mine):
    clock, longest = freshness.intervals_for(mine), freshness.intervals_for(frozenset())
    assert 0 < clock.advised < clock.required < clock.hidden
    assert (longest.required, longest.hidden) == (180, 365)
    assert clock.required <= 180
    assert clock.hidden <= 365


def test_unconfirmed_entry_has_own_age_and_is_visible():
    assert freshness.age_class(None, freshness.intervals_for(frozenset())) is Age.NEVER
    assert freshness.visible_until(None, frozenset()) == date.max


def test_each_interval_has_reason_and_known_kinds():
    known = {LINE, *catalogue.types(), *catalogue.groups()}
    for line in catalogue.freshness()["lines"]:
        assert set(line["because"]) == {"en", "id"}
        assert set(line["kinds"]) <= known
    assert catalogue.freshness()["lines"][-1]["kinds"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("types", "last"), [(["HOU_EMERGENCY"], 270), (["JUS_ADVICE"], 365)])
def test_old_entry_is_hidden_from_public_and_visible_to_editors(types, last):
    for name, old in (("shown", last), ("gone", last + 1)):
        assured = (DAY - timedelta(days=old)).isoformat()
        stated = entry(name, types=types, areas=["32.74"], assured_date=assured)
        assert load(provider(stated, name=f"house {name}"), at=AT).applied
    visible = [card.id for card in queries.search_services(SearchQuery()).cards]
    assert visible == [entry_id("shown")]
    assert queries.public_card(entry_id("shown")).age is Age.REQUIRED
    with pytest.raises(NotYours):
        queries.public_card(entry_id("gone"))
    assert queries.service_card(entry_id("gone")).age is Age.HIDDEN
    assert SearchEntry.objects.get(service=entry_id("gone")).shown_until == DAY - timedelta(days=1)
