"""Pages with which editors keep entries true: change, check, publish, undo, links, reports."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import error_reports, freshness, labels, proposals, provider_links, queries, revisions
from suar.directory import upkeep_pages as pages
from suar.directory.entry_forms import Written, asked_again, form_over, refused
from suar.directory.revisions import EditConflict

LONGEST_COUNT = 9


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, service: UUID) -> HttpResponse:
    """Change an entry: a draft that somebody else checks, where the house has somebody else."""
    sent = request.POST if request.method == "POST" else None
    written = form_over(service, sent, whole=True)
    if sent is None or not written.form.is_valid():
        return _edit(request, service, written, status=200 if sent is None else 400)
    by, at = request.viewer.worker, clock.now()
    try:
        draft = proposals.propose_change(service, written.form.told(), by=by, at=at, over=written.over)
    except EditConflict as newer:
        return _edit(request, service, asked_again(written, newer, whole=True), status=409)
    except Refused as refusal:
        return _edit(request, service, refused(written, refusal.because), status=400)
    return redirect("entry_draft", draft) if draft else redirect("directory_entry", service)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, change: UUID) -> HttpResponse:
    """Show what a draft would change; check it, publish it, or let it go."""
    viewer, act = request.viewer, request.POST.get("act")
    acts = {"by": viewer.worker, "at": clock.now()}
    try:
        if act in ("check", "publish"):
            way = {"check": proposals.check_proposal, "publish": proposals.publish_proposal}[act]
            read = {"over": _over(request), "seen": "seen" in request.POST}
            way(change, house=viewer.organisation, **read, **acts)
        elif act == "refuse":
            proposals.reject_proposal(change, **acts)
    except Refused as refusal:
        return _draft(request, change, because=refusal.because)
    if act in ("publish", "refuse"):
        return redirect("directory_entry", proposals.get_proposal(change).service_id)
    return _draft(request, change)


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def throw_away(request: HttpRequest, change: UUID) -> HttpResponse:
    """Let the draft of a new entry go, with all that was typed."""
    try:
        proposals.discard_proposal(change, by=request.viewer.worker, at=clock.now(), over=_over(request))
    except Refused as refusal:
        return _draft(request, change, because=refusal.because)
    return redirect("directory")


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def history(request: HttpRequest, service: UUID) -> HttpResponse:
    """List the editions of an entry; bring an older one back as a new one."""
    card, status, because = queries.service_card(service), 200, ""
    number, over = request.POST.get("number", ""), request.POST.get("over", "")
    if number.isdecimal() and over.isdecimal():
        try:
            revisions.restore_revision(service, int(number), by=request.viewer.worker, over=int(over), at=clock.now())
            return redirect("entry_history", service)
        except EditConflict:
            status = 409
        except Refused as refusal:
            status, because = 400, labels.refusal_text(refusal.because)
    context = {"card": card, "editions": pages.history_page(service), "because": because, "meanwhile": status == 409}
    return render(request, "directory/history.html", context, status=status)


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def link(request: HttpRequest, service: UUID) -> HttpResponse:
    """Make a link for the provider, to print or to copy; or end the one there is."""
    by, at = request.viewer.worker, clock.now()
    if request.POST.get("act") == "end":
        provider_links.end_links(service, by=by, at=at)
        return redirect("directory_entry", service)
    token = provider_links.create_link(service, by=by, at=at)
    freshness.record_asking(service, by=by, at=at)
    address = request.build_absolute_uri(reverse("provider_link", args=[token]))
    context = {
        "card": queries.service_card(service),
        "link": address,
        "until": provider_links.open_until(service, at=at),
    }
    return render(request, "directory/link_made.html", context)


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def hide(request: HttpRequest, service: UUID) -> HttpResponse:
    """Take an entry out of what the public sees, at once."""
    revisions.hide_entry(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def settle(request: HttpRequest, service: UUID) -> HttpResponse:
    """Note that what readers said about an entry was looked into."""
    queries.service_card(service)
    error_reports.settle_reports(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)


def _edit(request: HttpRequest, service: UUID, written: Written, *, status: int = 200) -> HttpResponse:
    second = proposals.has_second_editor(request.viewer.organisation)
    context = {"card": queries.service_card(service), "written": written, "second": second}
    return render(request, "directory/edit.html", context, status=status)


def _over(request: HttpRequest) -> int:
    """Give which writing of a draft its page showed; 0 where it does not say."""
    told = request.POST.get("over", "")
    return int(told[:LONGEST_COUNT]) if told.isdecimal() else 0


def _draft(request: HttpRequest, draft: UUID, *, because: str = "") -> HttpResponse:
    context = pages.draft_page(proposals.get_proposal(draft), request.viewer, because=because)
    status = 409 if because == proposals.REWRITTEN else 400 if because else 200
    return render(request, "directory/draft.html", {"draft": context}, status=status)
