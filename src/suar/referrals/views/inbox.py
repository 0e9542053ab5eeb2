"""The inbox of a receiver with an account."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.referrals import messages, queries, receiving, rules
from suar.referrals.codes import Actor, Verb
from suar.referrals.forms import ActForm
from suar.referrals.received_page import item_context

PAGE_SIZE = 50


@permission_required(Permission.ANSWER_REFERRAL)
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """List what was asked of this organisation; nothing of a person is shown here."""
    viewer, pages = request.viewer, request.GET
    going_on = Paginator(queries.inbox(viewer, at=clock.now()), PAGE_SIZE).get_page(pages.get("open"))
    ended = Paginator(queries.inbox_ended(viewer), PAGE_SIZE).get_page(pages.get("over"))
    organisations = accounts.organisation_names(row.sending_organisation for row in [*going_on, *ended])
    context = {"open": going_on, "ended": ended, "organisations": organisations}
    return render(request, "referrals/inbox.html", context)


@permission_required(Permission.ANSWER_REFERRAL)
@require_GET
def item(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Show the preview of a referral before it is accepted."""
    return render(request, "referrals/item.html", item_context(request, referral))


@permission_required(Permission.ANSWER_REFERRAL)
@require_POST
def answer(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Acknowledge, put on a waiting list or decline, by code."""
    form, verb, because = ActForm(request.POST), request.POST.get("verb", ""), "date_needed"
    if not rules.has_button(verb, Actor.RECEIVER):
        raise NotYours
    if form.is_valid():
        row = receiving.get_received(referral, viewer=request.viewer)
        details = {name: form.cleaned_data[name] for name in ("reason", "expected_on")}
        try:
            receiving.answer(row, Verb(verb), by=acting(request), **details)
            return redirect_with_message(request, messages.done(verb), "inbox_item", referral)
        except Refused as refusal:
            because = refusal.because
    refused = messages.refused_act(because, referral, ours=messages.RECEIVING)
    return render(request, "referrals/item.html", item_context(request, referral) | {"refused": refused}, status=409)
