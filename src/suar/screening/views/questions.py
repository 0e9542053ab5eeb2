"""Pages of the organisation's questions: versions, upload, drafts, downloads."""

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
from suar.core.codes import code_list
from suar.core.refusals import Refused, value_or_refuse
from suar.screening import question_sets
from suar.screening.forms import QuestionFileForm
from suar.screening.rules.answers import LATEST
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.instrument import instrument
from suar.screening.rules.question_changes import Changes, read_changes, runs
from suar.screening.rules.question_file import Fault, InvalidFile, write_file
from suar.screening.rules.reference import forbidden_questions
from suar.screening.rules.setting import LONGEST_FIRST
from suar.screening.wording import PROBLEMS, code_words, say

MAX_FAULTS = 40


@permission_required(Permission.EDIT_QUESTIONS, method="GET")
def questions(request: StaffRequest) -> HttpResponse:
    """List the forms with the organisation's versions and which one is in use."""
    organisation = request.viewer.organisation
    used, drafts = question_sets.versions_in_use(organisation), question_sets.drafts_by_form(organisation)
    versions = question_sets.list_versions(organisation)
    workers = {use.by for use in used.values() if use.by} | {version.made_by for version in versions}
    workers |= {draft.changed_by for draft in drafts.values()}
    forms = [
        {
            "code": form,
            "title": _title(form),
            "shipped": LATEST[form],
            "used": used[form],
            "draft": drafts.get(form),
            "versions": [version for version in versions if version.form == form],
        }
        for form in LONGEST_FIRST
    ]
    context = {"forms": forms, "names": accounts.display_names(workers), "has_drafts": bool(drafts)}
    return render(request, "screening/questions.html", context)


@permission_required(Permission.EDIT_QUESTIONS, method="GET")
def question_version(request: StaffRequest, version: UUID) -> HttpResponse:
    """Show what a version of the organisation changed."""
    row = question_sets.get_version(version, organisation=request.viewer.organisation)
    context = {
        "version": row,
        "title": _title(row.form),
        "differences": differences(load_set(row.form, row.base), read_changes(row.changes)),
        "in_use": question_sets.versions_in_use(row.organisation)[row.form].version == row.version,
    }
    return render(request, "screening/question_version.html", context)


@permission_required(Permission.EDIT_QUESTIONS, method="GET")
def version_file(request: StaffRequest, version: UUID) -> HttpResponse:
    """Download a version of the organisation as a file."""
    row = question_sets.get_version(version, organisation=request.viewer.organisation)
    return _download(request, row.form, row)


@permission_required(Permission.EDIT_QUESTIONS, method="GET")
def draft_file(request: StaffRequest, form: str) -> HttpResponse:
    """Download the draft of a form."""
    return _download(
        request, form, value_or_refuse(question_sets.drafts_by_form(request.viewer.organisation).get(form))
    )


@permission_required(Permission.EDIT_QUESTIONS, method="GET")
def shipped_file(request: StaffRequest, form: str) -> HttpResponse:
    """Download the shipped questions as a file to start from."""
    return _download(request, form, None)


@permission_required(Permission.EDIT_QUESTIONS, method="POST")
def shipped_questions(request: StaffRequest, form: str) -> HttpResponse:
    """Store a draft that goes back to the shipped questions of a form."""
    return _show_new_draft(request, question_sets.draft_shipped(form, by=acting(request)))


@permission_required(Permission.EDIT_QUESTIONS)
def import_questions(request: StaffRequest, form: str) -> HttpResponse:
    """Upload a file and store it as a draft; nothing is in use yet."""
    question_sets.shipped_set(form)
    waiting = question_sets.drafts_by_form(request.viewer.organisation).get(form)
    if waiting:
        return redirect("question_draft", waiting.id)
    upload = QuestionFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if not upload.is_valid():
        return _upload_page(request, form, upload)
    try:
        draft = question_sets.draft_file(form, upload.cleaned_data["file"].read(), by=acting(request))
    except InvalidFile as invalid:
        return _upload_page(request, form, QuestionFileForm(), invalid.faults)
    return _show_new_draft(request, draft)


