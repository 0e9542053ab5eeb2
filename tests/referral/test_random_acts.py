"""Whatever is done in whatever order: an owner, no open share too many, no field not consented.

Random sequences run through the real actions; what a rule refuses changes nothing.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from suar.consent import queries as given_queries
from suar.consent.terms import Field
from suar.kernel import clock
from suar.kernel.refusals import NotYours, Refused
from suar.kernel.urgency import Urgency
from suar.referral import (
    answering,
    by_link,
    following,
    history,
    hours,
    narrowing,
    rules,
    sending,
)
from suar.referral.models import PacketWrap, Referral
from suar.referral.terms import Actor, Owner, State, Verb
from suar.vault import keyring
from tests.people import CLINIC, agreed, person_of, sent, viewer

PARTS = {
    Owner.SENDER: (Actor.SENDER, Actor.PERSON_THROUGH_WORKER),
    Owner.RECEIVER: (Actor.RECEIVER, Actor.LINK_HOLDER),
    Owner.PERSON: (Actor.PERSON_THROUGH_WORKER,),
}
DOERS = ("receiver", "sender", "withdraw", "less", "clock", "again")
STEP = st.tuples(
    st.sampled_from(DOERS), st.sampled_from(sorted(Verb)), st.booleans(),
    st.sampled_from([0, 0, 1, 1, 2, 30, 60]),
)  # fmt: skip


@dataclass
class Play:
    """One person's referrals, to Pelita and by link, and the days that went by."""

    cast: object
    record: object
    made: list
    consents: list
    days: int = 0
    seen: Counter = field(default_factory=Counter)

    def act(self, doer: str, verb: str, by_link_too: bool, days: int) -> None:
        """Let time pass, then try an act; a refusal is an answer too."""
        self.days += days
        at = clock.now() + timedelta(days=self.days)
        with suppress(Refused, NotYours), transaction.atomic():
            getattr(self, f"_{doer}")(Verb(verb), int(by_link_too), at)
            self.seen[doer] += 1

    def _receiver(self, verb: Verb, number: int, at) -> None:
        said = {"reason": next(iter(rules.reasons(verb)), ""), "expected_on": at.date()}
        made, chioma = self.made[number], self.cast.chioma
        if number:
            by_link.answer_by_link(made.token, verb, at=at, code=made.code, **said)
        else:
            answering.answer(made.referral, verb, viewer=viewer(chioma), keys=chioma.keys, at=at,
                             **said)  # fmt: skip

    def _sender(self, verb: Verb, number: int, at) -> None:
        reason = next(iter(rules.reasons(verb)), "")
        following.follow(self.opened(), self.made[number].referral, verb,
                         viewer=viewer(self.cast.ben), at=at, reason=reason)  # fmt: skip

    def _withdraw(self, verb: Verb, number: int, at) -> None:
        if verb < Verb.END_EARLY:  # rarer than the rest, or little else would happen
            following.withdraw_consent(self.opened(), self.consents[number],
                                       by=self.cast.ben.id, at=at)  # fmt: skip

    def _less(self, verb: Verb, number: int, at) -> None:
        fields = frozenset({Field.CALLED_NAME} if verb < Verb.END_EARLY else {Field.NEEDS})
        given = given_queries.one(self.opened(), self.consents[number])
        new = narrowing.tell_less(
            self.opened(), self.consents[number], fields=fields,
            ends_on=given.facts.ends_on, keys=self.cast.ben.keys, at=at,
        )  # fmt: skip
        if new is not None:
            self.made[number] = new

    def _clock(self, verb: Verb, number: int, at) -> None:
        following.lapse(self.made[number].referral, at=at)

    def _again(self, verb: Verb, number: int, at) -> None:
        new = sent(self.opened(), self.consents[number], self.cast.ben, by_link=bool(number),
                   service=CLINIC if number else sending_service())  # fmt: skip
        if new.token:
            self.made[number] = new

    def opened(self):
        """Open the record anew, as each request does."""
        return keyring.open_record(self.record, keys=self.cast.ben.keys)

    def check(self) -> None:
        """Say what must hold at every moment."""
        at = clock.now() + timedelta(days=self.days)
        record = self.opened()
        for made, consent in zip(self.made, self.consents, strict=True):
            row = Referral.objects.get(id=made.referral)
            acts = history.acts_of(row)
            state = rules.status(acts)
            assert row.state == state, "the projection is the derived state"
            self._due(record, row, acts)
            self._owned(state)
            self._shared(made, row, state, given_queries.one(record, consent).facts, at)

    def _due(self, record, row, acts) -> None:
        kept = sending.thread_of(record, row.id)[sending.HOURS]
        found = rules.clocks(Urgency(row.urgency), row.made_at, acts, hours.read(kept))
        assert row.due_at == rules.next_due(found)

    def _owned(self, state: State) -> None:
        if state in rules.ended_states():
            assert rules.owner(state) is Owner.NONE
            return
        movers = PARTS[rules.owner(state)]
        assert any(rules.next_acts(state, each) for each in movers), f"nobody can move {state}"

    def _shared(self, made, row, state, facts, at) -> None:
        open_wraps = PacketWrap.objects.filter(referral=row.id).exists()
        if facts.withdrawals or state in rules.closed_states():
            assert not open_wraps, f"a share is open in {state}"
        preview, told = self._served(made, row, at)
        served = {Field(name) for name in {**preview, **(told or {})}}
        assert served <= rules.served_fields(state, facts, at=at)
        if facts.withdrawals:
            assert served == set()
        self.seen["told"] += told is not None

    def _served(self, made, row, at):
        if row.receiving_organisation is None:
            return by_link.preview_by_link(made.token, at=at).preview, None
        chioma = self.cast.chioma
        seen = answering.receive(row.id, viewer=viewer(chioma), keys=chioma.keys, at=at)
        return seen.preview, seen.told


def sending_service():
    """Give the service of the referral to Pelita."""
    from tests.people import LEGAL_AID

    return LEGAL_AID


SEEN: Counter = Counter()


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=6, max_size=18))
def test_no_order_of_acts_breaks_what_must_hold(cast, steps):
    undone = transaction.atomic()
    with undone:
        record = person_of(cast.ben, cast)
        consents = [agreed(record, cast.ben), agreed(record, cast.ben, service=CLINIC)]
        made = [sent(record, consents[0], cast.ben),
                sent(record, consents[1], cast.ben, by_link=True, service=CLINIC)]  # fmt: skip
        play = Play(cast, record.id, made, consents)
        for step in steps:
            play.act(*step)
            play.check()
        SEEN.update(play.seen)
        transaction.set_rollback(True)


def test_the_random_acts_did_reach_every_doer():
    """The positive control of the one above: without it, all may have been refused."""
    if not SEEN:
        pytest.skip("runs after the random acts, in the same session")
    assert set(SEEN) == {*DOERS, "told"}


def test_a_share_left_open_would_be_found(cast):
    """The positive control of the check: a wrap that comes back after a withdrawal."""
    record = person_of(cast.ben, cast)
    consent = agreed(record, cast.ben)
    play = Play(cast, record.id, [sent(record, consent, cast.ben)], [consent])
    wraps = list(PacketWrap.objects.all())
    play.check()
    following.withdraw_consent(play.opened(), consent, by=cast.ben.id, at=clock.now())
    play.check()
    PacketWrap.objects.bulk_create(wraps)
    with pytest.raises(AssertionError, match="a share is open"):
        play.check()
