"""The follow-ups of a case over years, and which ones the organisation plans."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, follow_ups, labels, timeline
from suar.cases.codes import RESULTS, Result
from suar.cases.documents import Calendar
from suar.cases.documents.follow_ups import CalendarStart, FollowUpWishes
from suar.cases.forms import SavedForm
from suar.cases.forms.follow_ups import FollowUpForm, IntervalsForm, StartForm, WishesForm
from suar.cases.rules import Due
from suar.cases.rules.follow_ups import is_too_early, lost_since
from suar.cases.views.case import closing_context, open_case, read_received
from suar.cases.views.summary import summary_context
from suar.consent.codes import ContactRule, Field
from suar.consent.documents import SafeContact
from suar.core import clock
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.referrals import messages as referral_labels

OTHER_RESULTS = (Result.NOT_REACHED, Result.POSTPONED, Result.UNSAFE, Result.MOVED, Result.REFUSED)
FORMS = ("follow_up", "wishes_form", "start")


@permission_required(Permission.MANAGE_CASE)
def follow_up(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the follow-ups of a case, and record a contact or an attempt; the calendar moves as the rule says."""
    opened = open_case(request, record)
    if request.method == "GET":
        return _page(request, opened)
    read_received(request, opened)
    form = FollowUpForm(request.POST, unsafe=(opened.known(SafeContact) or SafeContact()).rules)
    if form.is_valid():
        with form.saving():
            message = _record(request, opened, form)
            return redirect_with_message(request, message, "follow_up", record, part="follow-up")
    return _form_page(request, record, form, follow_up=form)


def _record(request: StaffRequest, opened: OpenRecord, form: FollowUpForm) -> str:
    """Record the outcome of a follow-up, or only an attempt or a contact; return what was saved.

    A contact before its time is one that was not planned: nothing that the person said is refused.
    """
    by, version, reopen = acting(request), opened.version_of(Calendar), "reopen" in request.POST
    attempt = form.to_attempt(by=by.worker, at=by.at)
    days = {*follow_ups.failed_days(opened), *([clock.local_date(attempt.at)] if attempt else [])}
    outcome = form.to_outcome(sorted(days))
    if outcome and attempt and is_too_early(outcome, calendars.read_calendar(opened)[0]):
        follow_ups.record_attempt(opened, attempt.model_copy(update={"code": ""}), by=by)
        return _("Contact saved. The follow-up stays planned.")
    if outcome:
        actions.record_outcome(opened, outcome, attempt=attempt, by=by, expected=version, reopen=reopen)
    elif attempt:
        follow_ups.record_attempt(opened, attempt, by=by)
    return _("Follow-up saved.")


