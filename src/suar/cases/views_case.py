"""What a provider does on a case page."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from suar.accounts.acting import acting
from suar.accounts.gate import gate
from suar.accounts.http import StaffRequest
from suar.accounts.terms import Permission
from suar.cases import actions, closing, labels, pages
from suar.cases.actions import Begun
from suar.cases.forms import (
    FollowUpForm,
    NameForm,
    NoteForm,
    PlanForm,
    StepForm,
    kept_steps,
    typed_steps,
)
from suar.cases.terms import FollowUp, Outcome, Result
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind, Status
from suar.referrals import pages as referral_pages
from suar.referrals.pages.parts import RECEIVER_VERBS, RECEIVING
from suar.referrals.settling import settle, settle_once
from suar.referrals.terms import Verb

FORMS = ("plan", "note", "name", "follow_up")


def case_page(request: HttpRequest, opened: OpenRecord, *, status: int = 200, **said: object) -> HttpResponse:
    """Show a case with its forms, one of them perhaps filled, and what was refused."""
    shown = pages.case(opened, request.viewer, keys=request.keys, now=clock.now())
    context = {
        "case": shown,
        "note": NoteForm(),
        "name": NameForm(initial={"name": shown.own_name}),
        "plan": PlanForm(initial={**shown.plan, "version": shown.plan_version}),
        "steps": kept_steps(shown.plan.get("steps", [])),
        "follow_up": FollowUpForm(initial={"code": shown.dues[0].code}) if shown.dues else None,
        **said,
    }
    context["problem_forms"] = [said[each] for each in FORMS if each in said]
    return render(request, "cases/case.html", context, status=status)


@gate(Permission.ANSWER_REFERRAL, step_up=True, when_ready=True)
@require_POST
def accept(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Accept a referral: only now are the consented fields opened, and a case begins."""
    there = actions.case_of(referral)
    if there is not None:
        return _accepted_before(request, referral, there)
    if not request.viewer.teams:
        return _asked_of_us(request, referral, status=409)
    take = referral_pages.take_form(request.viewer, request.POST)
    if not take.is_valid():
        return _asked_of_us(request, referral, take=take, status=400)
    who = {"viewer": request.viewer, "keys": request.keys, "at": clock.now()}
    try:
        record = actions.accept_and_open(referral, team=take.chosen, **who)
    except Refused:
        # Its page says where it stands now: taken back, over, or accepted by a colleague.
        return redirect("inbox_item", referral)
    return redirect("person", record.id)


def _accepted_before(request: HttpRequest, referral: UUID, there: Begun) -> HttpResponse:
    """Lead to the case that was opened; who accepts after a colleague is told so."""
    try:
        opened = case_of(request, there.record)
    except NotYours:
        words = pages.accepted_already(there, request.viewer)
        return _asked_of_us(request, referral, refused=words, status=409)
    if there.by != request.viewer.worker and "go" not in request.POST:
        return case_page(request, opened, refused=pages.accepted_by(there.by), status=409)
    return redirect("person", there.record)


def _asked_of_us(request: HttpRequest, referral: UUID, *, status: int, **said: object) -> HttpResponse:
    """Show what was asked as the inbox does, with what is in the way of accepting it."""
    shown = referral_pages.received(referral, viewer=request.viewer, keys=request.keys)
    return render(request, "referrals/item.html", {"item": shown, **said}, status=status)


@gate(Permission.MANAGE_CASE)
@require_POST
def arrived(request: HttpRequest, record: UUID) -> HttpResponse:
    """Confirm that the person arrived and help has started."""
    return _answer(request, case_of(request, record), Verb.START)


@gate(Permission.MANAGE_CASE)
@require_POST
def referral_act(request: HttpRequest, record: UUID) -> HttpResponse:
    """Say how the referral goes on: tried, complete, ended early, cannot help after all."""
    opened, verb = case_of(request, record), request.POST.get("verb", "")
    if verb not in RECEIVER_VERBS:
        raise NotYours
    return _answer(request, opened, Verb(verb), request.POST.get("reason", ""))


def _answer(request: HttpRequest, opened: OpenRecord, verb: Verb, reason: str = "") -> HttpResponse:
    referral = pages.referral_of(opened.id)
    if referral is None:
        raise NotYours
    try:
        actions.say_how_it_goes(
            opened,
            referral,
            verb,
            viewer=request.viewer,
            keys=request.keys,
            at=clock.now(),
            reason=reason,
        )
    except Refused as refusal:
        words = referral_pages.refused(refusal.because, referral, ours=RECEIVING)
        return case_page(request, opened, refused=words, status=409)
    return redirect("person", opened.id)


