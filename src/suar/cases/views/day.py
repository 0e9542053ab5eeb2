"""My day, finding a person, the team with its counts and community work, the caseload, and who did what."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import alarms, notices
from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Viewer
from suar.audit import actions as audit
from suar.cases import community, labels, queries, rows, statistics
from suar.cases.codes import CASELOAD, OWN_PAGES
from suar.cases.forms import CaseloadForm, CommunityWorkForm, FindForm, LogForm
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.rows import Filter
from suar.directory.labels import place_name
from suar.records import budgets, keyring
from suar.records import queries as records
from suar.referrals import queries as referrals
from suar.referrals import receiving
from suar.referrals.receiving import Referral
from suar.referrals.rows import change_row, is_due, received_row, sent_row
from suar.screening import queries as talks
from suar.screening import team_opinions

PAGE_SIZE = 50
TASKS_AHEAD = timedelta(days=1)
"""Work after talks is listed a day ahead, so that a note can be written on the day of the talk."""


@permission_required(Permission.SEE_OWN_DAY, method="GET")
def day(request: StaffRequest) -> HttpResponse:
    """Show what is due for this worker; each list only to those who work with it.

    Alarms and talks are read by the template, and only if the tag `count_waiting` counted some.
    """
    viewer, keys, at = request.viewer, request.keys, clock.now()
    may_talk, sees_records = viewer.may(Permission.RUN_TALK), viewer.may(Permission.SEE_RECORD)
    received = referrals.inbox_of_day(viewer, at=at) if viewer.may(Permission.ANSWER_REFERRAL) else []
    context: dict[str, Any] = {
        "name": request.signed_in.session.worker.display_name,
        "may_talk": may_talk,
        "may_answer": viewer.may(Permission.ANSWER_REFERRAL),
        "may_refer": viewer.may(Permission.REFER),
        "sees_records": sees_records,
        "find": FindForm(beside_list=True) if viewer.may(Permission.FIND_PERSON) else None,
        "alarms": alarms.list_alarms(viewer, at=at),
        "talks": talks.talks_to_finish(viewer, at=at),
        **_lists_of_day(request, referrals.unanswered(received), at=at),
    }
    if context["may_answer"]:
        context["changed_referrals"] = referrals.changes_for_receiver(received, at=at)
    if may_talk:
        context["opinions"] = queries.second_opinions(viewer, keys=keys, at=at)
    if not (sees_records or may_talk):
        context["own_pages"] = [page for page in OWN_PAGES.members if viewer.may(page["permission"])]
    _add_rows(request, context, withdrawn={row.case for row in received if row.withdrawn_at}, at=at)
    if request.signed_in.session.has_notice:
        notices.mark_seen(viewer.worker, at=at)
    return render(request, "cases/day.html", context)


def _lists_of_day(request: StaffRequest, asked: list[Referral], *, at: datetime) -> dict[str, Any]:
    """Return the lists of the day. Each item is in one list; all index entries are opened at once.

    The list of dues holds all that is due today, late, back or urgent; the other lists hold the rest.
    """
    viewer, today = request.viewer, clock.local_date(at)
    sees_records, may_talk = viewer.may(Permission.SEE_RECORD), viewer.may(Permission.RUN_TALK)
    soon = queries.due_or_noticed(viewer, today + TASKS_AHEAD, at=at) if sees_records or may_talk else []
    team_news = [row for row in soon if row.has_notice and sees_records and row.kind in records.PEOPLE]
    records_due = [row for row in soon if row.next_due and row.next_due <= today]
    nameless = talks.due_without_name(soon, viewer) if may_talk else []
    after_talks = [row for row in nameless if row.next_due <= today + TASKS_AHEAD]
    unfinished = referrals.sent_by(viewer, at=at) if viewer.may(Permission.REFER) else []
    asked_now = [row for row in asked if row.due_at and clock.local_date(row.due_at) <= today]
    people = queries.some_people(viewer) if sees_records else []
    people = sorted(
        [*people, *nameless[len(after_talks) :][: queries.MAX_PEOPLE]], key=lambda row: row.next_due or date.max
    )
    due: list[Any] = [row for row in records_due if sees_records and row.kind in records.PEOPLE]
    due += [*after_talks, *asked_now, *filter(is_due, unfinished)]
    pages = {
        "due": _page(request, "due", sorted(due, key=rows.due_order)),
        "inbox": _page(request, "inbox", [row for row in asked if row not in asked_now]),
        "sent": _page(request, "sent", [row for row in unfinished if not is_due(row)]),
    }
    mine = [row for page in pages.values() for row in page if _was_sent_by(row, viewer)]
    named = [row.id for row in [*pages["due"], *people, *team_news] if not isinstance(row, Referral)]
    entries = records.index_entries({*named, *(row.record for row in mine)}, keys=request.keys)
    persons = queries.person_names({row.record for row in mine}, entries)
    for page in pages.values():
        page.object_list = [row for row in page if _is_listed(row, viewer, entries, persons)]
    return {
        **pages,
        "people": records.with_entries(people, entries),
        "team_news": records.with_entries(team_news, entries),
        "persons": persons,
        "unfinished": unfinished,
        "ending_consents": queries.ending_consents(unfinished, keys=request.keys, at=at),
    }


def _was_sent_by(row: Any, viewer: Viewer) -> bool:
    return isinstance(row, Referral) and row.author == viewer.worker


def _is_listed(row: Any, viewer: Viewer, entries: Mapping[UUID, Any], persons: Mapping[UUID, str]) -> bool:
    """Return True if a row may be listed: a person by an opened index entry, a sent referral unless it is hidden."""
    if isinstance(row, Referral):
        return not _was_sent_by(row, viewer) or row.record in persons
    return bool(records.with_entries([row], entries)) or row.kind in records.NAMELESS


def _add_rows(
    request: StaffRequest, context: dict[str, Any], *, withdrawn: Collection[UUID | None], at: datetime
) -> None:
    """Set the row of each item in the lists of the day."""
    viewer, listed = request.viewer, [*context["due"], *context["inbox"], *context["sent"]]
    sent = [row for row in listed if isinstance(row, Referral)]
    others = [change.referral for name in ("changed_referrals", "ending_consents") for change in context.get(name, ())]
    sides = [side for row in [*sent, *others, *context["unfinished"]] for side in row.sides]
    context["organisations"] = names = accounts.organisation_names(sides)
    asked = [row for row in sent if not _was_sent_by(row, viewer)]
    previews = receiving.open_previews(asked, viewer=viewer, keys=request.keys, at=at)
    owners = accounts.display_names(row.assignee for row in listed if _has_other_owner(row, viewer))
    for row in context["team_news"]:
        row.notice = rows.notice_row(row)
    for row in listed:
        if not isinstance(row, Referral):
            row.row = rows.due_row(row, owners=owners, withdrawn=withdrawn, manages=viewer.may(Permission.MANAGE_CASE))
        elif _was_sent_by(row, viewer):
            row.row = sent_row(row, context["persons"][row.record], organisations=names, authors={})
        else:
            row.row = received_row(row, previews.get(row.id, {}), organisations=names)
    for name, side in (("changed_referrals", "sending_organisation"), ("ending_consents", "receiving_organisation")):
        for change in context.get(name, ()):
            change.row = change_row(change, getattr(change.referral, side), organisations=names)
    sent_for = rows.group_by("record", context["unfinished"])
    for person in context["people"]:
        asked_for = sent_for.get(person.id, ())
        person.row = (
            rows.talk_row(person)
            if person.kind in records.NAMELESS
            else rows.person_row(person, sent=asked_for, organisations=names)
        )


def _has_other_owner(row: Any, viewer: Viewer) -> bool:
    return not isinstance(row, Referral) and row.assignee != viewer.worker


def _page(request: StaffRequest, name: str, rows: Iterable[Any]) -> "Page[Any]":
    """Return the page of a list that the query string asks for; these lists are short enough for one query."""
    return Paginator(list(rows), PAGE_SIZE).get_page(request.GET.get(name))


@permission_required(Permission.FIND_PERSON)
def find_person(request: StaffRequest) -> HttpResponse:
    """Find a person by an approximate name, which is never part of an address."""
    form, people = FindForm(post_data(request)), None
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    if form.is_valid():
        people = queries.find_people(form.cleaned_data["name"], viewer=request.viewer, keys=request.keys)
        if not budgets.count_names(request.viewer, [person.id for person in people], at=clock.now()):
            people, request.keys.listed, status = None, 0, HTTPStatus.TOO_MANY_REQUESTS
            form.add_error(None, labels.refusal("names_spent"))
        for person in people or ():
            person.row = rows.person_row(person)
    return render(request, "cases/find.html", {"form": form, "people": people}, status=status)


@permission_required(Permission.SEE_TEAM, method="GET")
def show_team(request: StaffRequest) -> HttpResponse:
    """Show a lead the open referrals and the people of the team, what is due first; referrals also by part."""
    viewer, keys, chosen = request.viewer, request.keys, request.GET.get("show", "")
    unfinished = referrals.sent_by_teams(viewer, at=clock.now())
    parts = {
        "": unfinished,
        "late": [row for row in unfinished if row.is_open and row.is_late],
        "back": [row for row in unfinished if row.is_back],
    }
    by_author = rows.group_by("author", unfinished)
    parts |= {str(author): of_one for author, of_one in by_author.items() if len(by_author) > 1}
    sent = _page(request, "sent", parts.get(chosen, ()))
    people = Paginator(records.led_by(viewer), PAGE_SIZE).get_page(request.GET.get("people"))
    asked_for = {row.record for row in sent}
    unreached = list(talks.unreached_of_teams(viewer))
    entries = records.index_entries({*asked_for, *(row.id for row in (*people, *unreached))}, keys=keys)
    persons = queries.person_names(asked_for, entries)
    sent.object_list = [row for row in sent if row.record in persons]
    people.object_list = records.with_entries(people, entries)
    workers = accounts.display_names([*(row.author for row in unfinished), *(row.assignee for row in people)])
    organisations = accounts.organisation_names(side for row in unfinished for side in row.sides)
    sent_for = rows.group_by("record", unfinished)
    for row in sent:
        row.row = sent_row(row, persons[row.record], organisations=organisations, authors=workers)
    for row in people:
        row.row = rows.person_row(row, sent=sent_for.get(row.id, ()), organisations=organisations, owners=workers)
    records.with_entries(unreached, entries)
    for row in unreached:
        row.row = rows.talk_row(row)
    words = {"": _("All"), "late": _("Late"), "back": _("Back with us")}
    context = {
        "sent": sent,
        "show": chosen,
        "filters": [
            Filter(f"?show={part}#sent", words.get(part) or workers[UUID(part)], len(several), part == chosen)
            for part, several in parts.items()
        ],
        "people": people,
        "unread": team_opinions.unread_by_month(viewer),
        "unreached": unreached,
    }
    return render(request, "cases/team.html", context)


@permission_required(Permission.SEE_ACCESS_LOG, method="GET")
def access_log(request: StaffRequest) -> HttpResponse:
    """Show a privacy officer what workers of the organisation did; that they looked is logged too."""
    workers = {worker.id: worker.display_name for worker in accounts.colleagues(request.viewer)}
    form = LogForm(request.GET, workers=[(str(ident), name) for ident, name in workers.items()])
    if not form.is_valid():
        raise NotYours
    only, refused = form.cleaned_data["worker"], form.cleaned_data["refused"]
    days, before = queries.activity_log(workers, only=only, refused=refused, before=form.cleaned_data["before"])
    audit.record("see_log", by=request.viewer.worker, at=clock.now())
    return render(request, "cases/access_log.html", {"days": days, "before": before, "form": form})


@permission_required(Permission.SEE_READERS, method="GET")
def readers(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show a lead who opened a record, and what they did, a page of acts at a time."""
    opened = keyring.open_record(record, keys=request.keys)
    form = LogForm(request.GET, workers=())
    if not form.is_valid():
        raise NotYours
    days, earlier = queries.record_activity(record, before=form.cleaned_data["before"])
    return render(request, "cases/readers.html", {"days": days, "earlier": earlier, "record": opened.id})


