"""Pages of the first run: found the organisation, print its papers, see what is missing."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries, readiness, setting_up
from suar.accounts.attempts import begin_attempt
from suar.accounts.forms import ProofForm, SetUpForm
from suar.accounts.gate import gate, open_to_all
from suar.accounts.labels import WRONG
from suar.accounts.setting_up import Founding
from suar.accounts.terms import KeyKind, Permission
from suar.accounts.views_welcome import begin_enrolling
from suar.core import clock, ratelimit
from suar.core.refusals import NotYours, Refused


@open_to_all
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Found the organisation; absent once somebody works here."""
    if not setting_up.is_open():
        raise NotYours
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _founded(request, form)
        except Refused as refusal:
            field = "set_up_code" if refusal.because == "set_up_code" else "new_password"
            form.add_error(field, WRONG[refusal.because])
    status = 400 if form.errors else 200
    return render(request, "accounts/set_up.html", {"form": form}, status=status)


@gate(Permission.ADMIT_TO_TEAM, step_up=True)
@require_http_methods(["GET", "POST"])
def set_up_papers(request: HttpRequest) -> HttpResponse:
    """Print the papers of the set-up anew, as long as no real record is held."""
    if queries.organisation(request.viewer).ready_at or not request.keys.held(KeyKind.IDENTITY):
        raise NotYours
    if request.method == "GET":
        return render(request, "accounts/set_up_papers.html")
    papers = setting_up.print_anew(request.viewer, keys=request.keys, at=clock.now())
    return render(
        request,
        "accounts/papers.html",
        {"papers": papers, "next": "set_up_state", "day": clock.today()},
    )


@gate(Permission.SEE_OWN_DAY)
@require_http_methods(["GET", "POST"])
def set_up_state(request: HttpRequest) -> HttpResponse:
    """List what is missing before a real record, and take the word that a restore told."""
    form = ProofForm(request.POST or None)
    viewer, at = request.viewer, clock.now()
    if request.method == "POST" and form.is_valid():
        attempt = begin_attempt("", address=str(viewer.worker), purpose="proof", at=at)
        try:
            readiness.prove_backup(form.cleaned_data["proof"], by=viewer.worker, at=at)
        except Refused as refusal:
            form.add_error("proof", WRONG[refusal.because])
        else:
            ratelimit.mark_succeeded(attempt)
            return redirect("set_up_state")
    context = {"form": form, "ready": queries.ready(viewer.organisation)}
    context["may_print"] = viewer.may(Permission.ADMIT_TO_TEAM) and not context["ready"].already
    return render(request, "accounts/set_up_state.html", context, status=400 if form.errors else 200)


def _founded(request: HttpRequest, form: SetUpForm) -> HttpResponse:
    data, at = form.cleaned_data, clock.now()
    attempt = begin_attempt("", address=ratelimit.client_address(request), purpose="set-up", at=at)
    setting_up.check_code(data["set_up_code"])
    founding = Founding(
        data["organisation"],
        data["team"],
        data["name"],
        data["shown_name"],
        data["new_password"],
        data["administrator"],
        data["administrator_shown"],
    )
    with transaction.atomic():
        worker, pairs, papers = setting_up.found(founding, at=at)
        context = {"papers": papers, "next": "factors", "day": clock.today()}
        page = render(request, "accounts/papers.html", context)
        begin_enrolling(request, page, worker, pairs)
    ratelimit.mark_succeeded(attempt)
    setting_up.close()
    return page
