"""The request of a staff page, for type hints of views behind `permission_required`, and the answer to a save."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url

from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.accounts.sessions import SignedIn
from suar.core.saved_forms import SavedForm


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in, as the session middleware leaves it to a view.

    The middleware drops `keys` and `signed_in` before the response leaves.
    """

    viewer: Viewer
    keys: Keys
    signed_in: SignedIn


class StaffSiteRequest(HttpRequest):
    """A request of the staff site, perhaps of nobody who is signed in."""

    viewer: Viewer | None
    keys: Keys | None
    signed_in: SignedIn | None
    LANGUAGE_CODE: str


def post_data(request: HttpRequest) -> QueryDict | None:
    """Return what was typed, perhaps nothing; None if the page is only asked for."""
    return request.POST if request.method == "POST" else None


def form_page(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Render the page of a form; the status is 400 if it has errors, 409 if it shows a conflict."""
    status = form.status if isinstance(form, SavedForm) else 400 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def redirect_with_message(
    request: HttpRequest, message: str, to: str, *args: UUID | str, part: str = ""
) -> HttpResponse:
    """Redirect to a page that shows a success message once, such as "Note added.".

    With a `part` the message stands there, at `{% saved part %}`, and the page opens at it. The message never
    contains a name, a place or a code of a person: the browser stores it until then.
    """
    messages.success(request, message, extra_tags=part)
    return redirect(f"{resolve_url(to, *args)}#saved" if part else resolve_url(to, *args))
