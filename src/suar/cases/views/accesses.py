"""Accesses that stand out, decoys, and new keys after a colleague left."""

import time
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import access_reviews, alarms
from suar.accounts import key_changes as leavers
from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.codes import EMERGENCIES, WorkerState
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import accesses, export_limits
from suar.cases.calendars import update_index_entry
from suar.cases.forms.accesses import DecoyForm, EmergencyForm, ReceiversForm, ReviewForm
from suar.consent.exclusions import excluded_colleagues
from suar.core import clock
from suar.records import budgets, key_changes, keyring
from suar.records import queries as records


@permission_required(Permission.REVIEW_ACCESS, method="GET")
def list_accesses(request: StaffRequest) -> HttpResponse:
    """List the accesses that wait for a review, those that are late first, and what was reviewed."""
    viewer, at = request.viewer, clock.now()
    context = {
        "waiting": [row for row in alarms.list_alarms(viewer, at=at).order_by("at") if row.kind in alarms.REVIEWED],
        "reviewed": alarms.list_reviewed(viewer, at=at),
        "may_make_decoys": bool(viewer.leads),
    }
    return render(request, "cases/accesses.html", context)


@permission_required(Permission.REVIEW_ACCESS, step_up=True)
def review_access(request: StaffRequest, alarm: int) -> HttpResponse:
    """Show why a record was opened, and take what the review found."""
    row, form = access_reviews.reviewable_alarm(alarm, request.viewer), ReviewForm(post_data(request))
    if form.is_valid():
        with form.saving():
            access_reviews.review(row.id, **form.cleaned_data, by=acting(request))
            return redirect_with_message(request, _("Review saved."), "accesses")
    texts = access_reviews.open_texts(row, keys=request.keys)
    context = {
        "alarm": row,
        "why": EMERGENCIES.label(row.code) if row.code in EMERGENCIES else export_limits.agreement_in_words(row.code),
        "words": texts.get(False, ""),
        "found": texts.get(True, ""),
        "opens": row.record and records.granted_kinds([row.record], keys=request.keys),
    }
    return form_page(request, "cases/review_access.html", form, **context)


@permission_required(Permission.SEE_READERS, step_up=True)
def emergency(request: StaffRequest) -> HttpResponse:
    """Open a record in an emergency, and go to it."""
    form = EmergencyForm(post_data(request))
    if form.is_valid():
        with form.saving():
            record = accesses.open_in_emergency(**form.cleaned_data, by=acting(request))
            return redirect("person", record) if record else redirect("accesses")
    return form_page(request, "cases/emergency.html", form)


@permission_required(Permission.SEE_READERS, step_up=True)
def decoys(request: StaffRequest) -> HttpResponse:
    """List a lead's own decoys, and make one."""
    viewer = request.viewer
    teams = accounts.team_names(viewer.leads)
    form = DecoyForm(post_data(request), choices={"team": teams.items()})
    if form.is_valid():
        accesses.make_decoy(form.cleaned_data["team"], form.cleaned_data["name"], by=acting(request))
        return redirect_with_message(request, _("Decoy made. Opening it raises an alarm."), "decoys")
    entries = records.index_entries(budgets.decoys_of(viewer), keys=request.keys)
    return form_page(request, "cases/decoys.html", form, decoys=records.records_of(entries), teams=teams)


MAX_RESEAL_S = 2.0
"""How long one request seals records to a new key; then the page shows the progress."""


@permission_required(Permission.ADMIT_TO_TEAM, method="GET")
def show_key_changes(request: StaffRequest) -> HttpResponse:
    """List colleagues who left with keys, and the key changes in progress; a script continues them."""
    context = {
        "leavers": list(leavers.leavers(request.viewer, keys=request.keys)),
        "changes": key_changes.list_progress(request.viewer, keys=request.keys),
        "disabled": [row for row in accounts.colleagues(request.viewer) if row.state == WorkerState.DISABLED],
    }
    return render(request, "cases/key_changes.html", context)


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
def change_keys(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Show who gets the new keys, and replace those of a colleague who left."""
    keys = leavers.keys_of_leaver(worker, viewer=request.viewer, keys=request.keys)
    received = leavers.receivers_of((key for key in keys if key.retired_at is None), viewer=request.viewer)
    people = {row.id: row for rows in received.values() for row in rows}
    form = ReceiversForm(post_data(request))
    if form.is_valid():
        with form.saving():
            key_changes.change_keys_of(worker, receivers=form.cleaned_data["receivers"], by=acting(request))
            return redirect_with_message(request, _("Keys replaced. The old ones open nothing new."), "key_changes")
    context = {
        "people": people.values(),
        "receivers": " ".join(map(str, people)),
        "name": accounts.display_names([worker])[worker],
    }
    return form_page(request, "cases/change_keys.html", form, **context)


@permission_required(Permission.ADMIT_TO_TEAM, method="POST")
def reseal_records(request: StaffRequest, key_change: int) -> HttpResponse:
    """Seal records to the new key for two seconds; the rest waits for the next request."""
    until = time.monotonic() + MAX_RESEAL_S
    while key_changes.reseal_some(
        key_change, by=acting(request), excluded=excluded_colleagues, enter=update_index_entry
    ):
        if time.monotonic() > until:
            break
    return redirect("key_changes")


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
def renew_keys(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Show which records a disabled account opened, and give them new keys for two seconds; the rest waits."""
    renewal = key_changes.renewal_of(worker, viewer=request.viewer, keys=request.keys)
    until = time.monotonic() + MAX_RESEAL_S
    if request.method == "GET":
        return render(request, "cases/renew_keys.html", {"renewal": renewal, "worker": worker})
    for record in [] if renewal.waits_for_keys else renewal.mine:
        key_changes.renew(keyring.open_record(record, keys=request.keys), stolen=worker, by=acting(request))
        if time.monotonic() > until:
            break
    request.keys.records.clear()  # Nothing is shown of thousands of records, so they do not count as opened.
    return redirect("renew_keys", worker)
