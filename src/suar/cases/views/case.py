"""A case at the provider: its page, the plan, notes and follow-ups, and closing."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, closing, labels, policy, queries, rules
from suar.cases.actions import OpenedCase
from suar.cases.closing import ClosingWish
from suar.cases.codes import CLOSURE_REASONS, ClosureReason, Confirmed, NeedEnd
from suar.cases.documents import Calendar, CaseCode, ClosingRequest, Note, Plan
from suar.cases.forms import (
    ClosingForm,
    FollowUpForm,
    NameForm,
    NoteForm,
    PlanForm,
    StepForm,
    step_forms,
    to_outcome,
    to_plan,
    typed_steps,
)
from suar.cases.rules import Need
from suar.consent.documents import Person
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.core.urgency import Urgency
from suar.directory import labels as directory
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import messages as referral_labels
from suar.referrals import receiving
from suar.referrals import rules as referral_rules
from suar.referrals.codes import RECEIVER_VERBS, Actor, Verb
from suar.referrals.messages import RECEIVING
from suar.referrals.received_page import item_context, team_form
from suar.referrals.receiving import ReceivedReferral

FORMS = ("plan", "note", "name", "follow_up")


def open_case(request: StaffRequest, record: UUID) -> OpenRecord:
    """Open a case; a person's record has none of these pages."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.CASE:
        raise NotYours
    return opened


def case_page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Show a case with its forms, one of them perhaps filled, and why something was refused.

    What was shared is read from the packet, never copied.
    """
    received = receive(request, opened)
    dues, outcomes = calendars.read_calendar(opened)
    plan, code, person = opened.get(Plan) or Plan(), opened.get(CaseCode), opened.get(Person)
    own_name, viewer = person.name if person else "", request.viewer
    notes = sorted(opened.get_all(Note).values(), key=lambda each: each.at, reverse=True)
    verbs = referral_rules.next_acts(received.state, Actor.RECEIVER) if received else ()
    reportable = bool(received) and (not received.closed or received.goes_on)
    context = {
        "record": opened.id,
        "code": code.code if code else "",
        "called": own_name or ((received.shared or {}).get("called_name", "") if received else ""),
        "received": received,
        "verbs": [verb for verb in verbs if verb in RECEIVER_VERBS - {Verb.START} and reportable],
        "may_confirm_arrival": Verb.START in verbs and reportable,
        "needs": needs_of(received),
        "saved_plan": plan,
        "dues": dues,
        "outcomes": outcomes,
        "today": clock.today(),
        "notes": notes,
        "authors": accounts.shown_names(each.by for each in notes),
        "is_closed": opened.facts.status is Status.CLOSED,
        "may_close": bool(policy.may_ask_closing(viewer, opened.facts)),
        "sees_readers": viewer.may(Permission.SEE_READERS),
        "note": NoteForm(),
        "name": NameForm(initial={"name": own_name}),
        "plan": PlanForm(initial={**dict(plan), "version": opened.version_of(Plan)}),
        "steps": step_forms(plan.steps),
        "follow_up": FollowUpForm(initial={"code": dues[0].code}) if dues else None,
        **closing_context(request, opened),
        **shown,
    }
    context["problem_forms"] = [shown[form] for form in FORMS if form in shown]
    return render(request, "cases/case.html", context, status=status)


def receive(request: StaffRequest, opened: OpenRecord) -> ReceivedReferral | None:
    """Open the referral from which a case came; None if it came from none."""
    referral, thread = queries.referral_of(opened.id), actions.thread_of(opened)
    if referral is None:
        return None
    return receiving.receive(referral, viewer=request.viewer, keys=request.keys, at=clock.now(), thread=thread)


def needs_of(received: ReceivedReferral | None) -> tuple[Need, ...]:
    """Return the needs that were shared, most urgent first; none once the packet is closed."""
    shared = received.preview.get("needs", []) if received else []
    return rules.first_needs((need["service_type"], Urgency(need["urgency"])) for need in shared)


# Accepting


@permission_required(Permission.ANSWER_REFERRAL, step_up=True, when_ready=True)
@require_POST
def accept(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Accept a referral: only now are the consented fields opened, and a case begins."""
    existing = actions.case_of(referral)
    if existing is not None:
        return _accepted_before(request, referral, existing)
    if not request.viewer.teams:
        return _item_page(request, referral, status=409)
    take = team_form(request.viewer, request.POST)
    if not take.is_valid():
        return _item_page(request, referral, take=take, status=400)
    row = receiving.get_received(referral, viewer=request.viewer)
    try:
        record = actions.accept_and_open(row, team=take.chosen, by=acting(request))
    except Refused:
        # Its page shows the state: recalled, ended, or accepted by a colleague.
        return redirect("inbox_item", referral)
    return redirect("person", record.id if record else referral)


