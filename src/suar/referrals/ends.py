"""Which yeses run out or changed lately, for jobs and for the day of both ends; plain columns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from suar.accounts.terms import Viewer
from suar.consent import queries as consents
from suar.referrals import rules
from suar.referrals.models import Act, PacketWrap, Referral
from suar.referrals.rules.ends import WARNING
from suar.referrals.terms import Actor, Verb

LATELY = timedelta(days=7)
BY_OTHERS = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER, Actor.CLOCK)
TOLD_TO_RECEIVER = (
    Verb.RECALL,
    Verb.DECLINE_BY_PERSON,
    Verb.TELL_LESS,
    Verb.RENEW,
    Verb.YES_ENDS,
    Verb.LAPSE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a yes and when; `verb` is None for one that is still to end, `at` its end."""

    referral: UUID
    record: UUID
    sender: UUID
    receiver: UUID | None
    verb: Verb | None
    at: datetime


def run_out(*, at: datetime) -> QuerySet[Referral]:
    """Give referrals whose last day is over and that are not yet closed or given back.

    One that goes on has nothing to close once its keys are destroyed.
    """
    keys = PacketWrap.objects.filter(referral=OuterRef("id"))
    going_on = [state for state in rules.open_states() if rules.goes_on(state)]
    rows = Referral.objects.filter(state__in=rules.open_states(), packet__expires_at__lte=at)
    return rows.filter(~Q(state__in=going_on) | Exists(keys))


def ending(*, at: datetime) -> QuerySet[Referral]:
    """Give open referrals whose last day is near."""
    near = {"packet__expires_at__gt": at, "packet__expires_at__lte": at + WARNING}
    return Referral.objects.filter(state__in=rules.open_states(), **near)


def for_receiver(viewer: Viewer, *, at: datetime) -> list[Change]:
    """List what ends soon at the viewer's house, and what others changed there lately."""
    ours = Q(receiving_organisation=viewer.organisation)
    changed = [*_done(ours, TOLD_TO_RECEIVER, at=at), *_taken_back(ours, at=at)]
    return [*_near(ours, at=at), *sorted(changed, key=lambda each: each.at, reverse=True)]


def for_sender(viewer: Viewer, *, at: datetime) -> list[Change]:
    """List of what a worker sent the yeses that end soon, and those that ended in open help."""
    mine = Q(author=viewer.worker)
    over = mine & Q(state__in=rules.open_states(), packet__expires_at__lte=at)
    return [*_near(mine, at=at), *_done(over, (Verb.YES_ENDS,), at=at)]


def _near(whose: Q, *, at: datetime) -> list[Change]:
    rows = ending(at=at).filter(whose).select_related("packet").order_by("packet__expires_at")
    return [_change(row, None, row.packet.expires_at) for row in rows]


def _done(whose: Q, verbs: Collection[Verb], *, at: datetime) -> list[Change]:
    """List what others did to these referrals lately, newest first."""
    rows = Act.objects.filter(
        referral__in=Referral.objects.filter(whose),
        verb__in=verbs,
        actor__in=BY_OTHERS,
        at__gte=at - LATELY,
    )
    acts = rows.select_related("referral").order_by("-id")
    return [_change(act.referral, Verb(act.verb), act.at) for act in acts]


def _taken_back(whose: Q, *, at: datetime) -> list[Change]:
    """List whose yes was taken back lately, also after the end of help."""
    when = consents.withdrawn_since(at - LATELY)
    rows = Referral.objects.filter(whose, consent__in=when).order_by("-made_at")
    return [_change(row, Verb.WITHDRAW, when[row.consent]) for row in rows]


def _change(row: Referral, verb: Verb | None, at: datetime) -> Change:
    return Change(row.id, row.record, row.sending_organisation, row.receiving_organisation, verb, at)
