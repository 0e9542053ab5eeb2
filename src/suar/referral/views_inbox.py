"""The inbox of a provider on the system."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.kernel import clock
from suar.kernel.refusals import NotYours, Refused
from suar.referral import answering, labels, pages
from suar.referral.forms import AnswerForm
from suar.referral.terms import Verb


@gate(Permission.ANSWER_REFERRAL)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List what was asked of this organisation; nothing of a person is shown here."""
    return render(request, "referral/inbox.html", {"items": pages.inbox_lines(request.viewer)})


@gate(Permission.ANSWER_REFERRAL)
@require_GET
def item(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Show the preview of a referral, and after an acceptance what was told."""
    shown = pages.received(referral, viewer=request.viewer, keys=request.keys)
    return render(request, "referral/item.html", {"item": shown, "form": AnswerForm()})


@gate(Permission.ANSWER_REFERRAL)
@require_POST
def answer(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Acknowledge, put on a waiting list or decline, by code."""
    form, verb = AnswerForm(request.POST), request.POST.get("verb", "")
    if verb not in pages.RECEIVER_VERBS:
        raise NotYours
    if form.is_valid():
        try:
            answering.answer(
                referral, Verb(verb), viewer=request.viewer, keys=request.keys, at=clock.now(),
                reason=form.cleaned_data["reason"], expected_on=form.cleaned_data["expected_on"],
            )  # fmt: skip
            return redirect("inbox_item", referral)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
    shown = pages.received(referral, viewer=request.viewer, keys=request.keys)
    return render(request, "referral/item.html", {"item": shown, "form": form}, status=400)
