"""How long an edition is good for, and what changed."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from suar.website.print import rules

DAY = date(2026, 11, 26)
LISTS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("12"), st.just("Night house")),
    unique_by=lambda row: row[0],
)


def test_an_edition_is_good_for_half_a_year():
    assert rules.use_until(DAY) == date(2027, 5, 25)


def test_without_an_edition_before_it_is_the_first_and_names_nothing():
    assert rules.compare(None, [("a", "1", "A")]) == {"first": True, "new": [], "changed": [], "gone": []}


@given(LISTS, LISTS)
def test_new_changed_and_gone_make_the_one_list_of_the_other(before, now):
    told = rules.compare(before, now)
    old, new = ({ident: digest for ident, digest, _name in rows} for rows in (before, now))
    assert len(told["new"]) == len(new.keys() - old.keys())
    assert len(told["gone"]) == len(old.keys() - new.keys())
    assert len(told["changed"]) == sum(old[item] != new[item] for item in old.keys() & new.keys())


@given(LISTS)
def test_an_edition_has_not_changed_from_itself(now):
    assert not any(rules.compare(now, list(reversed(now))).values())
