"""A case at the provider: accepting a referral, its page, and what it shares with the page of a person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Viewer
from suar.cases import actions, calendars, closing, ecomap, handover, labels, policy, queries, rules, timeline
from suar.cases.codes import TASK_KINDS, TIMELINE_KINDS
from suar.cases.corrections import NOTE, TIE, list_undos
from suar.cases.documents import AGREED
from suar.cases.documents.follow_ups import FollowUpWishes
from suar.cases.documents.plan import Plan
from suar.cases.duplicates import merged_into, merges_of
from suar.cases.forms import NoteForm, TaskForm
from suar.cases.forms.facts import NameForm
from suar.cases.handover import list_handovers
from suar.cases.models import Case
from suar.cases.plan import safety_review_day
from suar.cases.rules import Need
from suar.cases.timeline import Event
from suar.consent import life
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import CONTACT_RULES, ContactRule, Field
from suar.consent.documents import Person, SafeContact, Task, Tasks, Warnings, Wish
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import matching, needs, receiving, thread_messages
from suar.referrals import messages as referral_labels
from suar.referrals import queries as referrals
from suar.referrals import rules as referral_rules
from suar.referrals.codes import Actor, Verb
from suar.referrals.received_page import item_context, message_form, messages_context, team_form
from suar.referrals.receiving import ReceivedReferral


def open_case(request: StaffRequest, record: UUID, *, with_shared: bool = False) -> OpenRecord:
    """Open a case, perhaps with what was shared with it; raises NotYours for anything else."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.CASE:
        raise NotYours
    if with_shared:
        read_received(request, opened)
    return opened


def case_page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Show a case with its forms, one of them perhaps filled, and why something was refused.

    Shared data is read from the packet, never copied.
    """
    viewer = request.viewer
    received = read_received(request, opened)
    shared = shared_values(received)
    is_closed = opened.facts.status is Status.CLOSED
    dues = calendars.after_care(opened) if is_closed else calendars.read_calendar(opened)[0]
    stopped_on = calendars.stopped_on(opened, received.closed_on if received else None)
    plan, person = opened.get(Plan) or Plan(), opened.get(Person) or Person()
    context = record_context(request, opened)
    context |= {
        **_received_context(opened, received),
        "called_name": next(iter(person.names), shared.get(Field.CALLED_NAME, "")),
        "needs": case_needs(opened),
        "goals": plan.open_goals,
        "plan_dues": [] if is_closed else calendars.plan_dues(opened),
        "due_steps": calendars.due_steps(opened),
        "dues": [] if stopped_on or context["life"] != life.OPEN else dues,
        "stopped_on": stopped_on,
        "name_form": NameForm(initial={"name": person.name or shared.get(Field.CALLED_NAME, "")}),
        **closing_context(request, opened),
        "taken_over": opened.facts.status is Status.OPEN and handover.was_taken_over(context["sent"]),
        **extra,
    }
    wants_none = (opened.get(FollowUpWishes) or FollowUpWishes()).wanted == ()
    shut = stopped_on or wants_none or context["is_closed"] or context["life"] != life.OPEN
    context["may_contact"] = not shut and viewer.may(Permission.MANAGE_CASE)
    return render(request, "cases/case.html", context, status=status)


def _received_context(opened: OpenRecord, received: ReceivedReferral | None) -> dict[str, Any]:
    """Return the context of a received referral: shared values, reports that can be sent, and messages."""
    if received is None:
        return {}
    reportable = not received.closed or received.goes_on
    verbs = referral_rules.buttons(received.state, Actor.RECEIVER) if reportable else []
    return {
        "received": received,
        "verbs": [verb for verb in verbs if verb is not Verb.START],
        "may_confirm_arrival": Verb.START in verbs,
        "shared_contact": shared_contact(received),
        **messages_context(received, receiving.thread_of(opened)),
        "message_url": reverse("write_to_sender_of_case", args=[opened.id]),
        "sender_name": accounts.organisation_names([received.sender]).get(received.sender, ""),
    }


def closing_context(request: StaffRequest, opened: OpenRecord) -> dict[str, Any]:
    """Return the context of a case's closing."""
    closing_request = closing.current_request(opened)
    is_agreed = closing_request is not None and closing_request.state == AGREED
    return {
        **labels.record_heading(opened),
        "is_closed": opened.facts.status is Status.CLOSED,
        "is_agreed": is_agreed,
        "closes_now": is_agreed and closing_request is not None and closing_request.on <= clock.today(),
        "closing_request": closing_request,
        "is_own_request": closing_request is not None and closing_request.asked_by == request.viewer.worker,
        "closing_acts": policy.closing_acts(request.viewer, opened.facts, closing_request),
    }


def read_received(request: StaffRequest, opened: OpenRecord) -> ReceivedReferral | None:
    """Open the referral from which a case came; None if it came from none, as a person's record does.

    `opened.known` then also returns what was shared, such as the ways in which the person must not be reached.
    """
    if opened.facts.kind is not Kind.CASE:
        return None
    return receiving.read_received(opened, viewer=request.viewer, keys=request.keys, at=clock.now())


