"""What of a person's facts a receiver may be served: never more than the consent covers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from suar.consent import rules as consent
from suar.consent.codes import Field, Purpose
from suar.consent.rules import ConsentFacts, DutyFacts
from suar.core.decisions import Decision
from suar.referrals.rules.states import share, status
from suar.referrals.terms import Act, Because, Share, State, Verb

WITHOUT_IDENTITY = frozenset({Field.NEEDS, Field.AGE_BAND, Field.SEX, Field.LANGUAGE})


def preview_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Give the fields that may be seen before an acceptance: consented, and without identity.

    Source: own design, docs/decisions/referrals.md.
    """
    return packet_fields(facts, at=at) & WITHOUT_IDENTITY


def packet_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Give exactly the fields the consent covers now; none when it is withdrawn or ended.

    Source: own design, docs/decisions/consent.md; bar B22.
    """
    return consent.covered_fields(facts, at=at)


def served_fields(state: State, facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Give the fields that may be served to the receiver in this state.

    Source: own design, docs/decisions/referrals.md.
    """
    if share(state) is Share.NONE:
        return frozenset()
    if share(state) is Share.PREVIEW:
        return preview_fields(facts, at=at)
    return packet_fields(facts, at=at)


def share_of(acts: Sequence[Act]) -> Share:
    """Say how much is shared after these acts; a withdrawal or recall closes whatever follows.

    Source: docs/decisions/referrals.md, gap 2.
    """
    if any(act.verb in (Verb.WITHDRAW, Verb.RECALL) for act in acts):
        return Share.NONE
    return share(status(acts))


def may_leave(
    facts: ConsentFacts | None,
    *,
    recipient: UUID,
    purpose: Purpose,
    fields: frozenset[Field],
    at: datetime,
    duty: DutyFacts | None = None,
) -> Decision:
    """Say whether a referral may leave the sender: covered by a consent, or by the duty rule.

    Source: referral code lists, rules 1 and 2.
    """
    if duty is not None:
        return consent.duty_covers(duty, recipient=recipient, fields=fields, at=at)
    if facts is None:
        return Decision.no(Because.NO_CONSENT)
    return consent.covers(facts, recipient=recipient, purpose=purpose, fields=fields, at=at)
