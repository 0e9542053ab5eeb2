"""Closing a case, agreeing to it, and opening the case again."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import closing, labels, progress
from suar.cases.codes import CLOSURE_REASONS
from suar.cases.forms import ClosingForm
from suar.cases.views.case import case_needs, case_page, closing_context, open_case, read_received
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.records.terms import Status


@permission_required(Permission.MANAGE_CASE)
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, record: UUID) -> HttpResponse:
    """Close a case with its reason, or ask a second worker where the reason needs one.

    If a colleague was first, what was typed stays on the page beside their request.
    """
    opened = open_case(request, record)
    context = closing_context(request, opened)
    if not context["closing_acts"] and (request.method == "POST" or not context["asked"]):
        raise NotYours
    if request.method == "GET" and opened.facts.status is Status.CLOSED:
        return redirect("person", record)
    typed = request.POST if request.method == "POST" else None
    read_received(request, opened)
    days = progress.stable_days(progress.list_reviews(opened))
    initial = dict(zip(("review_1", "review_2"), days, strict=False))
    form = ClosingForm(typed, needs=case_needs(opened), initial=initial)
    if form.is_valid():
        by, instead = acting(request), request.POST.get("instead", "")
        try:
            state = closing.ask_closing(opened, form.to_request(by=by.worker, at=by.at), by=by, instead=instead)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        except Conflict:
            opened = open_case(request, record)
        else:
            waits = state == closing.ASKED
            message = _("Request saved. A second person has to agree.") if waits else _("Case closed.")
            return redirect_with_message(request, message, "person", record)
    return _closing_page(request, opened, form)


def _closing_page(request: StaffRequest, opened: OpenRecord, form: ClosingForm) -> HttpResponse:
    context = closing_context(request, opened)
    asked = context["asked"]
    context["workers"] = accounts.display_names([asked.asked_by, asked.agreed_by] if asked else ())
    context |= {"form": form, "reasons": CLOSURE_REASONS.members, "refused": ""}
    context["version"] = closing.version(context["asked"])
    if form.is_bound and context["asked"]:
        waiting = "own_request_waits" if context["own_request"] else "asked_meanwhile"
        context["refused"] = labels.refusal("closed_meanwhile" if context["is_closed"] else waiting)
    status = 409 if context["refused"] else 400 if form.errors else 200
    return render(request, "cases/close.html", context, status=status)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def agree(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked."""
    return _decide(request, record, closing.agree, _("Case closed."))


@permission_required(Permission.MANAGE_CASE)
@require_POST
def leave_open(request: StaffRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody asked to close."""
    return _decide(request, record, closing.leave_open, _("Case left open."))


@permission_required(Permission.MANAGE_CASE)
@require_POST
def reopen(request: StaffRequest, record: UUID) -> HttpResponse:
    """Open a closed case again."""
    return _decide(request, record, closing.reopen, _("Case opened again."))


def _decide(request: StaffRequest, record: UUID, act: Callable[..., None], message: str) -> HttpResponse:
    """Do what a worker decides about a closing, or show what happened meanwhile."""
    opened = open_case(request, record)
    try:
        act(opened, by=acting(request))
    except Refused as refusal:
        return case_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, message, "person", record)