def _accepted_before(request: StaffRequest, referral: UUID, existing: OpenedCase) -> HttpResponse:
    """Lead to the case that was opened; who accepts after a colleague is told so."""
    try:
        opened = open_case(request, existing.record)
    except NotYours:
        return _item_page(request, referral, refused=_accepted_text(request, existing), status=409)
    if existing.by != request.viewer.worker and "go" not in request.POST:
        who = accounts.shown_names([existing.by]).get(existing.by, "")
        text = _("%(who)s accepted this before you.") % {"who": who}
        return case_page(request, opened, refused=text, status=409)
    return redirect("person", existing.record)


def _accepted_text(request: StaffRequest, existing: OpenedCase) -> str:
    """Tell somebody without the case that it was accepted; of another team only where it is so.

    A restricted case tells nothing of itself, nor does one that is gone.
    """
    try:
        facts = records.facts(existing.record)
    except NotYours:
        return str(labels.ACCEPTED_ALREADY)
    elsewhere = facts.team not in request.viewer.teams and not facts.restricted
    by_colleague = existing.by != request.viewer.worker
    return str(labels.WITH_ANOTHER_TEAM if elsewhere and by_colleague else labels.ACCEPTED_ALREADY)


def _item_page(request: StaffRequest, referral: UUID, *, status: int, **shown: Any) -> HttpResponse:
    """Show the referral as the inbox does, with the reason why it was not accepted."""
    return render(request, "referrals/item.html", {**item_context(request, referral), **shown}, status=status)


# Progress, plan, notes, follow-up


@permission_required(Permission.MANAGE_CASE)
@require_POST
def arrived(request: StaffRequest, record: UUID) -> HttpResponse:
    """Confirm that the person arrived and help has started."""
    return _report(request, open_case(request, record), Verb.START)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def referral_act(request: StaffRequest, record: UUID) -> HttpResponse:
    """Report how the referral goes on: tried, complete, ended early, cannot help after all."""
    opened, verb = open_case(request, record), request.POST.get("verb", "")
    if verb not in RECEIVER_VERBS:
        raise NotYours
    return _report(request, opened, Verb(verb), request.POST.get("reason", ""))


