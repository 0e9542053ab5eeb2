"""Pages on the organisation's own questions: list versions, upload a file, preview it, put it in use, download it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.codes import code_list
from suar.core.refusals import Conflict, NotYours, Refused
from suar.screening import question_sets, rules
from suar.screening.forms import QuestionFileForm, UseFileForm
from suar.screening.messages import PROBLEMS
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.question_changes import Changes, read_changes, runs
from suar.screening.rules.question_file import Fault, FileResult, write_file
from suar.screening.rules.setting import LATEST, LONGEST_FIRST
from suar.screening.wording import code_words, say

MAX_FAULTS = 40


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def questions(request: StaffRequest) -> HttpResponse:
    """List the forms with the organisation's versions and which one is in use."""
    organisation = request.viewer.organisation
    used, drafts = question_sets.in_use(organisation), question_sets.drafts(organisation)
    versions = question_sets.own_versions(organisation)
    workers = {use.by for use in used.values() if use.by} | {each.made_by for each in versions}
    forms = [
        {
            "code": form,
            "title": _title(form),
            "shipped": LATEST[form],
            "used": used[form],
            "draft": drafts.get(form),
            "versions": [each for each in versions if each.form == form],
        }
        for form in LONGEST_FIRST
    ]
    names = accounts.shown_names(workers)
    return render(request, "screening/questions.html", {"forms": forms, "names": names})


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def question_version(request: StaffRequest, version: UUID) -> HttpResponse:
    """Show what a version of the organisation changed."""
    found = question_sets.own_version(version, organisation=request.viewer.organisation)
    context = {
        "version": found,
        "title": _title(found.form),
        "differences": differences(load_set(found.form, found.base), read_changes(found.changes)),
        "in_use": question_sets.in_use(found.organisation)[found.form].version == found.version,
    }
    return render(request, "screening/question_version.html", context)


@permission_required(Permission.EDIT_QUESTIONS)
@require_GET
def version_file(request: StaffRequest, version: UUID) -> HttpResponse:
    """Download a version of the organisation as a file."""
    found = question_sets.own_version(version, organisation=request.viewer.organisation)
    return _download(request, found.form, found)


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
    used = question_sets.in_use(request.viewer.organisation).get(form)
    if used is None:
        raise NotYours
    if request.method == "POST" and used.version != question_sets.SHIPPED:
        question_sets.use_shipped(form, viewer=request.viewer, at=clock.now())
    if request.method == "POST" or used.version == question_sets.SHIPPED:
        return redirect("questions")
    context = {"title": _title(form), "version": used.version}
    return render(request, "screening/question_shipped.html", context)


@permission_required(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def import_questions(request: StaffRequest, form: str) -> HttpResponse:
    """Upload a file, preview what it changes, and put it in use. A preview stores nothing."""
    question_sets.shipped_set(form)
    if request.method == "POST" and "content" in request.POST:
        return _use(request, form)
    upload = QuestionFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if upload.is_valid():
        return _preview(request, form, upload.cleaned_data["file"].read())
    return _upload_page(request, form, upload, status=400 if upload.errors else 200)


def differences(base: Raw, changes: Changes) -> list[dict[str, Any]]:
    """Return what differs from the shipped form, for the template: added, reworded, left out, moved questions."""
    shipped, own = (
        {row["question"]: row for row in write_file(base, each)["questions"]} for each in (Changes(), changes)
    )
    signs = rules.instrument(base["code"], base["version"]).signs
    found = []
    for code, row in own.items():
        before = shipped.get(code, {})
        words = _changed_words(row, before)
        if not row.get("asked", True):
            found.append({"kind": "LEFT_OUT", "text": before["text"]})
        elif words:
            kind = "REWORDED" if before else "ADDED"
            found.append(
                {"kind": kind, "text": before.get("text"), "words": words, "sign": signs.get(row.get("sign", ""))}
            )
    for run in runs(base, changes):
        if run.key in changes.order:
            found.append({"kind": "MOVED", "order": [own[code]["text"] for code in run.questions if code in own]})
    return found


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
    return say(rules.instrument(form, LATEST[form]).title)


def _download(request: StaffRequest, form: str, found: Any) -> HttpResponse:
    content = question_sets.export_file(form, found, viewer=request.viewer, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="questions-{form}.json"'}
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


def _upload_page(
    request: StaffRequest,
    form: str,
    upload: QuestionFileForm,
    *,
    faults: tuple[Fault, ...] = (),
    problem: object = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "code": form,
        "title": _title(form),
        "form": upload,
        "problem": problem,
        "faults": [{"fault": each, "why": _why(each)} for each in faults[:MAX_FAULTS]],
        "more": max(0, len(faults) - MAX_FAULTS),
    }
    return render(request, "screening/question_file.html", context, status=status)


def _preview(
    request: StaffRequest, form: str, content: bytes, *, problem: object = "", status: int = 200
) -> HttpResponse:
    """Show what is wrong in a file, or what it would change."""
    result: FileResult = question_sets.read_upload(form, content)
    if result.changes is None:
        return _upload_page(request, form, QuestionFileForm(), faults=result.faults, status=400)
    used = question_sets.in_use(request.viewer.organisation)[form]
    context = {
        "code": form,
        "title": _title(form),
        "shipped": LATEST[form],
        "used": used,
        "form": UseFileForm(initial={"content": content.decode("utf-8-sig"), "seen": used.act}),
        "problem": problem,
        "differences": differences(question_sets.shipped_set(form), result.changes),
    }
    return render(request, "screening/question_preview.html", context, status=status)


def _use(request: StaffRequest, form: str) -> HttpResponse:
    sent = UseFileForm(request.POST)
    if not sent.is_valid():
        return _upload_page(request, form, QuestionFileForm(), problem=PROBLEMS["unreadable"], status=400)
    content, seen = sent.cleaned_data["content"].encode("utf-8", "surrogatepass"), sent.cleaned_data["seen"]
    try:
        question_sets.use_file(form, content, viewer=request.viewer, at=clock.now(), seen=seen)
    except Refused:
        return _preview(request, form, content)
    except Conflict:
        return _preview(request, form, content, problem=PROBLEMS["file_overtaken"], status=409)
    return redirect("questions")


def _why(fault: Fault) -> str:
    """Say why a file or a wording cannot be used."""
    faults, required = code_list("screening", "file_faults"), code_list("screening", "required_questions")
    if fault.code in faults:
        words = faults.label(fault.code).format(detail=fault.detail)
        return f"{words} {required.label(fault.detail)}" if fault.detail in required else words
    never = next((each for each in rules.never_asked() if each.code == fault.code), None)
    if never is None:
        return code_words(rules.instrument(), fault.code)
    return f"{PROBLEMS['never_asked']}: {say(never.label)}. {say(never.because)}"