@gate(Permission.MANAGE_CASE)
@require_POST
def plan(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep the plan; when somebody else changed it, show both."""
    opened, form = case_of(request, record), PlanForm(request.POST)
    steps = typed_steps(request.POST, kept=pages.steps_of(opened))
    if _stays_closed(request, opened):
        return _closed_meanwhile(request, opened, plan=form, steps=steps)
    if not all([form.is_valid(), *(each.is_valid() for each in steps)]):
        return case_page(request, opened, plan=form, steps=steps, status=400)
    try:
        _keep_plan(request, opened, _plan(form, steps), version=form.cleaned_data["version"])
    except Refused as refusal:
        opened = case_of(request, record)
        if _stays_closed(request, opened):
            return _closed_meanwhile(request, opened, plan=form, steps=steps)
        form.add_error(None, labels.refusal(refusal.because))
        return case_page(request, opened, plan=form, steps=steps, status=400)
    except Conflict:
        return _overtaken(request, record, form, steps)
    return redirect("person", record)


def _keep_plan(request: HttpRequest, opened: OpenRecord, written: dict, *, version: int) -> None:
    by, at, keys = request.viewer.worker, clock.now(), request.keys
    _change(
        request,
        opened,
        lambda there: actions.keep_plan(there, written, expected=version, keys=keys, at=at),
        lambda there: there.was_kept(Compartment.NARRATIVE, actions.PLAN, written, by=by),
    )


def _plan(form: PlanForm, steps: list[StepForm]) -> dict:
    written = [each.cleaned_data for each in steps if each.cleaned_data.get("step")]
    return {
        "goal": form.cleaned_data["goal"],
        "steps": [
            {"what": each["step"], "who": each["who"], "by": str(each["by"] or "")}
            | ({"done": True} if each["done"] else {})
            for each in written
        ],
        "review_on": str(form.cleaned_data["review_on"]),
    }


def _overtaken(request: HttpRequest, record: UUID, form: PlanForm, steps: list[StepForm]) -> HttpResponse:
    """Show a colleague's plan beside what was typed; keeping again replaces theirs knowingly."""
    fresh = keyring.open_record(record, keys=request.keys)
    shown = pages.case(fresh, request.viewer, keys=request.keys, now=clock.now())
    form.data = form.data.copy()
    form.data["version"] = shown.plan_version
    theirs = pages.plan_rows(shown.plan)
    return case_page(request, fresh, plan=form, steps=steps, theirs=theirs, status=409)


@gate(Permission.MANAGE_CASE)
@require_POST
def note(request: StaffRequest, record: UUID) -> HttpResponse:
    """Add a note."""
    opened, form = case_of(request, record), NoteForm(request.POST)
    if not form.is_valid():
        return case_page(request, opened, note=form, status=400)
    actions.add_note(opened, form.cleaned_data["text"], by=acting(request))
    return redirect("person", record)


@gate(Permission.MANAGE_CASE)
@require_POST
def name(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep the name the person uses here."""
    opened, form = case_of(request, record), NameForm(request.POST)
    if not form.is_valid():
        return case_page(request, opened, name=form, status=400)
    typed, by, at = form.cleaned_data["name"], request.viewer.worker, clock.now()
    settle(opened, keys=request.keys, act=_naming(request, typed, by=by, at=at))
    return redirect("person", record)


def _naming(request: HttpRequest, typed: str, **when: object) -> Callable[[OpenRecord], None]:
    return lambda there: actions.name_person(there, typed, keys=request.keys, **when)


@gate(Permission.MANAGE_CASE)
@require_POST
def follow_up(request: HttpRequest, record: UUID) -> HttpResponse:
    """Keep what came of a follow-up; the calendar moves as the rule says."""
    opened, form = case_of(request, record), FollowUpForm(request.POST)
    if _stays_closed(request, opened):
        return _closed_meanwhile(request, opened, follow_up=form)
    if not form.is_valid():
        return case_page(request, opened, follow_up=form, status=400)
    try:
        _keep_outcome(request, opened, _outcome(form.cleaned_data))
    except Refused as refusal:
        words, status = labels.refusal(refusal.because), 400
    except Conflict:
        words, status = str(labels.CHANGED), 409
    else:
        return redirect("person", record)
    opened = case_of(request, record)
    if _stays_closed(request, opened):
        return _closed_meanwhile(request, opened, follow_up=form)
    form.add_error(None, words)
    return case_page(request, opened, follow_up=form, status=status)


def _keep_outcome(request: HttpRequest, opened: OpenRecord, outcome: Outcome) -> None:
    by, at, keys = request.viewer.worker, clock.now(), request.keys
    _change(
        request,
        opened,
        lambda there: actions.follow_up(there, outcome, keys=keys, at=at),
        lambda there: actions.was_followed_up(there, outcome, by=by),
    )


def _outcome(data: dict) -> Outcome:
    tries = (data["try_1"], data["try_2"], data["try_3"])
    return Outcome(
        code=FollowUp(data["code"]),
        result=Result(data["result"]),
        on=clock.today(),
        tries_on=tuple(day for day in tries if day),
        again_on=data["again_on"],
        reason=data["reason"],
    )


def _stays_closed(request: HttpRequest, opened: OpenRecord) -> bool:
    """Say whether a case is closed and nobody pressed to open it again."""
    return opened.facts.status is Status.CLOSED and "reopen" not in request.POST


@transaction.atomic
def _change(
    request: HttpRequest,
    opened: OpenRecord,
    act: Callable[[OpenRecord], None],
    was_kept: Callable[[OpenRecord], bool],
) -> None:
    """Open a closed case again and change it: both or neither. Raises Refused and Conflict."""
    if opened.facts.status is Status.CLOSED:
        closing.reopen(opened, viewer=request.viewer, keys=request.keys, at=clock.now())
        opened = case_of(request, opened.id)
    settle_once(opened, keys=request.keys, act=act, was_kept=was_kept)


def _closed_meanwhile(request: HttpRequest, opened: OpenRecord, **typed: object) -> HttpResponse:
    """Say that a case was closed, with what was typed still in its form."""
    return case_page(request, opened, refused=labels.CLOSED_MEANWHILE, status=409, **typed)


def case_of(request: HttpRequest, record: UUID) -> OpenRecord:
    """Open a case; a person's record has none of these acts."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.CASE:
        raise NotYours
    return opened
