"""A worker's own account: words to compare, password, recovery sheet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import factors, queries, recovering, sessions, signing_in
from suar.accounts.forms import ChangePasswordForm, RecoveryProofForm, StepUpForm
from suar.accounts.gate import gate
from suar.accounts.labels import FACTORS, WRONG, factor_count, mistyped, role_words
from suar.accounts.middleware import cookies_of
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto.recovery import Mistyped


@gate(Permission.SEE_OWN_DAY)
def account(request: HttpRequest) -> HttpResponse:
    """Show a worker what there is of their account."""
    worker = queries.worker(request.viewer.worker)
    held = factors.held(worker.id)
    context = {
        "worker": worker,
        "role": role_words(request.viewer.role),
        "words": queries.own_words(worker.id),
        "held": [(FACTORS[each], factor_count(each, count)) for each, count in held.items()],
        "few_codes": 0 < held.get(factors.Factor.SHEET, 0) <= 5,
        "ready": queries.ready(worker.organisation_id),
    }
    return render(request, "accounts/account.html", context)


@gate(Permission.SEE_OWN_DAY)
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Take a new password; every other session ends."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data, clock.now()
        try:
            proven = signing_in.prove_password(request.viewer.worker, data["password"], at=at)
            session = cookies_of(request).session
            signing_in.change_password(proven, data["new_password"], session=session, at=at)
        except Refused as refusal:
            field = "password" if refusal.because == "step_up" else "new_password"
            form.add_error(field, WRONG[refusal.because])
        else:
            return redirect("account")
    status = 400 if form.errors else 200
    return render(request, "accounts/change_password.html", {"form": form}, status=status)


@gate(Permission.SEE_OWN_DAY)
@require_http_methods(["GET", "POST"])
def recovery_sheet(request: HttpRequest) -> HttpResponse:
    """Make a recovery sheet, show it this one time, and ask for it to be typed back.

    The password is asked each time: whoever finds an open phone must not print a way in.
    """
    form = StepUpForm(request.POST or None)
    if not _proven(request, form):
        shown = {"form": form, "proven": queries.recovery_proven(request.viewer.worker)}
        status = 400 if form.errors else 200
        return render(request, "accounts/recovery_sheet.html", shown, status=status)
    pairs = sessions.pairs_of(cookies_of(request))
    code = recovering.new_sheet(request.viewer.worker, pairs, at=clock.now())
    context = {
        "groups": code.words_printed().split("-"),
        "name": queries.worker(request.viewer.worker).name,
        "day": clock.today(),
        "form": RecoveryProofForm(),
    }
    return render(request, "accounts/recovery_printed.html", context)


@gate(Permission.SEE_OWN_DAY)
@require_POST
def prove_recovery(request: HttpRequest) -> HttpResponse:
    """Check the recovery sheet that was typed back."""
    form = RecoveryProofForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["recovery"]
        try:
            recovering.prove_sheet(request.viewer.worker, typed, at=clock.now())
        except Mistyped as mistake:
            form.add_error("recovery", mistyped(mistake.group))
        except NotYours:
            form.add_error("recovery", WRONG["recovery_other"])
        else:
            return redirect("account")
    return render(request, "accounts/recovery_typed.html", {"form": form}, status=400)


def _proven(request: HttpRequest, form: StepUpForm) -> bool:
    """Say whether the password was typed and fits; a wrong one is told in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        password = form.cleaned_data["password"]
        signing_in.prove_password(request.viewer.worker, password, at=clock.now())
    except Refused as refusal:
        form.add_error("password", WRONG[refusal.because])
        return False
    return True
