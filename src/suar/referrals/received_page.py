"""The page of one received referral, shared by the inbox, links and failed acceptances."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.roles import Viewer
from suar.core import clock
from suar.referrals import receiving, rules, thread_messages
from suar.referrals.codes import Actor, Verb
from suar.referrals.documents import Thread
from suar.referrals.forms import LinkMessageForm, MessageForm, TeamForm
from suar.referrals.receiving import ReceivedReferral


def item_context(request: StaffRequest, referral: UUID) -> dict[str, Any]:
    """Return the context of the page of one referral; a worker in no team accepts nothing."""
    received = receiving.receive(referral, viewer=request.viewer, keys=request.keys, at=clock.now())
    may_accept = bool(rules.may(Verb.ACCEPT, received.state, Actor.RECEIVER)) and not received.closed
    return {
        **received_context(received, Actor.RECEIVER),
        "may_accept": may_accept and bool(request.viewer.teams),
        "no_team": may_accept and not request.viewer.teams,
        "take": team_form(request.viewer),
        "message_url": reverse("write_to_sender", args=[referral]),
    }


def team_form(viewer: Viewer, typed: QueryDict | None = None) -> TeamForm:
    """Return the form that asks which of the viewer's teams takes the case, and who here must not know."""
    colleagues = {worker.id: worker.display_name for worker in accounts.colleagues(viewer)}
    colleagues.pop(viewer.worker, None)
    return TeamForm(typed, teams=accounts.team_names(viewer.teams), colleagues=colleagues)


def message_form(typed: QueryDict | None = None) -> MessageForm:
    """Return the form to ask the sender something, or to answer."""
    return MessageForm(typed)


def received_context(received: ReceivedReferral, actor: Actor) -> dict[str, Any]:
    """Return the context of a referral that the inbox and a link share."""
    return {
        **messages_context(received, by_link=actor is Actor.LINK_HOLDER),
        "item": received,
        "sender_name": accounts.organisation_names([received.sender]).get(received.sender, ""),
        "verbs": [] if received.closed else rules.buttons(received.state, actor),
    }


def messages_context(
    received: ReceivedReferral, thread: Thread | None = None, *, by_link: bool = False
) -> dict[str, Any]:
    """Return the questions and answers that the receiver may read, and the form to write one.

    A case has its own `thread`; while the consent is over by its date, both sides still write about progress. After an
    acceptance by link they are read with its code, like the fields: what is arranged then says where the person goes.
    """
    thread = thread or received.thread
    if thread is None or (received.closed and not received.goes_on):
        return {}
    own, waits_for_code = thread_messages.RECEIVERS, received.accepted and received.shared is None
    may_read = received.has_messages and not waits_for_code
    read = thread_messages.list_messages(received.id, thread.key, own=own) if may_read else []
    return {"thread_messages": read, "message_form": LinkMessageForm() if by_link else message_form()}
