"""Pages of accounts, and what their forms share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from suar.accounts.codes import REFUSALS
from suar.core.refusals import NotYours, Refused
from suar.crypto.recovery import Mistyped


@contextmanager
def form_errors(form: BaseForm, field: str | None = None, *, unknown: str = "", **fields: str) -> Iterator[None]:
    """Turn a refusal into an error of the form, at `field` or at the field that `fields` names for its reason.

    NotYours becomes the error `unknown`, if that is given.
    """
    try:
        yield
    except Refused as refusal:
        form.add_error(fields.get(refusal.because, field), REFUSALS.label(refusal.because))
    except Mistyped as mistake:
        in_group = gettext("There is a mistake in group %(group)d.") % {"group": mistake.group or 0}
        form.add_error("recovery", in_group if mistake.group else REFUSALS.label("recovery_mistyped"))
    except NotYours:
        if not unknown:
            raise
        form.add_error(None, REFUSALS.label(unknown))


def refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Render why an action without a form was refused."""
    return render(request, "accounts/refused.html", {"reason": REFUSALS.label(refusal.because)}, status=409)
