"""Access to staff pages: each view declares its permission, or that it is open to everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries, sessions, setup
from suar.accounts.cookies import cookies_of
from suar.accounts.form_replay import sign_in_instead, step_up_instead
from suar.accounts.http import StaffRequest, StaffSiteRequest
from suar.accounts.roles import Permission
from suar.core.refusals import KeyNotTrusted, NotYours

View = Callable[..., HttpResponse]
"""A view; `policy`, `step_up` and `open_to_all` are read by the permission matrix."""


def permission_required(  # noqa: PLR0913 - what a page asks of a request, all named
    permission: Permission,
    *,
    method: Literal["GET", "POST", ""] = "",
    step_up: bool = False,
    enrolling: bool = False,
    when_ready: bool = False,
    unlocks: bool = False,
    talk: bool | None = False,
) -> Callable[[View], View]:
    """Let only viewers with the permission in, by GET and POST or by one `method`; others see an absent page.

    With `step_up` the worker must have typed their password within the last half hour. Pages for choosing a second
    factor are `enrolling`; every other page sends a worker without one there. With `when_ready` the page is for
    organisations that may store real records; others read what is missing. A locked talk shows only the pages that
    `unlocks` it. On pages of a `talk` the session may idle longer; any other page ends that, unless it is None.
    """

    def decorate(page: View) -> View:
        view = require_http_methods([method] if method else ["GET", "POST"])(page)

        @wraps(view)
        def guarded(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
            refused = _refuse(cast(StaffSiteRequest, request), permission, unlocks=unlocks, enrolling=enrolling)
            if refused is not None:
                return refused
            if step_up and not request.viewer.fresh:
                return step_up_instead(request)
            if when_ready and not setup.may_begin_talks(request.viewer.organisation):
                context = {"ready": queries.readiness_of(request.viewer.organisation)}
                return render(request, "accounts/not_ready.html", context, status=409)
            if talk is not None and request.signed_in.session.in_talk is not talk and not unlocks:
                sessions.set_in_talk(cookies_of(request).session, in_talk=talk)
            return view(request, *args, **kwargs)

        return _mark(guarded, policy=permission, step_up=step_up)

    return decorate


def _refuse(
    request: StaffSiteRequest, permission: Permission, *, unlocks: bool, enrolling: bool
) -> HttpResponse | None:
    """Return another page for somebody who is not signed in, locked, or without a second factor; raises NotYours."""
    if request.viewer is None or request.signed_in is None:
        return sign_in_instead(request)
    if not request.viewer.may(permission):
        raise NotYours
    if not request.signed_in.trusted:
        raise KeyNotTrusted
    if request.signed_in.locked and not unlocks:
        return step_up_instead(cast(StaffRequest, request))
    return redirect("factors") if request.signed_in.session.enrolling and not enrolling else None


def open_to_all(view: View) -> View:
    """Mark a view that needs nobody signed in: sign-in itself, links, health."""
    policy = Permission.ANSWER_BY_LINK if "link" in view.__name__ else None
    return _mark(view, policy=policy, open_to_all=True)


def _mark(view: View, **marks: Any) -> View:
    vars(view).update(marks)
    return view
