"""Pages of the lead: who is let into the team, after the words were compared by voice."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts import policy, queries, staffing
from suar.accounts.forms import LetInForm
from suar.accounts.gate import gate
from suar.accounts.labels import role_words
from suar.accounts.models import Worker
from suar.accounts.terms import KeyKind, Permission, Role, Viewer
from suar.core import clock
from suar.core.refusals import NotYours


@dataclass(frozen=True, slots=True)
class Waiting:
    """A worker at the door of a team; without a team, one whose keys want to be confirmed."""

    worker: Worker
    role: str
    words: str
    team: UUID | None
    team_name: str = ""


@gate(Permission.ADMIT_TO_TEAM)
def let_in(request: HttpRequest) -> HttpResponse:
    """List who waits to be let in."""
    signs = bool(request.keys.held(KeyKind.IDENTITY))
    return render(request, "accounts/let_in.html", {"waiting": _waiting(request.viewer, signs=signs)})


@gate(Permission.ADMIT_TO_TEAM, step_up=True)
@require_http_methods(["GET", "POST"])
def let_in_worker(request: HttpRequest, worker: UUID, team: UUID | None = None) -> HttpResponse:
    """Compare the words with the worker, then seal the key of the team to them."""
    viewer, keys = request.viewer, request.keys
    signs = bool(keys.held(KeyKind.IDENTITY))
    found = [each for each in _waiting(viewer, signs=signs) if (each.worker.id, each.team) == (worker, team)]
    if not found:
        raise NotYours
    form = LetInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        if team is None:
            staffing.confirm(worker, viewer=viewer, keys=keys, at=at)
        else:
            leads = form.cleaned_data["leads"] and _may_lead(found[0])
            staffing.let_in(worker, team=team, viewer=viewer, keys=keys, at=at, leads=leads)
        return redirect("let_in")
    context = {"each": found[0], "form": form, "may_lead": _may_lead(found[0])}
    return render(request, "accounts/let_in_worker.html", context, status=400 if form.errors else 200)


def _may_lead(waiting: Waiting) -> bool:
    return waiting.team is not None and Role(waiting.worker.role) is Role.SUPERVISOR


def _waiting(viewer: Viewer, *, signs: bool) -> list[Waiting]:
    """List workers for each team the viewer leads, and those who only want a confirmation."""
    teams = [each for each in queries.teams_of(viewer.organisation) if each.id in viewer.leads]
    found = []
    for row in queries.colleagues(viewer):
        facts = queries.worker_facts(row)
        role, words = role_words(facts.role), queries.own_words(row.id)
        found += [
            Waiting(row, role, words, team.id, team.name)
            for team in teams
            if policy.may_let_in(viewer, facts, team=team.id, own_cases_only=team.own_cases_only)
        ]
        if signs and not policy.opens_records(facts) and policy.may_certify(viewer, facts):
            found.append(Waiting(row, role, words, None))
    return found