@permission_required(Permission.MANAGE_CASE, method="POST")
def choose_follow_ups(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store which follow-ups the person wants, perhaps none."""
    opened = open_case(request, record)
    form = WishesForm(request.POST, offered=follow_ups.offered_follow_ups(opened))
    if form.is_valid():
        version = form.cleaned_data["version"]
        with form.saving():
            follow_ups.choose_follow_ups(opened, form.to_part(FollowUpWishes), by=acting(request), expected=version)
            message = _("Saved what the person wants.")
            return redirect_with_message(request, message, "follow_up", record, part="follow-up")
    return _form_page(request, record, form, FollowUpWishes, wishes_form=form)


@permission_required(Permission.MANAGE_CASE, method="POST")
def start_calendar(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store from when follow-ups count."""
    opened, form = open_case(request, record), StartForm(request.POST)
    if form.is_valid():
        version = form.cleaned_data["version"]
        with form.saving():
            follow_ups.set_start(opened, form.to_part(CalendarStart), by=acting(request), expected=version)
            return redirect_with_message(request, _("Dates saved."), "follow_up", record, part="follow-up")
    return _form_page(request, record, form, CalendarStart, start=form)


@permission_required(Permission.MANAGE_CASE, method="POST")
def stop_follow_ups(request: StaffRequest, record: UUID) -> HttpResponse:
    """Empty the calendar after a withdrawal."""
    follow_ups.stop_after_withdrawal(open_case(request, record), by=acting(request))
    return redirect_with_message(request, _("Follow-ups stopped."), "follow_up", record, part="follow-up")


@permission_required(Permission.SET_FOLLOW_UPS)
def settings(request: StaffRequest) -> HttpResponse:
    """Show and store which follow-ups the organisation plans, and after how many days."""
    intervals = calendars.intervals_of(request.viewer.organisation)
    form = IntervalsForm(request.POST if request.method == "POST" else None, intervals=intervals)
    if form.is_valid():
        with form.saving():
            follow_ups.set_intervals(form.to_intervals(), by=acting(request))
            return redirect_with_message(request, _("Follow-ups saved."), "follow_up_settings", part="follow-ups")
    context = {"form": form, "rows": [(form[name], labels.usual_days(name)) for name in form.fields]}
    return render(request, "cases/follow_up_settings.html", context, status=400 if form.errors else 200)


def _form_page(
    request: StaffRequest, record: UUID, form: SavedForm, kind: type[Document] | None = None, **forms: SavedForm
) -> HttpResponse:
    """Show the page as it is now, with what was typed still in its form, and why it was not saved.

    If a colleague was first, the form then replaces the version of the document of this `kind` that is stored now.
    """
    opened = open_case(request, record)
    if form.is_overtaken and kind:
        form.show_again(version=opened.version_of(kind))
    refused = labels.refusal("changed_meanwhile") if form.is_overtaken else form.refused
    return _page(request, opened, refused=refused, status=form.status, **forms)


def _page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Show the page of follow-ups with its forms, one of them perhaps filled, and why something was refused."""
    received = read_received(request, opened)
    shared = (received.shared or {}) if received else {}
    dues, outcomes = calendars.read_calendar(opened)
    wishes, contacted = opened.get(FollowUpWishes) or FollowUpWishes(), calendars.last_contact(opened)
    history = timeline.newest_first(timeline.follow_up_events(outcomes, follow_ups.list_attempts(opened)))
    summary = summary_context(opened, worker=request.viewer.worker)
    withdrawn_on = received.closed_on if received else None
    stopped_on = calendars.stopped_on(opened, withdrawn_on)
    closing_facts = closing_context(request, opened)
    after_care = calendars.after_care(opened) if closing_facts["is_closed"] else []
    planned = after_care if closing_facts["is_closed"] else dues
    planned = [] if stopped_on or summary["life"] != "OPEN" else planned
    context = {
        **summary,
        **closing_facts,
        "after_care": after_care,
        "shared_contact": referral_labels.field_value(Field.SAFE_CONTACT, shared.get(Field.SAFE_CONTACT, "")),
        "withdrawn_on": withdrawn_on,
        "stopped_on": stopped_on,
        "dues": planned,
        "dues_left": bool(dues),
        "calendar": planned,
        "next_due": next(iter(planned), None),
        "outcomes": outcomes,
        "last_contact": contacted,
        "lost_since": lost_since(outcomes, contacted),
        "history": history,
        "workers": accounts.display_names(timeline.workers_in(history)),
        "wishes": wishes,
        "anchor": calendars.anchor_of(opened),
        "tries_on": follow_ups.failed_days(opened),
        "other_results": [RESULTS[result] for result in OTHER_RESULTS],
        **_forms(opened, dues, planned, unsafe=summary["unsafe"]),
        **extra,
    }
    shut = stopped_on or summary["life"] != "OPEN" or (context["is_closed"] and not context["after_care"])
    context["may_contact"] = "follow_up" in extra or not shut
    context["may_change"] = not context["is_closed"] and summary["life"] == "OPEN"
    context["problem_forms"] = [extra[form] for form in FORMS if form in extra]
    return render(request, "cases/follow_up.html", context, status=status)


def _forms(
    opened: OpenRecord, dues: Sequence[Due], planned: Sequence[Due], *, unsafe: Collection[ContactRule]
) -> dict[str, Any]:
    """Return the forms of the page: the outcome of a follow-up, what the person wants, and when the calendar began."""
    wishes, start = opened.get(FollowUpWishes) or FollowUpWishes(), opened.get(CalendarStart) or CalendarStart()
    wanted = {
        "wanted": [due.code for due in dues],
        "asked_on": clock.today(),
        "come_back": wishes.come_back,
        "version": opened.version_of(FollowUpWishes),
    }
    return {
        "follow_up": FollowUpForm(initial={"code": planned[0].code if planned else ""}, unsafe=unsafe),
        "wishes_form": WishesForm(offered=follow_ups.offered_follow_ups(opened), initial=wanted),
        "start": StartForm(initial={**start.model_dump(), "version": opened.version_of(CalendarStart)}),
    }
