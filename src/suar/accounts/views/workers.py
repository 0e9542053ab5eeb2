"""Pages of the administrator, the lead who admits workers, and those who open lost keys or vouch together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import key_requests, policy, queries, setup, workers
from suar.accounts.acting import acting
from suar.accounts.codes import KeyKind, RequestKind, WorkerState
from suar.accounts.forms import AdmitForm, InviteForm, PaperForm, RecoveryKindForm, VouchForm
from suar.accounts.http import StaffRequest, form_page, redirect_with_message
from suar.accounts.key_requests import WITH_PAPERS
from suar.accounts.models import KeyRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Role
from suar.accounts.setup import Papers
from suar.accounts.views import form_errors, refused_page
from suar.core import clock
from suar.core.refusals import NotYours, Refused, value_or_refuse


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
    return form_page(request, "accounts/invite_worker.html", form)


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
    """Compare the fingerprint with the worker, then seal the key of the team to them."""
    candidates = [row for row in _candidates(request) if (row["worker"].id, row["team"]) == (worker, team)]
    if not candidates:
        raise NotYours
    form = AdmitForm(request.POST or None)
    may_lead = team is not None and candidates[0]["worker"].role == Role.SUPERVISOR
    if form.is_valid():
        fingerprint, leads = form.cleaned_data["fingerprint"], form.cleaned_data["leads"] and may_lead
        by = acting(request)
        try:
            if team is None:
                workers.certify(worker, fingerprint=fingerprint, by=by)
                return redirect_with_message(request, _("Account confirmed."), "candidates")
            workers.admit(worker, team=team, fingerprint=fingerprint, leads=leads, by=by)
            return redirect_with_message(request, _("Added to the team."), "candidates")
        except Refused as refusal:
            return refused_page(request, refusal)
    return form_page(request, "accounts/admit_worker.html", form, candidate=candidates[0], may_lead=may_lead)


def _candidates(request: StaffRequest) -> list[dict[str, Any]]:
    """List workers for each team the viewer leads; without a team, those whose keys want to be confirmed only."""
    viewer, is_signatory = request.viewer, bool(request.keys.list_keys(KeyKind.IDENTITY))
    teams = [team for team in queries.teams_of(viewer.organisation) if team.id in viewer.leads]
    candidates: list[dict[str, Any]] = []
    for worker in queries.colleagues(viewer):
        facts = queries.worker_facts(worker)
        row = {"worker": worker, "fingerprint": queries.worker_fingerprint(worker.id), "team": None}
        candidates += [
            {**row, "team": team.id, "team_name": team.name}
            for team in teams
            if policy.may_admit(viewer, facts, team=team.id, own_cases_only=team.own_cases_only)
        ]
        if is_signatory and not policy.opens_records(facts) and policy.may_certify(viewer, facts):
            candidates.append(row)
    return candidates


@permission_required(Permission.SEE_OWN_DAY, method="GET")
def recovery(request: StaffRequest) -> HttpResponse:
    """Explain the recovery papers, and show how far an open request is."""
    return _recovery_page(request, RecoveryKindForm())


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True)
def ask_recovery(request: StaffRequest) -> HttpResponse:
    """Ask for two papers, to open lost keys or to rehearse that."""
    form = RecoveryKindForm(request.POST or None)
    if form.is_valid():
        with form_errors(form):
            key_requests.ask_recovery(RequestKind(form.cleaned_data["kind"]), by=acting(request))
            return redirect_with_message(request, _("Started. Two people type one paper each."), "recovery")
    return _recovery_page(request, form)


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True, method="POST")
def cover_keys(request: StaffRequest) -> HttpResponse:
    """Seal the keys that no paper opens yet to the papers."""
    setup.seal_keys_to_escrow(by=acting(request))
    return redirect_with_message(request, _("The papers open these keys too now."), "recovery")


@permission_required(Permission.SEE_OWN_DAY, step_up=True)
def type_paper(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Take one paper; what is typed is never shown again."""
    row = _open_request(request, request_id, WITH_PAPERS)
    form = PaperForm(request.POST or None)
    if form.is_valid():
        with form_errors(form, "recovery", words_changed="compared", unknown="not_from_here"):
            typed, fingerprint = form.cleaned_data["recovery"], form.cleaned_data["fingerprint"]
            key_requests.type_paper(row.id, typed, fingerprint=fingerprint, by=acting(request))
            return redirect_with_message(
                request, _("Your paper was accepted. Put it back into its envelope."), "recovery"
            )
    context = {"asked": row, "fingerprint": queries.worker_fingerprint(row.worker_id)}
    context["demo_papers"] = setup.demo_papers(row.organisation)
    return form_page(request, "accounts/type_paper.html", form, **context)


