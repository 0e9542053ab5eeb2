"""Pages of those who hear what people say of the help they got, and of who names them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.contact import actions, actions_feedback, labels, labels_feedback, opening, pages_feedback
from suar.contact.forms import AnswerForm
from suar.contact.forms_feedback import DoneForm, QuarterForm
from suar.core import clock, paging
from suar.core.refusals import Conflict, KeyNotTrusted, Refused
from suar.records.openings import written_with_act


@gate(Permission.HEAR_FEEDBACK)
@require_GET
def heard(request: HttpRequest) -> HttpResponse:
    """List what was said; that somebody looked keeps the public page open."""
    parts = paging.asked(request.GET, "complaint", "feedback", "going_on", "done")
    found = pages_feedback.heard(request.viewer, parts=parts)
    actions_feedback.look(request.viewer.organisation, at=clock.now())
    return render(request, "contact/heard.html", {"heard": found})


@gate(Permission.HEAR_FEEDBACK)
@require_GET
def one(request: HttpRequest, said: UUID) -> HttpResponse:
    """Open what somebody said. It goes on waiting until something is done with it."""
    return _one(request, said, AnswerForm(), DoneForm())


@gate(Permission.HEAR_FEEDBACK)
@require_POST
def read(request: HttpRequest, said: UUID) -> HttpResponse:
    """Note that what was shown was read."""
    shown = request.POST.get("shown", "")
    found = opening.open_request(said, viewer=request.viewer, keys=request.keys)
    if found.now_read:
        actions.mark_read(said, shown=shown, viewer=request.viewer)
    return redirect("heard")


@gate(Permission.HEAR_FEEDBACK)
@require_POST
def answer(request: HttpRequest, said: UUID) -> HttpResponse:
    """Answer; where that cannot be, what was written stays on the page."""
    form, viewer = AnswerForm(request.POST), request.viewer
    found = opening.open_request(said, viewer=viewer, keys=request.keys)
    if not form.is_valid():
        return _one(request, said, form, DoneForm(), status=400)
    words, shown, at = form.cleaned_data["answer"], request.POST.get("shown", ""), clock.now()
    try:
        actions_feedback.answer(found, words, shown=shown, viewer=viewer, at=at)
    except Conflict:
        return _one(request, said, form, DoneForm(), newer=True, status=409)
    except KeyNotTrusted:
        raise
    except Refused as refusal:
        form.add_error(None, labels.REFUSED[refusal.because])
        return _one(request, said, form, DoneForm(), status=409)
    return redirect("heard_one", said)


@gate(Permission.HEAR_FEEDBACK)
@require_POST
def done(request: HttpRequest, said: UUID) -> HttpResponse:
    """Say by a code what was done."""
    form, shown = DoneForm(request.POST), request.POST.get("shown", "")
    if not form.is_valid():
        return _one(request, said, AnswerForm(), form, status=400)
    code, at = form.cleaned_data["done"], clock.now()
    try:
        actions_feedback.say_done(said, code, shown=shown, viewer=request.viewer, at=at)
    except Conflict:
        return _one(request, said, AnswerForm(), form, newer=True, status=409)
    return redirect("heard")


@gate(Permission.HEAR_FEEDBACK)
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Count what was said in a quarter that is over, telling nothing of fewer than five."""
    offered = dict(pages_feedback.quarters(clock.today()))
    chosen = request.GET.get("quarter", "")
    chosen = chosen if chosen in offered else next(iter(offered))
    found = pages_feedback.numbers(request.viewer, request.keys, _quarter(chosen))
    context = {"numbers": found, "quarters": offered.items(), "chosen": chosen}
    return render(request, "contact/heard_numbers.html", context)


@gate(Permission.HEAR_FEEDBACK)
@require_http_methods(["GET", "POST"])
def quarter(request: HttpRequest) -> HttpResponse:
    """Tell on the public page what changed in a quarter."""
    offered = pages_feedback.quarters(clock.today())
    form = QuarterForm(request.POST or None, quarters=offered)
    if form.is_valid():
        said = form.cleaned_data
        actions_feedback.tell_quarter(
            _quarter(said["quarter"]),
            (said["told_en"], said["told_id"]),
            viewer=request.viewer,
            at=clock.now(),
            today=clock.today(),
        )
        return redirect("heard")
    status = 400 if form.is_bound else 200
    return render(request, "contact/heard_quarter.html", {"form": form}, status=status)


@gate(Permission.SET_DESK, when_ready=True)
@require_http_methods(["GET", "POST"])
def readers(request: HttpRequest) -> HttpResponse:
    """Say who of the own house hears, and name who outside takes complaints."""
    outside = request.POST.get("about") == "outside"
    hearing = pages_feedback.hearing_form(request.viewer, request.POST or None)
    form = pages_feedback.outside_form(request.viewer, request.POST or None) if outside else hearing
    if form.is_valid() and _set(request, form, outside=outside):
        return redirect("heard_readers")
    unsent = pages_feedback.hearing_form(request.viewer)
    context = {
        "hearing": unsent if outside else form,
        "names": pages_feedback.who_hears(request.viewer),
        "outside": form if outside else pages_feedback.outside_form(request.viewer),
        "form": form,
    }
    status = 400 if form.is_bound else 200
    return render(request, "contact/heard_readers.html", context, status=status)


def _set(request: HttpRequest, form, *, outside: bool) -> bool:
    """Do what a valid form says; where it is refused, the form says why."""
    viewer, at = request.viewer, clock.now()
    try:
        if outside:
            actions_feedback.name_outside(form.cleaned_data["reader"], viewer=viewer, at=at)
        else:
            words = pages_feedback.hearing_words(form)
            actions_feedback.set_hearing(words, viewer=viewer, at=at)
    except Refused as refusal:
        form.add_error(None, labels_feedback.REFUSED[refusal.because])
        return False
    return True


def _quarter(chosen: str) -> tuple[int, int]:
    year, number = chosen.split("-")
    return int(year), int(number)


def _one(
    request: HttpRequest,
    said: UUID,
    form: AnswerForm,
    done: DoneForm,
    *,
    newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    with written_with_act(request):
        found = opening.open_request(said, viewer=request.viewer, keys=request.keys)
    context = {
        "said": found,
        "letters": pages_feedback.letters(found),
        "form": form,
        "done": done,
        "days": pages_feedback.days_for(found),
        "newer": labels.NEWER if newer else "",
        "no_answer": labels.REFUSED.get(found.no_answer, ""),
        "waits": found.now_read,
    }
    return render(request, "contact/heard_one.html", context, status=status)
