"""Pages of a talk: go on where it was left, one step a page."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.openings import written_with_act
from suar.screening import (
    actions,
    differing,
    ending,
    opening,
    policy,
    posting,
    practice_pages,
    rules,
    starting,
    step_pages,
)
from suar.screening.labels import PROBLEMS
from suar.screening.opening import answers_of, of_open_talk, step_named, version_of
from suar.screening.rules.changing import form_of
from suar.screening.terms import Answers, Step, Unreadable

ON, BACK, STOP = "on", "back", "stop"
SAID_AT_ONCE = frozenset({"NOT_SAFE_YET", "ACT_FIRST", "GUARDIAN_OPEN", "GUARDIAN_CONSENT_OPEN"})
ELSEWHERE = frozenset({"overtaken", "unreadable", "age_unreadable", "STOP_NOT_OFFERED"})
"""Problems that are no question left open."""


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
        with written_with_act(request):
            actions.save(opened, typed, by=request.viewer.worker, at=clock.now(), expected=version)
    except Conflict:
        return _overtaken(request, opened, typed, now)
    return _go(request, opened, typed, now)


def _go(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Follow the worker back or to the ways to stop, and the rule of steps everywhere else."""
    wanted = request.POST.get("go", ON)
    if opening.speaks_otherwise(request):
        return redirect("talk_step", opened.id, now)
    if wanted == STOP:
        return redirect(f"{reverse('talk_stop', args=[opened.id])}?step={now}")
    if wanted in {each.turn.leads_to for each in rules.turns_offered(now, typed) if each.pressing}:
        return redirect("talk_step", opened.id, wanted)
    order = [slot.code for slot in rules.instrument_of(typed).steps]
    before = order[: order.index(now)]
    if wanted in before or (wanted == BACK and before):
        return redirect("talk_step", opened.id, before[-1] if wanted == BACK else wanted)
    where = rules.next_step(now, typed)
    problem = _unsettled(typed, now) or (where.because if where.step is now else "")
    if problem:
        return _page(request, opened, Shown(typed, now, problem), status=200)
    if now is Step.SIGNPOST:
        return _signposted(request, opened, typed)
    return opening.follow(opened.id, where)


def _signposted(request: HttpRequest, opened: OpenRecord, typed: Answers) -> HttpResponse:
    """End a talk that only said where help is: codes stay, no name is asked for."""
    keys, practice = request.keys, bool(request.practice)
    ended = ending.signposted(typed)
    ready = actions.prepared(opened, ended, keys=keys, at=clock.now(), practice=practice)
    with written_with_act(request):
        opening.end_in_session(request)
        left = actions.conclude(opened, ready, keys=keys, at=clock.now())
    return opening.to_what_was_left(left, ready.left) if left else redirect("practised")


def _unsettled(typed: Answers, now: Step) -> str:
    """Name what the page asks once more, although the talk could go on without it."""
    if now is Step.NEEDS and posting.asks_whom(typed):
        return "whom"
    return "clash" if now is Step.SIGNS and rules.clashes(typed) else ""


def _stop(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step, *, rule: str) -> HttpResponse:
    """Stop at once by the rule that was tapped; what is on the page goes with it."""
    by, at = request.viewer.worker, clock.now()
    try:
        actions.stop(opened, typed, rule=rule, step=now, by=by, at=at)
    except Refused as refusal:
        return _page(request, opened, Shown(typed, now, refusal.because), status=400)
    return redirect("talk_outcome", opened.id)


def _unreadable(request: HttpRequest, opened: OpenRecord, answers: Answers, now: Step, *, where: str) -> HttpResponse:
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
    found = differing.between(typed, theirs, now)
    if not found:
        return _go(request, fresh, theirs, now)
    return _page(request, fresh, Shown(typed, now, "overtaken"), status=409, theirs=found)


def _page(request: HttpRequest, opened: OpenRecord, shown: Shown, *, status: int, theirs: object = ()) -> HttpResponse:
    page = step_pages.step_page(
        opened.id,
        shown.answers,
        shown.step,
        version=version_of(opened),
        time=opening.time_box(opened, shown.answers, shown.step),
    )
    if shown.problem in ELSEWHERE:
        page = replace(page, missing={})
    if shown.years is not None:
        page = replace(page, age_years=shown.years)
    words = PROBLEMS.get(shown.problem) or step_pages.because_words(shown.answers, shown.problem)
    form = form_of(shown.answers.instrument)
    context = {"says_first": starting.police_say(request.viewer, form)}
    context |= {"page": page, "problem": words, "code": shown.problem, "theirs": theirs}
    context |= practice_pages.context(request.practice, shown.step, first=page.is_first)
    return render(request, "screening/step.html", context, status=status)
