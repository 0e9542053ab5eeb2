"""Pages on which a worker chooses, renews and gives up second factors."""

import base64

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import factors, passkeys, queries, sessions, signing_in, squares
from suar.accounts.forms import AppForm, PasskeyForm, StepUpForm
from suar.accounts.gate import gate
from suar.accounts.labels import FACTORS, WRONG, factor_count
from suar.accounts.middleware import cookies_of, set_cookies
from suar.accounts.terms import Factor, Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto import totp

SALT, GOOD_FOR_S = "suar.app", 1800
ISSUER = "Work"
"""A neutral word: it stands on the worker's phone for whoever picks it up."""


@gate(Permission.SEE_OWN_DAY, enrolling=True)
def factors_page(request: HttpRequest) -> HttpResponse:
    """List the ways to prove oneself besides the password, and what one has of each."""
    held = factors.held(request.viewer.worker)
    rows = [
        {
            "code": each,
            "label": FACTORS[each],
            "held": each in held,
            "count": factor_count(each, held[each]) if each in held else "",
        }
        for each in Factor
    ]
    context = {"rows": rows, "first": request.signed.enrolling, "shared": request.signed.shared}
    return render(request, "accounts/factors.html", context)


@gate(Permission.SEE_OWN_DAY, enrolling=True)
@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """Show a square for an authenticator app and take the first code it gives."""
    worker = request.viewer.worker
    form = AppForm(request.POST or None, initial={"app_secret": _signed(totp.new_secret(), request)})
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data, clock.now()
        try:
            secret = _secret_in(data["app_secret"], request)
            proven = signing_in.prove_password(worker, data["password"], at=at)
            factors.add_app(proven.worker, secret, code=data["code"], derived=proven.derived, at=at)
        except Refused as refusal:
            form.add_error(None, WRONG[refusal.because])
        else:
            return _go_on(request, _next(request))
    return _app_page(request, form)


@gate(Permission.SEE_OWN_DAY, enrolling=True)
@require_http_methods(["GET", "POST"])
def add_sheet(request: HttpRequest) -> HttpResponse:
    """Make a sheet of one-time codes and show it this one time, to be printed."""
    form = StepUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        try:
            proven = signing_in.prove_password(request.viewer.worker, form.cleaned_data["password"], at=at)
            codes = factors.new_sheet(proven.worker, derived=proven.derived, at=at)
        except Refused as refusal:
            form.add_error("password", WRONG[refusal.because])
        else:
            context = {"columns": _columns(codes), "next": _next(request), "day": clock.today()}
            return _go_on(request, render(request, "accounts/sheet_printed.html", context))
    context = {"form": form}
    return render(request, "accounts/add_sheet.html", context, status=400 if form.errors else 200)


@gate(Permission.SEE_OWN_DAY, enrolling=True, step_up=True)
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Let the browser make a passkey; not on a device that others use too."""
    if request.signed.shared:
        raise NotYours
    worker, at = queries.worker(request.viewer.worker), clock.now()
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passkeys.add(worker, form.cleaned_data["passkey"], at=at)
        except Refused as refusal:
            form.add_error(None, WRONG[refusal.because])
        else:
            return _go_on(request, _next(request))
    context = {"form": form, "options": passkeys.creation_options(worker, at=at)}
    status = 400 if form.errors else 200
    return render(request, "accounts/add_passkey.html", context, status=status)


@gate(Permission.SEE_OWN_DAY, step_up=True)
@require_POST
def remove_factor(request: HttpRequest, factor: str) -> HttpResponse:
    """Take a lost factor out of use."""
    worker = request.viewer.worker
    if factor not in {each.value for each in Factor}:
        raise NotYours
    try:
        factors.remove(worker, Factor(factor), by=worker, at=clock.now())
    except Refused as refusal:
        context = {"wrong": WRONG[refusal.because]}
        return render(request, "accounts/refused.html", context, status=409)
    return redirect("factors")


def _next(request: HttpRequest) -> str:
    """Give the name of the page after choosing a factor: the recovery sheet while it is missing."""
    return "account" if queries.recovery_proven(request.viewer.worker) else "recovery_sheet"


def _go_on(request: HttpRequest, response: HttpResponse | str) -> HttpResponse:
    """Turn an enrolling session into an ordinary one, under new halves."""
    answer = redirect(response) if isinstance(response, str) else response
    if request.signed.enrolling:
        renewed = sessions.renew(cookies_of(request), at=clock.now(), enrolled=True)
        set_cookies(answer, renewed)
    return answer


def _app_page(request: HttpRequest, form: AppForm) -> HttpResponse:
    """Show the square of the secret that travels in the form, so that the server keeps none."""
    try:
        secret = _secret_in(form["app_secret"].value() or "", request)
    except Refused:
        secret = totp.new_secret()
        form.data = form.data.copy()
        form.data["app_secret"] = _signed(secret, request)
    name = queries.worker(request.viewer.worker).name
    letters = base64.b32encode(secret).decode("ascii").rstrip("=")
    context = {
        "form": form,
        "square": squares.drawn(totp.uri(secret, account=name, issuer=ISSUER)),
        "groups": [letters[start : start + 4] for start in range(0, len(letters), 4)],
    }
    return render(request, "accounts/add_app.html", context, status=400 if form.errors else 200)


def _signed(secret: bytes, request: HttpRequest) -> str:
    return signing.dumps([str(request.viewer.worker), secret.hex()], salt=SALT)


def _secret_in(signed: str, request: HttpRequest) -> bytes:
    try:
        worker, secret = signing.loads(signed, salt=SALT, max_age=GOOD_FOR_S)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("app_secret") from None
    if worker != str(request.viewer.worker):
        raise Refused("app_secret")
    return bytes.fromhex(secret)


def _columns(codes: list[str]) -> list[list[tuple[int, str]]]:
    """Set forty codes in rows of four, numbered down the columns."""
    numbered = [(number, f"{code[:4]} {code[4:]}") for number, code in enumerate(codes, 1)]
    rows = -(-len(numbered) // 4)
    return [numbered[row::rows] for row in range(rows)]
