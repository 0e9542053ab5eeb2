"""Closing a case, agreeing to it, and opening the case again."""

from collections.abc import Callable
from typing import Any
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
from suar.cases import calendars, closing, labels, progress
from suar.cases.codes import CLOSURE_REASONS, HANDOVER_CHECKS, ClosureReason
from suar.cases.documents import ASKED
from suar.cases.documents.follow_ups import CalendarStart
from suar.cases.forms import ClosingForm
from suar.cases.views.case import case_needs, case_page, closing_context, open_case, read_received
from suar.core import clock
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
    initial: dict[str, Any] = dict(zip(("review_1", "review_2"), days, strict=False))
    ends_on = (opened.get(CalendarStart) or CalendarStart()).ends_on
    initial |= {"reason": request.GET.get("reason", "")}
    initial |= {"on": ends_on} if ends_on and ends_on > clock.today() else {}
    dues, _outcomes = calendars.read_calendar(opened)
    form = ClosingForm(typed, needs=case_needs(opened), dues=dues, initial=initial)
    if form.is_valid():
        by, instead = acting(request), request.POST.get("instead", "")
        try:
            state = closing.ask_closing(opened, form.to_request(by=by.worker, at=by.at), by=by, instead=instead)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        except Conflict:
            opened = open_case(request, record)
        else:
            return redirect_with_message(request, _message(state or ""), "person", record)
    return _closing_page(request, opened, form)


def _message(state: str) -> str:
    """Return the success message, by the state of the request."""
    if state == ASKED:
        return _("Request saved. A second person has to agree.")
    return _("Case closed.") if state == closing.CLOSED else _("Saved. The case closes on the agreed day.")


def _closing_page(request: StaffRequest, opened: OpenRecord, form: ClosingForm) -> HttpResponse:
    context = closing_context(request, opened)
    asked = context["asked"]
    context["workers"] = accounts.display_names([asked.asked_by, asked.agreed_by] if asked else ())
    context |= {"today": clock.today(), "form": form, "reasons": CLOSURE_REASONS.members, "refused": ""}
    context["transfer_checks"] = HANDOVER_CHECKS.members if form["reason"].value() == ClosureReason.TRANSFER else ()
    context["version"] = closing.version(context["asked"])
    if form.is_bound and context["asked"]:
        waiting = "own_request_waits" if context["own_request"] else "asked_meanwhile"
        context["refused"] = labels.refusal("closed_meanwhile" if context["is_closed"] else waiting)
    status = 409 if context["refused"] else 400 if form.errors else 200
    return render(request, "cases/close.html", context, status=status)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def agree(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked, perhaps on a later day."""
    return _decide(request, record, closing.agree)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def leave_open(request: StaffRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody asked to close."""
    return _decide(request, record, closing.leave_open, message=_("Case left open."))


@permission_required(Permission.MANAGE_CASE)
@require_POST
def reopen(request: StaffRequest, record: UUID) -> HttpResponse:
    """Open a closed case again."""
    return _decide(request, record, closing.reopen, message=_("Case opened again."))


def _decide(request: StaffRequest, record: UUID, act: Callable[..., str | None], *, message: str = "") -> HttpResponse:
    """Do what a worker decides about a closing, or show what happened meanwhile."""
    opened = open_case(request, record)
    try:
        state = act(opened, by=acting(request))
    except Refused as refusal:
        return case_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, message or _message(state or closing.CLOSED), "person", record)
