"""The acts of a referral: adding one by the rules, and reading where it stands."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from suar.kernel.refusals import Refused
from suar.referral import models, packets, rules
from suar.referral.terms import Act, Actor, State, Verb


def acts_of(row: models.Referral) -> list[Act]:
    """Give what was done, oldest first, as rules see it (reasons stay sealed)."""
    return [_act(each) for each in row.acts.all()]


def state_of(row: models.Referral) -> State:
    """Say where a referral stands."""
    return rules.status(acts_of(row))


def add_act(  # noqa: PLR0913 - who, what, when, why, all named
    row: models.Referral, verb: Verb, *, actor: Actor, by: UUID | None, at: datetime,
    said: dict | None = None, thread: bytes | None = None, expected_on: date | None = None,
) -> State:  # fmt: skip
    """Add an act when the table of states allows it, and say where the referral stands then.

    Raises Refused with the rule's code. `said` is sealed under the thread's key.
    """
    before = state_of(row)
    decision = rules.may(verb, before, actor)
    if not decision:
        raise Refused(decision.because)
    sealed = packets.seal_said(thread, row.id, said) if said and thread else None
    models.Act.objects.create(
        referral=row, verb=verb, actor=actor, by=by, at=at, expected_on=expected_on, sealed=sealed
    )
    return rules.status([*acts_of(row)])


def said_in(rows: Iterable[models.Act], *, thread: bytes) -> list[tuple[models.Act, dict]]:
    """Open the reasons of acts with the thread's key."""
    return [
        (row, packets.open_said(thread, row.referral_id, bytes(row.sealed)) if row.sealed else {})
        for row in rows
    ]


def _act(row: models.Act) -> Act:
    return Act(verb=Verb(row.verb), actor=Actor(row.actor), at=row.at, expected_on=row.expected_on)
