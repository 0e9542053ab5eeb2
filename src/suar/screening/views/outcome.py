"""Pages on which a talk ends: ways to stop, the outcome, the signpost."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent.documents import Account, Contact, Person, Warnings
from suar.consent.exclusions import NewExclusion, new_exclusions
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import keyring
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import ALL, Kind
from suar.screening import actions, policy, queries, rules, second_reading, summary_context
from suar.screening.codes import Acted, Outcome
from suar.screening.conclude import Conclusion, age_profile, conclude
from suar.screening.forms import YES, CallForm, OutcomeForm
from suar.screening.messages import PROBLEMS
from suar.screening.queries import answers_of, version_of
from suar.screening.rules.answers import Answers, Call, Reason
from suar.screening.step_context import stop_rules
from suar.screening.views import common
from suar.screening.views.common import TalkRequest
from suar.screening.wording import code_words

PAUSE, GO_ON, FIND = "pause", "on", "find"
FIELD_OF = {
    "REASON_MISSING": "reason",
    "REASON_UNKNOWN": "reason",
    "REASON_DOES_NOT_FIT": "reason",
    "WORDS_MISSING": "words",
}


@permission_required(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@common.of_open_talk
def stop(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Offer a pause and the stop rules of a step; the worker taps, nothing stops by itself."""
    answers = answers_of(opened)
    step = request.POST.get("step") or request.GET.get("step")
    now = common.step_named(step) if step else policy.reached(answers)
    if request.POST.get("go") == PAUSE:
        common.end_in_session(request)
        return redirect("day")
    context = {"record": opened.id, "step": now, "stops": stop_rules(now, answers)}
    if request.method == "POST":
        rule = request.POST.get("stop", "")
        try:
            actions.stop(opened, answers, rule=rule, step=now, by=request.viewer.worker, at=clock.now())
        except Refused as refusal:
            context["problem"] = PROBLEMS[refusal.because]
        else:
            return redirect("talk_outcome", opened.id)
    return render(request, "screening/stop.html", context, status=400 if "problem" in context else 200)


