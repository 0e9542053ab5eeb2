"""Pages on which a talk ends: ways to stop, the outcome, the signpost."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.openings import written_with_act
from suar.records.terms import Kind
from suar.screening import (
    actions,
    ending,
    ending_pages,
    opening,
    pages,
    policy,
    practice_pages,
    queries,
    reaching,
    rules,
    step_pages,
)
from suar.screening.ending_pages import Picked
from suar.screening.forms import OutcomeForm
from suar.screening.forms_call import CallForm
from suar.screening.labels import PROBLEMS
from suar.screening.opening import answers_of, of_open_talk, step_named, version_of
from suar.screening.remains import Conclusion
from suar.screening.terms import Answers

PAUSE, GO_ON, FIND = "pause", "on", "find"


@gate(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@of_open_talk
def stop(request: HttpRequest, opened: OpenRecord) -> HttpResponse:
    """Offer a pause and the stop rules of a step; the worker taps, nothing stops by itself."""
    answers, problem = answers_of(opened), ""
    named = request.POST.get("step") or request.GET.get("step")
    now = step_named(named) if named else policy.reached(answers)
    if request.POST.get("go") == PAUSE:
        opening.end_in_session(request)
        return redirect("day")
    if request.method == "POST":
        rule, by, at = request.POST.get("stop", ""), request.viewer.worker, clock.now()
        try:
            actions.stop(opened, answers, rule=rule, step=now, by=by, at=at)
        except Refused as refusal:
            problem = PROBLEMS[refusal.because]
        else:
            return redirect("talk_outcome", opened.id)
    lines = step_pages.stop_lines(now, answers)
    context = {"record": opened.id, "step": now, "stops": lines, "problem": problem}
    return render(request, "screening/stop.html", context, status=400 if problem else 200)


@gate(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@of_open_talk
def outcome(request: HttpRequest, opened: OpenRecord) -> HttpResponse:
    """Sum up what was told; the worker chooses what it asks for, with a reason."""
    answers = answers_of(opened)
    if request.POST.get("go") == GO_ON and answers.stopped_by:
        actions.go_on_after_all(opened, answers, by=request.viewer.worker, at=clock.now())
        return redirect("talk", opened.id)
    form, call = _outcome_form(request, opened, answers), _call_form(request, answers)
    if all([form.is_valid(), call is None or call.is_valid()]):
        answer = _conclude(request, opened, ending.conclusion(form, answers, call), form)
        if answer is not None:
            return answer
    return _outcome_page(request, opened.id, form, call)


def _call_form(request: HttpRequest, answers: Answers) -> CallForm | None:
    """Give the question whom the worker reached, where a talk ends by what cannot wait."""
    asked, talk = ending.call_asked(answers), rules.instrument_of(answers)
    if asked is None:
        return None
    return CallForm(request.POST if request.method == "POST" else None, of=talk, so_far=asked)


def _outcome_form(request: HttpRequest, opened: OpenRecord, answers: Answers) -> OutcomeForm:
    """Give the form as it was sent; it is not judged yet where a body was looked for, or where
    the page is only to speak another language."""
    looked_for = opening.speaks_otherwise(request) or request.POST.get("go") == FIND
    first = {name: request.POST.get(name) for name in request.POST}
    first |= {name: request.POST.getlist(name) for name in ("never_bodies", "never_workers")}
    return OutcomeForm(
        request.POST if request.method == "POST" and not looked_for else None,
        initial=first if looked_for else None,
        places=ending_pages.places_to_keep(answers, by=request.viewer),
        workers=partial(ending_pages.colleagues, opened.facts, request.viewer),
    )


def _conclude(request: HttpRequest, opened: OpenRecord, ended: Conclusion, form: OutcomeForm) -> HttpResponse | None:
    """End the talk and lead on, or note in the form why it cannot end so (None)."""
    answers, keys = answers_of(opened), request.keys
    told = {"expected": form.cleaned_data["version"], "practice": bool(request.practice)}
    try:
        ready = actions.prepared(opened, ended, keys=keys, at=clock.now(), answers=answers, **told)
        with written_with_act(request):
            opening.end_in_session(request)
            left = actions.conclude(opened, ready, keys=keys, at=clock.now())
        return opening.to_what_was_left(left, ready.left) if left else redirect("practised")
    except Refused as refusal:
        field = ending.FIELD_OF.get(refusal.because, "outcome")
        form.add_error(field, step_pages.because_words(answers, refusal.because))
    except Conflict:
        form.add_error(None, PROBLEMS["ended_otherwise"])
    return None


def _outcome_page(request: HttpRequest, record: UUID, form: OutcomeForm, call: CallForm | None) -> HttpResponse:
    """Show the sum-up as it stands now, with what was typed."""
    fresh = keyring.open_record(record, keys=request.keys)
    answers = answers_of(fresh)
    picked = None
    if request.method == "POST":
        picked = Picked(request.POST.get("outcome", ""), request.POST.get("reason", ""))
    shown = ending_pages.sum_up(record, answers, by=request.viewer, version=version_of(fresh), picked=picked)
    context = {"sum": shown, "form": form, "call": call}
    context |= practice_pages.context(request.practice, "OUTCOME")
    wrong = form.errors or (call and call.errors)
    return render(request, "screening/outcome.html", context, status=400 if wrong else 200)


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def ended(request: HttpRequest, record: UUID) -> HttpResponse:
    """Say what to do now that a talk has ended and left coded facts only; who was reached since."""
    opened = keyring.open_record(record, keys=request.keys)
    found = queries.findings(opened)
    if opened.facts.kind is not Kind.CODES or not found:
        raise NotYours
    waits = reaching.waits(record)
    talk, typed = rules.instrument(), request.POST or None
    call = CallForm(typed, of=talk, may_keep=False) if waits else None
    if request.method == "POST":
        if call is None:
            return redirect("talk_ended", record)
        if call.is_valid():
            told = ending.call_from(call.cleaned_data)
            with suppress(Conflict):
                reaching.keep(opened, told, by=request.viewer.worker, at=clock.now())
            return redirect("talk_ended", record)
    second = pages.second_read(record, keys=request.keys)
    context = {
        "page": ending_pages.end_page(found[0]),
        "record": record,
        "second": second,
        "partner": pages.way_to_partner(opened, found, second, request.viewer),
        "call": call,
    }
    wrong = call is not None and call.errors
    return render(request, "screening/ended.html", context, status=400 if wrong else 200)
