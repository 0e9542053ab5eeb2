"""A worker's own account: password, recovery sheet and second factors."""

import base64
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import factors, qr, queries, recovery_sheets, sessions, sign_in, webauthn
from suar.accounts.codes import Factor
from suar.accounts.forms import AppForm, ChangePasswordForm, PasskeyForm, RecoveryProofForm, StepUpForm
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.messages import FACTORS, REFUSALS, factor_count, mistyped, role_label
from suar.accounts.middleware import cookies_of, set_cookies
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.accounts.sign_in import Proven
from suar.accounts.views import form_errors, form_page
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto import totp
from suar.crypto.recovery import Mistyped

SALT, VALID_S = "suar.app", 1800
ISSUER = "Work"
"""A neutral word: it is shown on the worker's phone."""
FEW_CODES, CODE_COLUMNS = 5, 4


@permission_required(Permission.SEE_OWN_DAY)
def account(request: StaffRequest) -> HttpResponse:
    """Show a worker's account."""
    worker = queries.worker(request.viewer.worker)
    held = factors.usable_factors(worker.id)
    context = {
        "worker": worker,
        "role": role_label(request.viewer.role),
        "words": queries.own_words(worker.id),
        "held": [(FACTORS.label(factor), factor_count(factor, count)) for factor, count in held.items()],
        "few_codes": 0 < held.get(Factor.SHEET, 0) <= FEW_CODES,
        "ready": queries.ready(worker.organisation_id),
    }
    return render(request, "accounts/account.html", context)


@permission_required(Permission.SEE_OWN_DAY)
@require_http_methods(["GET", "POST"])
def change_password(request: StaffRequest) -> HttpResponse:
    """Take a new password; every other session ends."""
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        with form_errors(form, "new_password", step_up="password"):
            session, new = cookies_of(request).session, form.cleaned_data["new_password"]
            sign_in.change_password(_prove(request, form), new, session=session, at=clock.now())
            return redirect_with_message(request, _("Password changed."), "account")
    return form_page(request, "change_password", form)


@permission_required(Permission.SEE_OWN_DAY)
@require_http_methods(["GET", "POST"])
def recovery_sheet(request: StaffRequest) -> HttpResponse:
    """Make a recovery sheet, show it this one time, and ask for it to be typed back.

    The password is asked each time: somebody who finds an open phone must not print a way in.
    """
    form, worker = StepUpForm(request.POST or None), request.viewer.worker
    if form.is_valid():
        with form_errors(form, "password"):
            _prove(request, form)
            code = recovery_sheets.new_sheet(worker, sessions.pairs_of(cookies_of(request)), at=clock.now())
            context = {
                "groups": code.words_printed().split("-"),
                "name": queries.worker(worker).name,
                "day": clock.today(),
                "form": RecoveryProofForm(),
            }
            return render(request, "accounts/recovery_printed.html", context)
    return form_page(request, "recovery_sheet", form, proven=queries.recovery_proven(worker))


@permission_required(Permission.SEE_OWN_DAY)
@require_POST
def prove_recovery(request: StaffRequest) -> HttpResponse:
    """Check the recovery sheet that was typed back."""
    form = RecoveryProofForm(request.POST)
    if form.is_valid():
        try:
            recovery_sheets.prove_sheet(request.viewer.worker, form.cleaned_data["recovery"], at=clock.now())
            return redirect("account")
        except Mistyped as mistake:
            form.add_error("recovery", mistyped(mistake.group))
        except NotYours:
            form.add_error("recovery", REFUSALS.label("recovery_other"))
    return form_page(request, "recovery_typed", form)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
def list_factors(request: StaffRequest) -> HttpResponse:
    """List the second factors, and how much the worker has of each."""
    held = factors.usable_factors(request.viewer.worker)
    rows = [
        {
            "code": factor,
            "label": FACTORS.label(factor),
            "held": factor in held,
            "count": factor_count(factor, held.get(factor, 0)),
        }
        for factor in Factor
    ]
    context = {"rows": rows, "first": request.signed.enrolling, "shared": request.signed.shared}
    return render(request, "accounts/factors.html", context)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
