"""Pages of a practice: choose an invented person, and what it was good for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import NotYours
from suar.screening import actions, opening, practice_pages
from suar.screening import question_shelf as shelf
from suar.screening.terms import Opens


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def practise(request: HttpRequest) -> HttpResponse:
    """Begin the whole talk with somebody invented; it may be done before a house is ready."""
    if request.method == "POST":
        opens = _opens(request)
        begun = actions.begin(
            team=_team(request),
            viewer=request.viewer,
            at=clock.now(),
            practice=_chosen(request).code,
            opens=opens,
        )
        opening.begin_in_session(request, pin="")
        return opening.to_first_step(begun, opens)
    context = {"partners": practice_pages.partners(), "in_a_team": bool(request.viewer.teams)}
    return render(request, "screening/practise.html", context)


@gate(Permission.RUN_TALK)
@require_GET
def practised(request: HttpRequest) -> HttpResponse:
    """Say that nothing was kept, and what comes next."""
    return render(request, "screening/practised.html")


def _chosen(request: HttpRequest) -> practice_pages.Partner:
    found = practice_pages.partner(request.POST.get("with", ""))
    if found is None:
        raise NotYours
    return found


def _opens(request: HttpRequest) -> Opens:
    """Practise the full talk, or the short one where asked, in a room of the village."""
    form = "short" if request.POST.get("form") == "short" else "full"
    return shelf.opens(form, "VILLAGE_OFFICE", house=request.viewer.organisation)


def _team(request: HttpRequest) -> UUID:
    if not request.viewer.teams:
        raise NotYours
    return min(request.viewer.teams)
