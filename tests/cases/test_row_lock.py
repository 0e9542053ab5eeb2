"""Two connections at once: acts on one case wait for each other, and none for ever."""

import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError, transaction
from django.urls import reverse

from suar.cases import actions, closing, duplicates, labels
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion, list_exclusions
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.models import Record
from suar.referrals import sending
from tests.at_once import LONG_S, SOON_S, beside
from tests.cases.test_at_one_moment import ask as ask_closing
from tests.cases.test_at_one_moment import keep_plan, reached, reopen
from tests.people import acting_as, client_of, person_of, typed_steps

pytestmark = pytest.mark.db_contract


def ask(record, player):
    ask_closing(record, by=acting_as(player))


def agree(record, player):
    closing.agree(record, by=acting_as(player))


def leave_open(record, player):
    closing.leave_open(record, by=acting_as(player))


def note(record, player):
    actions.add_note(record, "he came", by=acting_as(player))


def call_karta(record, player):
    actions.name_person(record, "Karta", by=acting_as(player))


ACTS = [ask, agree, leave_open, keep_plan, reached, note, call_karta]


@pytest.fixture
def merged(gathered_where_rows_lock: Cast) -> tuple[UUID, UUID]:
    """Return two records of one person, of which the one that goes on comes last in the order of locks."""
    cast = gathered_where_rows_lock
    goes, stays = sorted(person_of(cast.ben, cast).id for _ in range(2))
    pair = duplicates.open_pair(keyring.open_record(stays, keys=cast.ben.keys), goes, keys=cast.ben.keys)
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(cast.ben))
    return stays, goes


def exclude(record: UUID, words: str, player: Player) -> None:
    added = [NewExclusion(ExclusionKind.WORDS, words=words)]
    sending.record_exclusions(keyring.open_record(record, keys=player.keys), added, by=acting_as(player))


def test_exclusions_on_both_merged_records_at_once_do_not_deadlock(merged, gathered):
    with transaction.atomic():
        for record in merged:
            keyring.lock_record(record)
        pairs = zip(merged, ("her uncle", "her cousin"), (gathered.ben, gathered.esi), strict=True)
        waiting = [beside(lambda it=it: exclude(*it)) for it in pairs]
        time.sleep(SOON_S)
    for thread in waiting:
        thread.join(LONG_S)
    for record in merged:
        listed = list_exclusions(keyring.open_record(record, keys=gathered.ben.keys))
        assert {entry.words for entry in listed} == {"her uncle", "her cousin"}


def test_an_exclusion_and_the_undo_of_a_merge_at_once_do_not_deadlock(merged, gathered):
    stays, goes = merged

    def undo() -> None:
        record = keyring.open_record(stays, keys=gathered.ben.keys)
        duplicates.undo_merge(duplicates.open_pair(record, goes, keys=gathered.ben.keys), by=acting_as(gathered.ben))

    with transaction.atomic():
        keyring.lock_record(stays)
        waiting = [beside(lambda: exclude(stays, "her uncle", gathered.esi))]
        time.sleep(SOON_S)
        waiting.append(beside(undo))
        time.sleep(SOON_S)
    for thread in waiting:
        thread.join(LONG_S)
    stayed = keyring.open_record(stays, keys=gathered.ben.keys)
    assert not duplicates.merges_of(stayed), "the undo ended"
    assert [entry.words for entry in list_exclusions(stayed)] == ["her uncle"]


@pytest.fixture
def closing_case(gathered_where_rows_lock: Cast) -> UUID:
    """Return a case that Chioma wishes to close; Kartika leads the team."""
    gathered = gathered_where_rows_lock
    player = gathered.chioma
    made = actions.open_case(team=gathered.pelita.team.id, by=acting_as(player))
    ask(reopen(player, made.id), player)
    return made.id


@pytest.mark.parametrize("act", ACTS)
def test_an_action_waits_for_the_row_lock(closing_case, gathered, act):
    """The holder of the record can write what the other is about to write, and both end."""
    said: list[str] = []
    ended = threading.Event()
    with clock.shifted(timedelta(days=7)):
        late = reopen(gathered.kartika, closing_case)

        def other() -> None:
            try:
                act(late, gathered.kartika)
            except (Conflict, Refused, OperationalError) as error:
                said.append(type(error).__name__)
            ended.set()

        with transaction.atomic():
            keyring.lock_record(closing_case)
            waits = beside(other)
            assert not ended.wait(SOON_S), "it waits for whoever holds the record"
            leave_open(reopen(gathered.chioma, closing_case), gathered.chioma)
            keep_plan(reopen(gathered.chioma, closing_case), gathered.chioma)
        waits.join(LONG_S)
    assert ended.is_set()
    assert "OperationalError" not in said


def test_a_concurrent_plan_and_follow_up_are_both_due(closing_case, gathered):
    leave_open(reopen(gathered.chioma, closing_case), gathered.chioma)
    with clock.shifted(timedelta(days=7)):
        late = reopen(gathered.kartika, closing_case)
        with transaction.atomic():
            keyring.lock_record(closing_case)
            waits = beside(lambda: reached(late, gathered.kartika))
            waits.join(SOON_S)
            keep_plan(reopen(gathered.chioma, closing_case), gathered.chioma)
        waits.join(LONG_S)
        assert Record.objects.get(id=closing_case).next_due == clock.today() + timedelta(days=2)


@pytest.mark.parametrize(
    ("page", "part", "typed"),
    [
        ("plan_part", ["goal"], {"goal": "to be paid now", **typed_steps({"what": "call"}), "version": 0}),
        ("follow_up", [], {"code": "FU_1W", "result": "FUR_UNSAFE", "reason": "her sister is ill"}),
    ],
)
def test_typed_text_stays_if_the_case_is_closed_meanwhile(closing_case, gathered, page, part, typed):
    """The page was opened, and the colleague agreed to close before the act had its turn."""
    answers = []
    with clock.shifted(timedelta(days=7)):
        day = str(clock.today() + timedelta(days=9))
        sent = typed | ({"again_on": day} if page == "follow_up" else {"review_on": day})
        jaya = client_of(gathered.jaya)
        with transaction.atomic():
            keyring.lock_record(closing_case)
            waits = beside(lambda: answers.append(jaya.post(reverse(page, args=[closing_case, *part]), sent)))
            waits.join(SOON_S)
            agree(reopen(gathered.kartika, closing_case), gathered.kartika)
        waits.join(LONG_S)
    [answer] = answers
    words = answer.content.decode()
    assert answer.status_code == 409
    assert (typed.get("goal") or typed["reason"]) in words
    assert words.count(labels.refusal("closed_meanwhile")) == 1
    assert Record.objects.get(id=closing_case).next_due is None
