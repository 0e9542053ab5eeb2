"""Pages on which editors find, read, change, confirm and hide entries, and merge duplicates."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import (
    duplicates,
    error_reports,
    freshness,
    labels,
    proposals,
    provider_links,
    queries,
    revisions,
)
from suar.directory.cards import ServiceCard
from suar.directory.codes import Status
from suar.directory.diff import FlatEntry, changed_fields, flatten
from suar.directory.documents import Revision, ServiceDocument
from suar.directory.forms.entry import EntriesForm, EntryForm
from suar.directory.revisions import EditConflict


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def list_entries(request: StaffRequest) -> HttpResponse:
    """List entries page by page."""
    form = EntriesForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {"text": "", "show": ""}
    page = freshness.list_entries(filters["show"], text=filters["text"], after=request.GET.get("after", ""))
    context = {
        "form": form,
        "cards": page.cards,
        "later": f"{reverse('directory')}?{urlencode({**filters, 'after': page.next})}" if page.next else "",
        "new": [_new_entry_row(row) for row in proposals.list_new_entries()] if filters["show"] == "drafts" else [],
        "waiting": freshness.count_waiting(),
    }
    return render(request, "directory/entries.html", context)


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def show_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Show one entry with everything to ask its provider about."""
    asking = freshness.last_asked(service)
    context = {
        **entry_context(queries.service_card(service)),
        "proposals": proposals.list_waiting(service),
        "reports": error_reports.list_open_reports(service),
        "asking": asking,
        "asked_by": accounts.shown_names([asking.by]).get(asking.by, "") if asking else "",
        "link_until": provider_links.open_until(service, at=clock.now()),
    }
    return render(request, "directory/entry.html", context)


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def confirm_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Record that the provider was asked today and the entry is right."""
    freshness.confirm_service(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def edit_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Propose a change of an entry; a colleague checks it if the organisation has a second editor."""
    data = request.POST if request.method == "POST" else None
    form, status = EntryForm.over_current(service, data, editor=True), 200
    if data is not None:
        status = 400
        if form.is_valid():
            try:
                change: dict[str, Any] = {"by": request.viewer.worker, "at": clock.now()}
                proposal = proposals.propose_change(service, form.values(), over=form.cleaned_data["over"], **change)
                return redirect("entry_draft", proposal) if proposal else redirect("directory_entry", service)
            except EditConflict as conflict:
                form, status = form.over_newer(conflict.now), 409
            except Refused as refusal:
                form.add_refusal(refusal.because)
    second = proposals.has_second_editor(request.viewer.organisation)
    context = {"card": queries.service_card(service), "form": form, "second": second}
    return render(request, "directory/edit.html", context, status=status)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def show_history(request: StaffRequest, service: UUID) -> HttpResponse:
    """List the revisions of an entry; restore an older one as a new revision."""
    card, status, problem = queries.service_card(service), 200, ""
    number, over = request.POST.get("number", ""), request.POST.get("over", "")
    if number.isdecimal() and over.isdecimal():
        try:
            by, at = request.viewer.worker, clock.now()
            revisions.restore_revision(service, int(number), by=by, over=int(over), at=at)
            return redirect("entry_history", service)
        except EditConflict:
            status = 409
        except Refused as refusal:
            status, problem = 400, labels.refusal_text(refusal.because)
    rows = _revision_rows(revisions.list_revisions(service))
    context = {"card": card, "revisions": rows, "problem": problem, "conflict": status == 409}
    return render(request, "directory/history.html", context, status=status)


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def create_link(request: StaffRequest, service: UUID) -> HttpResponse:
    """Create a link for the provider, to print or to copy; or end the current one."""
    by, at = request.viewer.worker, clock.now()
    if request.POST.get("act") == "end":
        provider_links.end_links(service, by=by, at=at)
        return redirect("directory_entry", service)
    token = provider_links.create_link(service, by=by, at=at)
    freshness.record_asking(service, by=by, at=at)
    context = {
        "card": queries.service_card(service),
        "link": request.build_absolute_uri(reverse("provider_link", args=[token])),
        "until": provider_links.open_until(service, at=at),
    }
    return render(request, "directory/link_made.html", context)


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def hide_entry(request: StaffRequest, service: UUID) -> HttpResponse:
    """Hide an entry from the public at once."""
    revisions.hide_entry(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def settle_reports(request: StaffRequest, service: UUID) -> HttpResponse:
    """Record that an editor looked into the error reports about an entry."""
    queries.service_card(service)
    error_reports.settle_reports(service, by=request.viewer.worker, at=clock.now())
    return redirect("directory_entry", service)


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def list_duplicates(request: StaffRequest) -> HttpResponse:
    """List pairs of entries that may be duplicates."""
    return render(request, "directory/duplicates.html", {"pairs": duplicates.find_duplicate_pairs()})


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def merge_entries(request: StaffRequest, service: UUID, other: UUID) -> HttpResponse:
    """Choose field by field what is kept; the other entry is closed and its id leads here."""
    current, status, problem = revisions.current_revision(service), 200, ""
    over = request.POST.get("over", "")
    if over.isdecimal() and len(over) < 9:
        try:
            fields, by = request.POST.getlist("other"), request.viewer.worker
            duplicates.merge_entries(service, other, of_other=fields, by=by, at=clock.now(), over=int(over))
            return redirect("directory_entry", service)
        except EditConflict:
            status = 409
        except Refused as refusal:
            status, problem = 400, labels.refusal_text(refusal.because)
    context = {
        "stays": queries.service_card(service),
        "goes": queries.service_card(other),
        "rows": labels.change_rows(*duplicates.differing_fields(service, other)),
        "over": current.number,
        "conflict": status == 409,
        "problem": problem,
    }
    return render(request, "directory/merge.html", context, status=status)


def entry_context(card: ServiceCard) -> dict[str, Any]:
    """Return an entry in words, with everything its provider has to be asked about."""
    kinds = card.facts.kinds or frozenset()
    return {
        "card": card,
        "facts": [
            {"question": labels.attribute_label(code), "answer": labels.fact_text(code, card.facts)}
            for code in labels.comparable_attributes()
        ],
        "access": [{"question": labels.access_label(code), "answer": text} for code, text in card.access.items()],
        "interval": labels.interval_text(kinds),
        "interval_reason": labels.interval_reason(kinds),
        "active": card.status == Status.ACTIVE,
    }


def _new_entry_row(row: Any) -> dict[str, Any]:
    name, provider = duplicates.entry_name_of(row.told), duplicates.provider_name_of(row.told)
    return {"id": row.id, "name": name, "provider": provider, "at": row.at, "state": row.state}


def _revision_rows(found: list[Revision]) -> list[dict[str, Any]]:
    """Return revisions with their author and what differs from the one before."""
    entries = [flatten(ServiceDocument(**revision.state)) for revision in found]
    names = accounts.shown_names(revision.stamp.by for revision in found if revision.stamp)
    return [
        {
            "number": revision.number,
            "stamp": revision.stamp,
            "author": names.get(revision.stamp.by, "") if revision.stamp and revision.stamp.by else "",
            "changes": _changes(*entries[index : index + 2]),
            "newest": index == 0,
        }
        for index, revision in enumerate(found)
    ]


def _changes(entry: FlatEntry, former: FlatEntry | None = None) -> list[dict[str, str]]:
    if former is None:
        return []
    return labels.change_rows(former, {path: entry.get(path) for path in changed_fields(former, entry)})
