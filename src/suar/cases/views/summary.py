"""Common parts of the pages of a person and of a case: the facts on top, and the timeline."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.roles import Permission, Viewer
from suar.cases import calendars, ecomap, labels, policy, timeline
from suar.cases.codes import TASK_KINDS, TIMELINE_KINDS
from suar.cases.corrections import NOTE, TIE, list_undos
from suar.cases.duplicates import merged_into, merges_of
from suar.cases.forms import NoteForm, TaskForm
from suar.cases.handover import list_handovers
from suar.cases.safety_plans import review_day
from suar.cases.timeline import Event
from suar.consent import life
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import CONTACT_RULES, ContactRule
from suar.consent.documents import Person, SafeContact, Task, Tasks, Warnings, Wish
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import matching, rules
from suar.referrals import messages as referral_labels
from suar.referrals import queries as referrals

PAGE_SIZE = 25


def record_context(
    request: StaffRequest,
    opened: OpenRecord,
    *,
    findings: Iterable[Mapping[str, Any]] = (),
    also: Iterable[UUID | None] = (),
) -> dict[str, Any]:
    """Return the context that the pages of a person and of a case share; `also` are further workers on the page."""
    viewer, sent = request.viewer, referrals.sent_for(opened)
    about_referrals = referrals_context(opened, sent, viewer)
    events = timeline.list_events(opened, sent=sent, consents=about_referrals["consents"], findings=findings)
    return {
        **summary_context(opened, worker=viewer.worker),
        **about_referrals,
        **timeline_context(request, opened, events, also=also),
        "sees_readers": viewer.may(Permission.SEE_READERS),
    }


def summary_context(record: OpenRecord, *, worker: UUID) -> dict[str, Any]:
    """Return the context of the summary: contact, wishes, next steps, and what nobody must do."""
    person, contact = record.get(Person) or Person(), record.get(SafeContact) or SafeContact()
    unsafe, state = (record.known(SafeContact) or SafeContact()).rules, life.life_state(record)
    tasks = (record.get(Tasks) or Tasks()).open if state != life.DIED else ()
    undos = list_undos(record, worker=worker, at=clock.now())
    return {
        **labels.record_heading(record),
        "name": next(iter(person.names), ""),
        "aliases": person.names[1:],
        "contact": contact,
        "unsafe": unsafe,
        "contact_rules": [CONTACT_RULES.label(rule) for rule in unsafe],
        "dangerous": ecomap.list_dangerous(record, clock.today()),
        "warnings": (record.get(Warnings) or Warnings()).text,
        "wish": (record.get(Wish) or Wish()).text,
        "life": state,
        "ending": calendars.ending(record),
        "tasks": [_task_line(record, task, unsafe) for task in tasks],
        "task": TaskForm(unsafe=unsafe),
        "undos": [undo for undo in undos if undo.what not in (NOTE, TIE)],
        "undos_of_notes": [undo for undo in undos if undo.what == NOTE],
        "note": NoteForm(),
        "safety_review": review_day(record),
        "merged_into": merged_into(record),
        "merges": merges_of(record),
        "today": clock.today(),
    }


def timeline_context(
    request: StaffRequest, record: OpenRecord, events: list[Event], *, also: Iterable[UUID | None]
) -> dict[str, Any]:
    """Return one page of the timeline, with the chosen kind, and the names of workers of it, the owner and others."""
    handovers = list_handovers(record)
    kind = request.GET.get("show", "")
    kind = kind if kind in TIMELINE_KINDS else ""
    kinds = {event.kind for event in events}
    page = Paginator(timeline.newest_first(events, kind=kind), PAGE_SIZE).get_page(request.GET.get("line"))
    owner = record.facts.assignee
    start = f"?show={kind}&line=" if kind else "?line="
    searching = {task.owner for task in (record.get(Tasks) or Tasks()).open}
    names = accounts.display_names({*timeline.workers_in(page), owner, *searching, *also})
    return {
        "line": page,
        "line_kind": kind,
        "line_kinds": [member for member in TIMELINE_KINDS.members if member.code in kinds],
        "line_before": f"{start}{page.previous_page_number()}#line" if page.has_previous() else "",
        "line_after": f"{start}{page.next_page_number()}#line" if page.has_next() else "",
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
    back = [row for row in sent if may_refer and rules.offers_next(row.state, late=row.late)]
    return {
        "sent": sent,
        "next_services": [(row, matching.find_alternatives(opened, row)) for row in back],
        "consents": [consent_context(given, sent) for given in consents.list_consents(opened)],
        "may_refer": may_refer,
        "may_withdraw": viewer.may(Permission.GIVE_CONSENT),
    }


def consent_context(given: GivenConsent, sent: Sequence[Any]) -> dict[str, Any]:
    """Return a consent with the name of its recipient, and what can be done with it."""
    name = next((referral.document.service_name for referral in sent if referral.consent == given.id), "")
    return {
        "given": given,
        "recipient": name or referral_labels.service_name(given.facts.recipient),
        "is_open": bool(consent_rules.is_open(given.facts, at=clock.now())),
        "may_withdraw": bool(consent_rules.may_withdraw(given.facts, at=clock.now())),
    }
