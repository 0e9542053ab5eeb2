"""The inbox of a receiver with an account."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.referrals import messages, queries, receiving
from suar.referrals.codes import RECEIVER_VERBS, Verb
from suar.referrals.forms import ActForm
from suar.referrals.messages import RECEIVING
from suar.referrals.received_page import item_context, team_form

PAGE_SIZE = 50


@permission_required(Permission.ANSWER_REFERRAL)
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """List what was asked of this organisation; nothing of a person is shown here."""
    viewer, asked = request.viewer, request.GET
    going_on = Paginator(queries.inbox(viewer, at=clock.now()), PAGE_SIZE).get_page(asked.get("open"))
    ended = Paginator(queries.inbox_ended(viewer), PAGE_SIZE).get_page(asked.get("over"))
    organisations = accounts.organisation_names(row.sending_organisation for row in [*going_on, *ended])
    context = {"open": going_on, "ended": ended, "organisations": organisations}
    return render(request, "referrals/inbox.html", context)


@permission_required(Permission.ANSWER_REFERRAL)
@require_GET
def item(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Show the preview of a referral, and after an acceptance what was shared."""
    return _item(request, referral)


@permission_required(Permission.ANSWER_REFERRAL)
@require_POST
def answer(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Acknowledge, put on a waiting list or decline, by code."""
    form, refused = ActForm(request.POST), "date_needed"
    if request.POST.get("verb", "") not in RECEIVER_VERBS:
        raise NotYours
    if form.is_valid():
        data, row = form.cleaned_data, receiving.get_received(referral, viewer=request.viewer)
        details = {"reason": data["reason"], "expected_on": data["expected_on"]}
        try:
            receiving.answer(row, Verb(data["verb"]), by=acting(request), **details)
            return redirect("inbox_item", referral)
        except Refused as refusal:
            refused = refusal.because
    return _item(request, referral, refused=refused)


def _item(request: StaffRequest, referral: UUID, *, refused: str = "") -> HttpResponse:
    context = item_context(request, referral) | {
        "refused": messages.refused_act(refused, referral, ours=RECEIVING) if refused else "",
        "take": team_form(request.viewer),
    }
    return render(request, "referrals/item.html", context, status=409 if refused else 200)
