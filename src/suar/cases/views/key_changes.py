"""Pages on which a lead changes the keys of colleagues who left, and sees how far that is."""

import time
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import key_changes as accounts
from suar.accounts.acting import acting
from suar.accounts.codes import REFUSALS, WorkerState
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.queries import colleagues, display_names
from suar.accounts.roles import Permission
from suar.cases.calendars import update_index_entry
from suar.cases.forms.key_changes import ReceiversForm
from suar.consent.exclusions import excluded_colleagues
from suar.core.refusals import Refused
from suar.records import key_changes as records
from suar.records import key_renewal, keyring

LONGEST_S = 2.0
"""The time for which one request seals; the page then shows the progress."""


@permission_required(Permission.ADMIT_TO_TEAM)
@require_GET
def show_key_changes(request: StaffRequest) -> HttpResponse:
    """List who left with keys, and the changes that go on; with script the page goes on by itself."""
    context = {
        "leavers": list(accounts.leavers(request.viewer, keys=request.keys)),
        "changes": records.list_progress(request.viewer, keys=request.keys),
        "disabled": [row for row in colleagues(request.viewer) if row.state == WorkerState.DISABLED],
    }
    return render(request, "cases/key_changes.html", context)


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
@require_http_methods(["GET", "POST"])
def change_keys(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Show who gets the new keys, and replace those of a colleague who left."""
    keys = accounts.keys_of_leaver(worker, viewer=request.viewer, keys=request.keys)
    received = accounts.receivers_of((key for key in keys if key.retired_at is None), viewer=request.viewer)
    people = {row.id: row for rows in received.values() for row in rows}
    form = ReceiversForm(request.POST or None)
    if form.is_valid():
        try:
            records.change_keys_of(worker, receivers=form.cleaned_data["receivers"], by=acting(request))
            return redirect_with_message(request, _("New keys made. Their old keys open nothing new."), "key_changes")
        except Refused as refusal:
            form.add_error(None, REFUSALS.label(refusal.because))
    context = {
        "form": form,
        "people": people.values(),
        "receivers": " ".join(map(str, people)),
        "name": display_names([worker])[worker],
    }
    return render(request, "cases/change_keys.html", context, status=400 if form.errors else 200)


@permission_required(Permission.ADMIT_TO_TEAM)
@require_POST
def go_on(request: StaffRequest, key_change: int) -> HttpResponse:
    """Seal records to the new key for two seconds; the rest waits for the next request."""
    until = time.monotonic() + LONGEST_S
    while records.reseal_some(key_change, by=acting(request), excluded=excluded_colleagues, enter=update_index_entry):
        if time.monotonic() > until:
            break
    return redirect("key_changes")


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
@require_http_methods(["GET", "POST"])
def renew_keys(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Show which records a disabled account opened, and give them new keys for two seconds; the rest waits."""
    renewal, until = (
        key_renewal.renewal_of(worker, viewer=request.viewer, keys=request.keys),
        time.monotonic() + LONGEST_S,
    )
    if request.method == "GET":
        return render(request, "cases/renew_keys.html", {"renewal": renewal, "worker": worker})
    for record in [] if renewal.waits_for_keys else renewal.mine:
        key_renewal.renew(keyring.open_record(record, keys=request.keys), stolen=worker, by=acting(request))
        if time.monotonic() > until:
            break
    request.keys.records.clear()  # Nothing is shown of thousands of records, so they do not count as opened.
    return redirect("renew_keys", worker)
