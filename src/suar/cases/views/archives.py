"""The whole file of a person as an encrypted archive: for what, the password once, and the file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import archives, export_limits, labels, persons_copy, policy
from suar.cases.documents.papers import SavedArchive
from suar.cases.forms.archives import ArchiveForm
from suar.cases.views.case import read_received
from suar.cases.views.passwords import offer_password, sent_password
from suar.cases.views.person import open_person
from suar.core.files import downloads
from suar.core.refusals import NotYours, Refused
from suar.crypto.archives import encrypt_files
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.referrals import exclusions

EMPTY: Mapping[str, Any] = {}


@permission_required(Permission.SEE_RECORD, step_up=True)
@require_http_methods(["GET", "POST"])
def archive(request: StaffRequest, record: UUID) -> HttpResponse:
    """Ask what the file is for, show a new password once, and then give the archive under that password.

    Only the worker of the person and a lead may save it. Nothing stores the password.
    """
    opened = open_person(request, record)
    if request.method == "POST" and not policy.may_hand_over(request.viewer, opened.facts):
        raise NotYours
    form = ArchiveForm(
        request.POST if request.method == "POST" else None,
        initial={"language": persons_copy.language_for(opened)},
        excluded=archives.excluded_names(opened),
        must_ask_first=exclusions.must_ask_first(opened),
    )
    if not form.is_valid():
        return _page(request, opened, form, status=400 if form.is_bound else 200)
    by = acting(request)
    if export_limits.waits([opened.id], export_limits.agreement(form.cleaned_data["purpose"], one=opened.id), by=by):
        return _page(request, opened, form, extra={"waits": True})
    password = sent_password(request)
    if not password:
        return _page(request, opened, form, extra=offer_password(request))
    try:
        return downloads.save_file(_build(request, opened, form.cleaned_data, password), extension="zip")
    except Refused as refusal:
        form.add_error(None, labels.refusal(refusal.because))
        return _page(request, opened, form, status=400)


def _build(request: StaffRequest, opened: OpenRecord, data: dict[str, Any], password: str) -> bytes:
    """Return the archive, written down in the record and in the audit log before the first byte leaves."""
    by = acting(request)
    facts = {name: data[name] for name in ("purpose", "receiver", "reason")}
    saved = SavedArchive(**facts, by=by.worker, at=by.at)
    received = read_received(request, opened) if opened.facts.kind is Kind.CASE else None
    shared = (received.shared or {}) if received else {}
    files = archives.collect_files(opened, saved, language=data["language"], received=shared, by=by)
    content = encrypt_files(files, password)
    archives.record_archive(opened, saved, content, by=by)
    return content


def _page(
    request: StaffRequest, opened: OpenRecord, form: ArchiveForm, *, extra: Mapping[str, Any] = EMPTY, status: int = 200
) -> HttpResponse:
    saved = archives.list_archives(opened)
    context = {
        "record": opened.id,
        **labels.record_heading(opened),
        "form": form,
        "may_save": policy.may_hand_over(request.viewer, opened.facts),
        "excluded": form.excluded,
        "saved": saved,
        "workers": accounts.display_names({archive.by for archive in saved}),
        **extra,
    }
    return render(request, "cases/archive.html", context, status=status)
