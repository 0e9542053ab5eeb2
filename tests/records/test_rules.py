"""Who is given the keys of a new record, without a database."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.records import rules
from suar.records.terms import ALL, Compartment, HolderKind, Kind, RecordFacts, Status

HOUSE, TEAM, BEN, ESI, PUTRI = (UUID(int=number) for number in range(1, 6))
PERSON = RecordFacts(UUID(int=9), Kind.PERSON, HOUSE, TEAM, BEN, False, Status.OPEN)
KINDS = HolderKind


def given_to(record: RecordFacts, leads: set[UUID] = frozenset({ESI})) -> dict:
    found = rules.holders(record, author=BEN, leads=leads)
    return {(item.kind, item.owner): item.compartments for item in found}


def test_a_persons_record_goes_to_the_team_and_to_the_organisations_keys():
    everything = frozenset(ALL)
    assert given_to(PERSON) == {
        (KINDS.TEAM, TEAM): everything,
        (KINDS.BREAK_GLASS, HOUSE): everything,
        (KINDS.STATISTICS, HOUSE): frozenset({Compartment.CODED}),
        (KINDS.ESCROW, HOUSE): everything,
    }


@pytest.mark.parametrize(
    ("changed", "holders"),
    [
        ({"kind": Kind.TALK}, {(KINDS.WORKER, BEN), (KINDS.WORKER, ESI)}),
        ({"kind": Kind.TALK, "restricted": True}, {(KINDS.WORKER, BEN)}),
        (
            {"kind": Kind.CODES},
            {
                (KINDS.WORKER, BEN),
                (KINDS.WORKER, ESI),
                (KINDS.STATISTICS, HOUSE),
                (KINDS.ESCROW, HOUSE),
            },
        ),
        (
            {"kind": Kind.CODES, "restricted": True},
            {(KINDS.WORKER, BEN), (KINDS.ESCROW, HOUSE)},
        ),
        (
            {"kind": Kind.REPORT},
            {(KINDS.TEAM, TEAM), (KINDS.BREAK_GLASS, HOUSE), (KINDS.ESCROW, HOUSE)},
        ),
        ({"restricted": True}, {(KINDS.WORKER, BEN), (KINDS.ESCROW, HOUSE)}),
        (
            {"team_sees_own_only": True},
            {
                (KINDS.WORKER, BEN),
                (KINDS.WORKER, ESI),
                (KINDS.BREAK_GLASS, HOUSE),
                (KINDS.STATISTICS, HOUSE),
                (KINDS.ESCROW, HOUSE),
            },
        ),
    ],
)
def test_talks_restricted_and_own_cases_records_are_granted_to_workers(changed, holders):
    assert set(given_to(replace(PERSON, **changed))) == holders


def test_records_of_unnamed_people_grant_coded_facts_only():
    held = given_to(replace(PERSON, kind=Kind.CODES)).values()
    assert set(held) == {frozenset({Compartment.CODED})}


def test_an_author_who_leads_is_named_once():
    talk = replace(PERSON, kind=Kind.TALK)
    assert set(given_to(talk, {BEN, PUTRI})) == {(KINDS.WORKER, BEN), (KINDS.WORKER, PUTRI)}


@given(st.sets(st.sampled_from(ALL)))
def test_compartments_read_back_as_they_were_written(some: set[Compartment]):
    assert rules.compartments_of(rules.mask_of(some)) == some


def test_each_set_of_compartments_has_a_mask_of_its_own():
    assert rules.mask_of(ALL) == 31
    assert rules.mask_of([Compartment.IDENTITY, Compartment.IDENTITY]) == 1
    assert rules.compartments_of(0) == frozenset()