@permission_required(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@common.of_open_talk
def outcome(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Sum up what was told; the worker chooses the outcome, with a reason."""
    answers = answers_of(opened)
    if request.POST.get("go") == GO_ON and answers.stopped_by:
        actions.resume(opened, answers, by=request.viewer.worker, at=clock.now())
        return redirect("talk", opened.id)
    form, call = _outcome_form(request, opened, answers), _call_form(request, answers)
    if all([form.is_valid(), call is None or call.is_valid()]):
        answer = _conclude(request, opened, form, call)
        if answer is not None:
            return answer
    return _outcome_page(request, opened.id, form, call)


@permission_required(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def ended(request: StaffRequest, record: UUID) -> HttpResponse:
    """Say what to do now that a talk has ended and left coded facts only, and who was reached since."""
    opened = keyring.open_record(record, keys=request.keys)
    findings = queries.findings(opened)
    if opened.facts.kind is not Kind.CODES or not findings:
        raise NotYours
    call = None
    if queries.is_unreached(record):
        call = CallForm(request.POST or None, of=rules.instrument(), may_keep=False)
    if request.method == "POST" and (call is None or call.is_valid()):
        if call is not None:
            actions.record_call(opened, _call(call.cleaned_data), by=acting(request))
        return redirect("talk_ended", record)
    context = {
        "page": summary_context.end_context(findings[0]),
        "record": record,
        "findings": findings,
        "second": second_reading.second_read(record, keys=request.keys),
        "call": call,
    }
    wrong = call is not None and call.errors
    return render(request, "screening/ended.html", context, status=400 if wrong else 200)


def _call_form(request: TalkRequest, answers: Answers) -> CallForm | None:
    """Return the question whom the worker reached, if a talk ends by what cannot wait."""
    talk, stopped_by = rules.instrument_of(answers), policy.ended_by(answers)
    stop = talk.stops[stopped_by] if stopped_by else None
    if stop is None or not rules.asks_whom_at_the_end(stop):
        return None
    about = rules.called_about(rules.urgent_needs(answers), stop)
    so_far = Call(about.acted, about.who_answers) if about else Call(Acted.NOT_YET)
    return CallForm(request.POST if request.method == "POST" else None, of=talk, so_far=so_far)


def _outcome_form(request: TalkRequest, opened: OpenRecord, answers: Answers) -> OutcomeForm:
    """Return the form as it was sent; it is not validated yet if an office was only looked for, or if the page is
    only to change its language."""
    looked_for = common.changes_language(request) or request.POST.get("go") == FIND
    first: dict[str, Any] = {name: request.POST.get(name) for name in request.POST}
    first |= {name: request.POST.getlist(name) for name in ("never_bodies", "never_workers")}
    return OutcomeForm(
        request.POST if request.method == "POST" and not looked_for else None,
        initial=first if looked_for else None,
        places=summary_context.places_to_keep(answers, by=request.viewer),
        workers=partial(summary_context.colleagues, opened.facts, request.viewer),
    )


def _conclude(
    request: TalkRequest, opened: OpenRecord, form: OutcomeForm, call: CallForm | None
) -> HttpResponse | None:
    """End the talk and lead on, or note in the form why it cannot end so (None)."""
    answers = answers_of(opened)
    ended, expected = _conclusion(form, answers, call), form.cleaned_data["version"]
    try:
        with transaction.atomic():
            common.end_in_session(request)
            left = conclude(opened, ended, keys=request.keys, at=clock.now(), expected=expected)
        return common.to_left_record(left) if left else redirect("practised")
    except Refused as refusal:
        field = FIELD_OF.get(refusal.because, "outcome")
        form.add_error(field, code_words(rules.instrument_of(answers), refusal.because))
    except Conflict:
        form.add_error(None, str(PROBLEMS["ended_otherwise"]))
    return None


def _outcome_page(request: TalkRequest, record: UUID, form: OutcomeForm, call: CallForm | None) -> HttpResponse:
    """Show the sum-up as it stands now, with what was typed."""
    fresh = keyring.open_record(record, keys=request.keys)
    answers, picked = answers_of(fresh), None
    if request.method == "POST":
        picked = request.POST.get("outcome", ""), request.POST.get("reason", "")
    page = summary_context.sum_up_context(record, answers, by=request.viewer, version=version_of(fresh), picked=picked)
    context = {"sum": page, "form": form, "call": call}
    context |= common.practice_context(request.practice, "OUTCOME")
    wrong = form.errors or (call and call.errors)
    return render(request, "screening/outcome.html", context, status=400 if wrong else 200)


def _conclusion(form: OutcomeForm, answers: Answers, call: CallForm | None) -> Conclusion:
    data = form.cleaned_data
    return Conclusion(
        outcome=Outcome(data["outcome"]),
        reason=Reason(data["reason"], data["words"]),
        wished=frozenset(ALL) if data.get("keep") == YES else frozenset(),
        documents=_documents(data, answers),
        never=_never(data) if data.get("never") else None,
        call=_call(call.cleaned_data) if call else None,
    )


def _call(data: Mapping[str, str]) -> Call:
    """Read what was done: whom somebody spoke to counts only if somebody was reached."""
    acted = Acted(data["acted"])
    return Call(acted, data.get("whom", "") if acted is Acted.SPOKE else "")


def _never(data: Mapping[str, Any]) -> tuple[NewExclusion, ...]:
    return new_exclusions(data.get("never_bodies", ()), data.get("never_workers", ()), data.get("never_words", ""))


def _documents(data: Mapping[str, Any], answers: Answers) -> tuple[Document, ...]:
    """Return what was typed as documents; what was left empty is not stored at all."""
    name, phone, hours, story, do_not = (
        data.get(each) or "" for each in ("name", "contact", "hours", "story", "do_not")
    )
    documents: list[Document] = [age_profile(answers)]
    if name:
        documents.append(Person(name=name))
    if phone or hours:
        documents.append(Contact(phone=phone, hours=hours))
    if story:
        documents.append(Account(text=story))
    if do_not:
        documents.append(Warnings(text=do_not))
    return tuple(documents)
