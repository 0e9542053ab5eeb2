"""A referral as its receiver sees it, in words: on the system, or by link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.core import clock
from suar.referrals import answering, labels, rules
from suar.referrals.answering import Received
from suar.referrals.forms import TakeForm
from suar.referrals.pages.parts import (
    LINK_VERBS,
    RECEIVER_VERBS,
    ActChoice,
    acts_for,
    needs_in_words,
    rows,
    without_needs,
)
from suar.referrals.terms import Actor, Share, Verb


@dataclass(frozen=True, slots=True)
class Item:
    """What a receiver sees: the preview, after an acceptance what was told, and the acts.

    `closed` says in words why nothing opens; it is empty otherwise. One that goes on can still
    be told of. `until` says how long what was told stays open. Who is in `no_team` accepts nothing:
    no team would read the case.
    """

    id: UUID
    sender_name: str
    state_words: str
    meaning: str
    urgency_words: str
    tone: str
    needs: Sequence[str]
    preview_rows: Sequence[dict]
    told_rows: Sequence[dict]
    closed: str
    goes_on: bool
    until: str
    accepted: bool
    may_accept: bool
    acts: Sequence[ActChoice]
    no_team: bool = False


def received(referral: UUID, *, viewer: Viewer, keys: Keys) -> Item:
    """Put together the page of a referral in the inbox."""
    got = answering.receive(referral, viewer=viewer, keys=keys, at=clock.now())
    shown = item(got, Actor.RECEIVER)
    if viewer.teams:
        return shown
    return replace(shown, may_accept=False, no_team=shown.may_accept)


def take_form(viewer: Viewer, typed: QueryDict | None = None) -> TakeForm:
    """Ask which of the viewer's teams takes what was asked of their house."""
    return TakeForm(typed, teams=accounts.team_names(viewer.teams))


def by_link(got: Received) -> Item:
    """Put together the page of a referral for the holder of a link."""
    return item(got, Actor.LINK_HOLDER)


def item(got: Received, actor: Actor) -> Item:
    """Say in words what was received; a closed referral shows nothing and allows nothing."""
    names = accounts.organisation_names([got.sender])
    within = LINK_VERBS if actor is Actor.LINK_HOLDER else RECEIVER_VERBS
    acts = acts_for(got.state, actor, within=within, without={Verb.ACCEPT})
    return Item(
        got.id,
        names.get(got.sender, ""),
        labels.say(got.state),
        labels.meaning(got.state),
        labels.say(got.urgency),
        labels.TONES.get(got.urgency, ""),
        needs_in_words(got.preview),
        rows(without_needs(got.preview)),
        rows(got.told) if got.told else [],
        labels.closed(got.closed, got.closed_on) if got.closed else "",
        got.goes_on,
        _until(got.until) if got.until and not got.closed else "",
        accepted=rules.share(got.state) is Share.FIELDS and not got.closed,
        may_accept=bool(rules.may(Verb.ACCEPT, got.state, actor)) and not got.closed,
        acts=[] if got.closed and not got.goes_on else acts,
    )


def _until(day: date) -> str:
    words = _("Open to us until %(day)s, unless the person takes it back before.")
    return words % {"day": labels.written(day)}
