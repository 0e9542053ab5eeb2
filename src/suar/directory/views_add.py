"""Pages with which an editor adds a service: a draft that somebody else checks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import addition_pages as pages
from suar.directory import proposals
from suar.directory.addition_pages import Adding
from suar.directory.models import EntryDraft
from suar.directory.proposals import EntryRefused
from suar.directory.revisions import EditConflict


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Write a new entry; it is a draft until somebody checked and published it."""
    return _write(request, None)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def rewrite(request: HttpRequest, change: UUID) -> HttpResponse:
    """Write the draft of a new entry anew; it has to be checked again then."""
    draft = proposals.get_proposal(change)
    if draft.service_id is not None:
        raise NotYours
    return _write(request, draft)


def _write(request: HttpRequest, draft: EntryDraft | None) -> HttpResponse:
    """Take a form; what may be there already is asked about before anything is kept."""
    sent = request.POST if request.method == "POST" else None
    page = pages.adding(draft, sent, house=request.viewer.organisation)
    if sent is None:
        return _page(request, page, draft)
    if sent.get("act") == "look":
        return _page(request, pages.looked(page), draft)
    return _kept(request, page, draft) if page.form.is_valid() else (_page(request, page, draft, status=400))


def _kept(request: HttpRequest, page: Adding, draft: EntryDraft | None) -> HttpResponse:
    viewer, over = request.viewer, page.form.cleaned_data["over"]
    rewriting = draft.id if draft else None
    acts = {"by": viewer.worker, "at": clock.now(), "rewriting": rewriting, "over": over}
    try:
        kept = proposals.propose_entry(page.form.told(), **acts)
    except EntryRefused as why:
        return _page(request, pages.stopped(page, why), draft, status=400)
    except EditConflict as newer:
        again = pages.written_anew(page, newer.now, house=viewer.organisation)
        return _page(request, again, draft, status=409)
    except Refused:
        return redirect("entry_draft", rewriting)
    return redirect("entry_draft", kept)


def _page(request: HttpRequest, page: Adding, draft: EntryDraft | None, *, status: int = 200) -> HttpResponse:
    second = proposals.has_second_editor(request.viewer.organisation)
    context = {"page": page, "draft": draft, "second": second}
    return render(request, "directory/add.html", context, status=status)
