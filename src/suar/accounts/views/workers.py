"""Pages of the administrator, who holds no key to any record, and of the lead, who admits workers to a team."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import policy, queries, workers
from suar.accounts.acting import acting
from suar.accounts.codes import KeyKind
from suar.accounts.forms import AdmitForm, InviteForm
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Role
from suar.accounts.views import form_page, refused_page
from suar.core.refusals import NotYours, Refused


@permission_required(Permission.MANAGE_WORKERS)
def list_workers(request: StaffRequest) -> HttpResponse:
    """List the workers of the organisation."""
    return render(request, "accounts/workers.html", {"workers": queries.colleagues(request.viewer)})


@permission_required(Permission.MANAGE_WORKERS, step_up=True)
def invite_worker(request: StaffRequest) -> HttpResponse:
    """Invite somebody and show the code this one time."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        worker, code = workers.invite(typed["name"], typed["display_name"], Role(typed["role"]), by=acting(request))
        return render(request, "accounts/invited.html", {"worker": worker, "code": code})
    return form_page(request, "invite_worker", form)


@permission_required(Permission.MANAGE_WORKERS, step_up=True, method="POST")
def invite_again(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Make a new code for somebody who has not come yet."""
    invited, code = workers.invite_again(worker, by=acting(request))
    return render(request, "accounts/invited.html", {"worker": invited, "code": code})


@permission_required(Permission.MANAGE_WORKERS, step_up=True, method="POST")
def disable_worker(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Disable a worker at once."""
    try:
        workers.disable(worker, by=acting(request))
    except Refused as refusal:
        return refused_page(request, refusal)
    return redirect_with_message(request, _("Account disabled."), "workers")


@permission_required(Permission.MANAGE_WORKERS, step_up=True, method="POST")
def enable_worker(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Enable a worker again."""
    workers.enable(worker, by=acting(request))
    return redirect_with_message(request, _("Account enabled again."), "workers")


@permission_required(Permission.ADMIT_TO_TEAM)
def list_candidates(request: StaffRequest) -> HttpResponse:
    """List who can be admitted to a team, or only confirmed."""
    return render(request, "accounts/candidates.html", {"candidates": _candidates(request)})


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
def admit_worker(request: StaffRequest, worker: UUID, team: UUID | None = None) -> HttpResponse:
    """Compare the words with the worker, then seal the key of the team to them."""
    candidates = [row for row in _candidates(request) if (row["worker"].id, row["team"]) == (worker, team)]
    if not candidates:
        raise NotYours
    form = AdmitForm(request.POST or None)
    may_lead = team is not None and candidates[0]["worker"].role == Role.SUPERVISOR
    if form.is_valid():
        words, leads, by = form.cleaned_data["words"], form.cleaned_data["leads"] and may_lead, acting(request)
        try:
            if team is None:
                workers.certify(worker, words=words, by=by)
                return redirect_with_message(request, _("Account confirmed."), "candidates")
            workers.admit(worker, team=team, words=words, leads=leads, by=by)
            return redirect_with_message(request, _("Added to the team."), "candidates")
        except Refused as refusal:
            return refused_page(request, refusal)
    return form_page(request, "admit_worker", form, candidate=candidates[0], may_lead=may_lead)


def _candidates(request: StaffRequest) -> list[dict[str, Any]]:
    """List workers for each team the viewer leads; without a team, those whose keys want to be confirmed only."""
    viewer, signs = request.viewer, bool(request.keys.list_keys(KeyKind.IDENTITY))
    teams = [team for team in queries.teams_of(viewer.organisation) if team.id in viewer.leads]
    candidates: list[dict[str, Any]] = []
    for worker in queries.colleagues(viewer):
        facts = queries.worker_facts(worker)
        row = {"worker": worker, "words": queries.own_words(worker.id), "team": None}
        candidates += [
            {**row, "team": team.id, "team_name": team.name}
            for team in teams
            if policy.may_admit(viewer, facts, team=team.id, own_cases_only=team.own_cases_only)
        ]
        if signs and not policy.opens_records(facts) and policy.may_certify(viewer, facts):
            candidates.append(row)
    return candidates
