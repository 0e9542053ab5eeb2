"""Pages of signing in and out."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import (
    actions,
    carrying,
    factors,
    passkeys,
    sessions,
    setting_up,
    signing_in,
)
from suar.accounts.attempts import known_browser
from suar.accounts.forms import PinForm, SignInForm, StepUpForm
from suar.accounts.gate import gate, open_to_all
from suar.accounts.labels import WRONG
from suar.accounts.middleware import (
    KNOWN_COOKIE,
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    clear_cookies,
    cookies_of,
    remember_browser,
    set_cookies,
)
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.ratelimit import client_address
from suar.core.refusals import Refused


@open_to_all
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, password and second factor; go on to where the worker wanted to be.

    While nobody can sign in yet, whoever comes is led to the page of the first run.
    """
    if request.method == "GET" and request.viewer is None and setting_up.is_open():
        return redirect("set_up")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = _tried(request, form)
        try:
            worker, cookies = signing_in.sign_in(tried, prove=_proof(form), at=clock.now())
        except Refused as refusal:
            form.add_error(None, WRONG[refusal.because])
        else:
            response = carrying.carried_on(request, worker=worker.id) or redirect(_wanted(request))
            set_cookies(response, cookies)
            if not tried.shared:
                remember_browser(response, known_browser(tried.name))
            return response
    context = {"form": form, "to": _wanted(request, or_else=""), **_carried(request)}
    return render(request, "accounts/sign_in.html", context, status=400 if form.errors else 200)


@open_to_all
@require_GET
def sign_in_challenge(request: HttpRequest) -> HttpResponse:
    """Give a challenge that any passkey of any worker may answer; it is the same for everybody."""
    options = passkeys.sign_in_options(at=clock.now())
    return HttpResponse(options, content_type="application/json")


@gate(Permission.SEE_OWN_DAY, enrolling=True, unlocks=True)
@require_POST
def step_up(request: HttpRequest) -> HttpResponse:
    """Take the password once more and send on what was typed."""
    form = StepUpForm(request.POST)
    worker, at = request.viewer.worker, clock.now()
    if form.is_valid() and _is_of(worker, request, form):
        try:
            signing_in.prove_password(worker, form.cleaned_data["password"], at=at)
        except Refused as refusal:
            form.add_error("password", WRONG[refusal.because])
        else:
            response = carrying.carried_on(request, worker=worker) or redirect("day")
            set_cookies(response, signing_in.step_up(cookies_of(request), by=worker, at=at))
            return response
    context = {"form": form, "pin": PinForm(), **_carried(request)}
    return render(request, "accounts/step_up.html", context, status=400)


@gate(Permission.SEE_OWN_DAY, unlocks=True)
@require_POST
def open_talk(request: HttpRequest) -> HttpResponse:
    """Uncover a quiet talk by its six digits and send on what was typed."""
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            sessions.open_by_pin(cookies_of(request), form.cleaned_data["pin"], at=clock.now())
        except Refused as refusal:
            form.add_error("pin", WRONG[refusal.because])
        else:
            worker = request.viewer.worker
            return carrying.carried_on(request, worker=worker) or redirect("day")
    context = {"form": StepUpForm(), "pin": form, **_carried(request)}
    return render(request, "accounts/step_up.html", context, status=400)


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, also one that has run out."""
    return _left(request, redirect("sign_in"))


@open_to_all
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session at once and show a neutral page instead."""
    return _left(request, redirect(getattr(settings, "SUAR_EXIT_URL", "") or "/weather"))


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages and come back to the same one."""
    chosen = request.POST.get("language", "")
    response = redirect(_wanted(request))
    if chosen in LANGUAGES:
        if request.viewer:
            actions.speak(request.viewer.worker, chosen)
        response.set_cookie(LANGUAGE_COOKIE, chosen, path="/", secure=True, httponly=True, samesite="Strict")
    return response


def _left(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    by = request.viewer.worker if request.viewer else None
    sessions.end(request.COOKIES.get(SESSION_COOKIE, ""), by=by, at=clock.now())
    clear_cookies(response)
    return response


def _tried(request: HttpRequest, form: SignInForm) -> signing_in.SignIn:
    data, known = form.cleaned_data, request.COOKIES.get(KNOWN_COOKIE, "")
    return signing_in.SignIn(
        data["name"],
        data["password"],
        client_address(request),
        known=known,
        shared=data["shared"],
        only=request.POST.get("only", ""),
    )


def _proof(form: SignInForm) -> factors.Prove:
    """Take a passkey only where nobody else uses the device."""
    data = form.cleaned_data
    if data["passkey"] and not data["shared"]:
        return passkeys.prove_by_passkey(data["passkey"])
    return factors.prove_by_code(data["code"])


def _is_of(worker: UUID, request: HttpRequest, form: StepUpForm) -> bool:
    """Say whether the locked page is this worker's; another's password must not open it."""
    if request.POST.get("only", str(worker)) == str(worker):
        return True
    form.add_error("password", WRONG["step_up"])
    return False


def _carried(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("carried", "ticket")}


def _wanted(request: HttpRequest, *, or_else: str | None = None) -> str:
    """Give the path to go on to, only ever one of this host."""
    wanted = request.POST.get("to") or request.POST.get("next") or request.GET.get("to") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("day") if or_else is None else or_else
