"""Pages of the administrator: who works here. None of them holds a key to any record."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries, staffing
from suar.accounts.forms import InviteForm
from suar.accounts.gate import gate
from suar.accounts.labels import STATES, WRONG, role_words
from suar.accounts.terms import Permission, Role, WorkerState
from suar.core import clock
from suar.core.refusals import Refused


@gate(Permission.MANAGE_WORKERS)
def workers(request: HttpRequest) -> HttpResponse:
    """List the workers of the organisation."""
    rows = [
        {
            "worker": row,
            "role": role_words(Role(row.role)),
            "state": STATES[WorkerState(row.state)],
            "self": row.id == request.viewer.worker,
        }
        for row in queries.colleagues(request.viewer)
    ]
    return render(request, "accounts/workers.html", {"rows": rows})


@gate(Permission.MANAGE_WORKERS, step_up=True)
@require_http_methods(["GET", "POST"])
def invite_worker(request: HttpRequest) -> HttpResponse:
    """Invite somebody and show the code this one time."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            worker, code = staffing.hire(
                data["name"],
                shown_name=data["shown_name"],
                role=Role(data["role"]),
                viewer=request.viewer,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("name", WRONG[refusal.because])
        else:
            context = {"name": worker.name, "shown_name": worker.shown_name, "code": code}
            return render(request, "accounts/invited.html", context)
    status = 400 if form.errors else 200
    return render(request, "accounts/invite_worker.html", {"form": form}, status=status)


@gate(Permission.MANAGE_WORKERS, step_up=True)
@require_POST
def invite_again(request: HttpRequest, worker: UUID) -> HttpResponse:
    """Make a new code for somebody who has not come yet."""
    code = staffing.invite_again(worker, viewer=request.viewer, at=clock.now())
    row = queries.worker(worker)
    context = {"name": row.name, "shown_name": row.shown_name, "code": code}
    return render(request, "accounts/invited.html", context)


@gate(Permission.MANAGE_WORKERS, step_up=True)
@require_POST
def disable_worker(request: HttpRequest, worker: UUID) -> HttpResponse:
    """Shut a worker out at once."""
    try:
        staffing.disable(worker, viewer=request.viewer, at=clock.now())
    except Refused as refusal:
        context = {"wrong": WRONG[refusal.because]}
        return render(request, "accounts/refused.html", context, status=409)
    return redirect("workers")


@gate(Permission.MANAGE_WORKERS, step_up=True)
@require_POST
def enable_worker(request: HttpRequest, worker: UUID) -> HttpResponse:
    """Let a worker back in."""
    staffing.enable(worker, viewer=request.viewer, at=clock.now())
    return redirect("workers")
