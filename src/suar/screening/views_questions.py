"""Pages on a house's own questions: what there is, a draft, one question, taking into use."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.screening import labels, question_differing, question_wording
from suar.screening import question_editing as editing
from suar.screening import question_pages as pages
from suar.screening import question_shelf as shelf
from suar.screening.forms_questions import ActForm, EditionForm, WordsForm
from suar.screening.question_shelf import Draft
from suar.screening.question_wording import Wording
from suar.screening.rules import changing
from suar.screening.rules.changes import Changes
from suar.screening.rules.checking import Wrong
from suar.screening.rules.setting import LATEST
from suar.screening.rules.staying import why_stays

USUAL, BEGIN = "usual", "begin"
A_MOMENT = timedelta(minutes=1)


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest) -> HttpResponse:
    """List the forms with the versions of the house; begin a draft from one of them."""
    viewer = request.viewer
    if request.method == "POST":
        version, form = request.POST.get("version"), request.POST.get("form", "")
        draft = (
            editing.draft_from(_id(version), viewer=viewer, at=clock.now())
            if version
            else editing.draft_of(form, viewer=viewer, at=clock.now())
        )
        return redirect("question_draft", draft)
    return _list(request)


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def question_draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show a draft with all its questions, and act on one: up, down, out, back."""
    try:
        found = _draft(request, draft)
    except NotYours:
        return _list_of_a_gone_one(request)
    if request.method != "POST":
        return _draft_page(request, found, at=request.GET.get("at", ""))
    form = ActForm(request.POST)
    if not form.is_valid():
        raise NotYours
    try:
        return _act(request, found, form.cleaned_data)
    except (Conflict, Refused) as refusal:
        code = refusal.because if isinstance(refusal, Refused) else "draft_overtaken"
        problem = labels.WRONG.get(code) or labels.PROBLEMS[code]
        return _draft_page(request, _draft(request, draft), problem=problem, status=409)


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def question_words(request: HttpRequest, draft: UUID, question: str) -> HttpResponse:
    """Edit the words of one question in each language."""
    theme = request.POST.get("theme", "")
    return _wording_in(request, draft, partial(question_wording.wording, code=question, theme=theme))


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def question_new(request: HttpRequest, draft: UUID, theme: str) -> HttpResponse:
    """Add a question of the house's own to a theme."""
    return _wording_in(request, draft, partial(question_wording.new_question, theme=theme))


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def question_use(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Show what a draft changes, ask once, and take it into use."""
    try:
        found, problem, status = _draft(request, draft), "", 200
    except NotYours:
        return redirect("questions") if _pressed_twice(request) else _list_of_a_gone_one(request)
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            seen = form.cleaned_data["edition"]
            editing.take_into_use(draft, viewer=request.viewer, at=clock.now(), expected=seen)
            return redirect("questions")
        except Conflict:
            found, status = _draft(request, draft), 409
            problem = labels.PROBLEMS["draft_overtaken"]
        except Refused:
            status = 400
    context = {
        "page": pages.draft_page(found),
        "problem": problem,
        "used": _used(request, found),
        "differs": question_differing.differences(found),
    }
    return render(request, "screening/question_use.html", context, status=status)


@gate(Permission.EDIT_QUESTIONS)
@require_GET
def question_version(request: HttpRequest, version: UUID) -> HttpResponse:
    """Say in plain words what a version of the house changed."""
    found = shelf.own_version(version, house=request.viewer.organisation)
    drafts = shelf.drafts(request.viewer.organisation)
    context = {
        "version": found,
        "title": pages.title(found.form),
        "draft": drafts.get(found.form),
        "differs": question_differing.differences(found),
        "in_use": _used(request, found) == found.version,
    }
    return render(request, "screening/question_version.html", context)


@gate(Permission.EDIT_QUESTIONS)
@require_http_methods(["GET", "POST"])
def shipped_questions(request: HttpRequest, form: str) -> HttpResponse:
    """Go back to the shipped questions of a form; it is asked once."""
    used = shelf.in_use(request.viewer.organisation).get(form)
    if used is None:
        raise NotYours
    if request.method == "POST" and used.version != shelf.SHIPPED:
        editing.back_to_shipped(form, viewer=request.viewer, at=clock.now())
    if request.method == "POST" or used.version == shelf.SHIPPED:
        return redirect("questions")
    context = {"title": pages.title(form), "version": used.version}
    return render(request, "screening/question_shipped.html", context)


def _list(request: HttpRequest, *, problem: object = "", status: int = 200) -> HttpResponse:
    context = {"forms": pages.forms(request.viewer.organisation), "problem": problem}
    return render(request, "screening/questions.html", context, status=status)


def _list_of_a_gone_one(request: HttpRequest) -> HttpResponse:
    """Lead an act on a draft that stands no more to how it stands now, the same for any draft."""
    if request.method != "POST" or request.POST.get("form") not in LATEST:
        raise NotYours
    return _list(request, problem=labels.PROBLEMS["draft_gone"], status=409)


def _pressed_twice(request: HttpRequest) -> bool:
    """Say whether the same worker took this form into use a moment ago."""
    used = shelf.in_use(request.viewer.organisation).get(request.POST.get("form", ""))
    return (
        request.method == "POST"
        and used is not None
        and used.at is not None
        and used.by == request.viewer.worker
        and clock.now() - used.at < A_MOMENT
    )


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise NotYours from None


def _draft(request: HttpRequest, draft: UUID) -> Draft:
    return shelf.draft(draft, house=request.viewer.organisation)


def _used(request: HttpRequest, found: Draft | shelf.OwnVersion) -> int:
    return shelf.in_use(request.viewer.organisation)[found.form].version


def _draft_page(
    request: HttpRequest, found: Draft, *, at: str = "", problem: object = "", status: int = 200
) -> HttpResponse:
    context = {"page": pages.draft_page(found, at=at), "problem": problem}
    return render(request, "screening/question_draft.html", context, status=status)


def _act(request: HttpRequest, found: Draft, asked: dict[str, str | int]) -> HttpResponse:
    """Do one act on a draft and lead back to where it was done."""
    by, at, seen = request.viewer, clock.now(), int(asked["edition"])
    act, code = str(asked["act"]), str(asked["question"])
    if act == "throw_away":
        editing.throw_away(found.id, viewer=by, at=at, expected=seen)
        return redirect("questions")
    runs = changing.runs(found.raw, found.changes)
    run = next((each for each in runs if code in each.questions), None)
    if run is None:
        raise NotYours
    editing.change(found.id, _acted(found, act, code), viewer=by, at=at, expected=seen)
    return _back_to(found, run.theme or run.step, code)


def _acted(found: Draft, act: str, code: str) -> Changes:
    base, changes = found.raw, found.changes
    if act == "put_back":
        return changing.put_back(changes, code)
    if act != "leave_out":
        return changing.moved(base, changes, code, places=-1 if act == "up" else 1)
    if changes.own(code) is None and why_stays(base, code, changes.left_out):
        raise Refused(Wrong.STAYS)
    return changing.without(changes, code)


def _wording_in(request: HttpRequest, draft: UUID, asked_in: Callable[[Draft], Wording]) -> HttpResponse:
    try:
        found = _draft(request, draft)
    except NotYours:
        return _gone(request, asked_in)
    return _wording(request, asked_in(found))


def _gone(request: HttpRequest, asked_in: Callable[[Draft], Wording]) -> HttpResponse:
    """Keep on the page what was typed into a draft that a colleague used or threw away.

    The answer hangs on what was sent and on the own house alone: it is the same for a draft of
    another house and for one that never was.
    """
    form, by, at = request.POST.get("form", ""), request.viewer, clock.now()
    if request.method != "POST" or form not in LATEST:
        raise NotYours
    if request.POST.get("go") == BEGIN:
        begun = editing.draft_of_used(form, viewer=by, at=at)
        return _wording(request, asked_in(_draft(request, begun)))
    standing = shelf.drafts(by.organisation).get(form)
    found = standing or shelf.draft_of_used(form, house=by.organisation, by=by.worker, at=at)
    return _overtaken(request, asked_in(found), gone="stands" if standing else "begin")


def _wording(request: HttpRequest, asked: Wording) -> HttpResponse:
    if request.method != "POST":
        return _words_page(request, asked, asked.form())
    form = asked.form(request.POST)
    if not form.is_valid():
        return _words_page(request, asked, form, status=400)
    usual = request.POST.get("go") == USUAL and not asked.is_own
    changes = asked.as_shipped() if usual else asked.changed(form)
    seen, draft = form.cleaned_data["edition"], asked.draft
    try:
        editing.change(draft.id, changes, viewer=request.viewer, at=clock.now(), expected=seen)
    except Conflict:
        return _overtaken(request, asked)
    code = asked.code or changes.added[-1].code
    if any(each.question == code for each in pages.faults(draft.raw, changes)):
        return redirect("question_words", draft.id, code)
    return _back_to(draft, asked.theme or _step_of(asked), code)


def _overtaken(request: HttpRequest, asked: Wording, *, gone: str = "") -> HttpResponse:
    """Show what was typed beside what stands now; kept once more, it takes its place."""
    data = request.POST.copy()
    data["edition"] = str(asked.draft.edition)
    theirs = pages.words_of(asked.draft, asked.code) if asked.code else None
    if gone == BEGIN and theirs == asked.usual:
        theirs = None
    return _words_page(request, asked, asked.form(data), status=409, theirs=theirs, gone=gone)


def _words_page(
    request: HttpRequest,
    asked: Wording,
    form: WordsForm,
    *,
    status: int = 200,
    theirs: object = None,
    gone: str = "",
) -> HttpResponse:
    problem = labels.PROBLEMS[f"words_{gone or 'overtaken'}"] if status == 409 else ""
    context = {
        "begins": gone == BEGIN,
        "asked": asked,
        "form": form,
        "problem": problem,
        "theirs": theirs,
        "title": pages.title(asked.draft.form),
        "at": asked.theme or _step_of(asked),
    }
    return render(request, "screening/question_words.html", context, status=status)


def _step_of(asked: Wording) -> str:
    runs = changing.runs(asked.draft.raw, asked.draft.changes)
    return next((each.step for each in runs if asked.code in each.questions), "")


def _back_to(draft: Draft, at: str, code: str) -> HttpResponse:
    return redirect(f"{reverse('question_draft', args=[draft.id])}?at={at}#{code}")
