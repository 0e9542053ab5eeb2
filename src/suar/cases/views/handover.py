"""Handing a person over to a colleague of the team or of another team."""

from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import handover as handovers
from suar.cases import labels, policy
from suar.cases.forms.handover import AbsenceForm, CoverForm, HandoverForm
from suar.cases.rows import person_row
from suar.cases.views.person import open_person
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.records import queries as records
from suar.records.terms import Kind
from suar.referrals import messages as referral_labels
from suar.referrals.codes import REFUSALS


@permission_required(Permission.SEE_RECORD, step_up=True)
@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest, record: UUID) -> HttpResponse:
    """Hand the person over to a colleague, for good or as cover; only their worker and a lead of the team may."""
    opened, viewer = open_person(request, record), request.viewer
    if not policy.may_hand_over(viewer, opened.facts):
        raise NotYours
    teams, own_team = handovers.candidates(opened), opened.facts.team
    typed = request.POST if request.method == "POST" else None
    form = HandoverForm(typed, own_team=own_team, teams=teams, names=accounts.team_names(teams))
    if form.is_valid():
        by = acting(request)
        try:
            worker, _at, team = form.cleaned_data["worker"].partition("@")
            handover = form.to_handover(UUID(worker), team=UUID(team) if team else None, by=by.worker, at=by.at)
            handovers.hand_over(opened, handover, by=by, note=form.cleaned_data["note"])
        except (Refused, KeyNotTrusted) as refusal:
            because = getattr(refusal, "because", "")
            in_words = referral_labels.refusal if because in REFUSALS else labels.refusal
            form.add_error(None, in_words(because))
        else:
            return redirect_with_message(request, _("Handed over to a colleague."), "day")
    context = {
        "form": form,
        "record": record,
        **labels.record_heading(opened),
        "colleagues": teams,
        "stays_open": own_team in viewer.teams and (own_team in viewer.leads or records.is_open_to_team(record)),
        "takes_over": handovers.TAKES_OVER if viewer.may(Permission.REFER) else "",
        "is_case": opened.facts.kind is Kind.CASE,
    }
    return render(request, "cases/handover.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD, step_up=True)
@require_http_methods(["GET", "POST"])
def cover(request: StaffRequest) -> HttpResponse:
    """Let colleagues cover for all people of a worker who is away; the page says first who gets whom."""
    people, viewer = handovers.people_to_cover(request.viewer, keys=request.keys), request.viewer
    counts = dict(people.order_by().values_list("assignee").annotate(Count("id")))
    able = notices.workers_with(Permission.SEE_RECORD, organisation=viewer.organisation, certified=True)
    names = accounts.display_names([*counts, *able])
    absence = AbsenceForm(
        request.GET if "to" in request.GET else None,
        initial={"worker": request.GET.get("worker") or (min(counts) if len(counts) == 1 else None)},
        workers={worker: f"{names[worker]} ({count})" for worker, count in counts.items()},
        to={worker: names[worker] for worker in able},
    )
    if not absence.is_valid():
        if request.method == "POST":
            return redirect("caseload")
        status = 400 if absence.errors else 200
        return render(request, "cases/cover.html", {"form": absence, "people": counts}, status=status)
    worker, rows = absence.cleaned_data["worker"], people.filter(assignee=absence.cleaned_data["worker"])
    listed = records.with_entries(rows, records.index_entries([row.id for row in rows], keys=request.keys))
    for row in listed:
        row.row = person_row(row)
    form = CoverForm(request.POST or None, shares=handovers.share_out(listed, absence.cleaned_data["to"]))
    if form.is_valid():
        by = acting(request)
        done = handovers.cover(form.chosen, form.to_handover(worker, by=by.worker, at=by.at), by=by)
        if done == len(form.chosen):
            return redirect_with_message(request, _("Handed over as cover: %(done)s.") % {"done": done}, "caseload")
        message = _("Handed over as cover: %(done)s. Not possible with this colleague: %(left)s. Choose another one.")
        message = message % {"done": done, "left": len(form.chosen) - done}
        return redirect_with_message(request, message, request.get_full_path())
    context = {"form": form, "name": names[worker], "people": listed}
    return render(request, "cases/cover.html", context, status=400 if form.errors else 200)
