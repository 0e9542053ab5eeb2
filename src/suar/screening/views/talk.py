"""Pages of a talk: go on where it was left, one step a page."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.screening import actions, parse_answers, policy, rules, step_context
from suar.screening.codes import Outcome, Step
from suar.screening.conclude import Conclusion, conclude
from suar.screening.messages import PROBLEMS
from suar.screening.queries import answers_of, version_of
from suar.screening.rules.answers import Answers, Reason, Unreadable
from suar.screening.rules.question_changes import form_of
from suar.screening.views import common
from suar.screening.views.common import TalkRequest
from suar.screening.views.start import police_first
from suar.screening.wording import code_words

ON, BACK, STOP = "on", "back", "stop"
SHOWN_AT_ONCE = frozenset({"NOT_SAFE_YET", "ACT_FIRST", "GUARDIAN_OPEN", "GUARDIAN_CONSENT_OPEN"})
NO_OPEN_QUESTION = frozenset({"overtaken", "unreadable", "age_unreadable", "STOP_NOT_OFFERED"})


@permission_required(Permission.RUN_TALK, talk=True)
@require_GET
@common.of_open_talk
def talk(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Go on where the talk was left."""
    return redirect("talk_step", opened.id, policy.reached(answers_of(opened)))


@permission_required(Permission.RUN_TALK, talk=True)
@require_http_methods(["GET", "POST"])
@common.of_open_talk
def step(request: TalkRequest, opened: OpenRecord, step: str) -> HttpResponse:
    """Show one step, or save what was tapped on it and go where the worker wants."""
    answers, now = answers_of(opened), common.step_named(step)
    if request.method == "POST":
        return _save(request, opened, answers, now)
    if answers.stopped_by:
        return redirect("talk_outcome", opened.id)
    earlier = policy.first_open(now, answers)
    if earlier:
        return common.follow(opened.id, earlier)
    going = rules.next_step(now, answers)
    still_open = going.because if going.because in SHOWN_AT_ONCE else ""
    return _page(request, opened, Shown(answers, now, still_open), status=200)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step's page is made from: answers, step, a problem, and what was typed as age."""

    answers: Answers
    step: Step
    problem: str = ""
    years: str | None = None


def _save(request: TalkRequest, opened: OpenRecord, answers: Answers, now: Step) -> HttpResponse:
    """Save a step; a forged code changes nothing, and an overtaken page is shown again."""
    try:
        version = parse_answers.version_of(request.POST)
        typed = parse_answers.with_step(answers, now, request.POST)
    except Unreadable as unreadable:
        return _unreadable(request, opened, answers, now, where=unreadable.where)
    if rule := request.POST.get("stop"):
        return _stop(request, opened, typed, now, rule=rule)
    if version != version_of(opened):
        return _overtaken(request, opened, typed, now)
    earlier = policy.first_open(now, answers)
    if earlier:
        return common.follow(opened.id, earlier)
    try:
        actions.save(opened, typed, by=request.viewer.worker, at=clock.now(), expected=version)
    except Conflict:
        return _overtaken(request, opened, typed, now)
    return _go(request, opened, typed, now)


def _go(request: TalkRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Follow the worker back or to the ways to stop, and the rule of steps everywhere else."""
    wanted = request.POST.get("go", ON)
    if common.changes_language(request):
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
        return _end_signpost(request, opened, typed)
    return common.follow(opened.id, where)


def _end_signpost(request: TalkRequest, opened: OpenRecord, typed: Answers) -> HttpResponse:
    """End a talk that only said where help is: nothing was asked, codes stay, no name is asked for."""
    stopped_by = policy.ended_by(typed)
    outcome = rules.instrument_of(typed).stops[stopped_by].ends_as if stopped_by else Outcome.UNABLE
    ended = Conclusion(outcome=outcome, reason=Reason(policy.usual_reason(outcome)))
    with transaction.atomic():
        common.end_in_session(request)
        left = conclude(opened, ended, keys=request.keys, at=clock.now())
    return common.to_left_record(left) if left else redirect("practised")


def _unsettled(typed: Answers, now: Step) -> str:
    """Return what the page asks once more, although the talk could go on without it."""
    if now is Step.NEEDS and parse_answers.asks_whom(typed):
        return "whom"
    return "clash" if now is Step.SIGNS and rules.clashes(typed) else ""


def _stop(request: TalkRequest, opened: OpenRecord, typed: Answers, now: Step, *, rule: str) -> HttpResponse:
    """Stop at once by the rule that was tapped; what is on the page is saved with it."""
    try:
        actions.stop(opened, typed, rule=rule, step=now, by=request.viewer.worker, at=clock.now())
    except Refused as refusal:
        return _page(request, opened, Shown(typed, now, refusal.because), status=400)
    return redirect("talk_outcome", opened.id)


def _unreadable(request: TalkRequest, opened: OpenRecord, answers: Answers, now: Step, *, where: str) -> HttpResponse:
    """Say what could not be read; an age that is no number stays in its field, the rest too."""
    rule = request.POST.get("stop")
    if rule:
        return _stop(request, opened, answers, now, rule=rule)
    shown = Shown(answers, now, "unreadable")
    if where == "age.years":
        typed = parse_answers.with_step(answers, now, request.POST, years=False)
        shown = Shown(typed, now, "age_unreadable", request.POST.get(parse_answers.YEARS, ""))
    return _page(request, opened, shown, status=400)


def _overtaken(request: TalkRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Show what was saved elsewhere beside what was typed; the same sent twice just goes on."""
    fresh = keyring.open_record(opened.id, keys=request.keys)
    theirs = answers_of(fresh)
    differences = step_context.differences(typed, theirs, now)
    if not differences:
        return _go(request, fresh, theirs, now)
    return _page(request, fresh, Shown(typed, now, "overtaken"), status=409, theirs=differences)


def _page(
    request: TalkRequest, opened: OpenRecord, shown: Shown, *, status: int, theirs: list[dict[str, str]] | None = None
) -> HttpResponse:
    answers, code = shown.answers, shown.problem
    time = common.time_box(opened, answers, shown.step)
    page = step_context.step_context(opened.id, answers, shown.step, version=version_of(opened), time=time)
    if code in NO_OPEN_QUESTION:
        page["missing"] = {}
    if shown.years is not None:
        page["age_years"] = shown.years
    context: dict[str, Any] = {
        "page": page,
        "says_first": police_first(request.viewer, form_of(answers.instrument)),
        "problem": PROBLEMS.get(code) or code_words(rules.instrument_of(answers), code),
        "code": code,
        "theirs": theirs,
    }
    context |= common.practice_context(request.practice, shown.step, first=page["is_first"])
    return render(request, "screening/step.html", context, status=status)
