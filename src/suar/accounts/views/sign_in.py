"""Pages of signing in and out, of the first sign-in, and of the first run."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import cookies, factors, form_replay, queries, recovery_sheets, sessions, setup, workers
from suar.accounts import sign_in as signing_in
from suar.accounts.acting import Anonymous, acting
from suar.accounts.codes import KeyKind
from suar.accounts.forms import PinForm, ProofForm, RecoverForm, SetUpForm, SignInForm, StepUpForm, WelcomeForm
from suar.accounts.http import StaffRequest, StaffSiteRequest, form_page, redirect_with_message
from suar.accounts.keys import UserPairs
from suar.accounts.middleware import languages
from suar.accounts.models import Worker
from suar.accounts.permissions import open_to_all, permission_required
from suar.accounts.roles import Permission
from suar.accounts.sign_in import SignIn, begin_attempt, known_browser
from suar.accounts.views import form_errors
from suar.core import clock, ratelimit
from suar.core.refusals import NotYours, Refused


@open_to_all
@require_http_methods(["GET", "POST"])
def sign_in(request: StaffSiteRequest) -> HttpResponse:
    """Ask for name, password and second factor; go on to where the worker wanted to be.

    While nobody can sign in yet, everybody is led to the page of the first run.
    """
    if request.method == "GET" and request.viewer is None and setup.is_open():
        return redirect("set_up")
    form = SignInForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        typed = SignIn(
            data["name"],
            data["password"],
            ratelimit.client_address(request),
            known=request.COOKIES.get(cookies.KNOWN_COOKIE, ""),
            shared=data["shared"],
            only=request.POST.get("only", ""),
        )
        # A passkey counts only on a device that nobody else uses.
        by_passkey = data["passkey"] and not typed.shared
        check_factor = factors.passkey_check(data["passkey"]) if by_passkey else factors.code_check(data["code"])
        with form_errors(form):
            worker, halves = signing_in.sign_in(typed, check_factor=check_factor, at=clock.now())
            response = form_replay.replay(request, worker=worker.id) or redirect(_next_path(request))
            cookies.set_session(response, halves)
            if not typed.shared:
                max_age = int(cookies.KNOWN_FOR.total_seconds())
                cookies.set_cookie(response, cookies.KNOWN_COOKIE, known_browser(typed.name), max_age=max_age)
            return response
    return form_page(
        request,
        "accounts/sign_in.html",
        form,
        to=_next_path(request, default=""),
        **form_replay.carried_values(request),
    )


@open_to_all
@require_GET
def sign_in_challenge(request: HttpRequest) -> HttpResponse:
    """Return a challenge that any passkey of any worker may answer; it is the same for everybody."""
    return HttpResponse(factors.sign_in_options(at=clock.now()), content_type="application/json")


@permission_required(Permission.SEE_OWN_DAY, enrolling=True, unlocks=True, method="POST")
def step_up(request: StaffRequest) -> HttpResponse:
    """Take the password once more and send on what was typed."""
    form, worker = StepUpForm(request.POST), request.viewer.worker
    if form.is_valid():
        with form_errors(form, "password"):
            if request.POST.get("only", str(worker)) != str(worker):
                # The locked page is another worker's.
                raise Refused("step_up")
            signing_in.verify_password(worker, form.cleaned_data["password"], at=clock.now())
            response = form_replay.replay(request, worker=worker) or redirect("day")
            cookies.set_session(response, signing_in.step_up(cookies.cookies_of(request), by=acting(request)))
            return response
    context = {"form": form, "pin": PinForm(), **form_replay.carried_values(request)}
    return render(request, "accounts/step_up.html", context, status=400)


@permission_required(Permission.SEE_OWN_DAY, unlocks=True, method="POST")
def open_talk(request: StaffRequest) -> HttpResponse:
    """Unlock a quiet talk by its six digits and send on what was typed."""
    form = PinForm(request.POST)
    if form.is_valid():
        with form_errors(form, "pin"):
            sessions.open_by_pin(cookies.cookies_of(request), form.cleaned_data["pin"], at=clock.now())
            return form_replay.replay(request, worker=request.viewer.worker) or redirect("day")
    context = {"form": StepUpForm(), "pin": form, **form_replay.carried_values(request)}
    return render(request, "accounts/step_up.html", context, status=400)


@open_to_all
@require_POST
def sign_out(request: StaffSiteRequest) -> HttpResponse:
    """End the session, also one that has run out."""
    return _end_session(request, redirect("sign_in"))


@open_to_all
@require_POST
def leave(request: StaffSiteRequest) -> HttpResponse:
    """End the session at once and show a neutral page instead."""
    return _end_session(request, redirect(settings.SUAR_EXIT_URL or "/weather"))


@open_to_all
@require_POST
def language(request: StaffSiteRequest) -> HttpResponse:
    """Change the language of the pages and come back to the same one."""
    chosen = request.POST.get("language", "")
    response = redirect(_next_path(request))
    if chosen in languages():
        if request.viewer:
            workers.set_language(request.viewer.worker, chosen)
        cookies.set_cookie(response, cookies.LANGUAGE_COOKIE, chosen)
    return response


@open_to_all
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Accept an invitation and let its worker choose a password."""
    form, by = WelcomeForm(request.POST or None), Anonymous(at=clock.now())
    if form.is_valid():
        typed, attempt = form.cleaned_data, _begin_attempt(request, form.cleaned_data["name"], purpose="invitation")
        code, password = typed["invitation"], typed["new_password"]
        with form_errors(form, "new_password", unknown="invitation"):
            worker, pairs, _derived = workers.welcome(typed["name"], code=code, password=password, by=by)
            ratelimit.mark_succeeded(attempt)
            return _begin_enrolling(request, redirect("factors"), worker, pairs)
    return form_page(request, "accounts/welcome.html", form)


