"""Pages of signing in and out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import carrying, sessions, signing_in
from suar.accounts.forms import SignInForm, StepUpForm
from suar.accounts.gate import gate, open_to_all
from suar.accounts.labels import REFUSALS
from suar.accounts.middleware import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    SESSION_COOKIE,
    clear_cookies,
    set_cookies,
)
from suar.accounts.models import Worker
from suar.accounts.terms import Permission
from suar.kernel import clock
from suar.kernel.refusals import Refused


@open_to_all
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, password and code; go on to where the worker wanted to be."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            worker, cookies = signing_in.sign_in(
                _tried(request, form), prove=_proof(request, form), at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, REFUSALS[refusal.because])
        else:
            response = carrying.carried_on(request, worker=worker.id) or redirect(_wanted(request))
            set_cookies(response, cookies)
            return response
    context = {"form": form, "to": _wanted(request, or_else="")}
    context |= {name: request.POST.get(name, "") for name in ("carried", "ticket")}
    return render(request, "accounts/sign_in.html", context, status=400 if form.errors else 200)


@gate(Permission.SEE_OWN_DAY)
@require_POST
def step_up(request: HttpRequest) -> HttpResponse:
    """Take the password once more and send on what was typed."""
    form = StepUpForm(request.POST)
    worker, session = request.viewer.worker, request.COOKIES[SESSION_COOKIE]
    if form.is_valid():
        password = form.cleaned_data["password"]
        if signing_in.step_up(worker, session=session, password=password, at=clock.now()):
            return carrying.carried_on(request, worker=worker) or redirect("day")
        form.add_error("password", REFUSALS["step_up"])
    context = {"form": form, **{name: request.POST.get(name, "") for name in ("carried", "ticket")}}
    return render(request, "accounts/step_up.html", context, status=400)


@open_to_all
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, also one that has run out."""
    by = request.viewer.worker if request.viewer else None
    sessions.end(request.COOKIES.get(SESSION_COOKIE, ""), by=by, at=clock.now())
    response = redirect("sign_in")
    clear_cookies(response)
    return response


@open_to_all
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session at once and show a neutral page instead."""
    by = request.viewer.worker if request.viewer else None
    sessions.end(request.COOKIES.get(SESSION_COOKIE, ""), by=by, at=clock.now())
    response = redirect(getattr(settings, "SUAR_EXIT_URL", "") or "/weather")
    clear_cookies(response)
    return response


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages and come back to the same one."""
    chosen = request.POST.get("language", "")
    response = redirect(_wanted(request))
    if chosen in LANGUAGES:
        if request.viewer:
            Worker.objects.filter(id=request.viewer.worker).update(language=chosen)
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, path="/", secure=True, httponly=True, samesite="Strict"
        )
    return response


def _tried(request: HttpRequest, form: SignInForm) -> signing_in.SignIn:
    data = form.cleaned_data
    address = request.META.get("REMOTE_ADDR", "")
    return signing_in.SignIn(data["name"], data["password"], address, shared=data["shared"])


def _proof(request: HttpRequest, form: SignInForm) -> signing_in.Prove:
    return signing_in.prove_by_code(form.cleaned_data["code"])


def _wanted(request: HttpRequest, *, or_else: str | None = None) -> str:
    """Give the path to go on to, only ever one of this host."""
    wanted = request.POST.get("to") or request.POST.get("next") or request.GET.get("to") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("day") if or_else is None else or_else
