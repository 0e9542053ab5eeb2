"""Pages of the desk that answers letters of the public door."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.contact import actions, codes, labels, opening, pages, queries
from suar.contact.codes import NewCode
from suar.contact.forms import AnswerForm, CodeForm, WrittenDownForm, code_form
from suar.contact.public import asking
from suar.contact.public.acts import asked_in
from suar.contact.public.asked import Came
from suar.core import clock, paging
from suar.core.refusals import Conflict, KeyNotTrusted, Refused
from suar.records.openings import written_with_act


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """List what was asked; that somebody looked keeps the public page open."""
    parts = paging.asked(request.GET, "waiting", "read", "settled")
    shown = pages.inbox(request.viewer, parts=parts, at=clock.now())
    actions.look(request.viewer.teams, at=clock.now())
    context = {
        "inbox": shown,
        "rooms": pages.rooms(shown.desks),
        "may_set": request.viewer.may(Permission.SET_DESK),
    }
    return render(request, "contact/requests.html", context)


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def one(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Open a request and note that what waited was read."""
    return _one(request, _opened(request, letter), AnswerForm())


@gate(Permission.ANSWER_REQUESTS)
@require_POST
def answer(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Answer a request; where that cannot be, what was written stays on the page."""
    form, found, newer = AnswerForm(request.POST), _opened(request, letter), False
    if form.is_valid():
        words, shown = form.cleaned_data["answer"], request.POST.get("shown", "")
        try:
            actions.answer(letter, words, shown=shown, codes=found.codes, viewer=request.viewer, at=clock.now())
            return redirect("request", letter)
        except Conflict:
            newer = True
        except KeyNotTrusted:
            raise
        except Refused as refusal:
            form.add_error(None, labels.REFUSED[refusal.because])
    return _one(request, found, form, newer=newer, status=409)


@gate(Permission.ANSWER_REQUESTS)
@require_POST
def settle(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Say that nothing is left to do; where another letter came, show it."""
    shown = request.POST.get("shown", "")
    try:
        actions.settle(letter, shown=shown, viewer=request.viewer, at=clock.now())
    except Conflict:
        return _one(request, _opened(request, letter), AnswerForm(), newer=True, status=409)
    return redirect("requests")


@gate(Permission.ANSWER_REQUESTS, when_ready=True)
@require_http_methods(["GET", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    """Write a request down for somebody on the phone or from a paper, and show its code once."""
    if "made" in request.POST:
        return _typed_back(request)
    desks = pages.own_desks(request.viewer)
    if not desks:
        return redirect("requests")
    form = WrittenDownForm(request.POST or None, desks=queries.house_names(desks))
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "contact/new_request.html", {"form": form}, status=status)
    desk = next(each for each in desks if each.team == form.chosen)
    asked, by, at = asked_in(form), request.viewer.worker, clock.now()
    with translation.override(form.cleaned_data["language"]):
        made = asking.ask_with_code(desk, asked, kind=form.way_back, at=at, came=Came(by=by))
    if made is None:
        return redirect("requests")
    return _new_code(request, made, code_form(kind=made.kind))


@gate(Permission.SET_DESK, when_ready=True)
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Let a team answer, and word what the public page says of it."""
    form = pages.desk_form(request.viewer, request.POST or None)
    if form is None:
        return redirect("requests")
    if form.is_valid():
        try:
            team, words = form.cleaned_data["team"], pages.desk_words(form)
            actions.set_desk(team, words, viewer=request.viewer, at=clock.now())
            return redirect("requests")
        except Refused as refusal:
            form.add_error("team", labels.REFUSED[refusal.because])
    status = 400 if form.is_bound else 200
    return render(request, "contact/desk.html", {"form": form}, status=status)


def _typed_back(request: HttpRequest) -> HttpResponse:
    """Compare the code that the person said back with the one that was made."""
    made = codes.carried(request.POST["made"])
    form = code_form(request.POST, kind=made.kind, expected=made.plain)
    if form.is_valid():
        return redirect("requests")
    return _new_code(request, made, form, status=400)


def _new_code(request: HttpRequest, made: NewCode, form: CodeForm, *, status: int = 200) -> HttpResponse:
    context = {"code": made, "pictures": labels.pictures(made), "form": form}
    return render(request, "contact/new_code.html", context, status=status)


def _opened(request: HttpRequest, letter: UUID) -> opening.Opened:
    """Open a request to show it, and note that what waited was read, where all of it was."""
    with written_with_act(request):
        found = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
        if found.now_read:
            actions.mark_read(letter, shown=found.edition, viewer=request.viewer)
    return found


def _one(
    request: HttpRequest,
    found: opening.Opened,
    form: AnswerForm,
    *,
    newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "asked": found,
        "letters": pages.letters(found),
        "reaching": pages.reaching(found),
        "form": form,
        "newer": labels.NEWER if newer else "",
        "files": pages.files(found),
        "no_answer": labels.REFUSED.get(found.no_answer, ""),
    }
    return render(request, "contact/request.html", context, status=status)