def _report(request: StaffRequest, opened: OpenRecord, verb: Verb, reason: str = "") -> HttpResponse:
    referral = queries.referral_of(opened.id)
    if referral is None:
        raise NotYours
    try:
        actions.report_progress(opened, verb, by=acting(request), reason=reason)
    except Refused as refusal:
        text = referral_labels.refused_act(refusal.because, referral, ours=RECEIVING)
        return case_page(request, opened, refused=text, status=409)
    return redirect("person", opened.id)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Save the plan; if somebody else changed it, show both."""
    opened, form = open_case(request, record), PlanForm(request.POST)
    steps = typed_steps(request.POST, known=(opened.get(Plan) or Plan()).steps)
    if _stays_closed(request, opened):
        return _closed_meanwhile(request, opened, plan=form, steps=steps)
    if not all([form.is_valid(), *(step.is_valid() for step in steps)]):
        return case_page(request, opened, plan=form, steps=steps, status=400)
    by, reopen = acting(request), opened.facts.status is Status.CLOSED
    try:
        expected = form.cleaned_data["version"]
        actions.save_plan(opened, to_plan(form, steps), expected=expected, by=by, reopen=reopen)
    except Refused as refusal:
        opened = open_case(request, record)
        if _stays_closed(request, opened):
            return _closed_meanwhile(request, opened, plan=form, steps=steps)
        form.add_error(None, labels.refusal(refusal.because))
        return case_page(request, opened, plan=form, steps=steps, status=400)
    except Conflict:
        return _show_both_plans(request, record, form, steps)
    return redirect("person", record)


def _show_both_plans(request: StaffRequest, record: UUID, form: PlanForm, steps: Sequence[StepForm]) -> HttpResponse:
    """Show a colleague's plan beside what was typed; saving again replaces theirs knowingly."""
    fresh = open_case(request, record)
    form.data = form.data.copy()
    form.data["version"] = fresh.version_of(Plan)
    return case_page(request, fresh, plan=form, steps=steps, theirs=fresh.get(Plan), status=409)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def note(request: StaffRequest, record: UUID) -> HttpResponse:
    """Add a note."""
    opened, form = open_case(request, record), NoteForm(request.POST)
    if not form.is_valid():
        return case_page(request, opened, note=form, status=400)
    actions.add_note(opened, form.cleaned_data["text"], by=acting(request))
    return redirect("person", record)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def name(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store the name the person uses here."""
    opened, form = open_case(request, record), NameForm(request.POST)
    if not form.is_valid():
        return case_page(request, opened, name=form, status=400)
    actions.name_person(opened, form.cleaned_data["name"], by=acting(request))
    return redirect("person", record)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def follow_up(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record what came of a follow-up; the calendar moves as the rule says."""
    opened, form = open_case(request, record), FollowUpForm(request.POST)
    if _stays_closed(request, opened):
        return _closed_meanwhile(request, opened, follow_up=form)
    if not form.is_valid():
        return case_page(request, opened, follow_up=form, status=400)
    reopen, version = opened.facts.status is Status.CLOSED, opened.version_of(Calendar)
    outcome = to_outcome(form.cleaned_data)
    try:
        actions.record_outcome(opened, outcome, by=acting(request), expected=version, reopen=reopen)
    except Conflict:
        return case_page(request, open_case(request, record), refused=labels.CHANGED, follow_up=form, status=409)
    except Refused as refusal:
        opened = open_case(request, record)
        if _stays_closed(request, opened):
            return _closed_meanwhile(request, opened, follow_up=form)
        form.add_error(None, labels.refusal(refusal.because))
        return case_page(request, opened, follow_up=form, status=400)
    return redirect("person", record)


def _stays_closed(request: StaffRequest, opened: OpenRecord) -> bool:
    """Return True if a case is closed and nobody pressed to open it again."""
    return opened.facts.status is Status.CLOSED and "reopen" not in request.POST


def _closed_meanwhile(request: StaffRequest, opened: OpenRecord, **typed: Any) -> HttpResponse:
    """Show that a case was closed, with what was typed still in its form."""
    return case_page(request, opened, refused=labels.CLOSED_MEANWHILE, status=409, **typed)


# Closing


@permission_required(Permission.MANAGE_CASE)
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, record: UUID) -> HttpResponse:
    """Close a case with its reason, or ask a second worker where the reason needs one."""
    opened = open_case(request, record)
    may_ask = policy.may_ask_closing(request.viewer, opened.facts)
    if request.method == "POST" and may_ask:
        return _ask_closing(request, opened)
    if request.method == "POST" or not (may_ask or _done_before(request, opened)):
        raise NotYours
    if opened.facts.status is Status.CLOSED:
        return redirect("person", record)
    return _closing_page(request, opened, _closing_form(_shared_needs(request, opened)))