MAX_WEEK = 300
WEEK = timedelta(days=7)


@permission_required(Permission.FIND_PERSON, method="GET")
def caseload(request: StaffRequest) -> HttpResponse:
    """Show the people of this worker or of the team, those due first, by group of what is due and by worker."""
    form, today = CaseloadForm(request.GET), clock.today()
    if not form.is_valid():
        raise NotYours
    of_team, group, worker = (form.cleaned_data[name] for name in ("team", "due", "worker"))
    listed = records.caseload(request.viewer, keys=request.keys, mine=not of_team)
    all_owners = listed.order_by().values_list("assignee", flat=True).distinct()
    owners = set(all_owners) if of_team else {request.viewer.worker}
    if worker in owners:
        listed = listed.filter(assignee=worker)
    conditions = _groups(today)
    counts = listed.aggregate(every=Count("id"), **{code: Count("id", filter=of) for code, of in conditions.items()})
    paginator = Paginator(listed.filter(conditions[group]) if group else listed, PAGE_SIZE)
    paginator.count = counts[group or "every"]
    page, names = paginator.get_page(form.cleaned_data["page"]), accounts.display_names(owners)
    page.object_list = rows.open_people(page.object_list, keys=request.keys, owners=names if of_team else {})

    def link(label: str, total: int | None = None, *, is_current: bool, **changes: Any) -> Filter:
        """Return a link to this list with other filters."""
        filters = {"team": "1" if of_team else "", "worker": worker or "", "due": group, **changes}
        href = "?" + urlencode({name: value for name, value in filters.items() if value})
        return Filter(href, label, total, is_current)

    groups = {"": _("Everybody"), **{code: CASELOAD.label(code) for code in conditions}}
    workers: dict[UUID | None, str] = {None: _("All workers"), **dict(sorted(names.items(), key=itemgetter(1)))}
    context = {
        "people": page,
        "nameless": [] if of_team or group or page.number > 1 else _follow_ups(request, today + queries.AHEAD),
        "of_team": of_team,
        "may_import": request.viewer.may(Permission.MANAGE_CASE),
        "by_due": [
            link(label, counts[code or "every"], is_current=code == group, due=code)
            for code, label in groups.items()
            if code in ("", group) or counts[code]
        ],
        "by_worker": [link(name, is_current=owner == worker, worker=owner, due="") for owner, name in workers.items()],
        "worker": worker,
        "find": FindForm(beside_list=True),
    }
    return render(request, "cases/caseload.html", context)


