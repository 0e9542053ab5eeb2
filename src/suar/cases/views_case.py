"""What a provider does on a case page."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.cases import actions, labels, pages
from suar.cases.forms import FollowUpForm, NoteForm, PlanForm
from suar.cases.terms import FollowUp, Outcome, Result
from suar.cases.views import case_forms
from suar.kernel import clock
from suar.kernel.refusals import NotYours, Refused
from suar.referral import answering
from suar.referral.terms import Verb
from suar.vault import keyring
from suar.vault.keyring import OpenRecord


@gate(Permission.ANSWER_REFERRAL, step_up=True)
@require_POST
def accept(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Accept a referral: only now are the consented fields opened, and a case begins."""
    teams = sorted(request.viewer.teams)
    if not teams:
        raise NotYours
    record = actions.accept_and_open(
        referral, team=teams[0], viewer=request.viewer, keys=request.keys, at=clock.now()
    )
    return redirect("person", record.id)


@gate(Permission.MANAGE_CASE)
@require_POST
def arrived(request: HttpRequest, record: UUID) -> HttpResponse:
    """Confirm that the person arrived and help has started."""
    referral = pages.referral_of(record)
    keyring.open_record(record, keys=request.keys)
    answering.answer(referral, Verb.START, viewer=request.viewer, keys=request.keys, at=clock.now())
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def plan(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep the plan; when somebody else changed it, show both."""
    opened, form = keyring.open_record(record, keys=request.keys), PlanForm(request.POST)
    if not form.is_valid():
        return _again(request, opened, plan=form)
    data = form.cleaned_data
    kept = {
        "goal": data["goal"],
        "steps": [{"what": data["step"], "who": data["who"], "by": str(data["by"])}],
        "review_on": str(data["review_on"]),
    }
    by, at = request.viewer.worker, clock.now()
    try:
        actions.keep_plan(opened, kept, by=by, at=at, expected=data["version"])
    except Refused as refusal:
        form.add_error(None, labels.refusal(refusal.because))
        return _again(request, opened, plan=form)
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def note(request: HttpRequest, record: UUID) -> HttpResponse:
    """Add a note."""
    opened, form = keyring.open_record(record, keys=request.keys), NoteForm(request.POST)
    if not form.is_valid():
        return _again(request, opened, note=form)
    actions.add_note(opened, form.cleaned_data["text"], by=request.viewer.worker, at=clock.now())
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def follow_up(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep what came of a follow-up; the calendar moves as the rule says."""
    opened, form = keyring.open_record(record, keys=request.keys), FollowUpForm(request.POST)
    if form.is_valid():
        try:
            outcome = _outcome(form.cleaned_data)
            actions.follow_up(opened, outcome, by=request.viewer.worker, at=clock.now())
            return redirect("person", record)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        except ValueError:
            form.add_error("tries", labels.DATES_WRONG)
    return _again(request, opened, follow_up=form)


def _outcome(data: dict) -> Outcome:
    return Outcome(
        code=FollowUp(data["code"]),
        result=Result(data["result"]),
        on=clock.today(),
        tries_on=tuple(date.fromisoformat(day) for day in data["tries"].replace(",", " ").split()),
        again_on=data["again_on"],
        reason=data["reason"],
    )


def _again(request: HttpRequest, opened: OpenRecord, **forms: object) -> HttpResponse:
    shown = pages.case(opened, request.viewer, keys=request.keys, now=clock.now())
    context = {"case": shown, "note": NoteForm(), **case_forms(shown), **forms}
    return render(request, "cases/case.html", context, status=400)
