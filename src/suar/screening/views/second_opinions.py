"""Pages of second opinions about outcomes, with codes only."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.refusals import Refused
from suar.screening import team_opinions
from suar.screening.forms import SecondReadingForm
from suar.screening.wording import PROBLEMS

MAX_REQUESTS = 50


@permission_required(Permission.SECOND_READ, method="GET")
def second_opinions(request: StaffRequest) -> HttpResponse:
    """List the outcomes that wait for a second opinion."""
    return _second_opinions_page(request)


@permission_required(Permission.SECOND_READ)
def second_opinion(request: StaffRequest, reading: UUID) -> HttpResponse:
    """Show the codes of an outcome, and store a second opinion about it."""
    form = SecondReadingForm(post_data(request))
    try:
        if form.is_valid():
            team_opinions.store_answer(reading, form.cleaned_data["answer"], by=acting(request))
            return redirect_with_message(request, _("Opinion sent."), "second_opinions")
        codes = team_opinions.open_codes(reading, viewer=request.viewer, keys=request.keys)
    except Refused as refusal:
        return _second_opinions_page(request, problem=PROBLEMS.label(refusal.because), status=409)
    return form_page(request, "screening/second_opinion.html", form, page=team_opinions.codes_context(codes))


def _second_opinions_page(request: StaffRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"waiting": team_opinions.waiting(request.viewer)[:MAX_REQUESTS], "problem": problem}
    return render(request, "screening/second_opinions.html", context, status=status)
