"""Pages of case work: my day, a person or case, the team, finding."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import notices
from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.audit import actions as audit
from suar.cases import finding, labels, pages
from suar.cases.forms import FindForm, LogForm, WithdrawForm
from suar.cases.views_case import case_page
from suar.core import clock, paging
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records import queries as vault
from suar.records.terms import Kind
from suar.referrals import following
from suar.referrals.settling import person_of
from suar.screening import second_reading

MOST_DIGITS = 18


@gate(Permission.SEE_OWN_DAY)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Show what today asks of this worker."""
    parts = paging.asked(request.GET, "due", "inbox", "sent")
    shown = pages.day(request.viewer, keys=request.keys, now=clock.now(), parts=parts)
    if request.signed.waits():
        notices.look(request.viewer.worker, at=clock.now())
    return render(request, "cases/day.html", {"day": shown, "name": request.signed.shown_name})


@gate(Permission.SEE_RECORD)
@require_GET
def person(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show a person or a case to whoever holds its keys."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is Kind.CASE:
        return case_page(request, opened)
    if opened.facts.kind is not Kind.PERSON:
        raise NotYours
    shown = pages.person(opened, request.viewer)
    context = {"person": shown, "second": second_reading.second_read(opened.id, keys=request.keys)}
    return render(request, "cases/person.html", context)


@gate(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Say what taking a yes back does and does not do, and do it."""
    opened = person_of(request, record)
    typed = request.POST if request.method == "POST" else None
    form, shown = WithdrawForm(typed), pages.consent_line(opened, consent)
    refused = ""
    if form.is_valid():
        by, at, reason = request.viewer.worker, clock.now(), form.cleaned_data["reason"]
        if _nothing_is_lost(shown, reason, by=by):
            following.withdraw_consent(opened, consent, by=by, at=at, reason=reason)
            return redirect("person", record)
        refused = labels.TAKEN_BACK_MEANWHILE
    context = {"line": shown, "form": form, "record": opened.id, "refused": refused}
    status = 409 if refused else 400 if form.errors else 200
    return render(request, "cases/withdraw.html", context, status=status)


def _nothing_is_lost(shown: pages.ConsentLine, reason: str, *, by: UUID) -> bool:
    """Say whether nothing typed is lost: nobody took the yes back before in other words."""
    said = (shown.withdrawn_by, shown.withdrawn_because)
    return not (shown.withdrawn_at and reason) or said == (by, reason)


@gate(Permission.FIND_PERSON)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find a person by a name nearly right; what was typed goes into no address."""
    typed = request.POST if request.method == "POST" else None
    form, found = FindForm(typed), None
    if form.is_valid():
        typed, viewer = form.cleaned_data["name"], request.viewer
        sheets = finding.find(typed, viewer=viewer, keys=request.keys)
        found = pages.named(vault.of_sheets(sheets))
    context = {"form": form, "found": found}
    return render(request, "cases/find.html", context, status=400 if form.errors else 200)


@gate(Permission.SEE_TEAM)
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Show a lead the clocks of the team's referrals and its open records."""
    try:
        after = UUID(request.GET["after"]) if "after" in request.GET else None
    except ValueError:
        raise NotYours from None
    part = paging.asked(request.GET, "sent")["sent"]
    shown = pages.team(request.viewer, keys=request.keys, part=part, after=after)
    return render(request, "cases/team.html", {"team": shown})


@gate(Permission.SEE_ACCESS_LOG)
@require_GET
def access_log(request: HttpRequest) -> HttpResponse:
    """Show a privacy officer what workers of the house did; that they looked is kept as well."""
    workers = pages.workers_of(request.viewer)
    form = LogForm(request.GET, workers=[(str(each), name) for each, name in workers.items()])
    if not form.is_valid():
        raise NotYours
    asked = form.cleaned_data
    shown = pages.access_log(
        request.viewer,
        worker=UUID(asked["worker"]) if asked["worker"] else None,
        refused=asked["refused"],
        before=asked["before"],
    )
    audit.record("see_log", by=request.viewer.worker, at=clock.now())
    return render(request, "cases/access_log.html", {"log": shown, "form": form})


@gate(Permission.SEE_READERS)
@require_GET
def readers(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show a lead who opened a record, and what they did, a page of acts at a time."""
    opened = keyring.open_record(record, keys=request.keys)
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < MOST_DIGITS):
        raise NotYours
    shown = pages.readers(record, before=int(before) if before else None)
    return render(request, "cases/readers.html", {"readers": shown, "record": opened.id})
