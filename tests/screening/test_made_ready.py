"""What a talk leaves is sealed before its turn to write begins, and looked at again in the turn."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suar.accounts.keys import add_public
from suar.accounts.models import Membership, PublicKey, Session
from suar.accounts.terms import KeyKind
from suar.audit.models import Entry
from suar.core import clock
from suar.core.refusals import Conflict, KeyNotTrusted
from suar.records.keyring import OpenRecord
from suar.records.models import Grant, Record
from suar.records.terms import ALL, Compartment, Kind
from suar.screening import actions, rules
from suar.screening.actions import Ready
from suar.screening.remains import Conclusion
from suar.screening.terms import Outcome, Reason
from tests.screening.conversing import STRONG_END, Conversation

AMINA = {(Compartment.IDENTITY, "person"): {"name": "Amina Rekaan"}}


def made_ready(talk: Conversation) -> tuple[OpenRecord, Ready, dict[str, Any]]:
    """Walk a talk to its end and make ready what it leaves."""
    opened = talk.walk().open()
    who = {"keys": talk.player.keys}
    ended = Conclusion(
        outcome=Outcome.PRESUMED_VICTIM, reason=Reason("RS_SAME"), wished=frozenset(ALL), kept=AMINA, never=()
    )
    return opened, actions.prepared(opened, ended, at=clock.now(), **who), who


def holders(record: Any) -> list[str]:
    """Say to whom a record was given."""
    return sorted(Grant.objects.filter(record=record).values_list("holder", flat=True))


def test_making_ready_only_reads_so_that_nobody_waits_for_it(talk: Conversation) -> None:
    opened, _, who = made_ready(talk)
    before = Record.objects.count(), Grant.objects.count(), Entry.objects.count()
    ended = Conclusion(outcome=Outcome.PRESUMED_VICTIM, reason=Reason("RS_SAME"), wished=frozenset(ALL), kept=AMINA)
    with CaptureQueriesContext(connection) as asked:
        actions.prepared(opened, ended, at=clock.now(), **who)
    assert asked.captured_queries
    assert all(each["sql"].startswith("SELECT") for each in asked.captured_queries)
    assert (Record.objects.count(), Grant.objects.count(), Entry.objects.count()) == before


def test_what_was_made_ready_is_what_is_kept(talk: Conversation) -> None:
    opened, ready, who = made_ready(talk)
    left = actions.conclude(opened, ready, at=clock.now(), **who)
    assert left == ready.left.id
    assert talk.open(left).read(Compartment.IDENTITY, "person") == {"name": "Amina Rekaan"}
    assert holders(left).count("worker") == 2


def test_who_holds_it_is_asked_again_in_the_turn(talk: Conversation) -> None:
    opened, ready, who = made_ready(talk)
    lead = Membership.objects.get(team=opened.facts.team, leads=True, until=None)
    Membership.objects.filter(id=lead.id).update(leads=False)
    left = actions.conclude(opened, ready, at=clock.now(), **who)
    assert left != ready.left.id
    assert holders(left).count("worker") == 1
    assert talk.open(left).read(Compartment.IDENTITY, "person") == {"name": "Amina Rekaan"}
    assert not Record.objects.filter(id=ready.left.id).exists()
    assert Record.objects.filter(kind=Kind.PERSON).count() == 1


def test_a_key_that_came_meanwhile_is_not_passed_over(talk: Conversation) -> None:
    opened, ready, who = made_ready(talk)
    house, at = opened.facts.organisation, clock.now()
    old = PublicKey.objects.get(kind=KeyKind.STATISTICS, owner=house, retired_at=None)
    # The newest carries no signature, so that it is refused where it is seen.
    add_public(KeyKind.STATISTICS, house, bytes(old.public), at=at)
    with pytest.raises(KeyNotTrusted):
        actions.conclude(opened, ready, at=at, **who)
    assert not Record.objects.filter(kind=Kind.PERSON).exists()


def test_answers_that_changed_meanwhile_are_not_passed_over(talk: Conversation) -> None:
    opened, ready, who = made_ready(talk)
    answers = rules.read_draft(talk.open().read(Compartment.CODED, actions.ANSWERS))
    actions.save(talk.open(), answers, by=talk.player.worker.id, at=clock.now())
    with pytest.raises(Conflict):
        actions.conclude(opened, ready, at=clock.now(), **who)
    assert not Record.objects.filter(kind=Kind.PERSON).exists()
    assert not Grant.objects.filter(record=ready.left.id).exists()


def test_first_answers_that_came_meanwhile_are_not_passed_over(talk: Conversation) -> None:
    opened, before, who = made_ready(talk)
    answers, at = before.talk.answers, clock.now()
    opened.erase(Compartment.CODED, actions.ANSWERS)
    ready = actions.prepared(opened, before.ended, at=at, answers=answers, **who)
    actions.save(talk.open(), answers, by=talk.player.worker.id, at=at)
    with pytest.raises(Conflict):
        actions.conclude(opened, ready, at=at, **who)
    assert not Record.objects.filter(kind=Kind.PERSON).exists()


def test_ending_a_talk_notes_the_session_as_seen_in_the_same_act(talk: Conversation) -> None:
    talk.walk()
    with clock.shifted(timedelta(minutes=3)), CaptureQueriesContext(connection) as asked:
        answer = talk.end(**STRONG_END, keep="on", name="Amina Rekaan", never="no")
        now = clock.now()
    assert answer.status_code == 302
    said = [each["sql"] for each in asked.captured_queries]
    [noted] = [place for place, sql in enumerate(said) if sql.startswith('UPDATE "accounts_sess')]
    assert any(sql.startswith('INSERT INTO "vault_record"') for sql in said[noted:])
    [seen] = Session.objects.filter(worker=talk.player.worker).values_list("seen_at", flat=True)
    assert now - seen < timedelta(minutes=1)
