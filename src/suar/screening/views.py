"""Pages of a talk: begin, go on where it was left, one step a page."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.kernel import clock
from suar.kernel.refusals import Conflict, Refused
from suar.screening import (
    actions,
    opening,
    policy,
    posting,
    practice_pages,
    queries,
    rules,
    step_pages,
)
from suar.screening.forms import StartForm
from suar.screening.labels import PROBLEMS
from suar.screening.opening import answers_of, of_open_talk, step_named, version_of
from suar.screening.terms import Answers, Step, Unreadable
from suar.vault import keyring
from suar.vault.keyring import OpenRecord

TWICE_WITHIN = timedelta(seconds=10)
ON, BACK, STOP = "on", "back", "stop"
SAID_AT_ONCE = frozenset({"NOT_SAFE_YET", "ACT_FIRST", "GUARDIAN_OPEN", "GUARDIAN_CONSENT_OPEN"})


@gate(Permission.RUN_TALK, when_ready=True)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what to have ready, and begin a talk; sent twice, it begins one."""
    teams = [(str(each), accounts.team_facts(each).name) for each in sorted(request.viewer.teams)]
    form = StartForm(request.POST if request.method == "POST" else None, teams=teams)
    if request.method == "POST" and teams and form.is_valid():
        team = UUID(form.cleaned_data["team"] or teams[0][0])
        begun = _just_begun(request) or actions.begin(
            team=team, viewer=request.viewer, at=clock.now()
        )
        opening.begin_in_session(request, pin=form.cleaned_data["pin"])
        return redirect("talk_step", begun.id, Step.SAFE)
    context = {
        "form": form, "teams": teams, "crisis": rules.instrument().stops["STOP_DANGER"],
        "first_time": not queries.has_practised(request.viewer.worker),
    }  # fmt: skip
    return render(request, "screening/start.html", context, status=400 if form.errors else 200)


@gate(Permission.RUN_TALK, talk=True)
@require_GET
@of_open_talk
def talk(request: HttpRequest, opened: OpenRecord) -> HttpResponse:
    """Go on where the talk was left."""
    return redirect("talk_step", opened.id, policy.reached(answers_of(opened)))


@gate(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@of_open_talk
def step(request: HttpRequest, opened: OpenRecord, step: str) -> HttpResponse:
    """Show one step, or keep what was tapped on it and go where the worker wants."""
    answers, now = answers_of(opened), step_named(step)
    if request.method == "POST":
        return _take(request, opened, answers, now)
    if answers.stopped_by:
        return redirect("talk_outcome", opened.id)
    earlier = policy.first_open(now, answers)
    if earlier:
        return opening.follow(opened.id, earlier)
    going = rules.next_step(now, answers)
    still_open = going.because if going.because in SAID_AT_ONCE else ""
    return _page(request, opened, Shown(answers, now, still_open), status=200)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step's page is made from: answers, step, a problem, and what was typed as age."""

    answers: Answers
    step: Step
    problem: str = ""
    years: str | None = None


def _take(request: HttpRequest, opened: OpenRecord, answers: Answers, now: Step) -> HttpResponse:
    """Keep a step; a forged code changes nothing, and an overtaken page is shown again."""
    try:
        version = posting.version_of(request.POST)
        typed = posting.with_step(answers, now, request.POST)
    except Unreadable as unreadable:
        return _unreadable(request, opened, answers, now, where=unreadable.where)
    if rule := request.POST.get("stop"):
        return _stop(request, opened, typed, now, rule=rule)
    if version != version_of(opened):
        return _overtaken(request, opened, typed, now)
    earlier = policy.first_open(now, answers)
    if earlier:
        return opening.follow(opened.id, earlier)
    try:
        actions.save(opened, typed, by=request.viewer.worker, at=clock.now(), expected=version)
    except Conflict:
        return _overtaken(request, opened, typed, now)
    return _go(request, opened, typed, now)


def _go(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Follow the worker back or to the ways to stop, and the rule of steps everywhere else."""
    wanted = request.POST.get("go", ON)
    if wanted == STOP:
        return redirect(f"{reverse('talk_stop', args=[opened.id])}?step={now}")
    order = [slot.code for slot in rules.instrument_of(typed).steps]
    before = order[: order.index(now)]
    if wanted in before or (wanted == BACK and before):
        return redirect("talk_step", opened.id, before[-1] if wanted == BACK else wanted)
    where = rules.next_step(now, typed)
    problem = _unsettled(typed, now) or (where.because if where.step is now else "")
    if problem:
        return _page(request, opened, Shown(typed, now, problem), status=200)
    return opening.follow(opened.id, where)


def _unsettled(typed: Answers, now: Step) -> str:
    """Name what the page asks once more, although the talk could go on without it."""
    if now is Step.NEEDS and posting.asks_whom(typed):
        return "whom"
    return "clash" if now is Step.SIGNS and rules.clashes(typed) else ""


def _stop(
    request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step, *, rule: str
) -> HttpResponse:
    """Stop at once by the rule that was tapped; what is on the page goes with it."""
    by, at = request.viewer.worker, clock.now()
    try:
        actions.stop(opened, typed, rule=rule, step=now, by=by, at=at)
    except Refused as refusal:
        return _page(request, opened, Shown(typed, now, refusal.because), status=400)
    return redirect("talk_outcome", opened.id)


def _unreadable(
    request: HttpRequest, opened: OpenRecord, answers: Answers, now: Step, *, where: str
) -> HttpResponse:
    """Say what could not be read; an age that is no number stays in its field, the rest too."""
    rule = request.POST.get("stop")
    if rule:
        return _stop(request, opened, answers, now, rule=rule)
    shown = Shown(answers, now, "unreadable")
    if where == "age.years":
        typed = posting.with_step(answers, now, request.POST, years=False)
        shown = Shown(typed, now, "age_unreadable", request.POST.get(posting.YEARS, ""))
    return _page(request, opened, shown, status=400)


def _overtaken(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Show what was saved elsewhere beside what was typed; the same sent twice just goes on."""
    fresh = keyring.open_record(opened.id, keys=request.keys)
    theirs = answers_of(fresh)
    differing = step_pages.differing(typed, theirs, now)
    if not differing:
        return _go(request, fresh, theirs, now)
    return _page(request, fresh, Shown(typed, now, "overtaken"), status=409, theirs=differing)


def _page(
    request: HttpRequest, opened: OpenRecord, shown: Shown, *, status: int, theirs: object = ()
) -> HttpResponse:
    page = step_pages.step_page(opened.id, shown.answers, shown.step, version=version_of(opened))
    if shown.years is not None:
        page = replace(page, age_years=shown.years)
    words = PROBLEMS.get(shown.problem) or step_pages.because_words(shown.answers, shown.problem)
    context = {"page": page, "problem": words, "code": shown.problem, "theirs": theirs}
    context |= practice_pages.context(request.practice, shown.step, first=page.is_first)
    return render(request, "screening/step.html", context, status=status)


def _just_begun(request: HttpRequest) -> OpenRecord | None:
    """Give a talk begun a moment ago in which nothing was tapped: the button was pressed twice."""
    since = clock.now() - TWICE_WITHIN
    for record in queries.begun_since(since, viewer=request.viewer)[:1]:
        opened = keyring.open_record(record, keys=request.keys)
        if version_of(opened) == 1:
            return opened
    return None
