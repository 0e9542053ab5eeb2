"""Pages of accounts, and what their forms share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.accounts.messages import REFUSALS
from suar.core.refusals import Refused


@contextmanager
def form_errors(form: BaseForm, field: str | None = None, **fields: str) -> Iterator[None]:
    """Turn a refusal into an error of the form, at `field` or at the field that `fields` names for its reason."""
    try:
        yield
    except Refused as refusal:
        form.add_error(fields.get(refusal.because, field), REFUSALS.label(refusal.because))


def form_page(request: HttpRequest, name: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Render the page of a form, with status 400 if the form has errors."""
    status = 400 if form.errors else 200
    return render(request, f"accounts/{name}.html", {"form": form, **context}, status=status)
