"""Pages on question files: save one, choose one, see what it would change, make it the draft."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Conflict
from suar.screening import labels
from suar.screening import question_files as files
from suar.screening import question_shelf as shelf
from suar.screening.forms_questions import FileForm, TakeOverForm
from suar.screening.question_file_pages import file_page
from suar.screening.question_shelf import Draft, OwnVersion


@gate(Permission.EDIT_QUESTIONS)
@require_GET
def draft_file(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Save a draft as a file."""
    return _saved(request, shelf.draft(draft, house=request.viewer.organisation))


@gate(Permission.EDIT_QUESTIONS)
@require_GET
def version_file(request: HttpRequest, version: UUID) -> HttpResponse:
    """Save a version of the house as a file."""
    return _saved(request, shelf.own_version(version, house=request.viewer.organisation))


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def import_questions(request: HttpRequest, form: str) -> HttpResponse:
    """Choose a file and see what it would change; make it the draft only after a plain yes."""
    files.base_of(form)
    if request.method == "POST" and "told" in request.POST:
        return _take_over(request, form)
    chosen = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if chosen.is_valid():
        return _read(request, form, chosen.cleaned_data["file"].read())
    return _choose(request, form, chosen, status=400 if chosen.errors else 200)


def _saved(request: HttpRequest, found: Draft | OwnVersion) -> HttpResponse:
    told = files.as_file(found, viewer=request.viewer, at=clock.now())
    name = f'attachment; filename="questions-{found.form}.json"'
    return HttpResponse(told, content_type="application/json; charset=utf-8", headers={"Content-Disposition": name})


def _choose(
    request: HttpRequest, form: str, chosen: FileForm, *, problem: object = "", status: int = 200
) -> HttpResponse:
    page = file_page(form, request.viewer.organisation)
    context = {"page": page, "form": chosen, "problem": problem}
    return render(request, "screening/question_file.html", context, status=status)


def _read(request: HttpRequest, form: str, content: bytes, *, problem: object = "", status: int = 200) -> HttpResponse:
    """Show what is wrong in a file, or what it would change; nothing is changed by it."""
    found, read = files.tried(form, content)
    page = file_page(form, request.viewer.organisation, faults=read.faults, found=found)
    if found is None:
        context = {"page": page, "form": FileForm()}
        return render(request, "screening/question_file.html", context, status=400)
    over = {"told": found.told, "edition": page.draft.edition if page.draft else 0}
    context = {"page": page, "form": TakeOverForm(initial=over), "problem": problem}
    return render(request, "screening/question_file_read.html", context, status=status)


def _take_over(request: HttpRequest, form: str) -> HttpResponse:
    sent, by = TakeOverForm(request.POST), request.viewer
    if not sent.is_valid():
        return _choose(request, form, FileForm(), problem=labels.PROBLEMS["unreadable"], status=400)
    content, over = sent.cleaned_data["told"].encode(), sent.cleaned_data["edition"]
    found, _ = files.tried(form, content)
    if found is None:
        return _read(request, form, content)
    if over and not sent.cleaned_data["replace"]:
        return _read(request, form, content, problem=labels.PROBLEMS["say_replace"], status=400)
    try:
        draft = files.import_file(form, content, viewer=by, at=clock.now(), over=over)
    except Conflict:
        problem = labels.PROBLEMS["file_overtaken"]
        return _read(request, form, content, problem=problem, status=409)
    return redirect("question_draft", draft)
