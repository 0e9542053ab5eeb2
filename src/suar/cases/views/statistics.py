"""Counts for a lead, to print: what was offered and declined, and where people were missed before."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import statistics
from suar.cases.codes import OFFER_OUTCOMES
from suar.core import clock


@permission_required(Permission.SEE_TEAM)
@require_GET
def offer_statistics(request: StaffRequest) -> HttpResponse:
    """Show what came of the offers of the last four quarters; counts under five are not shown."""
    counted = statistics.count_offers(by=acting(request), today=clock.today())
    context = {"counted": counted, "outcomes": OFFER_OUTCOMES.members}
    return render(request, "cases/offer_statistics.html", context)


@permission_required(Permission.SEE_TEAM)
@require_GET
def encounter_statistics(request: StaffRequest) -> HttpResponse:
    """Show where and by whom people were missed before, and what stood in the way, without the people."""
    counted = statistics.count_encounters(by=acting(request), today=clock.today())
    titles = {
        "event": _("By what happened"),
        "setting": _("By place"),
        "role": _("By who met the person"),
        "both": _("By place and who met the person"),
        "barrier": _("What stood in the way"),
        "harm": _("What followed"),
    }
    parts = [(title, counted[part]) for part, title in titles.items()]
    return render(request, "cases/encounter_statistics.html", {"parts": parts})
