"""Closing a case, agreeing to it, and opening it again."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.cases import closing, labels, pages, policy, rules
from suar.cases.closing import Wish
from suar.cases.forms import ClosingForm
from suar.cases.terms import ClosureReason, Need, NeedEnd
from suar.cases.views_case import case_of, case_page
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.records.terms import Status


@gate(Permission.MANAGE_CASE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, record: UUID) -> HttpResponse:
    """Close a case with its reason, or ask a second worker where the reason needs one."""
    opened = case_of(request, record)
    may_ask = policy.may_ask_closing(request.viewer, opened.facts)
    if request.method == "POST" and may_ask:
        return _asked(request, opened)
    if request.method == "POST" or not (may_ask or _first(opened, request.viewer.worker)):
        raise NotYours
    if opened.facts.status is Status.CLOSED:
        return redirect("person", record)
    return _page(request, opened, _form(_told(request, record)))


def _asked(request: HttpRequest, opened: OpenRecord) -> HttpResponse:
    """Close as was typed; where a colleague was first, it stays on the page beside theirs."""
    told = _told(request, opened.id)
    form = _form(told, request.POST)
    if not form.is_valid():
        return _page(request, opened, form)
    wish = _wish(form.cleaned_data, told)
    if closing.was_asked(opened, wish, by=request.viewer.worker):
        return redirect("person", opened.id)
    if _first(opened, request.viewer.worker) and "instead" not in request.POST:
        return _page(request, opened, form)
    try:
        _ask(request, opened, wish)
    except Refused as refusal:
        form.add_error(None, labels.closing_refusal(refusal.because))
    except Conflict:
        form.add_error(None, labels.CHANGED)
    else:
        return redirect("person", opened.id)
    return _page(request, case_of(request, opened.id), form)


@transaction.atomic
def _ask(request: HttpRequest, opened: OpenRecord, wish: Wish) -> None:
    """Ask for the end of a case; what a colleague wished or did before is set aside and kept."""
    who = {"viewer": request.viewer, "keys": request.keys, "at": clock.now()}
    if _first(opened, request.viewer.worker):
        closing.reopen(opened, **who)
        closing.not_yet(opened, **who)
        opened = case_of(request, opened.id)
    closing.ask(opened, wish, **who)


@gate(Permission.MANAGE_CASE)
@require_POST
def agree(request: HttpRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked."""
    return _second(request, record, closing.agree)


@gate(Permission.MANAGE_CASE)
@require_POST
def not_yet(request: HttpRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody wished to close."""
    return _second(request, record, closing.not_yet)


def _second(request: HttpRequest, record: UUID, act: Callable[..., None]) -> HttpResponse:
    """Do what a second person decides about a wish to close, or say what happened meanwhile."""
    opened = case_of(request, record)
    try:
        act(opened, viewer=request.viewer, keys=request.keys, at=clock.now())
    except Refused as refusal:
        words = labels.closing_refusal(refusal.because)
        return case_page(request, opened, refused=words, status=409)
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def reopen(request: HttpRequest, record: UUID) -> HttpResponse:
    """Open a closed case again: the door was never shut."""
    closing.reopen(case_of(request, record), viewer=request.viewer, keys=request.keys, at=clock.now())
    return redirect("person", record)


def _first(opened: OpenRecord, worker: UUID) -> str:
    """Say in words what was done before somebody pressed; empty when nothing was."""
    if opened.facts.status is Status.CLOSED:
        return str(labels.CLOSED_MEANWHILE)
    asked = closing.waiting(opened)
    if asked is None:
        return ""
    own = asked["asked_by"] == str(worker)
    return str(labels.OWN_WISH_WAITS if own else labels.ASKED_MEANWHILE)


def _told(request: HttpRequest, record: UUID) -> Sequence[Need]:
    return pages.told_needs(record, request.viewer, keys=request.keys, at=clock.now())


def _form(told: Sequence[Need], typed: QueryDict | None = None) -> ClosingForm:
    needs, today = pages.need_questions(told), {"on": clock.today()}
    return ClosingForm(typed, needs=needs, initial=today)


def _page(request: HttpRequest, opened: OpenRecord, form: ClosingForm) -> HttpResponse:
    first = _first(opened, request.viewer.worker) if form.is_bound else ""
    shown = pages.closing_page(opened, request.viewer, form)
    context = {"closing": shown, "form": form, "refused": first}
    status = 409 if first else 400 if form.errors else 200
    return render(request, "cases/close.html", context, status=status)


def _wish(data: dict, told: Sequence[Need]) -> Wish:
    reason = ClosureReason(data["reason"])
    days = (data["review_1"], data["review_2"])
    return Wish(
        reason=reason,
        on=data["on"],
        agreed=data["agreed"],
        call=data["call"],
        confirmed=frozenset(rules.confirmations(reason)) & frozenset(data["confirmed"]),
        reviews=tuple(day for day in days if day and reason is ClosureReason.GOALS),
        needs=tuple((each, NeedEnd(data[f"need-{each.service_type}"])) for each in told),
    )