@require_http_methods(["GET", "POST"])
def add_app(request: StaffRequest) -> HttpResponse:
    """Show a QR code for an authenticator app and take the first code it gives.

    The secret travels in the form, signed, so that the server stores none.
    """
    form, secret = AppForm(request.POST or None), totp.new_secret()
    if form.is_bound:
        with form_errors(form):
            secret = _read_secret(request)
            if form.is_valid():
                proven = _prove(request, form)
                code = form.cleaned_data["code"]
                factors.add_app(proven.worker, secret, code=code, derived=proven.derived, at=clock.now())
                return _end_enrolling(request, redirect(_next(request)))
    name = queries.worker(request.viewer.worker).name
    letters = base64.b32encode(secret).decode("ascii").rstrip("=")
    context = {
        "app_secret": signing.dumps([str(request.viewer.worker), secret.hex()], salt=SALT),
        "square": qr.draw(totp.uri(secret, account=name, issuer=ISSUER)),
        "groups": [letters[start : start + 4] for start in range(0, len(letters), 4)],
    }
    return form_page(request, "add_app", form, **context)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
@require_http_methods(["GET", "POST"])
def add_sheet(request: StaffRequest) -> HttpResponse:
    """Make a sheet of one-time codes and show it this one time, to be printed."""
    form = StepUpForm(request.POST or None)
    if form.is_valid():
        with form_errors(form, "password"):
            proven = _prove(request, form)
            codes = factors.new_sheet(proven.worker, derived=proven.derived, at=clock.now())
            numbered = [(number, f"{code[:4]} {code[4:]}") for number, code in enumerate(codes, 1)]
            rows = -(-len(numbered) // CODE_COLUMNS)
            columns = [numbered[row::rows] for row in range(rows)]
            context = {"columns": columns, "next": _next(request), "day": clock.today()}
            return _end_enrolling(request, render(request, "accounts/sheet_printed.html", context))
    return form_page(request, "add_sheet", form)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True, step_up=True)
@require_http_methods(["GET", "POST"])
def add_passkey(request: StaffRequest) -> HttpResponse:
    """Let the browser make a passkey; not on a device that others use too."""
    if request.signed.shared:
        raise NotYours
    worker, at = queries.worker(request.viewer.worker), clock.now()
    form = PasskeyForm(request.POST or None)
    if form.is_valid():
        with form_errors(form):
            webauthn.add_passkey(worker, form.cleaned_data["passkey"], at=at)
            return _end_enrolling(request, redirect(_next(request)))
    return form_page(request, "add_passkey", form, options=webauthn.creation_options(worker, at=at))


@permission_required(Permission.SEE_OWN_DAY, step_up=True)
@require_POST
def remove_factor(request: StaffRequest, factor: str) -> HttpResponse:
    """Take a lost factor out of use."""
    worker = request.viewer.worker
    if factor not in list(Factor):
        raise NotYours
    try:
        factors.remove(worker, Factor(factor), by=worker, at=clock.now())
    except Refused as refusal:
        return render(request, "accounts/refused.html", {"wrong": REFUSALS.label(refusal.because)}, status=409)
    return redirect("factors")


def _prove(request: StaffRequest, form: Any) -> Proven:
    """Check the password of a valid form; raises Refused."""
    return sign_in.prove_password(request.viewer.worker, form.cleaned_data["password"], at=clock.now())


def _next(request: StaffRequest) -> str:
    """Return the page after choosing a factor: the recovery sheet while it is missing."""
    return "account" if queries.recovery_proven(request.viewer.worker) else "recovery_sheet"


def _end_enrolling(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """Turn an enrolling session into an ordinary one, under new halves."""
    if request.signed.enrolling:
        set_cookies(response, sessions.renew(cookies_of(request), at=clock.now(), enrolled=True))
    return response


def _read_secret(request: StaffRequest) -> bytes:
    """Return the secret of the app that this page was shown with; raises Refused."""
    try:
        worker, secret = signing.loads(request.POST.get("app_secret", ""), salt=SALT, max_age=VALID_S)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("app_secret") from None
    if worker != str(request.viewer.worker):
        raise Refused("app_secret")
    return bytes.fromhex(secret)
