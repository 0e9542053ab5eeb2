"""Lists by sheets, and finding a person by a name written nearly right."""

from datetime import timedelta
from uuid import uuid4

import pytest

from suar.core.refusals import NotYours
from suar.records import actions, keyring, queries, search
from suar.records.models import IndexKey
from suar.records.terms import Compartment, Kind
from tests.people import write
from tests.records.conftest import AT, begun, listed, viewer

pytestmark = pytest.mark.db_contract

IDENTITY = Compartment.IDENTITY


def listed_names(player) -> set[str]:
    rows = list(queries.visible(viewer(player), Kind.PERSON, Kind.CASE))
    entries = queries.index_entries([row.id for row in rows], keys=player.keys)
    return {row.name for row in queries.with_entries(rows, entries)}


def named(house, by, name: str, **more):
    made = begun(house, by, **more)
    actions.set_index_entry(made, {"name": name}, keys=by.keys, at=AT)
    return made


@pytest.mark.django_db
def test_a_team_lists_its_records_and_own_cases_teams_their_own(cast):
    named(cast.pelita, cast.chioma, "Amina")
    named(cast.village, cast.ben, "Sari")
    named(cast.village, cast.lia, "Tuti")
    assert listed_names(cast.jaya) == {"Amina"}
    assert listed_names(cast.ben) == {"Sari"}
    assert listed_names(cast.esi) == {"Sari", "Tuti"}
    assert listed_names(cast.farid) == set()


@pytest.mark.django_db
def test_an_index_entry_is_replaced_for_everybody(cast):
    made = named(cast.pelita, cast.chioma, "Amina")
    actions.set_index_entry(made, {"name": "Amina B."}, keys=cast.jaya.keys, at=AT)
    assert listed_names(cast.chioma) == {"Amina B."}
    assert IndexKey.objects.get().team_wide
    assert queries.index_key(uuid4(), keys=cast.chioma.keys) is None


@pytest.mark.django_db
def test_an_index_entry_with_two_keys_is_listed_once(cast):
    made = named(cast.pelita, cast.chioma, "Amina")
    actions.assign_to(made, worker=cast.jaya.id, excluded=(), keys=cast.chioma.keys, at=AT)
    assert IndexKey.objects.count() == 2
    assert listed_names(cast.jaya) == {"Amina"}
    assert cast.jaya.keys.listed == 1


@pytest.mark.django_db
def test_the_entries_of_a_list_open_with_one_query(cast, django_assert_num_queries):
    made = [named(cast.pelita, cast.chioma, f"Person {number}").id for number in range(12)]
    keys = cast.chioma.keys
    keys.list_keys()
    for most in (5, 12):
        with django_assert_num_queries(1):
            assert len(queries.index_entries(made[:most], keys=keys)) == most


@pytest.mark.django_db
def test_due_records_are_sorted_and_a_closed_one_has_only_its_after_care(cast):
    today = AT.date()
    for name, days in (("late", -2), ("today", 0), ("later", 3)):
        made = named(cast.pelita, cast.chioma, name)
        actions.set_due(made.id, due=today + timedelta(days=days))
    for name, due in (("closed", None), ("after care", today)):
        made = named(cast.pelita, cast.chioma, name)
        actions.close(made.id)
        actions.set_due(made.id, due=due)
    rows = queries.due_by(viewer(cast.jaya), today)
    found = listed(rows, cast.jaya)
    assert found[0].name == "late"
    assert {item.name for item in found[1:]} == {"today", "after care"}


@pytest.mark.django_db
def test_a_search_opens_all_index_entries_of_people_and_cases(cast):
    made = named(cast.pelita, cast.chioma, "Amina")
    named(cast.pelita, cast.chioma, "a talk", kind=Kind.TALK)
    found = list(queries.iter_index_entries(viewer(cast.jaya), keys=cast.jaya.keys))
    assert found == [(made.id, {"name": "Amina"})]
    assert cast.jaya.keys.listed == 1
    cast.jaya.keys.listed = 0


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("Siti Nurhaliza", "siti"),
        ("siti nurhalisa", "siti"),
        ("sit nurhaliza", "siti"),
        ("isti nurhaliza", "siti"),
        ("nurhaliza", "siti"),
        ("Soekarno", "karno"),
        ("sukarnoo", "karno"),
        ("Tjokro", "cokro"),
        ("José", "jose"),
        ("", None),
        ("  ", None),
        ("zzzzzz", None),
    ],
)
def test_a_misspelt_name_is_found(typed: str, finds: str | None):
    names = {
        "siti": ["Siti Nurhaliza"],
        "karno": ["Sukarno", ""],
        "cokro": ["Cokro"],
        "jose": ["Jose"],
        "none": [],
    }
    found = search.nearest(typed, names.items())
    assert (found[0] if found else None) == finds


def test_matches_are_sorted_and_limited():
    names = {number: ["Siti"] for number in range(50)} | {"exact": ["Siti Aminah"]}
    found = search.nearest("siti aminah", names.items(), most=3)
    assert found[0] == "exact"
    assert len(found) == 3


def test_a_person_without_names_matches_nothing():
    assert search.nearest("siti", [(1, []), (2, [""]), (3, ["..."])]) == []


@pytest.mark.django_db
def test_a_report_is_not_listed_or_searchable_as_a_person(cast):
    report = named(cast.pelita, cast.chioma, "A sister", kind=Kind.REPORT)
    write(report, IDENTITY, "reporter", {"name": "A sister"}, by=cast.chioma.id, at=AT)
    assert listed_names(cast.chioma) == set()
    sheets = dict(queries.iter_index_entries(viewer(cast.chioma), keys=cast.chioma.keys))
    assert str(report.id) not in sheets
    again = keyring.open_record(report.id, keys=cast.chioma.keys)
    assert again.read(IDENTITY, "reporter") == {"name": "A sister"}
    with pytest.raises(NotYours):
        keyring.open_record(report.id, keys=cast.farid.keys)