@permission_required(Permission.MANAGE_CASE)
@require_POST
def agree(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked."""
    return _decide(request, record, closing.agree)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def not_yet(request: StaffRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody wished to close."""
    return _decide(request, record, closing.leave_open)


@permission_required(Permission.MANAGE_CASE)
@require_POST
def reopen(request: StaffRequest, record: UUID) -> HttpResponse:
    """Open a closed case again."""
    closing.reopen(open_case(request, record), by=acting(request))
    return redirect("person", record)


def closing_context(request: StaffRequest, opened: OpenRecord) -> dict[str, Any]:
    """Return the request to close that waits or closed the case, and what this worker may do with it."""
    asked = closing.closing_request(opened) or closing.waiting_request(opened)
    if asked is None:
        return {"asked": None}
    names, viewer = accounts.shown_names([asked.asked_by, asked.agreed_by]), request.viewer
    own = asked.asked_by == viewer.worker
    return {
        "asked": asked,
        "asked_by": names.get(asked.asked_by, ""),
        "agreed_by": names.get(asked.agreed_by, "") if asked.agreed_by else "",
        "own_request": own,
        "may_agree": bool(policy.may_agree_closing(viewer, opened.facts, asked_by=asked.asked_by)),
        "may_leave_open": own or bool(policy.may_ask_closing(viewer, opened.facts)),
    }


def _ask_closing(request: StaffRequest, opened: OpenRecord) -> HttpResponse:
    """Close as was typed; if a colleague was first, it stays on the page beside theirs."""
    needs = _shared_needs(request, opened)
    form, by = _closing_form(needs, request.POST), acting(request)
    if not form.is_valid():
        return _closing_page(request, opened, form)
    wish, seen = _wish(form.cleaned_data, needs), closing.list_requests(opened)
    if closing.is_stored(opened, wish, by=by.worker):
        return redirect("person", opened.id)
    instead = "instead" in request.POST
    if _done_before(request, opened) and not instead:
        return _closing_page(request, opened, form)
    try:
        closing.ask_closing(opened, wish, seen=seen, by=by, instead=instead)
    except Refused as refusal:
        form.add_error(None, labels.refusal(refusal.because))
    except Conflict:
        form.add_error(None, labels.CHANGED)
    else:
        return redirect("person", opened.id)
    return _closing_page(request, open_case(request, opened.id), form)


def _decide(request: StaffRequest, record: UUID, act: Callable[..., None]) -> HttpResponse:
    """Do what a second person decides about a request to close, or show what happened meanwhile."""
    opened = open_case(request, record)
    try:
        act(opened, by=acting(request))
    except Refused as refusal:
        return case_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect("person", record)


def _done_before(request: StaffRequest, opened: OpenRecord) -> str:
    """Return what was done before somebody pressed; empty when nothing was."""
    if opened.facts.status is Status.CLOSED:
        return str(labels.CLOSED_MEANWHILE)
    asked: ClosingRequest | None = closing.waiting_request(opened)
    if asked is None:
        return ""
    own = asked.asked_by == request.viewer.worker
    return str(labels.OWN_REQUEST_WAITS if own else labels.ASKED_MEANWHILE)


def _shared_needs(request: StaffRequest, opened: OpenRecord) -> tuple[Need, ...]:
    return needs_of(receive(request, opened))


def _closing_form(needs: Sequence[Need], typed: QueryDict | None = None) -> ClosingForm:
    questions = [(need.service_type, directory.service_type_name(need.service_type)) for need in needs]
    return ClosingForm(typed, needs=questions, initial={"on": clock.today()})


def _closing_page(request: StaffRequest, opened: OpenRecord, form: ClosingForm) -> HttpResponse:
    refused, code = _done_before(request, opened) if form.is_bound else "", opened.get(CaseCode)
    context = {
        "record": opened.id,
        "code": code.code if code else "",
        "form": form,
        "reasons": CLOSURE_REASONS.members,
        "is_closed": opened.facts.status is Status.CLOSED,
        "refused": refused,
        **closing_context(request, opened),
    }
    return render(request, "cases/close.html", context, status=409 if refused else 400 if form.errors else 200)


def _wish(data: dict[str, Any], needs: Sequence[Need]) -> ClosingWish:
    reason = ClosureReason(data["reason"])
    days = (data["review_1"], data["review_2"])
    return ClosingWish(
        reason=reason,
        on=data["on"],
        agreed=data["agreed"],
        call=data["call"],
        confirmed=frozenset(rules.confirmations(reason)) & frozenset(map(Confirmed, data["confirmed"])),
        reviews=tuple(day for day in days if day and reason is ClosureReason.GOALS),
        needs=tuple((need, NeedEnd(data[f"need-{need.service_type}"])) for need in needs),
    )
