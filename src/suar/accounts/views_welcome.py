"""Coming in for the first time, and coming back without the password."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts import actions, recovering, sessions
from suar.accounts.attempts import begin_attempt
from suar.accounts.forms import NewPasswordForm, RecoverForm, WelcomeForm
from suar.accounts.gate import open_to_all
from suar.accounts.keys import UserPairs
from suar.accounts.labels import WRONG, mistyped
from suar.accounts.middleware import KNOWN_COOKIE, set_cookies
from suar.accounts.models import Worker
from suar.core import clock, ratelimit
from suar.core.refusals import NotYours, Refused
from suar.crypto.recovery import Mistyped

Come = Callable[[dict], tuple[Worker, UserPairs]]


@open_to_all
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Take an invitation and let its worker choose a password."""

    def come(data: dict) -> tuple[Worker, UserPairs]:
        return actions.welcome(data["name"], code=data["invitation"], password=data["new_password"], at=clock.now())

    form = WelcomeForm(request.POST or None)
    return _came(request, form, come, wrong="invitation") or _page(request, "welcome", form)


@open_to_all
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Take a recovery sheet and let its worker choose a new password."""

    def come(data: dict) -> tuple[Worker, UserPairs]:
        return recovering.recover(data["name"], typed=data["recovery"], password=data["new_password"], at=clock.now())

    form = RecoverForm(request.POST or None)
    return _came(request, form, come, wrong="recovery") or _page(request, "recover", form)


def begin_enrolling(request: HttpRequest, response: HttpResponse, worker: Worker, pairs: UserPairs) -> HttpResponse:
    """Give a worker without a second factor a session that is good for choosing one."""
    actions.speak(worker.id, request.LANGUAGE_CODE)
    cookies = sessions.begin(worker, pairs, at=clock.now(), shared=False, enrolling=True)
    set_cookies(response, cookies)
    return response


def _came(request: HttpRequest, form: NewPasswordForm, come: Come, *, wrong: str) -> HttpResponse | None:
    """Try what was typed, as slowly as a sign-in; None with what is wrong in the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    data, known = form.cleaned_data, request.COOKIES.get(KNOWN_COOKIE, "")
    address = ratelimit.client_address(request)
    attempt = begin_attempt(data["name"], address=address, known=known, purpose=wrong, at=clock.now())
    try:
        worker, pairs = come(data)
    except Mistyped as mistake:
        form.add_error(wrong, mistyped(mistake.group))
    except NotYours:
        form.add_error(None, WRONG[wrong])
    except Refused as refusal:
        form.add_error("new_password", WRONG[refusal.because])
    else:
        ratelimit.mark_succeeded(attempt)
        return begin_enrolling(request, redirect("factors"), worker, pairs)
    return None


def _page(request: HttpRequest, name: str, form: NewPasswordForm) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, f"accounts/{name}.html", {"form": form}, status=status)