def shared_values(received: ReceivedReferral | None) -> Mapping[str, str]:
    """Return the values that were shared with a case, by field; empty without a referral or an open consent."""
    return (received.shared if received else None) or {}


def shared_contact(received: ReceivedReferral | None) -> str:
    """Return the safe contact that was shared with a case, in words; empty if there is none."""
    return referral_labels.field_value(Field.SAFE_CONTACT, shared_values(received).get(Field.SAFE_CONTACT, ""))


def case_needs(opened: OpenRecord) -> list[Need]:
    """Return the needs that were added here, and those that are shared with the case, most urgent first."""
    return rules.list_needs((need.service_type, need.urgency) for need in needs.list_needs(opened))


# Accepting


@permission_required(Permission.ANSWER_REFERRAL, step_up=True, when_ready=True, method="POST")
def accept(request: StaffRequest, referral: UUID) -> HttpResponse:
    """Accept a referral: only now are the consented fields opened, and a case begins."""
    existing = queries.case_of(referral)
    if existing is not None:
        return _accepted_before(request, referral, existing)
    if not request.viewer.teams:
        return _item_page(request, referral, status=409)
    form = team_form(request.viewer, request.POST)
    if not form.is_valid():
        return _item_page(request, referral, take=form, status=400)
    row = receiving.get_received(referral, viewer=request.viewer)
    record, excluded = None, form.cleaned_data.get("exclude", ())
    with suppress(Refused):
        record = actions.accept_and_open(row, team=form.team_id, by=acting(request), excluded=excluded)
    if record is None:
        # Its page shows the state: recalled, ended, accepted by a colleague, or before with the same form.
        return redirect("inbox_item", referral)
    return redirect_with_message(request, _("Referral accepted."), "person", record.id)


def _accepted_before(request: StaffRequest, referral: UUID, existing: Case) -> HttpResponse:
    """Show the case that was opened; a worker who accepts after a colleague is informed of that."""
    try:
        opened = open_case(request, existing.record)
    except NotYours:
        return _item_page(request, referral, refused=_accepted_text(request, existing), status=409)
    if existing.by != request.viewer.worker and "go" not in request.POST:
        worker = accounts.display_names([existing.by]).get(existing.by, "")
        text = _("%(who)s has already accepted this.") % {"who": worker}
        return case_page(request, opened, refused=text, status=409)
    return redirect("person", existing.record)


def _accepted_text(request: StaffRequest, existing: Case) -> str:
    """Return the message shown when the viewer may not open the case; the item page of a restricted one is a 404."""
    try:
        case = records.facts(existing.record)
    except NotYours:
        return labels.refusal("accepted_already")
    elsewhere = case.team not in request.viewer.teams
    by_colleague = existing.by != request.viewer.worker
    return labels.refusal("with_another_team" if elsewhere and by_colleague else "accepted_already")


def _item_page(request: StaffRequest, referral: UUID, *, status: int, **extra: Any) -> HttpResponse:
    """Show the referral as the inbox does, with the reason why it was not accepted."""
    return render(request, "referrals/item.html", {**item_context(request, referral), **extra}, status=status)


# Progress of the referral, follow-up


