"""Work in the community: the list, adding to it, and counts by quarter."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import community
from suar.cases.forms.community import CommunityWorkForm
from suar.directory.labels import place_name

PAGE_SIZE, QUARTERS = 20, 8


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def community_work(request: StaffRequest) -> HttpResponse:
    """List what the organisation did in the community, and add to it."""
    form = CommunityWorkForm(request.POST if request.method == "POST" else None)
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


@permission_required(Permission.SEE_RECORD)
@require_POST
def strike(request: StaffRequest, work: UUID) -> HttpResponse:
    """Mark an entry as a mistake."""
    community.strike_work(work, by=acting(request))
    return redirect_with_message(request, _("Marked as a mistake."), "community_work")
