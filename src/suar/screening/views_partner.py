"""Pages of reading across houses: with whom, what waits, and the codes of one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.screening import labels_partner, partner_houses, partner_pages, partner_reading
from suar.screening.forms_partner import GroupsForm, PartnerAnswerForm
from suar.screening.reading_pages import reading_page

END = "end-"


@gate(Permission.SET_PARTNERS, step_up=True)
@require_http_methods(["GET", "POST"])
def partner_houses_page(request: HttpRequest) -> HttpResponse:
    """Show with which houses this one reads, agree with another one, or end it."""
    viewer, pressed = request.viewer, request.POST.get("go", "")
    if pressed.startswith(END):
        partner_houses.end(partner_pages.house_of(pressed, END), viewer=viewer, at=clock.now())
        return redirect("partner_houses")
    form = GroupsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        groups = form.cleaned_data["groups"]
        try:
            partner_houses.agree(groups, viewer=viewer, keys=request.keys, at=clock.now())
            return redirect("partner_houses")
        except Refused as refusal:
            form.add_error("groups", labels_partner.PROBLEMS[refusal.because])
    context = {"page": partner_pages.houses_page(viewer.organisation), "form": form}
    status = 400 if form.errors else 200
    return render(request, "screening/partner_houses.html", context, status=status)


@gate(Permission.READ_FOR_PARTNER)
@require_GET
def partner_readings(request: HttpRequest) -> HttpResponse:
    """List what waits to be read for partner houses."""
    return _queue(request)


@gate(Permission.READ_FOR_PARTNER)
@require_http_methods(["GET", "POST"])
def partner_reading_page(request: HttpRequest, packet: UUID) -> HttpResponse:
    """Show the codes of one and take what the reader thinks; help never waits for it."""
    viewer, keys, at = request.viewer, request.keys, clock.now()
    form = PartnerAnswerForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            said = partner_pages.said(form.cleaned_data)
            partner_reading.answer(packet, said, viewer=viewer, keys=keys, at=at)
            return redirect("partner_readings")
        codes = partner_reading.codes(packet, viewer=viewer, keys=keys, at=at)
    except Refused as refusal:
        return _queue(request, refusal.because)
    context = {"page": reading_page(codes), "form": form}
    status = 400 if form.errors else 200
    return render(request, "screening/partner_reading.html", context, status=status)


def _queue(request: HttpRequest, because: str = "") -> HttpResponse:
    waiting = partner_reading.waiting(request.viewer, keys=request.keys, at=clock.now())
    context = {"waiting": waiting, "problem": labels_partner.PROBLEMS.get(because, "")}
    status = 409 if because else 200
    return render(request, "screening/partner_readings.html", context, status=status)
