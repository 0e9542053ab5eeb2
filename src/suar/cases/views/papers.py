"""Papers and copies: documents of a record, the whole file as an encrypted archive, and the copy for the person."""

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import archives, attachments, export_limits, labels, persons_copy, policy
from suar.cases.corrections import ATTACHMENT, list_undos
from suar.cases.documents.papers import Attachment, SavedArchive
from suar.cases.forms import papers as forms
from suar.cases.queries import get_document
from suar.cases.views.case import read_received, shared_values
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.cleaning import clean_file
from suar.core.files.kinds import FileKind
from suar.core.i18n import LANGUAGES, staff_languages
from suar.core.refusals import NotYours, TooBusy
from suar.crypto.archives import encrypt_files, new_password
from suar.records import file_links
from suar.records.files import stored_files
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions
from suar.screening import policy as talk_policy
from suar.screening import queries as talks


@permission_required(Permission.SEE_RECORD)
def attachments_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """List the documents of a record and add one; after an error what was typed stays."""
    opened, status = open_person(request, record), 0
    form = forms.AttachmentForm(post_data(request), request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            with form.saving():
                clean, why = clean_file(data["file"]), data["why_original"]
                attachments.add_attachment(opened, clean, data, by=acting(request), why_original=why)
                return redirect_with_message(request, _("Document saved."), "attachments", record)
        except TooBusy:
            form.refuse("busy")
            status = 503
    listed, stored = attachments.list_attachments(opened), stored_files(record)
    context = {
        **labels.record_heading(opened),
        "form": form,
        "attachments": [(key, attachment, UUID(key) in stored) for key, attachment in listed.items()],
        "undos": list_undos(opened, ATTACHMENT, worker=request.viewer.worker),
    }
    return render(request, "cases/attachments.html", context, status=status or form.status)


@permission_required(Permission.SEE_RECORD)
def attachment(request: StaffRequest, record: UUID, file: UUID) -> HttpResponse:
    """Show a document with its preview, change what is said about it, or strike it out."""
    opened, key = open_person(request, record), str(file)
    stored, version = get_document(opened, Attachment, key), opened.version_of(Attachment, key)
    initial = stored.model_dump(include=set(attachments.FACTS))
    strikes, keeps, typed = "strike" in request.POST, "keep" in request.POST, post_data(request)
    form = forms.AttachmentFactsForm(None if strikes or keeps else typed, initial=initial, version=version)
    strike_form = forms.StrikeForm(typed if strikes else None)
    sent_form = strike_form if strikes else form
    with sent_form.saving():
        if keeps:
            attachments.cancel_destruction(opened, key, by=acting(request))
            return redirect_with_message(request, _("The file stays."), "attachment", record, file)
        if strike_form.is_valid():
            data = strike_form.cleaned_data
            attachments.strike_attachment(opened, key, data["reason"], destroy=data["destroy"], by=acting(request))
            return redirect_with_message(request, _("Document struck out."), "attachments", record)
        if form.is_valid():
            data = form.cleaned_data
            attachments.change_attachment(opened, key, data, expected=data["version"], by=acting(request))
            return redirect_with_message(request, _("Document saved."), "attachments", record)
    if sent_form.is_overtaken:
        opened = open_person(request, record)
        form.show_again(version=opened.version_of(Attachment, key))
    context = {"form": form, "strike_form": strike_form, "overtaken": sent_form.is_overtaken}
    return _attachment_page(request, opened, key, status=sent_form.status, **context)


@permission_required(Permission.SEE_RECORD, method="GET")
def attachment_file(
    request: StaffRequest, record: UUID, file: UUID, *, preview: bool = False, save: bool = False
) -> HttpResponse:
    """Redirect to the site that serves files; the address opens the cleaned copy or its preview once."""
    ident, key = attachments.open_content_key(open_person(request, record), str(file), preview=preview)
    return redirect(file_links.make_link(ident, key, at=clock.now(), save=save))


def _attachment_page(
    request: StaffRequest, opened: OpenRecord, key: str, *, status: int, **context: Any
) -> HttpResponse:
    stored = get_document(opened, Attachment, key)
    context |= {
        **labels.record_heading(opened),
        "key": key,
        "attachment": stored,
        "gone_at": attachments.removed_at(opened, key, stored),
        "is_responsible": policy.may_hand_over(request.viewer, opened.facts),
        "has_picture": stored.preview or stored.content is FileKind.PICTURE,
    }
    page = render(request, "cases/attachment.html", context, status=status)
    page.policy_exception = downloads.PICTURE_LINKED  # type: ignore[attr-defined]  # read by the middleware for headers
    return page


@permission_required(Permission.SEE_RECORD, step_up=True)
def archive(request: StaffRequest, record: UUID) -> HttpResponse:
    """Ask for the purpose, show a new password once, then return the archive encrypted with that password.

    Only the worker of the person and a lead may save it. Nothing stores the password.
    """
    opened = open_person(request, record)
    if request.method == "POST" and not policy.may_hand_over(request.viewer, opened.facts):
        raise NotYours
    form = forms.ArchiveForm(
        post_data(request),
        initial={"language": persons_copy.language_for(opened)},
        excluded=archives.excluded_names(opened),
        must_ask_first=exclusions.must_ask_first(opened),
    )
    if not form.is_valid():
        return _archive_page(request, opened, form, status=400 if form.is_bound else 200)
    by = acting(request)
    code = export_limits.agreement_code(form.cleaned_data["purpose"], person=opened.id)
    if export_limits.ask_agreement([opened.id], code, by=by):
        return _archive_page(request, opened, form, waits=True)
    password = sent_password(request)
    if not password:
        return _archive_page(request, opened, form, **offer_password(request))
    with form.saving():
        return downloads.save_file(_build_archive(request, opened, form.cleaned_data, password), extension="zip")
    return _archive_page(request, opened, form, status=400)


def _build_archive(request: StaffRequest, opened: OpenRecord, data: dict[str, Any], password: str) -> bytes:
    """Return the archive, written down in the record and in the audit log before the first byte leaves."""
    by = acting(request)
    facts = {name: data[name] for name in ("purpose", "receiver", "reason")}
    saved = SavedArchive(**facts, by=by.worker, at=by.at)
    received = read_received(request, opened)
    files = archives.collect_files(opened, saved, language=data["language"], received=shared_values(received), by=by)
    content = encrypt_files(files, password)
    archives.record_archive(opened, saved, content, by=by)
    return content


def _archive_page(
    request: StaffRequest, opened: OpenRecord, form: forms.ArchiveForm, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        **labels.record_heading(opened),
        "form": form,
        "may_save": policy.may_hand_over(request.viewer, opened.facts),
        "excluded": form.excluded,
        "archives": archives.list_archives(opened),
        **extra,
    }
    return render(request, "cases/archive.html", context, status=status)


@permission_required(Permission.SEE_RECORD)
def copy_for_person(request: StaffRequest, record: UUID, language: str = "") -> HttpResponse:
    """Show the record in plain words in a language, and store what the person asks to correct."""
    opened = open_person(request, record)
    form = forms.CorrectionRequestForm(post_data(request))
    if form.is_valid():
        persons_copy.ask_correction(opened, form.cleaned_data["text"], by=acting(request))
        return redirect_with_message(request, _("Saved. The answer is due in seven days."), "persons_copy", record)
    return _copy_page(request, opened, language=language, form=form, status=400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD, method="POST")
def answer_correction(request: StaffRequest, record: UUID, key: UUID) -> HttpResponse:
    """Answer what the person asked to correct."""
    opened, form = open_person(request, record), forms.CorrectionAnswerForm(request.POST, prefix=str(key))
    if str(key) not in persons_copy.list_corrections(opened):
        raise NotYours
    if form.is_valid():
        data = form.cleaned_data
        with form.saving():
            persons_copy.answer_correction(opened, str(key), data["outcome"], data["answer"], by=acting(request))
            return redirect_with_message(request, _("Answer saved. Tell the person."), "persons_copy", record)
    return _copy_page(request, opened, answering={str(key): form}, status=400)


def _copy_page(
    request: StaffRequest,
    opened: OpenRecord,
    *,
    language: str = "",
    form: forms.CorrectionRequestForm | None = None,
    answering: dict[str, forms.CorrectionAnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    languages = [item.code for item in staff_languages()]
    if language and language not in languages:
        raise NotYours
    chosen = language or persons_copy.language_for(opened)
    received = read_received(request, opened)
    corrections, findings = persons_copy.list_corrections(opened), talks.findings(opened)
    answers = {key: forms.CorrectionAnswerForm(prefix=key) for key, item in corrections.items() if not item.outcome}
    answers |= answering or {}
    context: dict[str, Any] = {
        **labels.record_heading(opened),
        "sections": persons_copy.compose(
            opened,
            language=chosen,
            shared=received.shared if received else None,
            with_readers=request.viewer.may(Permission.SEE_READERS),
        ),
        "copy_language": chosen,
        "languages": [LANGUAGES[code] for code in languages],
        "on_paper": talk_policy.may_leave_card(findings[0].stopped_by if findings else None),
        "summaries": persons_copy.waiting_summaries(opened, at=clock.now()),
        "form": form or forms.CorrectionRequestForm(),
        "corrections": [(key, correction, answers.get(key)) for key, correction in corrections.items()],
    }
    return render(request, "cases/persons_copy.html", context, status=status)


SEED = "seed"
SEED_LENGTH = 32


def sent_password(request: StaffRequest) -> str:
    """Return the password that the page of this form showed; empty if the form comes from no such page.

    The form carries a seed. Only the worker's own key makes the password of it, so no form chooses a password.
    """
    seed = request.POST.get(SEED, "")
    return _password_of_seed(request, seed) if len(seed) == SEED_LENGTH else ""


def offer_password(request: StaffRequest) -> dict[str, Any]:
    """Return a new password to show once, and the seed that the form carries."""
    seed = secrets.token_hex(SEED_LENGTH // 2)
    return {SEED: seed, "password": _password_of_seed(request, seed)}


def _password_of_seed(request: StaffRequest, seed: str) -> str:
    return new_password(request.keys.form_digest(f"password of an archive|{seed}".encode()))