@permission_required(Permission.EDIT_QUESTIONS)
def question_draft(request: StaffRequest, draft: UUID) -> HttpResponse:
    """Show the changes of a draft; discard it, or put it in use as the second person."""
    answer, status = request.POST.get("answer"), 200
    if answer == "discard":
        question_sets.discard_draft(draft, by=acting(request))
        return redirect_with_message(request, _("Draft discarded."), "questions")
    try:
        if answer == "use":
            question_sets.use_draft(draft, by=acting(request))
            return redirect_with_message(request, _("New talks use these questions."), "questions")
    except InvalidFile as invalid:
        row = question_sets.get_draft(draft, organisation=request.viewer.organisation)
        return _upload_page(request, row.form, QuestionFileForm(), invalid.faults)
    except Refused:
        status = 409
    row = question_sets.get_draft(draft, organisation=request.viewer.organisation)
    persons = question_sets.second_persons(row)
    context = {
        "draft": row,
        "title": _title(row.form),
        "author": accounts.display_names([row.changed_by])[row.changed_by],
        "is_back": question_sets.is_back_to_shipped(row),
        "differences": differences(load_set(row.form, row.base), read_changes(row.changes)),
        "used": question_sets.versions_in_use(row.organisation)[row.form],
        "may_use": request.viewer.worker in persons,
        "has_second_person": bool(persons),
    }
    return render(request, "screening/question_draft.html", context, status=status)


def differences(base: Raw, changes: Changes) -> list[dict[str, Any]]:
    """Return what differs from the shipped form, for the template: added, reworded, left out, moved questions."""
    shipped, own = (
        {row["question"]: row for row in write_file(base, version)["questions"]} for version in (Changes(), changes)
    )
    signs = instrument(base["code"], base["version"]).signs
    rows = []
    for code, row in own.items():
        before = shipped.get(code, {})
        words = _changed_words(row, before)
        if not row.get("asked", True):
            rows.append({"kind": "LEFT_OUT", "text": before["text"]})
        elif words:
            kind, sign = "REWORDED" if before else "ADDED", signs.get(row.get("sign", ""))
            rows.append({"kind": kind, "text": before.get("text"), "words": words, "sign": sign})
    for key, codes in runs(base, changes).items():
        if key in changes.order:
            rows.append({"kind": "MOVED", "order": [own[code]["text"] for code in codes if code in own]})
    return rows


def _changed_words(row: Raw, before: Raw) -> list[dict[str, Any]]:
    """Return the changed wordings by language, before and now."""
    return [
        {"language": language, "to_a_child": name == "child", "before": earlier.get(language, ""), "now": text}
        for name in ("text", "child")
        for earlier in [before.get(name) or {}]
        for language, text in (row[name] or {}).items()
        if text != earlier.get(language)
    ]


def _title(form: str) -> str:
    return say(instrument(form).title)


def _download(request: StaffRequest, form: str, source: Any) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="questions-{form}.json"'}
    content = question_sets.export_file(form, source, by=acting(request)) or ""
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


def _show_new_draft(request: StaffRequest, draft: UUID | None) -> HttpResponse:
    """Redirect to a new draft, or to the list if the same form was sent twice."""
    if draft is None:
        return redirect("questions")
    return redirect_with_message(request, _("Draft saved. A second person has to confirm it."), "question_draft", draft)


def _upload_page(
    request: StaffRequest, form: str, upload: QuestionFileForm, faults: tuple[Fault, ...] = ()
) -> HttpResponse:
    context = {
        "title": _title(form),
        "form": upload,
        "faults": [{"fault": fault, "why": _why(fault)} for fault in faults[:MAX_FAULTS]],
        "more": max(0, len(faults) - MAX_FAULTS),
    }
    return render(request, "screening/question_file.html", context, status=400 if upload.errors or faults else 200)


def _why(fault: Fault) -> str:
    """Return the message of a fault."""
    faults, required = code_list("screening", "file_faults"), code_list("screening", "required_questions")
    if fault.code in faults:
        words = faults.label(fault.code).format(detail=fault.detail)
        return f"{words} {required.label(fault.detail)}" if fault.detail in required else words
    forbidden = next((row for row in forbidden_questions() if row.code == fault.code), None)
    if forbidden is None:
        return code_words(instrument(), fault.code)
    return f"{PROBLEMS.label('forbidden_question')}: {say(forbidden.label)}. {say(forbidden.because)}"
