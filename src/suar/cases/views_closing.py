"""Closing a case, agreeing to it, and opening it again."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.cases import closing, labels, pages, policy, rules
from suar.cases.closing import Wish
from suar.cases.forms import ClosingForm
from suar.cases.terms import ClosureReason, Need, NeedEnd
from suar.cases.views_case import case_of, case_page
from suar.kernel import clock
from suar.kernel.refusals import Conflict, NotYours, Refused
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Status


@gate(Permission.MANAGE_CASE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, record: UUID) -> HttpResponse:
    """Close a case with its reason, or ask a second worker where the reason needs one."""
    opened = case_of(request, record)
    if opened.facts.status is Status.CLOSED:
        return redirect("person", record)
    waits, typed = closing.waiting(opened), request.POST if request.method == "POST" else None
    if not waits and not policy.may_ask_closing(request.viewer, opened.facts):
        raise NotYours
    if waits and typed:
        return redirect("close_case", record)
    told = pages.told_needs(record, request.viewer, keys=request.keys, at=clock.now())
    needs, today = pages.need_questions(told), {"on": clock.today()}
    form = ClosingForm(typed, needs=needs, initial=today)
    if form.is_valid():
        wish = _wish(form.cleaned_data, told)
        try:
            closing.ask(opened, wish, viewer=request.viewer, at=clock.now())
            return redirect("person", record)
        except Refused as refusal:
            form.add_error(None, labels.closing_refusal(refusal.because))
        except Conflict:
            form.add_error(None, labels.CHANGED)
    return _page(request, opened, form)


@gate(Permission.MANAGE_CASE)
@require_POST
def agree(request: HttpRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked."""
    opened = case_of(request, record)
    try:
        closing.agree(opened, viewer=request.viewer, at=clock.now())
    except Refused as refusal:
        words = labels.closing_refusal(refusal.because)
        return case_page(request, opened, refused=words, status=409)
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def not_yet(request: HttpRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody wished to close."""
    closing.not_yet(case_of(request, record), viewer=request.viewer, at=clock.now())
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def reopen(request: HttpRequest, record: UUID) -> HttpResponse:
    """Open a closed case again: the door was never shut."""
    closing.reopen(case_of(request, record), viewer=request.viewer, at=clock.now())
    return redirect("person", record)


def _page(request: HttpRequest, opened: OpenRecord, form: ClosingForm) -> HttpResponse:
    context = {"closing": pages.closing_page(opened, request.viewer, form), "form": form}
    status = 400 if form.errors else 200
    return render(request, "cases/close.html", context, status=status)


def _wish(data: dict, told: Sequence[Need]) -> Wish:
    reason = ClosureReason(data["reason"])
    days = (data["review_1"], data["review_2"])
    return Wish(
        reason=reason, on=data["on"], agreed=data["agreed"], call=data["call"],
        confirmed=frozenset(rules.confirmations(reason)) & frozenset(data["confirmed"]),
        reviews=tuple(day for day in days if day and reason is ClosureReason.GOALS),
        needs=tuple((each, NeedEnd(data[f"need-{each.service_type}"])) for each in told),
    )  # fmt: skip
