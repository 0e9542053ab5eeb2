"""Merged records are closed as one: exclusions, hand-overs and undo reach both, and no colleague merges them away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts.models import Notice
from suar.cases import actions as cases
from suar.cases import calendars, corrections, duplicates, handover
from suar.cases.documents import Handover
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.documents import SafeContact, Tasks
from suar.consent.exclusions import NewExclusion
from suar.consent.facts import read_facts
from suar.core import clock
from suar.core.refusals import Refused
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import Grant, Record
from suar.records.terms import HolderKind, Status
from suar.referrals import sending
from suar.referrals.models import Referral
from tests import cast as at_work
from tests.people import acting_as, agreed, client_of, person_of, sent

world, cast = at_work.world, at_work.cast


def opened(player: Player, record: UUID) -> OpenRecord:
    return keyring.open_record(record, keys=player.keys)


def finds(player: Player, record: UUID) -> bool:
    """Return True if a worker opens a record, by its page or its keys, or finds its name."""
    page = client_of(player).get(reverse("person", args=[record])).status_code == 200
    return page or bool(lists.index_entries([record], keys=player.keys))


def merge(player: Player, stays: UUID, goes: UUID) -> None:
    pair = duplicates.open_pair(opened(player, stays), goes, keys=player.keys)
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(player))


def assign_to_lia(cast: Cast, record: UUID) -> None:
    mine = opened(cast.ben, record)
    records.assign_to(mine, worker=cast.lia.id, excluded=[], keys=cast.ben.keys, at=clock.now())


@pytest.fixture
def twice(cast: Cast) -> tuple[UUID, UUID]:
    """Amina's record that goes on, and the one merged into it."""
    stays, goes = person_of(cast.ben, cast), person_of(cast.ben, cast, name="Aminah Rekaan")
    merge(cast.ben, stays.id, goes.id)
    return stays.id, goes.id


def in_team(cast: Cast) -> tuple[UUID, UUID]:
    """Open two cases of one team; Chioma is their worker."""
    made = [cases.open_case(team=cast.pelita.team.id, by=acting_as(cast.chioma)).id for _ in range(2)]
    return made[0], made[1]


# Exclusions


@pytest.mark.parametrize("told", ["the record that goes on", "the merged record"])
def test_who_is_excluded_after_a_merge_is_excluded_from_both(cast: Cast, twice: tuple[UUID, UUID], told: str) -> None:
    assert all(finds(cast.esi, record) for record in twice), "the control"
    record = twice[0] if told == "the record that goes on" else twice[1]
    added = [NewExclusion(ExclusionKind.WORKER, cast.esi.id), NewExclusion(ExclusionKind.WORDS, words="her uncle")]
    sending.record_exclusions(opened(cast.ben, record), added, by=acting_as(cast.ben))
    assert [finds(cast.esi, other) for other in twice] == [False, False]
    for other in twice:
        listed = exclusions.list_exclusions(opened(cast.ben, other))
        assert {entry.ref or entry.words for entry in listed} == {cast.esi.id, "her uncle"}


def test_an_exclusion_reaches_what_was_merged_before_another_merge(cast: Cast, twice: tuple[UUID, UUID]) -> None:
    third = person_of(cast.ben, cast)
    merge(cast.ben, third.id, twice[0])
    added = [NewExclusion(ExclusionKind.WORKER, cast.esi.id)]
    sending.record_exclusions(opened(cast.ben, third.id), added, by=acting_as(cast.ben))
    assert not any(finds(cast.esi, record) for record in (*twice, third.id))


def test_an_exclusion_takes_a_merged_record_that_does_not_open(cast: Cast, twice: tuple[UUID, UUID]) -> None:
    stays, goes = twice
    records.restrict(opened(cast.ben, goes), excluded=[], keys=cast.ben.keys, at=clock.now())
    assign_to_lia(cast, stays)
    assert (finds(cast.esi, goes), finds(cast.lia, goes)) == (True, False), "the control"
    added = [NewExclusion(ExclusionKind.WORKER, cast.esi.id)]
    sending.record_exclusions(opened(cast.lia, stays), added, by=acting_as(cast.lia))
    assert (finds(cast.esi, goes), finds(cast.ben, goes)) == (False, True)


