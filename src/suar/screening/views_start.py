"""Pages before a talk: what to have ready, where it is held, and which form fits there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.screening import actions, opening, queries, rules, starting
from suar.screening import question_shelf as shelf
from suar.screening.forms_start import PlaceForm, StartForm
from suar.screening.opening import answers_of, version_of
from suar.screening.rules.setting import WRITTEN
from suar.screening.terms import Opens

TWICE_WITHIN = timedelta(seconds=10)


@gate(Permission.RUN_TALK, when_ready=True)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what to have ready and ask where; then the briefing of the place, and the talk begins."""
    written = (request.POST or request.GET).get("written", "")
    place = PlaceForm(
        request.POST if request.method == "POST" else None,
        initial={"written": written if written in WRITTEN else ""},
        places=starting.places(),
    )
    if request.method == "POST" and request.viewer.teams and place.is_valid():
        return _at(request, place.cleaned_data)
    context = {
        "form": place,
        "in_a_team": bool(request.viewer.teams),
        "crisis": rules.instrument().stops["STOP_DANGER"],
        "written": starting.titled(written if written in WRITTEN else ""),
        "first_time": not queries.has_practised(request.viewer.worker),
    }
    return render(request, "screening/start.html", context, status=400 if place.errors else 200)


def _at(request: HttpRequest, where: dict[str, Any]) -> HttpResponse:
    """Show the briefing of a place, or begin the chosen form; sent twice, it begins one."""
    place, lawyer, written = where["place"], where["lawyer"], where["written"]
    teams = [(str(each), accounts.team_facts(each).name) for each in sorted(request.viewer.teams)]
    offered = starting.forms_here(place, request.viewer, lawyer=lawyer)
    chosen = {"form", "later"} & set(request.POST)
    form = StartForm(request.POST if chosen else None, teams=teams, offered=offered)
    if chosen and form.is_valid():
        return _begin(request, form, place)
    page = starting.briefing(place, request.viewer, lawyer=lawyer, written=written)
    context = {"form": form, "page": page, "lawyer": lawyer}
    return render(request, "screening/briefing.html", context, status=400 if form.errors else 200)


def _begin(request: HttpRequest, form: StartForm, place: str) -> HttpResponse:
    data = form.cleaned_data
    house, now, later = request.viewer.organisation, data["form"], data["later"]
    opens = shelf.opens(now or later, place, house=house, later=bool(later))
    begun = _just_begun(request, opens) or actions.begin(
        team=UUID(data["team"]), viewer=request.viewer, at=clock.now(), opens=opens
    )
    opening.begin_in_session(request, pin=data["pin"])
    return opening.to_first_step(begun, opens)


def _just_begun(request: HttpRequest, opens: Opens) -> OpenRecord | None:
    """Give a talk begun a moment ago in which nothing was tapped: the button was pressed twice."""
    since = clock.now() - TWICE_WITHIN
    for record in queries.begun_since(since, viewer=request.viewer)[:1]:
        opened = keyring.open_record(record, keys=request.keys)
        if version_of(opened) == 1 and answers_of(opened) == rules.begun(opens):
            return opened
    return None
