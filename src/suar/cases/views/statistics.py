"""Counts for a lead, to print, and work in the community."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, posted, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import community, statistics
from suar.cases.codes import OFFER_OUTCOMES
from suar.cases.forms.community import CommunityWorkForm
from suar.core import clock
from suar.directory.labels import place_name


@permission_required(Permission.SEE_TEAM, method="GET")
def offer_statistics(request: StaffRequest) -> HttpResponse:
    """Show the outcomes of offers in the last four quarters; counts under five are not shown."""
    counted = statistics.count_offers(by=acting(request), today=clock.today())
    context = {"counted": counted, "outcomes": OFFER_OUTCOMES.members}
    return render(request, "cases/offer_statistics.html", context)


@permission_required(Permission.SEE_TEAM, method="GET")
def encounter_statistics(request: StaffRequest) -> HttpResponse:
    """Show by place and agency where people were not recognised before, and the obstacles, without names."""
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


PAGE_SIZE, QUARTERS = 20, 8


@permission_required(Permission.SEE_RECORD)
def community_work(request: StaffRequest) -> HttpResponse:
    """List what the organisation did in the community, and add to it."""
    form = CommunityWorkForm(posted(request))
    if form.is_valid():
        community.record_work(form.facts, words=form.cleaned_data["words"], by=acting(request))
        return redirect_with_message(request, _("Saved."), "community_work")
    works = community.list_work(request.viewer)
    page = Paginator(works, PAGE_SIZE).get_page(request.GET.get("page"))
    led = community.workers_led_by(request.viewer)
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "work": work,
                "place": place_name(work.place) if work.place else "",
                "words": community.read_words(work, keys=request.keys),
                "may_strike": not work.struck and community.may_strike(work, request.viewer, led=led),
            }
            for work in page
        ],
        "quarters": community.count_by_quarter(works)[:QUARTERS],
        "workers": accounts.display_names({work.by for work in page}),
    }
    return render(request, "cases/community.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD, method="POST")
def strike_work(request: StaffRequest, work: UUID) -> HttpResponse:
    """Mark an entry as a mistake."""
    community.strike_work(work, by=acting(request))
    return redirect_with_message(request, _("Marked as a mistake."), "community_work")