@pytest.mark.parametrize("taken_back", [0, 1], ids=["of the record that goes on", "of the merged record"])
def test_an_exclusion_that_is_taken_back_is_taken_back_for_both(
    cast: Cast, twice: tuple[UUID, UUID], taken_back: int
) -> None:
    """She asks for her uncle again; the copy of the entry does not stop help from the record that she cannot see."""
    words = ("her uncle", "her cousin")
    added = [NewExclusion(ExclusionKind.WORDS, words=one) for one in words]
    sending.record_exclusions(opened(cast.ben, twice[0]), added, by=acting_as(cast.ben))
    record = opened(cast.ben, twice[taken_back])
    line = next(entry for entry in exclusions.list_exclusions(record) if entry.words == "her uncle")
    exclusions.remove_exclusion(record, line.id, by=acting_as(cast.ben), reason="they made peace")
    for other in twice:
        active = [entry.words for entry in exclusions.list_exclusions(opened(cast.ben, other)) if entry.active]
        assert active == ["her cousin"]


def test_an_exclusion_that_is_taken_back_stays_on_a_record_that_is_shut(cast: Cast, twice: tuple[UUID, UUID]) -> None:
    stays, goes = twice
    added = [NewExclusion(ExclusionKind.WORKER, cast.esi.id)]
    sending.record_exclusions(opened(cast.ben, stays), added, by=acting_as(cast.ben))
    assign_to_lia(cast, stays)
    Grant.objects.filter(record=goes, key__in=[key.id for key in cast.lia.keys.list_keys()]).delete()
    record = opened(cast.lia, stays)
    [line] = exclusions.list_exclusions(record)
    exclusions.remove_exclusion(record, line.id, by=acting_as(cast.lia), reason="a mistake")
    assert not any(finds(cast.esi, one) for one in twice), "nobody gets back what they lost"
    [left] = exclusions.list_exclusions(opened(cast.ben, goes))
    assert left.active


# Hand-overs


def hand_to_lia(cast: Cast, record: UUID, **said: Any) -> None:
    handed = Handover(worker=cast.lia.id, agreed=True, by=cast.ben.id, at=clock.now(), **said)
    handover.hand_over(opened(cast.ben, record), handed, by=acting_as(cast.ben))


def test_a_hand_over_takes_the_merged_record_and_its_referrals_too(cast: Cast) -> None:
    stays, goes = person_of(cast.ben, cast), person_of(cast.ben, cast, name="Aminah Rekaan")
    referral = sent(goes, agreed(goes, cast.ben), cast.ben).referral
    merge(cast.ben, stays.id, goes.id)
    hand_to_lia(cast, stays.id)
    for record in (stays.id, goes.id):
        assert (finds(cast.lia, record), finds(cast.ben, record)) == (True, False)
        assert Record.objects.get(id=record).assignee == cast.lia.id
    assert Referral.objects.get(id=referral).author == cast.lia.id


def test_a_hand_over_takes_the_former_workers_own_grant_of_the_merged_record(cast: Cast) -> None:
    stays, goes = person_of(cast.ben, cast), person_of(cast.ben, cast)
    assign_to_lia(cast, goes.id)
    merge(cast.esi, stays.id, goes.id)
    assert finds(cast.ben, goes.id), "the control"
    hand_to_lia(cast, stays.id)
    assert not finds(cast.ben, goes.id)


def test_a_cover_takes_both_records_and_gives_both_back(cast: Cast, twice: tuple[UUID, UUID]) -> None:
    hand_to_lia(cast, twice[0], until=clock.today() + timedelta(days=2))
    assert all(finds(player, record) for player in (cast.lia, cast.ben) for record in twice)
    with clock.shifted(timedelta(days=4)):
        assert handover.end_covers(at=clock.now()) == 2
        assert not any(finds(cast.lia, record) for record in twice)
    assert set(Record.objects.filter(id__in=twice).values_list("assignee", flat=True)) == {cast.ben.id}


def test_nothing_is_handed_over_while_a_merged_record_does_not_open(cast: Cast, twice: tuple[UUID, UUID]) -> None:
    stays, goes = twice
    own = [key.id for key in cast.ben.keys.list_keys()]
    Grant.objects.filter(record=goes, key__in=own, holder=HolderKind.WORKER).delete()
    with pytest.raises(Refused) as refusal:
        hand_to_lia(cast, stays)
    assert refusal.value.because == "merged_not_open"
    assert Record.objects.get(id=stays).assignee == cast.ben.id
    records.destroy(goes, by=None, at=clock.now(), because="retention")
    hand_to_lia(cast, stays)


