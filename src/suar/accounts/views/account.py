"""A worker's own account: password, recovery sheet and second factors."""

import base64
from typing import Any

import segno
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suar.accounts import factors, queries, recovery_sheets, sessions, sign_in
from suar.accounts.acting import acting
from suar.accounts.codes import FACTORS, Factor
from suar.accounts.cookies import cookies_of, set_session
from suar.accounts.forms import AppForm, ChangePasswordForm, PasskeyForm, RecoveryProofForm, StepUpForm
from suar.accounts.http import StaffRequest, form_page, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.accounts.sign_in import VerifiedWorker
from suar.accounts.views import form_errors, refused_page
from suar.core import clock
from suar.core.ids import group_characters
from suar.core.refusals import NotYours, Refused
from suar.crypto import totp

SALT, VALID_S = "suar.app", 1800
ISSUER = "Work"
"""A neutral word: it is shown on the worker's phone."""
FEW_CODES, CODE_COLUMNS = 5, 4


@permission_required(Permission.SEE_OWN_DAY)
def account(request: StaffRequest) -> HttpResponse:
    """Show a worker's account."""
    worker = request.signed_in.session.worker
    usable = factors.usable_factors(worker.id)
    context = {
        "worker": worker,
        "fingerprint": queries.worker_fingerprint(worker.id),
        "factors": [(FACTORS.label(factor), _factor_count(factor, count)) for factor, count in usable.items()],
        "few_codes": 0 < usable.get(Factor.SHEET, 0) <= FEW_CODES,
        "ready": queries.readiness_of(worker.organisation_id),
    }
    return render(request, "accounts/account.html", context)


@permission_required(Permission.SEE_OWN_DAY)
def change_password(request: StaffRequest) -> HttpResponse:
    """Take a new password; every other session ends."""
    form = ChangePasswordForm(request.POST or None)
    if form.is_valid():
        with form_errors(form, "new_password", step_up="password"):
            verified, session = _verify(request, form), cookies_of(request).session
            sign_in.change_password(verified, form.cleaned_data["new_password"], session=session, by=acting(request))
            return redirect_with_message(request, _("Password changed."), "account")
    return form_page(request, "accounts/change_password.html", form)


@permission_required(Permission.SEE_OWN_DAY)
def recovery_sheet(request: StaffRequest) -> HttpResponse:
    """Make a recovery sheet, show it this one time, and ask for it to be typed back.

    The password is asked each time: somebody who finds an open phone must not print a way in.
    """
    form, worker = StepUpForm(request.POST or None), request.signed_in.session.worker
    if form.is_valid():
        with form_errors(form, "password"):
            code = recovery_sheets.new_sheet(_verify(request, form).pairs, by=acting(request))
            groups = code.printed().split("-")
            context = {"groups": groups, "name": worker.name, "day": clock.today(), "form": RecoveryProofForm()}
            return render(request, "accounts/recovery_printed.html", context)
    return form_page(request, "accounts/recovery_sheet.html", form, has_sheet=bool(worker.recovery_proven_at))


@permission_required(Permission.SEE_OWN_DAY, method="POST")
def prove_recovery(request: StaffRequest) -> HttpResponse:
    """Check the recovery sheet that was typed back."""
    form = RecoveryProofForm(request.POST)
    if form.is_valid():
        with form_errors(form, unknown="recovery_other"):
            recovery_sheets.prove_sheet(form.cleaned_data["recovery"], by=acting(request))
            return redirect_with_message(request, _("Recovery sheet checked."), "account")
    return form_page(request, "accounts/recovery_typed.html", form)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