@permission_required(Permission.ADMIT_TO_TEAM, step_up=True, method="POST")
def open_lost_keys(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Join both papers; after keys were lost, show the new papers this one time."""
    row, by = _open_request(request, request_id, WITH_PAPERS), acting(request)
    try:
        shares = key_requests.open_lost_keys(row.id, by=by)
    except Refused as refusal:
        if refusal.because == "papers_do_not_open":
            key_requests.restart(row.id, by=acting(request))
        return refused_page(request, refusal)
    if row.kind == RequestKind.REHEARSAL:
        return redirect_with_message(
            request, _("The two papers open the keys. It was a rehearsal: nothing was changed."), "recovery"
        )
    context = {"papers": Papers(shares, ""), "day": clock.today(), "next": "key_changes"}
    return render(request, "accounts/papers.html", context)


@permission_required(Permission.SEE_OWN_DAY, method="POST")
def cancel_recovery(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Cancel a request for papers."""
    return _cancel(request, request_id, "recovery")


@permission_required(Permission.VOUCH, method="GET")
def resets(request: StaffRequest) -> HttpResponse:
    """List who waits for a second colleague, and for whom one may ask."""
    viewer, at = request.viewer, clock.now()
    waiting = key_requests.list_open(viewer, [RequestKind.RESET], at=at)
    asked_for = {row.worker_id for row, _state in waiting}
    asked_by = {row.id: row.acts.get(verb="ask").by for row, _state in waiting}
    others = [
        worker
        for worker in queries.colleagues(viewer)
        if worker.state != WorkerState.INVITED and worker.id not in {viewer.worker, *asked_for}
    ]
    names = queries.display_names(asked_by.values())
    context = {
        "waiting": [(row, names[asked_by[row.id]], asked_by[row.id] != viewer.worker) for row, _state in waiting],
        "others": others,
    }
    return render(request, "accounts/resets.html", context)


@permission_required(Permission.VOUCH, step_up=True)
def ask_reset(request: StaffRequest, worker: UUID) -> HttpResponse:
    """Vouch as the first colleague."""
    colleague = next((row for row in queries.colleagues(request.viewer) if row.id == worker), None)
    if colleague is None or colleague.state == WorkerState.INVITED or worker == request.viewer.worker:
        raise NotYours
    form = VouchForm(request.POST or None)
    if form.is_valid():
        with form_errors(form):
            key_requests.ask_reset(worker, by=acting(request))
            return redirect_with_message(request, _("Asked. A second colleague confirms it."), "resets")
    return form_page(request, "accounts/vouch.html", form, colleague=colleague)


@permission_required(Permission.VOUCH, step_up=True)
def confirm_reset(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Vouch as the second colleague, and show the code this one time."""
    row = _open_request(request, request_id, [RequestKind.RESET])
    form = VouchForm(request.POST or None)
    if form.is_valid():
        with form_errors(form):
            worker, code = key_requests.confirm_reset(row.id, by=acting(request))
            return render(request, "accounts/invited.html", {"worker": worker, "code": code, "is_reset": True})
    return form_page(request, "accounts/vouch.html", form, colleague=row.worker, is_second=True)


@permission_required(Permission.VOUCH, method="POST")
def cancel_reset(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Cancel a request for new keys."""
    return _cancel(request, request_id, "resets")


def _cancel(request: StaffRequest, request_id: UUID, page: str) -> HttpResponse:
    try:
        key_requests.cancel(request_id, by=acting(request))
    except Refused as refusal:
        return refused_page(request, refusal)
    return redirect_with_message(request, _("Cancelled. What was typed is deleted."), page)


def _recovery_page(request: StaffRequest, form: RecoveryKindForm) -> HttpResponse:
    viewer, at = request.viewer, clock.now()
    rows = [
        (row, state, key_requests.opens_at(row), key_requests.ends_at(row))
        for row, state in key_requests.list_open(viewer, WITH_PAPERS, at=at)
    ]
    context = {
        "open": rows,
        "now": at,
        "may_ask": viewer.may(Permission.ADMIT_TO_TEAM),
        "may_cancel": key_requests.may_cancel(viewer),
        "uncovered": setup.keys_without_escrow(request.keys) if viewer.may(Permission.ADMIT_TO_TEAM) else [],
    }
    return form_page(request, "accounts/recovery.html", form, **context)


def _open_request(request: StaffRequest, ident: UUID, kinds: Sequence[RequestKind]) -> KeyRequest:
    """Return an open request of the viewer's organisation; raises NotYours."""
    rows = key_requests.list_open(request.viewer, kinds, at=clock.now())
    return value_or_refuse(next((row for row, _state in rows if row.id == ident), None))
