"""The inbox of a provider on the system."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock, paging
from suar.core.refusals import NotYours, Refused
from suar.referrals import answering, pages
from suar.referrals.forms import ActForm
from suar.referrals.pages.parts import RECEIVER_VERBS, RECEIVING
from suar.referrals.terms import Verb


@gate(Permission.ANSWER_REFERRAL)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List what was asked of this organisation; nothing of a person is shown here."""
    parts = paging.asked(request.GET, "open", "over")
    shown = pages.inbox(request.viewer, parts=parts)
    return render(request, "referrals/inbox.html", {"inbox": shown})


@gate(Permission.ANSWER_REFERRAL)
@require_GET
def item(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Show the preview of a referral, and after an acceptance what was told."""
    return _item(request, referral)


@gate(Permission.ANSWER_REFERRAL)
@require_POST
def answer(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Acknowledge, put on a waiting list or decline, by code."""
    form, refused = ActForm(request.POST), "date_needed"
    if request.POST.get("verb", "") not in RECEIVER_VERBS:
        raise NotYours
    if form.is_valid():
        said = form.cleaned_data
        try:
            answering.answer(
                referral,
                Verb(said["verb"]),
                viewer=request.viewer,
                keys=request.keys,
                at=clock.now(),
                reason=said["reason"],
                expected_on=said["expected_on"],
            )
            return redirect("inbox_item", referral)
        except Refused as refusal:
            refused = refusal.because
    return _item(request, referral, refused=refused)


def _item(request: HttpRequest, referral: UUID, *, refused: str = "") -> HttpResponse:
    shown = pages.received(referral, viewer=request.viewer, keys=request.keys)
    words = pages.refused(refused, referral, ours=RECEIVING) if refused else ""
    context = {"item": shown, "refused": words, "take": pages.take_form(request.viewer)}
    return render(request, "referrals/item.html", context, status=409 if refused else 200)