def list_factors(request: StaffRequest) -> HttpResponse:
    """List the second factors, and how much the worker has of each."""
    usable, session = factors.usable_factors(request.viewer.worker), request.signed_in.session
    rows = [
        {
            "code": factor,
            "label": FACTORS.label(factor),
            "usable": factor in usable,
            "count": _factor_count(factor, usable.get(factor, 0)),
        }
        for factor in Factor
    ]
    return render(request, "accounts/factors.html", {"rows": rows, "session": session})


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
def add_app(request: StaffRequest) -> HttpResponse:
    """Show a QR code for an authenticator app and take the first code it gives.

    The secret travels in the form, signed, so that the server stores none.
    """
    form, secret = AppForm(request.POST or None), totp.new_secret()
    if form.is_bound:
        with form_errors(form):
            secret = _read_secret(request)
            if form.is_valid():
                verified, by = _verify(request, form), acting(request)
                step = factors.check_app_code(secret, form.cleaned_data["code"], at=by.at)
                factors.add_app(verified.worker, secret, used_step=step, derived=verified.derived, by=by)
                return _end_enrolling(request, _redirect_added(request))
    address = totp.uri(secret, account=request.signed_in.session.worker.name, issuer=ISSUER)
    qr_code = segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff")
    context = {
        "app_secret": signing.dumps([str(request.viewer.worker), secret.hex()], salt=SALT),
        "qr_code": mark_safe(qr_code),  # noqa: S308 - drawn by segno, without any text
        "letters": group_characters(base64.b32encode(secret).decode("ascii").rstrip("="), 4),
    }
    return form_page(request, "accounts/add_app.html", form, **context)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True)
def add_sheet(request: StaffRequest) -> HttpResponse:
    """Make a sheet of one-time codes and show it this one time, to be printed."""
    form = StepUpForm(request.POST or None)
    if form.is_valid():
        with form_errors(form, "password"):
            verified = _verify(request, form)
            codes = factors.new_sheet(verified.worker, derived=verified.derived, by=acting(request))
            numbered = [(number, f"{code[:4]} {code[4:]}") for number, code in enumerate(codes, 1)]
            row_count = -(-len(numbered) // CODE_COLUMNS)
            rows = [numbered[row::row_count] for row in range(row_count)]
            context = {"rows": rows, "next": _next_page(request), "day": clock.today()}
            return _end_enrolling(request, render(request, "accounts/sheet_printed.html", context))
    return form_page(request, "accounts/add_sheet.html", form)


@permission_required(Permission.SEE_OWN_DAY, enrolling=True, step_up=True)
def add_passkey(request: StaffRequest) -> HttpResponse:
    """Let the browser make a passkey; not on a device that others use too."""
    if request.signed_in.session.shared:
        raise NotYours
    form, worker = PasskeyForm(request.POST or None), request.signed_in.session.worker
    if form.is_valid():
        with form_errors(form):
            factors.add_passkey(worker, form.cleaned_data["passkey"], by=acting(request))
            return _end_enrolling(request, _redirect_added(request))
    return form_page(
        request, "accounts/add_passkey.html", form, options=factors.creation_options(worker, at=clock.now())
    )


@permission_required(Permission.SEE_OWN_DAY, step_up=True, method="POST")
def remove_factor(request: StaffRequest, factor: str) -> HttpResponse:
    """Take a lost factor out of use."""
    if factor not in list(Factor):
        raise NotYours
    try:
        factors.remove(Factor(factor), by=acting(request))
    except Refused as refusal:
        return refused_page(request, refusal)
    return redirect_with_message(request, _("Second factor removed."), "factors")


def _factor_count(factor: Factor, count: int) -> str:
    """Describe how much of a factor is left."""
    if factor is Factor.SHEET:
        return ngettext("%(count)d code left", "%(count)d codes left", count) % {"count": count}
    if factor is Factor.PASSKEY:
        return ngettext("%(count)d passkey", "%(count)d passkeys", count) % {"count": count}
    return ""


def _verify(request: StaffRequest, form: Any) -> VerifiedWorker:
    """Check the password of a valid form; raises Refused."""
    return sign_in.verify_password(request.viewer.worker, form.cleaned_data["password"], at=clock.now())


def _next_page(request: StaffRequest) -> str:
    """Return the page after choosing a factor: the recovery sheet while it is missing."""
    return "account" if request.signed_in.session.worker.recovery_proven_at else "recovery_sheet"


def _redirect_added(request: StaffRequest) -> HttpResponse:
    return redirect_with_message(request, _("Second factor added."), _next_page(request))


def _end_enrolling(request: StaffRequest, response: HttpResponse) -> HttpResponse:
    """Turn an enrolling session into an ordinary one, under new halves."""
    if request.signed_in.session.enrolling:
        set_session(response, sessions.renew(cookies_of(request), at=clock.now(), enrolled=True))
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
