"""Pages of the directory for its editors."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.directory import actions, pages, queries
from suar.directory.forms import EntriesForm
from suar.directory.terms import Wanted
from suar.kernel import clock


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """List services for an editor, page by page."""
    form = EntriesForm(request.GET)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    page = queries.search(Wanted(text=text, after=request.GET.get("after", "")))
    query = urlencode({"text": text, "after": page.next})
    later = f"{reverse('directory')}?{query}" if page.next else ""
    context = {"form": form, "rows": pages.rows(page.cards), "later": later}
    return render(request, "directory/entries.html", context)


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def entry(request: HttpRequest, service: UUID) -> HttpResponse:
    """Show one service with everything to ask its provider about."""
    shown = pages.entry_page(queries.service_card(service))
    return render(request, "directory/entry.html", {"entry": shown})


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def confirm(request: HttpRequest, service: UUID) -> HttpResponse:
    """Note that the provider was asked today and the entry is right."""
    actions.confirm(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)
