"""My day, finding a person, the team, and who did what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import alarms, notices
from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.cases import queries
from suar.cases.codes import OWN_PAGES
from suar.cases.forms import FindForm, LogForm
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records import queries as records
from suar.referrals import queries as referrals
from suar.screening import queries as talks
from suar.screening import second_reading

PAGE_SIZE = 50


@permission_required(Permission.SEE_OWN_DAY)
@require_GET
def day(request: StaffRequest) -> HttpResponse:
    """Show what today asks of this worker; each list only for those it is for.

    Alarms and talks are read by the template, and only if the tag `count_waiting` counted some.
    """
    viewer, keys, at = request.viewer, request.keys, clock.now()
    may_talk, sees_records = viewer.may(Permission.RUN_TALK), viewer.may(Permission.SEE_RECORD)
    context: dict[str, Any] = {
        "name": request.signed.session.worker.display_name,
        "today": clock.local_date(at),
        "may_talk": may_talk,
        "may_answer": viewer.may(Permission.ANSWER_REFERRAL),
        "sees_records": sees_records,
        "alarms": alarms.list_alarms(viewer, at=at),
        "talks": talks.talks_to_finish(viewer, at=at),
        **_lists_of_people(request, at=at),
    }
    if context["may_answer"]:
        received = referrals.inbox_of_day(viewer, at=at)
        context["inbox"] = _page(request, "inbox", referrals.unanswered(received))
        context["changed"] = referrals.changes_for_receiver(viewer, received, at=at)
    if may_talk:
        context["read"] = queries.second_opinions(viewer, keys=keys, at=at)
    if not (sees_records or may_talk):
        context["own_pages"] = [page for page in OWN_PAGES.members if viewer.may(page["permission"])]
    listed = [row for name in ("inbox", "urgent", "sent") for row in context.get(name, ())]
    listed += [change.referral for name in ("changed", "ending") for change in context.get(name, ())]
    context["organisations"] = accounts.organisation_names(side for row in listed for side in row.sides)
    if request.signed.session.has_notice:
        notices.mark_seen(viewer.worker, at=at)
    return render(request, "cases/day.html", context)


def _lists_of_people(request: StaffRequest, *, at: datetime) -> dict[str, Any]:
    """Return the lists of the day that name people; all index entries are opened at once."""
    viewer = request.viewer
    sees_records, may_talk = viewer.may(Permission.SEE_RECORD), viewer.may(Permission.RUN_TALK)
    rows = list(records.due_by(viewer, clock.local_date(at))) if sees_records or may_talk else []
    after_talks = talks.after_talks(rows, viewer) if may_talk else []
    due = _page(request, "due", [row for row in rows if sees_records and row.kind in records.PEOPLE])
    people = queries.some_people(viewer) if sees_records else []
    unfinished = list(referrals.sent_by(viewer, at=at)) if may_talk else []
    sent, urgent = _page(request, "sent", unfinished), referrals.urgent_unanswered(unfinished)
    asked_for = {referral.record for referral in [*sent, *urgent]}
    entries = records.index_entries({record.id for record in [*due, *people]} | asked_for, keys=request.keys)
    persons = queries.person_names(asked_for, entries)
    due.object_list = records.with_entries(due, entries)
    sent.object_list = [referral for referral in sent if referral.record in persons]
    return {
        "due": due,
        "unreached": talks.unreached_of_worker(after_talks),
        "tasks": talks.tasks_of_worker(after_talks),
        "owners": accounts.display_names(row.assignee for row in after_talks if row.assignee != viewer.worker),
        "people": records.with_entries(people, entries),
        "sent": sent,
        "ending": queries.ending_consents(unfinished, keys=request.keys, at=at),
        "urgent": [referral for referral in urgent if referral.record in persons],
        "persons": persons,
    }


def _page(request: StaffRequest, name: str, rows: Iterable[Any]) -> "Page[Any]":
    """Return the page of a list that the address names; these lists are short enough to be read with one query."""
    return Paginator(list(rows), PAGE_SIZE).get_page(request.GET.get(name))


@permission_required(Permission.FIND_PERSON)
@require_http_methods(["GET", "POST"])
def find(request: StaffRequest) -> HttpResponse:
    """Find a person by a name nearly right; what was typed goes into no address."""
    form, people = FindForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        people = queries.find_people(form.cleaned_data["name"], viewer=request.viewer, keys=request.keys)
    context = {"form": form, "people": people}
    return render(request, "cases/find.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SEE_TEAM)
@require_GET
def team(request: StaffRequest) -> HttpResponse:
    """Show a lead the deadlines of the team's referrals and its open records."""
    try:
        after = UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError:
        raise NotYours from None
    viewer, keys, at = request.viewer, request.keys, clock.now()
    unfinished = list(referrals.sent_by_teams(viewer, at=at))
    sent = _page(request, "sent", unfinished)
    asked_for = {referral.record for referral in sent}
    persons = queries.person_names(asked_for, records.index_entries(asked_for, keys=keys))
    sent.object_list = [referral for referral in sent if referral.record in persons]
    people, further = records.page_of_led(viewer, keys=keys, after=after)
    context = {
        "sent": sent,
        "persons": persons,
        "organisations": accounts.organisation_names(side for row in sent for side in row.sides),
        "authors": accounts.display_names(row.author for row in sent),
        "late": sum(referral.is_open and referral.late for referral in unfinished),
        "people": people,
        "next_page": f"{reverse('team')}?after={further}" if further else "",
        "unread": second_reading.unread_by_month(viewer),
        "unreached": talks.unreached_of_teams(viewer),
    }
    return render(request, "cases/team.html", context)


@permission_required(Permission.SEE_ACCESS_LOG)
@require_GET
def access_log(request: StaffRequest) -> HttpResponse:
    """Show a privacy officer what workers of the organisation did; that they looked is logged too."""
    workers = {worker.id: worker.display_name for worker in accounts.colleagues(request.viewer)}
    form = LogForm(request.GET, workers=[(str(ident), name) for ident, name in workers.items()])
    if not form.is_valid():
        raise NotYours
    only, refused = form.cleaned_data["worker"], form.cleaned_data["refused"]
    days, before = queries.activity_log(workers, only=only, refused=refused, before=form.cleaned_data["before"])
    audit.record("see_log", by=request.viewer.worker, at=clock.now())
    filters = {"worker": only, "refused": "on" if refused else "", "before": before}
    query = urlencode({name: value for name, value in filters.items() if value})
    context = {"days": days, "earlier": f"{reverse('access_log')}?{query}" if before else "", "form": form}
    return render(request, "cases/access_log.html", context)


@permission_required(Permission.SEE_READERS)
@require_GET
def readers(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show a lead who opened a record, and what they did, a page of acts at a time."""
    opened = keyring.open_record(record, keys=request.keys)
    form = LogForm(request.GET, workers=())
    if not form.is_valid():
        raise NotYours
    days, earlier = queries.record_activity(record, before=form.cleaned_data["before"])
    return render(request, "cases/readers.html", {"days": days, "earlier": earlier, "record": opened.id})
