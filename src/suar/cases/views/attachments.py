"""The documents of a person or case: the list, adding one, its page, and its file by a single-use address."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import attachments, labels, policy
from suar.cases.corrections import ATTACHMENT, list_undos
from suar.cases.documents.papers import Attachment
from suar.cases.forms.papers import AttachmentFactsForm, AttachmentForm, StrikeForm
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.cleaning import clean_file
from suar.core.files.kinds import FileKind
from suar.core.refusals import Refused, TooBusy
from suar.records import file_links
from suar.records.files import stored_files
from suar.records.keyring import OpenRecord


@permission_required(Permission.SEE_RECORD)
def attachments_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """List the documents of a record and add one; after an error what was typed stays."""
    opened, status = open_person(request, record), 200
    form = AttachmentForm(request.POST, request.FILES) if request.method == "POST" else AttachmentForm()
    if form.is_valid():
        data, status = form.cleaned_data, 400
        try:
            clean, why = clean_file(data["file"]), data["why_original"]
            attachments.add_attachment(opened, clean, data, by=acting(request), why_original=why)
        except TooBusy:
            form.add_error("file", labels.refusal("busy"))
            status = 503
        except Refused as refusal:
            form.add_error("file", labels.refusal(refusal.because))
        else:
            return redirect_with_message(request, _("Document saved."), "attachments", record)
    listed, stored = attachments.list_attachments(opened), stored_files(record)
    context = {
        **labels.record_heading(opened),
        "form": form,
        "attachments": [(key, attachment, UUID(key) in stored) for key, attachment in listed.items()],
        "undos": list_undos(opened, ATTACHMENT, worker=request.viewer.worker, at=clock.now()),
    }
    return render(request, "cases/attachments.html", context, status=400 if form.errors and status < 400 else status)


@permission_required(Permission.SEE_RECORD)
def attachment(request: StaffRequest, record: UUID, file: UUID) -> HttpResponse:
    """Show a document with its preview, change what is said about it, or strike it out."""
    opened, key = open_person(request, record), str(file)
    stored = attachments.get_attachment(opened, key)
    initial = stored.model_dump(include=set(attachments.FACTS)) | {"version": opened.version_of(Attachment, key)}
    is_posted, strikes, keeps = request.method == "POST", "strike" in request.POST, "keep" in request.POST
    form = AttachmentFactsForm(request.POST if is_posted and not (strikes or keeps) else None, initial=initial)
    strike = StrikeForm(request.POST if strikes else None)
    sent = strike if strikes else form
    with sent.saving():
        if keeps:
            attachments.keep_evidence(opened, key, by=acting(request))
            return redirect_with_message(request, _("The file stays."), "attachment", record, file)
        if strike.is_valid():
            data = strike.cleaned_data
            attachments.strike_attachment(opened, key, data["reason"], destroy=data["destroy"], by=acting(request))
            return redirect_with_message(request, _("Document struck out."), "attachments", record)
        if form.is_valid():
            data = form.cleaned_data
            attachments.change_attachment(opened, key, data, expected=data["version"] or 0, by=acting(request))
            return redirect_with_message(request, _("Document saved."), "attachments", record)
    if sent.is_overtaken:
        opened = open_person(request, record)
        form.show_again(version=opened.version_of(Attachment, key))
    context = {"form": form, "strike": strike, "overtaken": sent.is_overtaken}
    return _attachment_page(request, opened, key, status=sent.status, **context)


@permission_required(Permission.SEE_RECORD, method="GET")
def attachment_file(
    request: StaffRequest, record: UUID, file: UUID, *, preview: bool = False, save: bool = False
) -> HttpResponse:
    """Lead to the site that serves files; its address opens the cleaned copy or its preview once."""
    ident, key = attachments.open_content_key(open_person(request, record), str(file), preview=preview)
    return redirect(file_links.make_link(ident, key, at=clock.now(), save=save))


def _attachment_page(
    request: StaffRequest, opened: OpenRecord, key: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    stored = attachments.get_attachment(opened, key)
    context |= {
        **labels.record_heading(opened),
        "key": key,
        "attachment": stored,
        "gone_at": attachments.gone_since(opened, key, stored),
        "is_responsible": policy.may_hand_over(request.viewer, opened.facts),
        "has_picture": stored.preview or stored.content is FileKind.PICTURE,
        "workers": accounts.display_names(worker for worker in (stored.by, stored.struck_by) if worker),
    }
    page = render(request, "cases/attachment.html", context, status=status)
    page.needs = downloads.PICTURE_LINKED  # type: ignore[attr-defined]  # read by the middleware for headers
    return page