@permission_required(Permission.MANAGE_CASE, method="POST")
def report_progress(request: StaffRequest, record: UUID, verb: str = "") -> HttpResponse:
    """Report how the referral goes on: arrived, attempted, complete, ended early, cannot help after all."""
    opened, referral = open_case(request, record), queries.referral_of(record)
    verb = verb or request.POST.get("verb", "")
    if referral is None or not referral_rules.has_button(verb, Actor.RECEIVER):
        raise NotYours
    try:
        actions.report_progress(opened, Verb(verb), by=acting(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        text = referral_labels.refused_act(refusal.because, referral, ours=referral_labels.RECEIVING)
        return case_page(request, opened, refused=text, status=409)
    return redirect_with_message(request, _("Progress reported."), "person", record, part="received")


@permission_required(Permission.MANAGE_CASE, method="POST")
def write_message(request: StaffRequest, record: UUID) -> HttpResponse:
    """Ask the sender of the referral something, or answer."""
    opened, form = open_case(request, record), message_form(request.POST)
    received = value_or_refuse(read_received(request, opened))
    row = receiving.get_received(received.id, viewer=request.viewer)
    if form.is_valid():
        with form.saving():
            thread_messages.write_to_sender(row, form.cleaned_data["text"], case=opened, by=acting(request))
            return redirect_with_message(request, _("Message sent."), "person", record)
    return case_page(request, opened, message_form=form, status=400)


@permission_required(Permission.MANAGE_CASE, method="POST")
def name_person(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store the name the person uses here."""
    opened, form = open_case(request, record), NameForm(request.POST)
    if not form.is_valid():
        return case_page(request, opened, name_form=form, status=400)
    actions.name_person(opened, form.cleaned_data["name"], by=acting(request))
    return redirect_with_message(request, _("Name saved."), "person", record, part="name")


PAGE_SIZE = 25


def record_context(
    request: StaffRequest, opened: OpenRecord, *, findings: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the context that the pages of a person and of a case share."""
    viewer, sent = request.viewer, referrals.sent_for(opened)
    about_referrals = referrals_context(opened, sent, viewer)
    events = timeline.list_events(opened, sent=sent, consents=about_referrals["consents"], findings=findings)
    return {
        **summary_context(opened, worker=viewer.worker),
        **about_referrals,
        **timeline_context(request, opened, events),
        "sees_readers": viewer.may(Permission.SEE_READERS),
    }


def contact_context(record: OpenRecord) -> dict[str, Any]:
    """Return how to contact the person, in which ways nobody must, and whether they are missing or have died."""
    unsafe = (record.known(SafeContact) or SafeContact()).rules
    return {
        **labels.record_heading(record),
        "contact": record.get(SafeContact) or SafeContact(),
        "unsafe": unsafe,
        "contact_rules": [CONTACT_RULES.label(rule) for rule in unsafe],
        "warnings": (record.get(Warnings) or Warnings()).text,
        "life": life.life_state(record),
        "today": clock.today(),
    }


def summary_context(record: OpenRecord, *, worker: UUID) -> dict[str, Any]:
    """Return the context of the summary: contact, wishes, next steps, and what nobody must do."""
    context, undos = contact_context(record), list_undos(record, worker=worker)
    tasks = (record.get(Tasks) or Tasks()).open if context["life"] != life.DIED else ()
    return {
        **context,
        "aliases": (record.get(Person) or Person()).names[1:],
        "dangerous": ecomap.list_dangerous(record, clock.today()),
        "wish": (record.get(Wish) or Wish()).text,
        "erasure_state": calendars.erasure_state(record),
        "tasks": [_task_line(record, task, context["unsafe"]) for task in tasks],
        "task_form": TaskForm(unsafe=context["unsafe"]),
        "undos": [undo for undo in undos if undo.what not in (NOTE, TIE)],
        "undos_of_notes": [undo for undo in undos if undo.what == NOTE],
        "note_form": NoteForm(),
        "safety_review": safety_review_day(record),
        "merged_into": merged_into(record),
        "merges": merges_of(record),
    }


def timeline_context(request: StaffRequest, record: OpenRecord, events: list[Event]) -> dict[str, Any]:
    """Return one page of the timeline, with the chosen kind, and the owner of the record."""
    handovers = list_handovers(record)
    kind = request.GET.get("show", "")
    kind = kind if kind in TIMELINE_KINDS else ""
    kinds = {event.kind for event in events}
    owner, names = record.facts.assignee, accounts.colleague_names(request.viewer)
    return {
        "events": Paginator(timeline.newest_first(events, kind=kind), PAGE_SIZE).get_page(request.GET.get("line")),
        "event_kind": kind,
        "event_kinds": [member for member in TIMELINE_KINDS.members if member.code in kinds],
        "workers": names,
        "owner": names.get(owner, "") if owner else "",
        "covers_until": handovers[-1].until if handovers and handovers[-1].worker == owner else None,
        "may_hand_over": policy.may_hand_over(request.viewer, record.facts)
        and record.facts.status is not Status.CLOSED,
    }


def _task_line(record: OpenRecord, task: Task, unsafe: Collection[ContactRule]) -> dict[str, Any]:
    """Return an open task; one in a way that has become unsafe is marked, and one of an offer leads to the offers."""
    return {
        "task": task,
        "href": reverse("offers", args=[record.id]) if TASK_KINDS[task.kind].get("from_offer") else "",
        "label": TASK_KINDS.label(task.kind),
        "unsafe": TASK_KINDS[task.kind].get("not_if") in unsafe,
    }


def referrals_context(opened: OpenRecord, sent: Sequence[Any], viewer: Viewer) -> dict[str, Any]:
    """Return the referrals and consents of a record, and what to offer next for those that came back."""
    is_open = opened.facts.status is not Status.CLOSED and life.life_state(opened) == life.OPEN
    may_refer = viewer.may(Permission.REFER) and is_open
    back = [row for row in sent if may_refer and referral_rules.offers_next(row.state, late=row.is_late)]
    return {
        "sent": sent,
        "is_asked": any(row.is_open for row in sent),
        "next_services": [(row, matching.find_alternatives(opened, row)) for row in back],
        "consents": consent_contexts(opened, sent),
        "may_refer": may_refer,
        "may_withdraw": viewer.may(Permission.GIVE_CONSENT),
    }


def consent_contexts(opened: OpenRecord, sent: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the consents of a record, each as `consent_context` does."""
    return [consent_context(consent, sent) for consent in consents.list_consents(opened)]


def consent_context(consent: GivenConsent, sent: Sequence[Any]) -> dict[str, Any]:
    """Return a consent with the name of its recipient, and what can be done with it."""
    name = next((referral.document.service_name for referral in sent if referral.consent == consent.id), "")
    return {
        "consent": consent,
        "recipient": name or referral_labels.service_name(consent.facts.recipient),
        "is_open": bool(consent_rules.is_valid(consent.facts, at=clock.now())),
        "may_withdraw": bool(consent_rules.may_withdraw(consent.facts, at=clock.now())),
    }
