"""Pages on which an editor makes two entries of one service one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import duplicates, labels, queries, revisions
from suar.directory import upkeep_pages as pages
from suar.directory.revisions import EditConflict


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def alike(request: HttpRequest) -> HttpResponse:
    """List pairs of entries that may be one."""
    return render(request, "directory/alike.html", {"pairs": duplicates.find_duplicate_pairs()})


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, service: UUID, other: UUID) -> HttpResponse:
    """Choose field by field what is kept; the other entry goes and its id leads here."""
    now, status, because = revisions.current_revision(service), 200, ""
    over = request.POST.get("over", "")
    if over.isdecimal() and len(over) < 9:
        try:
            duplicates.merge_entries(
                service,
                other,
                of_other=request.POST.getlist("other"),
                by=request.viewer.worker,
                at=clock.now(),
                over=int(over),
            )
            return redirect("directory_entry", service)
        except EditConflict:
            status = 409
        except Refused as refusal:
            status, because = 400, labels.refusal_text(refusal.because)
    context = {
        "stays": queries.service_card(service),
        "goes": queries.service_card(other),
        "rows": pages.merge_rows(*duplicates.differing_fields(service, other)),
        "over": now.number,
        "meanwhile": status == 409,
        "because": because,
    }
    return render(request, "directory/merge.html", context, status=status)
