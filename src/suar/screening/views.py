"""Pages of a talk: begin, one step a page, stop, choose the outcome."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import sessions
from suar.accounts.gate import gate
from suar.accounts.middleware import SESSION_COOKIE
from suar.accounts.terms import Permission
from suar.kernel import clock
from suar.kernel.refusals import Conflict, NotYours, Refused
from suar.screening import actions, ending, pages, posting, queries, rules
from suar.screening.forms import OutcomeForm, StartForm
from suar.screening.terms import Answers, Step, Unreadable
from suar.vault import keyring
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say what to have ready, and begin a talk."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = sorted(request.viewer.teams)[0]
        record = actions.begin(team=team, viewer=request.viewer, at=clock.now())
        sessions.set_in_talk(request.COOKIES[SESSION_COOKIE], in_talk=True)
        return redirect("talk_step", record.id, Step.SAFE)
    return render(
        request, "screening/start.html", {"form": form}, status=400 if form.errors else 200
    )


@gate(Permission.RUN_TALK)
@require_GET
def talk(request: HttpRequest, record: UUID) -> HttpResponse:
    """Go on where the talk was left."""
    return redirect("talk_step", record, queries.talk_of(record).step)


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, record: UUID, step: str) -> HttpResponse:
    """Show one step, or keep what was tapped on it and go on."""
    queries.talk_of(record)
    opened, now = keyring.open_record(record, keys=request.keys), _step(step)
    answers = answers_of(opened)
    if request.method == "GET":
        return _page(request, opened, answers, now)
    try:
        typed = posting.with_step(answers, now, request.POST)
    except Unreadable as unreadable:
        return _page(
            request, opened, answers, now, problem=f"unreadable {unreadable.where}", status=400
        )
    expected = int(request.POST.get("version") or 0)
    try:
        actions.save(
            opened, typed, by=request.viewer.worker, at=clock.now(), step=now, expected=expected
        )
    except Conflict:
        return _overtaken(request, opened, typed, now)
    return _go_on(request, opened, typed, now)


def _go_on(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Follow the rule of steps: on, back to what is open, or to the end of the questions."""
    where = rules.next_step(now, typed)
    if where.step is None:
        tail = f"?stop={where.stop}" if where.stop else ""
        response = redirect("talk_outcome", opened.id)
        response["Location"] += tail
        return response
    if where.step == now:
        return _page(request, opened, typed, now, problem=where.because, status=400)
    return redirect("talk_step", opened.id, where.step)


def _overtaken(request: HttpRequest, opened: OpenRecord, typed: Answers, now: Step) -> HttpResponse:
    """Show what a colleague saved beside what was typed; nothing was overwritten."""
    fresh = keyring.open_record(opened.id, keys=request.keys)
    theirs = pages.differing(typed, answers_of(fresh), now)
    return _page(request, fresh, typed, now, theirs=theirs, problem="overtaken", status=409)


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def outcome(request: HttpRequest, record: UUID) -> HttpResponse:
    """Sum up what was told; the worker chooses what it asks for, with a reason."""
    queries.talk_of(record)
    opened = keyring.open_record(record, keys=request.keys)
    answers, stopped_by = answers_of(opened), ending.stop_from(request)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.conclude(
                opened, ending.conclusion(form, answers, stopped_by),
                viewer=request.viewer, keys=request.keys, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, pages.refusal(refusal.because))
        else:
            sessions.set_in_talk(request.COOKIES[SESSION_COOKIE], in_talk=False)
            return (
                redirect("options", person)
                if person
                else redirect("talk_ended", stopped_by or "none")
            )
    shown = pages.sum_up(record, answers, stopped_by)
    context = {"sum": shown, "form": form}
    return render(request, "screening/outcome.html", context, status=400 if form.errors else 200)


@gate(Permission.RUN_TALK)
@require_GET
def ended(request: HttpRequest, stop: str) -> HttpResponse:
    """Say what to do now that a talk has ended without a record; holds no id of anybody."""
    talk = rules.instrument()
    shown = pages.stop_page(stop, path=rules.path(Answers())) if stop in talk.stops else None
    return render(request, "screening/ended.html", {"stop": shown})


def answers_of(opened: OpenRecord) -> Answers:
    """Read the draft of a talk."""
    return rules.read_draft(opened.read(Compartment.CODED, actions.ANSWERS) or {})


def _step(code: str) -> Step:
    try:
        return Step(code)
    except ValueError:
        raise NotYours from None


def _page(  # noqa: PLR0913 - what a step's page may have to say, all named
    request: HttpRequest, opened: OpenRecord, answers: Answers, now: Step, *,
    problem: str = "", theirs: object = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    version = opened.version(Compartment.CODED, actions.ANSWERS)
    shown = pages.step_page(opened.id, answers, now, version=version)
    context = {"page": shown, "problem": pages.problem(problem), "theirs": theirs}
    return render(request, "screening/step.html", context, status=status)
