"""Forms that are posted without a session are replayed after sign-in, so that nothing typed is lost.

The page that asks for sign-in carries the values in its own form; the server stores none. After sign-in by the same
worker the page offers to send them again. Source: docs/decisions/keys-and-sessions.md.
"""

import json
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from pydantic import TypeAdapter, ValidationError

from suar.accounts import sessions
from suar.accounts.cookies import SESSION_COOKIE
from suar.accounts.forms import PinForm, SignInForm, StepUpForm
from suar.accounts.http import StaffRequest
from suar.accounts.rules import RETURN_CODE_FIELD, SECRET_FIELDS

SALT = "suar.carried"
CARRIED = TypeAdapter(dict[str, list[str]])
MAX_CARRIED_CHARACTERS = 1_000_000
CARRIED_FOR_S = 12 * 3600


def sign_in_instead(request: HttpRequest) -> HttpResponse:
    """Return the sign-in page; a post is carried along, of a get only the path."""
    if request.method != "POST":
        return redirect(f"{reverse('sign_in')}?to={request.path}")
    if request.path in (reverse("step_up"), reverse("open_talk")):
        carried = carried_values(request)
    else:
        owner = sessions.last_worker(request.COOKIES.get(SESSION_COOKIE, ""))
        carried = hidden_values(request, owner=owner)
    context = {"form": SignInForm(), "ended": True, **carried}
    return render(request, "accounts/sign_in.html", context, status=401)


def step_up_instead(request: StaffRequest) -> HttpResponse:
    """Ask for the password once more before an action that cannot be undone."""
    context = {"form": StepUpForm(), "pin": PinForm(), **hidden_values(request, owner=request.viewer.worker)}
    return render(request, "accounts/step_up.html", context, status=401)


def carried_values(request: HttpRequest) -> dict[str, str]:
    """Return the hidden values that a form of signing in carries already."""
    return {name: request.POST.get(name, "") for name in ("carried", "ticket")}


def hidden_values(request: HttpRequest, *, owner: UUID | None) -> dict[str, str]:
    """Return the hidden values of a form: what was typed, where to, and for whom (signed).

    Secrets are left out. Nothing is carried without a known worker, or if any field contains a return code.
    """
    ticket = signing.dumps([str(owner or ""), request.path, request.method], salt=SALT)
    if request.method != "POST" or owner is None or RETURN_CODE_FIELD in request.POST:
        return {"carried": "", "ticket": ticket}
    typed = {name: values for name, values in request.POST.lists() if name not in SECRET_FIELDS}
    text = json.dumps(typed)
    return {"carried": text if len(text) <= MAX_CARRIED_CHARACTERS else "", "ticket": ticket}


def replay(request: HttpRequest, *, worker: UUID) -> HttpResponse | None:
    """Return a page that sends the carried values again, if they are this worker's."""
    try:
        owner, path, method = signing.loads(request.POST.get("ticket", ""), salt=SALT, max_age=CARRIED_FOR_S)
    except (signing.BadSignature, ValueError):
        return None
    if owner != str(worker):
        return None
    try:
        typed = CARRIED.validate_json(request.POST.get("carried", ""))
    except ValidationError:
        return redirect(path)
    if method != "POST":
        return redirect(path)
    pairs = [(name, value) for name, values in typed.items() for value in values]
    return render(request, "accounts/carry_on.html", {"path": path, "pairs": pairs})
