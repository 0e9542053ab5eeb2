"""The gate before every staff page: each view names its permission, or says it is open to all."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from suar.accounts import queries, readiness, sessions
from suar.accounts.carrying import sign_in_instead, step_up_instead
from suar.accounts.middleware import cookies_of
from suar.accounts.terms import Permission
from suar.core.refusals import KeyNotTrusted, NotYours

View = Callable[..., HttpResponse]


def gate(
    permission: Permission,
    *,
    step_up: bool = False,
    enrolling: bool = False,
    when_ready: bool = False,
    unlocks: bool = False,
    talk: bool = False,
) -> Callable[[View], View]:
    """Let only viewers with the permission in; others see the page of an absent address.

    With `step_up` the worker must have proven themselves within the last half hour. Pages for
    choosing a second factor say `enrolling`; every other page sends who has none there. With
    `when_ready` the page is for organisations that may hold real records: others read what is
    still missing. A locked talk shows nothing but the pages that `unlocks` it. On pages of a
    `talk` the session may rest longer; whoever walks on to another page is back to office limits.
    """

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            stopped = _stopped(request, permission, unlocks=unlocks, enrolling=enrolling)
            if stopped is not None:
                return stopped
            if step_up and not request.viewer.fresh:
                return step_up_instead(request)
            if when_ready and not readiness.may_begin_talks(request.viewer.organisation):
                return not_ready(request)
            if request.signed.in_talk is not talk and not unlocks:
                sessions.set_in_talk(cookies_of(request).session, in_talk=talk)
            return view(request, *args, **kwargs)

        guarded.policy, guarded.step_up = permission, step_up
        return guarded

    return around


def _stopped(request: HttpRequest, permission: Permission, *, unlocks: bool, enrolling: bool) -> HttpResponse | None:
    """Answer instead of the view while somebody is unknown, locked out or without a factor."""
    if request.viewer is None:
        return sign_in_instead(request)
    if not request.viewer.may(permission):
        raise NotYours
    if not request.signed.trusted:
        raise KeyNotTrusted
    if request.signed.locked and not unlocks:
        return step_up_instead(request)
    if request.signed.enrolling and not enrolling:
        return redirect("factors")
    return None


def open_to_all(view: View) -> View:
    """Mark a view that needs nobody signed in: sign-in itself, links, health."""
    view.policy = Permission.ANSWER_BY_LINK if "link" in view.__name__ else None
    view.open_to_all = True
    return view


def not_ready(request: HttpRequest) -> HttpResponse:
    """List what is missing before a real record may be held here."""
    ready = queries.ready(request.viewer.organisation)
    return render(request, "accounts/not_ready.html", {"ready": ready}, status=409)
