"""The gate before every staff page: each view names its permission, or says it is open to all."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from suar.accounts.carrying import sign_in_instead, step_up_instead
from suar.accounts.terms import Permission
from suar.kernel.refusals import NotYours

View = Callable[..., HttpResponse]


def gate(permission: Permission, *, step_up: bool = False) -> Callable[[View], View]:
    """Let only viewers with the permission in; others see the page of an absent address.

    With `step_up` the worker must have proven themselves within the last half hour.
    """

    def around(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.viewer is None:
                return sign_in_instead(request)
            if not request.viewer.may(permission):
                raise NotYours
            if step_up and not request.viewer.fresh:
                return step_up_instead(request)
            return view(request, *args, **kwargs)

        guarded.policy = permission
        return guarded

    return around


def open_to_all(view: View) -> View:
    """Mark a view that needs nobody signed in: sign-in itself, links, health."""
    view.policy = Permission.ANSWER_BY_LINK if "link" in view.__name__ else None
    view.open_to_all = True
    return view