# Merging


def test_no_colleague_closes_a_case_through_a_merge(cast: Cast) -> None:
    stays, goes = in_team(cast)
    own = cases.open_case(team=cast.pelita.team.id, by=acting_as(cast.jaya)).id
    for first, second in ((stays, goes), (own, goes), (goes, own)):
        with pytest.raises(Refused) as refusal:
            merge(cast.jaya, first, second)
        assert refusal.value.because == "merge_not_responsible"
        page = client_of(cast.jaya).get(reverse("compare_records", args=[first, second])).content.decode()
        assert "Merge both records" not in page
        assert "a lead of their teams" in page
    assert set(Record.objects.values_list("status", flat=True)) == {Status.OPEN}


def test_no_colleague_opens_a_case_again_by_taking_records_apart(cast: Cast) -> None:
    stays, goes = in_team(cast)
    merge(cast.chioma, stays, goes)
    pair = duplicates.open_pair(opened(cast.jaya, stays), goes, keys=cast.jaya.keys)
    with pytest.raises(Refused) as refusal:
        duplicates.undo_merge(pair, by=acting_as(cast.jaya))
    assert refusal.value.because == "merge_not_responsible"
    assert Record.objects.get(id=goes).status == Status.CLOSED


def test_a_lead_merges_and_both_workers_know(cast: Cast) -> None:
    _, goes = in_team(cast)
    own = cases.open_case(team=cast.pelita.team.id, by=acting_as(cast.jaya)).id
    Notice.objects.all().delete()
    merge(cast.kartika, own, goes)
    assert set(Notice.objects.values_list("worker", flat=True)) == {cast.chioma.id, cast.jaya.id}


def test_nobody_who_is_excluded_gets_a_notice_of_a_merge(cast: Cast) -> None:
    stays, goes = person_of(cast.ben, cast), person_of(cast.ben, cast)
    added = [NewExclusion(ExclusionKind.WORKER, cast.esi.id)]
    sending.record_exclusions(opened(cast.ben, stays.id), added, by=acting_as(cast.ben))
    Notice.objects.all().delete()
    merge(cast.ben, stays.id, goes.id)
    assert not Notice.objects.filter(worker=cast.esi.id).exists()


def test_what_was_due_of_the_closed_case_is_due_in_the_other(cast: Cast) -> None:
    stays, goes = in_team(cast)
    due = calendars.read_calendar(opened(cast.chioma, goes))[0]
    kept = due[1:]
    calendars.store_calendar(opened(cast.chioma, stays), kept, [], by=acting_as(cast.chioma))
    merge(cast.chioma, stays, goes)
    [task] = (opened(cast.chioma, stays).get(Tasks) or Tasks()).open
    assert task.due == due[0].due_on
    assert lists.due_on(stays) == due[0].due_on
    undos = corrections.list_undos(opened(cast.chioma, stays), worker=cast.chioma.id)
    assert undos == [], "a merge is undone as a whole"
    pair = duplicates.open_pair(opened(cast.chioma, stays), goes, keys=cast.chioma.keys)
    duplicates.undo_merge(pair, by=acting_as(cast.chioma))
    assert (opened(cast.chioma, stays).get(Tasks) or Tasks()).open == []
    assert lists.due_on(goes) == due[0].due_on


# Undo


@pytest.mark.parametrize("before", [False, True], ids=["by the merge", "just before it"])
def test_a_rule_of_both_records_is_not_undone_while_they_are_one(cast: Cast, before: bool) -> None:
    stays, goes = person_of(cast.ben, cast), person_of(cast.ben, cast)
    goes.put(SafeContact(no_calls=True), by=cast.ben.id, at=clock.now())
    if before:
        seen = {"no_calls": read_facts(stays)["no_calls"]}
        cases.change_details(opened(cast.ben, stays.id), {"no_calls": True}, seen=seen, by=acting_as(cast.ben))
    merge(cast.ben, stays.id, goes.id)
    with pytest.raises(Refused):
        corrections.undo(opened(cast.ben, stays.id), corrections.FACTS, "", by=acting_as(cast.ben))
    assert read_facts(opened(cast.ben, stays.id))["no_calls"]
    pair = duplicates.open_pair(opened(cast.ben, stays.id), goes.id, keys=cast.ben.keys)
    duplicates.undo_merge(pair, by=acting_as(cast.ben))
    assert read_facts(opened(cast.ben, stays.id))["no_calls"] is before