@open_to_all
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Accept a recovery sheet and let its worker choose a new password."""
    form, by = RecoverForm(request.POST or None), Anonymous(at=clock.now())
    if form.is_valid():
        typed, attempt = form.cleaned_data, _begin_attempt(request, form.cleaned_data["name"], purpose="recovery")
        code, password = typed["recovery"], typed["new_password"]
        with form_errors(form, "new_password", unknown="recovery"):
            worker, pairs = recovery_sheets.recover(typed["name"], typed=code, password=password, by=by)
            ratelimit.mark_succeeded(attempt)
            return _begin_enrolling(request, redirect("factors"), worker, pairs)
    return form_page(request, "accounts/recover.html", form)


@open_to_all
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up the organisation; 404 once there is an active worker."""
    if not setup.is_open():
        raise NotYours
    form, at = SetUpForm(request.POST or None), clock.now()
    if form.is_valid():
        with form_errors(form, "new_password", set_up_code="set_up_code"):
            attempt = begin_attempt("", address=ratelimit.client_address(request), purpose="set-up", at=at)
            setup.check_code(form.cleaned_data["set_up_code"])
            with transaction.atomic():
                worker, pairs, papers = setup.set_up_organisation(form.cleaned_data, at=at)
                context = {"papers": papers, "next": "factors", "day": clock.today()}
                response = render(request, "accounts/papers.html", context)
                _begin_enrolling(request, response, worker, pairs)
            ratelimit.mark_succeeded(attempt)
            setup.close()
            return response
    return form_page(request, "accounts/set_up.html", form)


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
def set_up_papers(request: StaffRequest) -> HttpResponse:
    """Print the papers of the set-up again, as long as no real record is stored."""
    if queries.readiness_of(request.viewer.organisation).already or not request.keys.list_keys(KeyKind.IDENTITY):
        raise NotYours
    if request.method == "GET":
        return render(request, "accounts/set_up_papers.html")
    context = {"papers": setup.print_again(by=acting(request)), "next": "set_up_state", "day": clock.today()}
    return render(request, "accounts/papers.html", context)


@permission_required(Permission.SEE_OWN_DAY)
def set_up_state(request: StaffRequest) -> HttpResponse:
    """List what is missing before a real record, and take the word that a restore printed."""
    form, viewer = ProofForm(request.POST or None), request.viewer
    if form.is_valid():
        attempt = begin_attempt("", address=str(viewer.worker), purpose="proof", at=clock.now())
        with form_errors(form, "proof"):
            setup.prove_backup(form.cleaned_data["proof"], by=acting(request))
            ratelimit.mark_succeeded(attempt)
            return redirect_with_message(request, _("Word checked."), "set_up_state")
    ready = queries.readiness_of(viewer.organisation)
    may_print = viewer.may(Permission.ADMIT_TO_TEAM) and not ready.already
    return form_page(request, "accounts/set_up_state.html", form, ready=ready, may_print=may_print)


def _begin_attempt(request: HttpRequest, name: str, *, purpose: str) -> list[int]:
    address, known = ratelimit.client_address(request), request.COOKIES.get(cookies.KNOWN_COOKIE, "")
    return begin_attempt(name, address=address, known=known, purpose=purpose, at=clock.now())


def _begin_enrolling(request: HttpRequest, response: HttpResponse, worker: Worker, pairs: UserPairs) -> HttpResponse:
    """Begin a session that is valid for choosing a second factor only."""
    workers.set_language(worker.id, request.LANGUAGE_CODE)
    cookies.set_session(response, sessions.begin(worker, pairs, at=clock.now(), shared=False, enrolling=True))
    return response


def _end_session(request: StaffSiteRequest, response: HttpResponse) -> HttpResponse:
    worker = request.viewer.worker if request.viewer else None
    sessions.end(request.COOKIES.get(cookies.SESSION_COOKIE, ""), by=Anonymous(at=clock.now(), known_worker=worker))
    cookies.clear_session(response)
    return response


def _next_path(request: HttpRequest, *, default: str | None = None) -> str:
    """Return the path to go on to, only ever one of this host."""
    wanted = request.POST.get("to") or request.POST.get("next") or request.GET.get("to") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("day") if default is None else default
