"""Whom the person excludes: the list, adding to it, and removing from it."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent import exclusions as exclusion_list
from suar.consent.exclusions import new_exclusions
from suar.core.refusals import Refused
from suar.directory import providers as directory
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.referrals import exclusions, messages, sending
from suar.referrals.forms import ExclusionForm, RemoveExclusionForm
from suar.referrals.views.options import open_person

FIND, NOBODY = "find", "nobody"


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def exclude(request: StaffRequest, record: UUID) -> HttpResponse:
    """Ask whom the person excludes, and record it; what is still open to them closes at once."""
    opened, pressed = open_person(request, record, *PEOPLE), request.POST.get("go", "")
    form = _exclusion_form(request, opened, bound=request.method == "POST" and pressed not in (FIND, NOBODY))
    if pressed == NOBODY or form.is_valid():
        data = form.cleaned_data if form.is_bound else {}
        added = new_exclusions(data.get("organisations", ()), data.get("workers", ()), data.get("words", ""))
        try:
            sending.record_exclusions(opened, added, by=acting(request))
            return redirect_with_message(request, _("Saved."), "person", opened.id)
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
    return _exclusions_page(request, opened, form, RemoveExclusionForm())


@permission_required(Permission.SEE_RECORD)
@require_POST
def remove_exclusion(request: StaffRequest, record: UUID, line: UUID) -> HttpResponse:
    """Remove an exclusion, as the person wishes; it stays in the history."""
    opened, form = open_person(request, record, *PEOPLE), RemoveExclusionForm(request.POST)
    if form.is_valid():
        exclusion_list.remove_exclusion(opened, line, by=acting(request), reason=form.cleaned_data["reason"])
        return redirect_with_message(request, _("Removed from the list."), "never", record)
    return _exclusions_page(request, opened, _exclusion_form(request, opened, bound=False), form)


def _exclusion_form(request: StaffRequest, opened: OpenRecord, *, bound: bool) -> ExclusionForm:
    """Offer the organisations that were searched or chosen, and the colleagues; without those on the list."""
    hidden = {entry.ref for entry in exclusion_list.list_exclusions(opened) if entry.active} | {request.viewer.worker}
    chosen = []
    for ident in request.POST.getlist("organisations"):
        with suppress(ValueError):
            chosen.append(UUID(ident))
    searched = request.POST.get("find", "")
    matches = directory.find_providers(searched, apart_from=request.viewer.organisation)
    offered = directory.provider_names(chosen) | matches
    colleagues = ((worker.id, worker.display_name) for worker in accounts.colleagues(request.viewer))
    choices = {"organisations": offered.items(), "workers": colleagues}
    lists = {name: request.POST.getlist(name) for name in choices}
    return ExclusionForm(
        request.POST if bound else None,
        initial={"find": searched, "words": request.POST.get("words", ""), **lists},
        choices={name: [row for row in rows if row[0] not in hidden] for name, rows in choices.items()},
    )


def _exclusions_page(
    request: StaffRequest, opened: OpenRecord, form: ExclusionForm, removal: RemoveExclusionForm
) -> HttpResponse:
    lines = exclusions.exclusion_lines(opened)
    context = {
        "record": opened.id,
        "was_asked": exclusion_list.was_asked(opened),
        "active": [line for line in lines if line["entry"].active],
        "removed": [line for line in lines if not line["entry"].active],
        "form": form,
        "removal": removal,
    }
    wrong = bool(form.errors or removal.errors)
    return render(request, "referrals/exclusions.html", context, status=400 if wrong else 200)
