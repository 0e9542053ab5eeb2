"""Pages of the directory for its editors."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.directory import (
    addition_pages,
    asking_pages,
    error_reports,
    freshness,
    pages,
    proposals,
    provider_links,
    queries,
    upkeep_pages,
)
from suar.directory.forms import EntriesForm


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """List services for an editor, page by page."""
    form = EntriesForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {"text": "", "show": ""}
    page = freshness.list_entries(said["show"], text=said["text"], after=request.GET.get("after", ""))
    query = urlencode({**said, "after": page.next})
    later = f"{reverse('directory')}?{query}" if page.next else ""
    new = addition_pages.waiting_rows(proposals.list_new_entries()) if said["show"] == "drafts" else []
    context = {
        "form": form,
        "rows": pages.rows(page.cards),
        "later": later,
        "new": new,
        "waits": freshness.count_waiting(),
    }
    return render(request, "directory/entries.html", context)


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def entry(request: HttpRequest, service: UUID) -> HttpResponse:
    """Show one service with everything to ask its provider about."""
    context = {
        "entry": pages.entry_page(queries.service_card(service)),
        "drafts": upkeep_pages.waiting_drafts(service),
        "wrong": upkeep_pages.wrong_rows(error_reports.list_open_reports(service)),
        "asked": asking_pages.asked_words(freshness.last_asked(service)),
        "link_until": provider_links.open_until(service, at=clock.now()),
    }
    return render(request, "directory/entry.html", context)


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def confirm(request: HttpRequest, service: UUID) -> HttpResponse:
    """Note that the provider was asked today and the entry is right."""
    freshness.confirm_service(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)
