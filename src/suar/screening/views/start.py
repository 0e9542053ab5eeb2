"""Pages before a talk: where it is held, which form fits there, and practice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import POLICE, Permission, Role, Viewer
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.screening import actions, queries, question_sets, rules
from suar.screening.forms import PlaceForm, StartForm
from suar.screening.rules.instrument import Wording
from suar.screening.rules.reference import information as information_sheet
from suar.screening.rules.reference import invented_people
from suar.screening.rules.setting import FULL, LATEST, SHORT, SIGNPOST, WRITTEN, FormOffer, Opens, Worker
from suar.screening.views import common
from suar.screening.wording import say

TWICE_WITHIN = timedelta(seconds=10)
PRACTICE_PLACE = "VILLAGE_OFFICE"


@permission_required(Permission.RUN_TALK, when_ready=True)
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Say what to have ready and ask where; then show the briefing of the place and begin the talk."""
    written = (request.POST or request.GET).get("written", "")
    form = written if written in WRITTEN else ""
    places = [(each.code, say(each.label)) for each in rules.settings().settings.values()]
    place = PlaceForm(request.POST if request.method == "POST" else None, initial={"written": form}, places=places)
    if request.method == "POST" and request.viewer.teams and place.is_valid():
        return _at(request, place.cleaned_data)
    context = {
        "form": place,
        "in_a_team": bool(request.viewer.teams),
        "crisis": rules.instrument().stops["STOP_DANGER"],
        "written": say(rules.instrument(form, LATEST[form]).title) if form else "",
        "first_time": not queries.has_practised(request.viewer.worker),
    }
    return render(request, "screening/start.html", context, status=400 if place.errors else 200)


@permission_required(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def practise(request: StaffRequest) -> HttpResponse:
    """Begin the whole talk with somebody invented; it may be done before an organisation is ready."""
    if request.method == "POST":
        chosen = invented_people().get(request.POST.get("with", ""))
        if chosen is None or not request.viewer.teams:
            raise NotYours
        form = SHORT if request.POST.get("form") == SHORT else FULL
        opens = question_sets.opens(form, PRACTICE_PLACE, organisation=request.viewer.organisation)
        begun = actions.begin(
            team=min(request.viewer.teams), viewer=request.viewer, at=clock.now(), practice=chosen.code, opens=opens
        )
        common.begin_in_session(request, pin="")
        return common.to_first_step(begun, opens)
    context = {"people": invented_people().values(), "in_a_team": bool(request.viewer.teams)}
    return render(request, "screening/practise.html", context)


@permission_required(Permission.RUN_TALK)
@require_GET
def practised(request: StaffRequest) -> HttpResponse:
    """Say that nothing was stored, and what comes next."""
    return render(request, "screening/practised.html")


@permission_required(Permission.SEE_RECORD)
@require_GET
def information(request: StaffRequest) -> HttpResponse:
    """Print or read aloud what a person may want to know before they choose."""
    return render(request, "screening/information.html", {"sheet": information_sheet()})


def police_first(viewer: Viewer, form: str) -> Wording | None:
    """Return what police say before anything else; None for everybody else."""
    if viewer.role not in POLICE:
        return None
    table = rules.settings()
    return (table.police_first if form == SIGNPOST else table.police_widened).text


def _at(request: StaffRequest, where: dict[str, Any]) -> HttpResponse:
    """Show the briefing of a place, or begin the chosen form; sent twice, it begins one."""
    place, lawyer, written = where["place"], where["lawyer"], where["written"]
    teams = [(str(each), accounts.team_facts(each).name) for each in sorted(request.viewer.teams)]
    offer = _offer(place, request.viewer, lawyer=lawyer)
    offered = (offer.form, *offer.shorter)
    chosen = {"form", "later"} & set(request.POST)
    form = StartForm(request.POST if chosen else None, teams=teams, offered=offered)
    if chosen and form.is_valid():
        return _begin(request, form, place)
    setting = rules.settings().settings[place]
    ways = [rules.instrument(code, LATEST[code]) for code in offered]
    later = [each for each in ways if each.code in WRITTEN]
    context = {
        "form": form,
        "talk": rules.instrument(FULL, LATEST[FULL]),
        "setting": setting,
        "offer": offer,
        "ways": ways,
        "later": later,
        "lawyer": lawyer,
        "asks_lawyer": setting.lawyer_first and not lawyer,
        "written": next((each for each in later if each.code == written), None),
    }
    return render(request, "screening/briefing.html", context, status=400 if form.errors else 200)


def _begin(request: StaffRequest, form: StartForm, place: str) -> HttpResponse:
    data = form.cleaned_data
    now, later = data["form"], data["later"]
    opens = question_sets.opens(now or later, place, organisation=request.viewer.organisation, later=bool(later))
    begun = _just_begun(request, opens) or actions.begin(
        team=UUID(data["team"]), viewer=request.viewer, at=clock.now(), opens=opens
    )
    common.begin_in_session(request, pin=data["pin"])
    return common.to_first_step(begun, opens)


def _just_begun(request: StaffRequest, opens: Opens) -> OpenRecord | None:
    """Return a talk begun a moment ago in which nothing was tapped: the button was pressed twice."""
    since = clock.now() - TWICE_WITHIN
    for record in queries.begun_since(since, viewer=request.viewer)[:1]:
        opened = keyring.open_record(record, keys=request.keys)
        if queries.version_of(opened) == 1 and queries.answers_of(opened) == rules.begun(opens):
            return opened
    return None


def _offer(place: str, viewer: Viewer, *, lawyer: bool) -> FormOffer:
    worker = Worker(
        viewer.role,
        trained_for_children=viewer.role is Role.CHILD_PROTECTION,
        widened=settings.SUAR_POLICE_TALKS,
        lawyer_seen=lawyer,
    )
    return rules.form_offered(place, worker)
