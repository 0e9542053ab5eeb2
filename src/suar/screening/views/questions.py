"""Pages on the organisation's own questions: list versions, upload a file, preview it, put it in use, download it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.codes import code_list
from suar.core.refusals import Conflict, NotYours
from suar.screening import question_sets
from suar.screening.forms import QuestionFileForm, UseFileForm
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.instrument import instrument
from suar.screening.rules.question_changes import Changes, read_changes, runs
from suar.screening.rules.question_file import Fault, InvalidFile, read_file, write_file
from suar.screening.rules.reference import never_asked
from suar.screening.rules.setting import LATEST, LONGEST_FIRST
from suar.screening.wording import code_words, say

MAX_FAULTS = 40
PROBLEMS = code_list("screening", "problems")


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def questions(request: StaffRequest) -> HttpResponse:
    """List the forms with the organisation's versions and which one is in use."""
    organisation = request.viewer.organisation
    used, drafts = question_sets.in_use(organisation), question_sets.drafts(organisation)
    versions = question_sets.own_versions(organisation)
    workers = {use.by for use in used.values() if use.by} | {version.made_by for version in versions}
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
    names = accounts.shown_names(workers)
    return render(request, "screening/questions.html", {"forms": forms, "names": names})


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def question_version(request: StaffRequest, version: UUID) -> HttpResponse:
    """Show what a version of the organisation changed."""
    row = question_sets.own_version(version, organisation=request.viewer.organisation)
    context = {
        "version": row,
        "title": _title(row.form),
        "differences": differences(load_set(row.form, row.base), read_changes(row.changes)),
        "in_use": question_sets.in_use(row.organisation)[row.form].version == row.version,
    }
    return render(request, "screening/question_version.html", context)


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def version_file(request: StaffRequest, version: UUID) -> HttpResponse:
    """Download a version of the organisation as a file."""
    row = question_sets.own_version(version, organisation=request.viewer.organisation)
    return _download(request, row.form, row)


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def draft_file(request: StaffRequest, form: str) -> HttpResponse:
    """Download a draft that was begun in an earlier release."""
    draft = question_sets.drafts(request.viewer.organisation).get(form)
    if draft is None:
        raise NotYours
    return _download(request, form, draft)


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def shipped_file(request: StaffRequest, form: str) -> HttpResponse:
    """Download the shipped questions as a file to start from."""
    return _download(request, form, None)


@permission_required(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def shipped_questions(request: StaffRequest, form: str) -> HttpResponse:
    """Ask once, then go back to the shipped questions of a form."""
    question_sets.shipped_set(form)
    used = question_sets.in_use(request.viewer.organisation)[form]
    if used.version == question_sets.SHIPPED:
        return redirect("questions")
    if request.method == "POST":
        question_sets.use_shipped(form, by=acting(request))
        return redirect_with_message(request, _("The shipped questions are in use."), "questions")
    return render(request, "screening/question_shipped.html", {"title": _title(form), "version": used.version})


@permission_required(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def import_questions(request: StaffRequest, form: str) -> HttpResponse:
    """Upload a file, preview what it changes, and put it in use. A preview stores nothing."""
    question_sets.shipped_set(form)
    if "content" in request.POST:
        return _use(request, form)
    upload = QuestionFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if upload.is_valid():
        return _preview(request, form, upload.cleaned_data["file"].read())
    return _upload_page(request, form, upload)


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
    """Return each wording that differs, in each language, before and now."""
    return [
        {"language": language, "to_a_child": name == "child", "before": earlier.get(language, ""), "now": text}
        for name in ("text", "child")
        for earlier in [before.get(name) or {}]
        for language, text in (row[name] or {}).items()
        if text != earlier.get(language)
    ]


def _title(form: str) -> str:
    return say(instrument(form, LATEST[form]).title)


def _download(request: StaffRequest, form: str, source: Any) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="questions-{form}.json"'}
    content = question_sets.export_file(form, source, by=acting(request)) or ""
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


def _upload_page(
    request: StaffRequest, form: str, upload: QuestionFileForm, faults: tuple[Fault, ...] = (), problem: str = ""
) -> HttpResponse:
    context = {
        "code": form,
        "title": _title(form),
        "form": upload,
        "problem": problem,
        "faults": [{"fault": fault, "why": _why(fault)} for fault in faults[:MAX_FAULTS]],
        "more": max(0, len(faults) - MAX_FAULTS),
    }
    is_wrong = upload.errors or faults or problem
    return render(request, "screening/question_file.html", context, status=400 if is_wrong else 200)


def _preview(request: StaffRequest, form: str, content: bytes, *, problem: str = "") -> HttpResponse:
    """Show what is wrong in a file, or what it would change."""
    base = question_sets.shipped_set(form)
    try:
        changes = read_file(content, base)
    except InvalidFile as invalid:
        return _upload_page(request, form, QuestionFileForm(), invalid.faults)
    used = question_sets.in_use(request.viewer.organisation)[form]
    context = {
        "code": form,
        "title": _title(form),
        "shipped": LATEST[form],
        "used": used,
        "form": UseFileForm(initial={"content": content.decode("utf-8-sig"), "seen": used.act}),
        "problem": problem,
        "differences": differences(base, changes),
    }
    return render(request, "screening/question_preview.html", context, status=409 if problem else 200)


def _use(request: StaffRequest, form: str) -> HttpResponse:
    sent = UseFileForm(request.POST)
    if not sent.is_valid():
        return _upload_page(request, form, QuestionFileForm(), problem=PROBLEMS.label("unreadable"))
    data: Mapping[str, Any] = sent.cleaned_data
    content = data["content"].encode("utf-8", "surrogatepass")
    try:
        question_sets.use_file(form, content, by=acting(request), seen=data["seen"])
    except InvalidFile:
        return _preview(request, form, content)
    except Conflict:
        return _preview(request, form, content, problem=PROBLEMS.label("file_overtaken"))
    return redirect_with_message(request, _("These questions are in use."), "questions")


def _why(fault: Fault) -> str:
    """Return in words why a file or a wording cannot be used."""
    faults, required = code_list("screening", "file_faults"), code_list("screening", "required_questions")
    if fault.code in faults:
        words = faults.label(fault.code).format(detail=fault.detail)
        return f"{words} {required.label(fault.detail)}" if fault.detail in required else words
    never = next((row for row in never_asked() if row.code == fault.code), None)
    if never is None:
        return code_words(instrument(), fault.code)
    return f"{PROBLEMS.label('never_asked')}: {say(never.label)}. {say(never.because)}"
