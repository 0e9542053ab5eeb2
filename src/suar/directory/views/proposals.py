"""Pages on which editors add entries, and check, publish or reject proposals."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import duplicates, labels, proposals, queries
from suar.directory.forms.new_entry import NewEntryForm, describe_new_entry
from suar.directory.models import Proposal
from suar.directory.proposals import EntryRefused
from suar.directory.revisions import EditConflict
from suar.directory.rules.proposals import may_check, may_publish

MAX_DIGITS = 9


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def show_proposal(request: StaffRequest, change: UUID) -> HttpResponse:
    """Show what a proposal would change; check, publish or reject it."""
    viewer, act = request.viewer, request.POST.get("act")
    who: dict[str, Any] = {"by": viewer.worker, "at": clock.now()}
    try:
        if act in ("check", "publish"):
            action = proposals.check_proposal if act == "check" else proposals.publish_proposal
            action(change, organisation=viewer.organisation, over=_version(request), seen="seen" in request.POST, **who)
        elif act == "refuse":
            proposals.reject_proposal(change, **who)
    except Refused as refusal:
        return _render_proposal(request, change, code=refusal.because)
    if act in ("publish", "refuse"):
        return redirect("directory_entry", proposals.get_proposal(change).service_id)
    return _render_proposal(request, change)


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def discard_proposal(request: StaffRequest, change: UUID) -> HttpResponse:
    """Discard the proposal of a new entry with all its content."""
    try:
        proposals.discard_proposal(change, by=request.viewer.worker, at=clock.now(), over=_version(request))
    except Refused as refusal:
        return _render_proposal(request, change, code=refusal.because)
    return redirect("directory")


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def add_entry(request: StaffRequest) -> HttpResponse:
    """Propose a new entry."""
    return _edit_new_entry(request, None)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def edit_proposal(request: StaffRequest, change: UUID) -> HttpResponse:
    """Rewrite the proposal of a new entry; it must be checked again."""
    proposal = proposals.get_proposal(change)
    if proposal.service_id is not None:
        raise NotYours
    return _edit_new_entry(request, proposal)


def _edit_new_entry(request: StaffRequest, proposal: Proposal | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, status = NewEntryForm.for_proposal(proposal, data, organisation=request.viewer.organisation), 200
    if data is not None and data.get("act") == "look":
        form.show_matches()
    elif data is not None:
        status = 400
        if form.is_valid():
            rewriting, over = proposal.id if proposal else None, form.cleaned_data["over"]
            who: dict[str, Any] = {"by": request.viewer.worker, "at": clock.now()}
            try:
                saved = proposals.propose_entry(form.values(), rewriting=rewriting, over=over, **who)
                return redirect("entry_draft", saved)
            except EntryRefused as refused:
                form.add_problems(refused)
            except EditConflict as conflict:
                form, status = form.over_newer(conflict.now), 409
            except Refused:
                return redirect("entry_draft", rewriting)
    second = proposals.has_second_editor(request.viewer.organisation)
    context = {"form": form, "draft": proposal, "second": second}
    return render(request, "directory/add.html", context, status=status)


def _version(request: StaffRequest) -> int:
    """Return which version of a proposal the page showed; 0 if it does not say."""
    typed = request.POST.get("over", "")
    return int(typed[:MAX_DIGITS]) if typed.isdecimal() else 0


def _render_proposal(request: StaffRequest, change: UUID, *, code: str = "") -> HttpResponse:
    context = _proposal_context(proposals.get_proposal(change), request)
    status = 409 if code == proposals.REWRITTEN else 400 if code else 200
    problem = labels.refusal_text(code) if code else ""
    return render(request, "directory/draft.html", {**context, "problem": problem}, status=status)


def _proposal_context(draft: Proposal, request: StaffRequest) -> dict[str, Any]:
    second, is_new = proposals.has_second_editor(request.viewer.organisation), proposals.is_new_entry(draft)
    facts: dict[str, Any] = {"state": draft.state, "author": draft.by, "by": request.viewer.worker, "second": second}
    check, publish, waits = may_check(**facts), may_publish(**facts), draft.state in proposals.WAITING
    return {
        "draft": draft,
        "author": accounts.shown_names([draft.by]).get(draft.by, "") if draft.by else "",
        "card": queries.service_card(draft.service_id) if draft.service_id else None,
        "name": duplicates.entry_name_of(draft.told) if is_new else "",
        "entry": describe_new_entry(draft.told) if is_new else [],
        "changes": [] if is_new else labels.change_rows(*proposals.values_before_and_after(draft)),
        "duplicates": duplicates.find_similar_entries(draft.told, apart_from=draft.id) if is_new and waits else [],
        "districts": ", ".join(proposals.districts_in_proposal(draft)) if waits else "",
        "may_check": check,
        "may_publish": publish,
        "waits": waits,
        "own": "own_draft" in (check.because, publish.because),
    }
