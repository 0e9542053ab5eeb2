"""Ending a second talk and excluding somebody lock the person before the talk, so neither waits for the other."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from suar.consent.exclusions import new_exclusions
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import keyring
from suar.referrals import sending
from suar.screening import actions
from suar.screening.models import Talk
from tests.at_once import LONG_S, SOON_S, beside
from tests.people import acting_as
from tests.screening.conversing import KEPT, STRONG_END, Conversation, left_at
from tests.screening.test_talk_again import again

pytestmark = pytest.mark.db_contract


def run_while_locked(record: UUID, *acts: Callable[[], object]) -> list[str]:
    """Run each act in a thread while this one locks a record, then unlock it; return the errors of the database."""
    failed: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except DatabaseError as error:
            failed.append(f"{error}")

    with transaction.atomic():
        keyring.lock_record(record)
        threads = []
        for act in acts:
            threads.append(beside(partial(run, act)))
            time.sleep(SOON_S)
    for thread in threads:
        thread.join(LONG_S)
    return failed


def test_a_second_talk_ends_while_the_person_excludes_somebody(gathered_where_rows_lock: Cast) -> None:
    ben, esi = gathered_where_rows_lock.ben, gathered_where_rows_lock.esi
    person = left_at(Conversation.begun_by(ben).walk().end(**STRONG_END, **KEPT))
    second = again(ben, person).walk()

    def exclude() -> None:
        opened = keyring.open_record(person, keys=ben.keys)
        sending.record_exclusions(opened, new_exclusions((), [esi.id], ""), by=acting_as(ben))

    assert run_while_locked(person, exclude, lambda: left_at(second.end(**STRONG_END, **KEPT))) == []
    assert Talk.objects.get(record=second.record).ended_at is not None
    assert keyring.open_record(person, keys=ben.keys).facts.restricted


def test_a_talk_ends_while_abandoned_talks_are_destroyed(gathered_where_rows_lock: Cast) -> None:
    talk = Conversation.begun_by(gathered_where_rows_lock.ben).walk()
    Talk.objects.update(saved_at=clock.now() - timedelta(days=8))
    left: list[UUID] = []

    def end() -> None:
        left.append(left_at(talk.end(**STRONG_END, **KEPT)))

    assert run_while_locked(talk.record, end, lambda: actions.destroy_abandoned(at=clock.now())) == []
    assert Talk.objects.get().left == left[0]
