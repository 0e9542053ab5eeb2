"""Consents that expire or changed lately, for jobs and for the day of both sides; plain columns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from suar.accounts.acting import Anonymous
from suar.accounts.roles import Viewer
from suar.consent import queries as consents
from suar.core.acts import act
from suar.core.refusals import Refused
from suar.referrals import rules
from suar.referrals.codes import Actor, Because, State, Verb
from suar.referrals.history import NewAct, add_act, state_of
from suar.referrals.models import Act, PacketWrap, Referral
from suar.referrals.rules import EXPIRY_WARNING

LATELY = timedelta(days=7)
BY_OTHERS = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER, Actor.CLOCK)
SHOWN_TO_RECEIVER = (
    Verb.RECALL,
    Verb.DECLINE_BY_PERSON,
    Verb.SHARE_LESS,
    Verb.RENEW,
    Verb.CONSENT_ENDS,
    Verb.LAPSE,
)


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """A change of a consent and when; `verb` is None for one that is about to end, `at` its end."""

    referral: UUID
    record: UUID
    sender: UUID
    receiver: UUID | None
    verb: Verb | None
    at: datetime


@act("referral_lapse", needs=None)
def lapse(referral: Referral, *, by: Anonymous) -> State:
    """Close what a consent opened when its last day is over.

    A referral that was accepted goes on without it; any other goes back to its sender. Needs no
    keys. Raises Refused when there is still time, or it is closed already.
    Source: docs/decisions/consent.md.
    """
    if not expired(at=by.at).filter(id=referral.id).exists():
        raise Refused(Because.NOT_LAPSED)
    verb = Verb.CONSENT_ENDS if rules.continues_without_consent(state_of(referral)) else Verb.LAPSE
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(referral.record)
    return add_act(referral, NewAct(verb, None, by.at), actor=Actor.CLOCK)


def expired(*, at: datetime) -> QuerySet[Referral]:
    """Return referrals whose last day is over and that are not yet closed or given back.

    One that goes on has nothing to close once its keys are destroyed.
    """
    keys = PacketWrap.objects.filter(referral=OuterRef("id"))
    going_on = [state for state in rules.open_states() if rules.continues_without_consent(state)]
    rows = Referral.objects.filter(state__in=rules.open_states(), packet__expires_at__lte=at)
    return rows.filter(~Q(state__in=going_on) | Exists(keys))


def expiring(*, at: datetime) -> QuerySet[Referral]:
    """Return open referrals whose last day is near."""
    near = {"packet__expires_at__gt": at, "packet__expires_at__lte": at + EXPIRY_WARNING}
    return Referral.objects.filter(state__in=rules.open_states(), **near)


def changes_for_receiver(viewer: Viewer, *, at: datetime) -> list[ConsentChange]:
    """Return what expires soon at the viewer's organisation, and what others changed there lately."""
    ours = Q(receiving_organisation=viewer.organisation)
    changed = [*_acts_of_others(ours, SHOWN_TO_RECEIVER, at=at), *_withdrawn(ours, at=at)]
    return [*_near(ours, at=at), *sorted(changed, key=lambda change: change.at, reverse=True)]


def changes_for_sender(viewer: Viewer, *, at: datetime) -> list[ConsentChange]:
    """Return the consents of a worker's referrals that expire soon, or expired while help goes on."""
    mine = Q(author=viewer.worker)
    over = mine & Q(state__in=rules.open_states(), packet__expires_at__lte=at)
    return [*_near(mine, at=at), *_acts_of_others(over, (Verb.CONSENT_ENDS,), at=at)]


def _near(whose: Q, *, at: datetime) -> list[ConsentChange]:
    rows = expiring(at=at).filter(whose).select_related("packet").order_by("packet__expires_at")
    return [_change(row, None, row.packet.expires_at) for row in rows]


def _acts_of_others(whose: Q, verbs: Collection[Verb], *, at: datetime) -> list[ConsentChange]:
    """Return what others did to these referrals lately, newest first."""
    rows = Act.objects.filter(
        referral__in=Referral.objects.filter(whose), verb__in=verbs, actor__in=BY_OTHERS, at__gte=at - LATELY
    )
    return [_change(row.referral, Verb(row.verb), row.at) for row in rows.select_related("referral").order_by("-id")]


def _withdrawn(whose: Q, *, at: datetime) -> list[ConsentChange]:
    """Return whose consent was withdrawn lately, also after the end of help."""
    moments = consents.withdrawn_since(at - LATELY)
    rows = Referral.objects.filter(whose, consent__in=moments).order_by("-made_at")
    return [_change(row, Verb.WITHDRAW, moments[row.consent]) for row in rows]


def _change(row: Referral, verb: Verb | None, at: datetime) -> ConsentChange:
    return ConsentChange(row.id, row.record, row.sending_organisation, row.receiving_organisation, verb, at)
