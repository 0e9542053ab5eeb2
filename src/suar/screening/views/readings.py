"""Pages of the second reading: what waits, and the codes of one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.refusals import Refused
from suar.screening import second_reading
from suar.screening.forms import SecondReadingForm
from suar.screening.messages import PROBLEMS
from suar.screening.summary_context import reading_context


@permission_required(Permission.SECOND_READ)
@require_GET
def readings(request: StaffRequest) -> HttpResponse:
    """List what waits for a second reader."""
    return _list(request)


@permission_required(Permission.SECOND_READ)
@require_http_methods(["GET", "POST"])
def reading(request: StaffRequest, reading: UUID) -> HttpResponse:
    """Show the codes of one and take what the second reader thinks; help never waits for it."""
    form = SecondReadingForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            second_reading.answer(reading, form.cleaned_data["answer"], by=acting(request))
            return redirect("readings")
        codes = second_reading.open_codes(reading, viewer=request.viewer, keys=request.keys)
    except Refused as refusal:
        return _list(request, problem=PROBLEMS[refusal.because], status=409)
    context = {"page": reading_context(codes), "form": form}
    return render(request, "screening/reading.html", context, status=400 if form.errors else 200)


def _list(request: StaffRequest, *, problem: object = "", status: int = 200) -> HttpResponse:
    context = {"waiting": second_reading.list_waiting(request.viewer), "problem": problem}
    return render(request, "screening/readings.html", context, status=status)