@permission_required(Permission.FIND_PERSON, method="GET")
def week(request: StaffRequest) -> HttpResponse:
    """Show what is due until in a week, by code only, to be printed; also after talks without a name."""
    today = clock.today()
    listed = records.caseload(request.viewer, keys=request.keys, mine=True).filter(next_due__lt=today + WEEK)[:MAX_WEEK]
    entries = records.index_entries([row.id for row in listed], keys=request.keys)
    until = today + WEEK - timedelta(days=1)
    people, nameless = records.with_entries(listed, entries), _follow_ups(request, until)
    context = {"people": people, "nameless": nameless, "today": today, "until": until}
    return render(request, "cases/week.html", context)


def _follow_ups(request: StaffRequest, until: date) -> list[Any]:
    """Return the follow-ups after talks and reports without a name until a day, each with its row."""
    listed = talks.follow_ups_without_name(request.viewer, until=until)[:MAX_WEEK]
    records.with_entries(listed, records.index_entries([row.id for row in listed], keys=request.keys))
    for row in listed:
        row.row = rows.talk_row(row)
    return listed


def _groups(today: date) -> dict[str, Q]:
    """Return the groups of what is due, by code."""
    return {
        "late": Q(next_due__lt=today),
        "today": Q(next_due=today),
        "week": Q(next_due__gt=today, next_due__lt=today + WEEK),
        "later": Q(next_due__gte=today + WEEK),
        "nothing": Q(next_due=None),
    }


