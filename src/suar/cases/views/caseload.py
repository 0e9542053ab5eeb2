"""The caseload of a worker or a team: who it is, whose, last contact, what is next; and the week on paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.keys import Keys
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Viewer
from suar.cases.codes import CASELOAD
from suar.cases.forms import CaseloadForm, FindForm
from suar.cases.rows import person_row, talk_row
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import queries as records
from suar.screening import queries as talks

PAGE_SIZE, MAX_WEEK = 50, 300
WEEK, AHEAD = timedelta(days=7), timedelta(days=90)


@permission_required(Permission.FIND_PERSON)
@require_GET
def caseload(request: StaffRequest) -> HttpResponse:
    """Show the people of this worker or of the team, those due first, by group of what is due and by worker."""
    form, today = CaseloadForm(request.GET), clock.today()
    if not form.is_valid():
        raise NotYours
    of_team, group, worker = (form.cleaned_data[name] for name in ("team", "due", "worker"))
    rows = records.caseload(request.viewer, keys=request.keys, mine=not of_team)
    owners = set(rows.order_by().values_list("assignee", flat=True).distinct()) if of_team else {request.viewer.worker}
    if worker in owners:
        rows = rows.filter(assignee=worker)
    conditions = _groups(today)
    counts = rows.aggregate(every=Count("id"), **{code: Count("id", filter=of) for code, of in conditions.items()})
    rows = rows.filter(conditions[group]) if group else rows
    page = _pages(rows, counts[group or "every"]).get_page(form.cleaned_data["page"])
    names = accounts.display_names(owners)
    _add_rows(page, owners=names if of_team else {}, keys=request.keys)

    def address(**changes: Any) -> str:
        """Return the address of this list with other filters."""
        filters = {"team": "1" if of_team else "", "worker": worker or "", "due": group, **changes}
        return "?" + urlencode({name: value for name, value in filters.items() if value})

    context = {
        "people": page,
        "nameless": [] if of_team or group or page.number > 1 else _follow_ups(request.viewer, today + AHEAD),
        "of_team": of_team,
        "may_import": request.viewer.may(Permission.MANAGE_CASE),
        "others": [
            (address(worker=owner, due=""), name, owner == worker)
            for owner, name in sorted(names.items(), key=lambda item: item[1])
        ],
        "everybody": address(worker="", due=""),
        "worker": worker,
        "groups": [(address(due=code), CASELOAD.label(code), counts[code], code == group) for code in conditions],
        "every": (address(due=""), counts["every"], not group),
        "find": FindForm(beside_list=True),
        "before": address(page=page.previous_page_number()) if page.has_previous() else "",
        "after": address(page=page.next_page_number()) if page.has_next() else "",
    }
    return render(request, "cases/caseload.html", context)


@permission_required(Permission.FIND_PERSON)
@require_GET
def week(request: StaffRequest) -> HttpResponse:
    """Show what is due until in a week, by code only, to be printed; also after talks without a name."""
    today = clock.today()
    rows = records.caseload(request.viewer, keys=request.keys, mine=True).filter(next_due__lt=today + WEEK)[:MAX_WEEK]
    entries = records.index_entries([row.id for row in rows], keys=request.keys)
    until = today + WEEK - timedelta(days=1)
    people, nameless = records.with_entries(rows, entries), _follow_ups(request.viewer, until)
    context = {"people": people, "nameless": nameless, "today": today, "until": until}
    return render(request, "cases/week.html", context)


def _follow_ups(viewer: Viewer, until: date) -> list[Any]:
    """Return the follow-ups after talks and reports without a name until a day, each with its row."""
    rows = talks.follow_ups_without_name(viewer, until=until)[:MAX_WEEK]
    for row in rows:
        row.row = talk_row(row)
    return rows


def _groups(today: date) -> dict[str, Q]:
    """Return the groups of what is due, by code."""
    return {
        "late": Q(next_due__lt=today),
        "today": Q(next_due=today),
        "week": Q(next_due__gt=today, next_due__lt=today + WEEK),
        "later": Q(next_due__gte=today + WEEK),
        "nothing": Q(next_due=None),
    }


def _add_rows(page: Page[Any], *, owners: Mapping[UUID, str], keys: Keys) -> None:
    """Open the index entries of a page of records, and give each record its row."""
    listed = list(page.object_list)
    page.object_list = records.with_entries(listed, records.index_entries([row.id for row in listed], keys=keys))
    for record in page:
        record.row = person_row(record, owners=owners)


def _pages(rows: QuerySet[Any], total: int) -> Paginator[Any]:
    """Return the pages of a list whose rows are counted already."""
    paginator = Paginator(rows, PAGE_SIZE)
    paginator.count = total
    return paginator