@permission_required(Permission.SEE_TEAM, method="GET")
def offer_statistics(request: StaffRequest) -> HttpResponse:
    """Show the outcomes of offers in the last four quarters; counts under five are not shown."""
    counted = statistics.count_offers(by=acting(request), today=clock.today())
    return render(request, "cases/offer_statistics.html", {"counted": counted})


@permission_required(Permission.SEE_TEAM, method="GET")
def encounter_statistics(request: StaffRequest) -> HttpResponse:
    """Show by place and agency where people were not recognised before, and the obstacles, without names."""
    counted = statistics.count_encounters(by=acting(request), today=clock.today())
    titles = {
        "event": _("By what happened"),
        "setting": _("By place"),
        "role": _("By who met the person"),
        "both": _("By place and who met the person"),
        "barrier": _("What stood in the way"),
        "harm": _("What followed"),
    }
    parts = [(title, counted[part]) for part, title in titles.items()]
    return render(request, "cases/encounter_statistics.html", {"parts": parts})


WORKS_ON_PAGE, QUARTERS = 20, 8


@permission_required(Permission.SEE_RECORD)
def community_work(request: StaffRequest) -> HttpResponse:
    """List what the organisation did in the community, and add to it."""
    form = CommunityWorkForm(post_data(request))
    if form.is_valid():
        community.record_work(form.facts, words=form.cleaned_data["words"], by=acting(request))
        return redirect_with_message(request, _("Saved."), "community_work")
    works = community.list_work(request.viewer)
    page = Paginator(works, WORKS_ON_PAGE).get_page(request.GET.get("page"))
    led = community.workers_led_by(request.viewer)
    context = {
        "page": page,
        "rows": [
            {
                "work": work,
                "place": place_name(work.place) if work.place else "",
                "words": community.read_words(work, keys=request.keys),
                "may_strike": not work.struck and community.may_strike(work, request.viewer, led=led),
            }
            for work in page
        ],
        "quarters": community.count_by_quarter(works)[:QUARTERS],
    }
    return form_page(request, "cases/community.html", form, **context)


@permission_required(Permission.SEE_RECORD, method="POST")
def strike_work(request: StaffRequest, work: UUID) -> HttpResponse:
    """Mark an entry as a mistake."""
    community.strike_work(work, by=acting(request))
    return redirect_with_message(request, _("Marked as a mistake."), "community_work")
