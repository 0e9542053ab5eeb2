"""Pages of a talk: start, practice, and one page for each step."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts import sessions, workers
from suar.accounts.acting import acting
from suar.accounts.cookies import cookies_of
from suar.accounts.http import StaffRequest, post_data
from suar.accounts.middleware import languages
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, Role
from suar.consent.codes import REFUSALS
from suar.consent.documents import Profile
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, RecordFacts
from suar.screening import actions, parse_answers, policy, queries, question_sets, step_context, team_opinions
from suar.screening.codes import Outcome, Step
from suar.screening.documents import TalkClock
from suar.screening.forms import PlaceForm, StartForm
from suar.screening.next_steps import open_before
from suar.screening.queries import answers_of, version_of
from suar.screening.rules import prompts, reference, setting, steps
from suar.screening.rules.answers import Answers, Reason, Unreadable
from suar.screening.rules.instrument import instrument, instrument_of
from suar.screening.rules.note import NOTE_LATER, may_note_needs, may_write_note
from suar.screening.rules.question_changes import form_of
from suar.screening.rules.reference import InventedPerson
from suar.screening.rules.stops import early_ends
from suar.screening.views.ended import report_context
from suar.screening.wording import problem_words, say

PRACTICE_PLACE = "VILLAGE_OFFICE"
SPEAK = "speak-"
CALLS = frozenset({"ACT_FIRST", "whom"})
BACK, STOP, OUTCOME, NOTE, SAFETY, WHOM = "back", "stop", "outcome", "note", "safety", "whom"
VISIBLE_AT_ONCE = frozenset({"NOT_SAFE_YET", "ACT_FIRST", "AGE_CLASH", "GUARDIAN_CONSENT_OPEN"})
STATUS = {"overtaken": 409, "unreadable": 400, "age_unreadable": 400, "STOP_NOT_OFFERED": 400}
"""HTTP status of a page with a problem; the default is 200."""


class TalkRequest(StaffRequest):
    """A request about an unfinished talk: the invented person of a practice talk, the record that it continues."""

    practice: InventedPerson | None
    continues: UUID | None


def of_open_talk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the opened record to a view; redirect to the resulting record if the talk has ended."""

    @wraps(view)
    def opened(request: TalkRequest, record: UUID, *args: object, **kwargs: object) -> HttpResponse:
        talk = queries.talk_of(record)
        if talk.left is not None:
            return redirect_to_result(keyring.open_record(talk.left, keys=request.keys).facts)
        request.continues = talk.continues
        request.practice = reference.invented_people().get(talk.practice)
        return view(request, keyring.open_record(record, keys=request.keys), *args, **kwargs)

    return opened


@permission_required(Permission.RUN_TALK, when_ready=True)
def start(request: StaffRequest) -> HttpResponse:
    """Ask for the place, show its briefing, and begin the talk."""
    written = (request.POST or request.GET).get("written", "")
    form, again = written if written in setting.WRITTEN else "", request.GET.get("again", "")
    listed = [row for row in reference.settings().settings.values() if request.method == "POST" or not row.absent]
    places = [(row.code, say(row.label)) for row in listed]
    place = PlaceForm(post_data(request), initial={"written": form, "again": again}, places=places)
    if request.method == "POST" and request.viewer.teams and place.is_valid():
        return _briefing(request, **place.cleaned_data)
    context = {
        "form": place,
        "in_a_team": bool(request.viewer.teams),
        "crisis": instrument().stops["STOP_DANGER"],
        "written": say(instrument(form).title) if form else "",
        "first_time": not queries.has_practised(request.viewer.worker) and not place["again"].value(),
        "again": place["again"].value(),
        "same": None if form else _same_place(request),
    }
    return render(request, "screening/start.html", context, status=400 if place.errors else 200)


@permission_required(Permission.RUN_TALK)
def practice(request: StaffRequest) -> HttpResponse:
    """Begin a practice talk with an invented person; allowed before the organisation is ready."""
    if request.method == "POST":
        person = reference.invented_people().get(request.POST.get("with", ""))
        if person is None or not request.viewer.teams:
            raise NotYours
        form = setting.SHORT if request.POST.get("form") == setting.SHORT else setting.FULL
        answers = question_sets.answers_to_begin(form, PRACTICE_PLACE, organisation=request.viewer.organisation)
        return _begin(request, min(request.viewer.teams), answers, practice=person.code)
    context = {"people": reference.invented_people().values(), "in_a_team": bool(request.viewer.teams)}
    return render(request, "screening/practice_start.html", context)


@permission_required(Permission.SEE_RECORD, method="GET")
def information(request: StaffRequest) -> HttpResponse:
    """Show the information sheet for the person, to print or read aloud."""
    return render(request, "screening/information.html", {"sheet": reference.information()})


@permission_required(Permission.RUN_TALK, talk=True, method="GET")
@of_open_talk
def talk(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Redirect to the current step of a talk."""
    return redirect("talk_step", opened.id, steps.current_step(answers_of(opened)))


@permission_required(Permission.RUN_TALK, talk=True)
@of_open_talk
def step(request: TalkRequest, opened: OpenRecord, step: str) -> HttpResponse:
    """Show a step, or save its answers and follow the pressed button."""
    answers = answers_of(opened)
    current = get_step(step, answers)
    if request.method == "POST":
        return _save(request, opened, answers, current)
    if answers.stopped_by and not _notes_needs(current, answers):
        return redirect("talk_outcome", opened.id)
    earlier = _open_before(current, answers)
    if earlier:
        return redirect_to_step(opened.id, earlier.step)
    if current is Step.WRITE and setting.is_report(answers):
        return redirect("talk_note", opened.id)
    theme, because = request.GET.get("theme", ""), steps.next_step(current, answers).because
    if current is Step.SIGNS:
        page = prompts.page_of(theme, answers) if theme else ()
        because, question = steps.first_problem(current, answers, themes=page)
        theme = theme or _theme_of(question, answers)
    return _page(request, opened, answers, current, because if because in VISIBLE_AT_ONCE else "", theme=theme)


def redirect_to_step(
    record: UUID, step: Step | str | None, *, page: tuple[str, ...] = (), then: str = ""
) -> HttpResponse:
    """Redirect to a step, or to one of its pages of prompts; without a step to the outcome.

    `then`: where the page leads back to.
    """
    if step is None:
        return redirect("talk_outcome", record)
    query = {"theme": page[0]} if page else {}
    if then:
        query["then"] = then
    return redirect(reverse("talk_step", args=[record, step], query=query))


def redirect_to_result(result: RecordFacts) -> HttpResponse:
    """Redirect to the page of the record that a talk left."""
    return redirect("options" if result.kind is Kind.PERSON else "talk_ended", result.id)


def change_language(request: StaffRequest) -> bool:
    """Change the language if a language button was pressed; return True if so."""
    go = request.POST.get("go", "")
    language = go.removeprefix(SPEAK)
    if not go.startswith(SPEAK) or language not in languages():
        return False
    workers.set_language(request.viewer.worker, language)
    translation.activate(language)
    return True


def get_step(code: str, answers: Answers) -> Step:
    """Return the step of a URL; raise NotYours if this talk does not have it."""
    if code not in instrument_of(answers).order:
        raise NotYours
    return Step(code)


def practice_context(practice: InventedPerson | None, *step_codes: str, first: bool = False) -> dict[str, Any]:
    """Return what the invented person says on the page of these steps, and the scene on the first page."""
    if practice is None:
        return {}
    return {
        "says": [practice.says[step] for step in step_codes if step in practice.says],
        "scene": practice.scene if first else None,
    }


def earlier_context(request: TalkRequest) -> dict[str, Any]:
    """Return what earlier talks with the person, or a report about them, left: readable beside this talk."""
    earlier = queries.open_earlier(request.continues, keys=request.keys)
    if earlier is None:
        return {}
    findings = team_opinions.finding_lines(earlier, keys=request.keys)
    is_report = earlier.facts.kind is Kind.REPORT
    context: dict[str, Any] = {"record": earlier.id, "findings": [] if is_report else findings}
    context |= {"account": queries.account_text(earlier), "steps": open_before(earlier)}
    if is_report:
        context["report"] = report_context(earlier, queries.findings(earlier)[0])
    return {"earlier": context, "continued": earlier.facts.kind, "known_sex": (earlier.get(Profile) or Profile()).sex}


def end_talk(
    request: TalkRequest, opened: OpenRecord, conclusion: actions.Conclusion, *, expected: int | None = None
) -> HttpResponse:
    """End the talk and redirect to the record it left; a repeated post redirects there too."""
    result = actions.conclude_talk(opened, conclusion, by=acting(request), expected=expected)
    if request.practice:
        return redirect("practice_ended")
    messages.success(request, _("Report ended.") if result and result.kind is Kind.REPORT else _("Talk ended."))
    return redirect_to_result(result) if result else redirect("talk", opened.id)


def _same_place(request: StaffRequest) -> dict[str, Any] | None:
    """Return the place of the worker's last talk with its forms, if there is nothing else to ask before one."""
    place, role = reference.settings().settings.get(request.keys.remembered_place()), request.viewer.role
    if place is None or place.detains or place.child_worker or len(request.viewer.teams) != 1:
        return None
    offered, _why = setting.forms_offered(place.code, role, widened=settings.SUAR_POLICE_TALKS)
    if setting.opening_statement(role, offered[0]):
        return None
    return {"setting": place, "ways": [instrument(code) for code in offered]}


def _briefing(request: StaffRequest, *, place: str, lawyer: bool, written: str, again: UUID | None) -> HttpResponse:
    """Show the briefing of a place, or begin the chosen form; `again` is the record of an earlier talk."""
    teams = [(str(team), accounts.team_facts(team).name) for team in sorted(request.viewer.teams)]
    role = request.viewer.role
    offered, because = setting.forms_offered(
        place,
        role,
        trained_for_children=role is Role.CHILD_PROTECTION,
        widened=settings.SUAR_POLICE_TALKS,
        lawyer_seen=lawyer,
    )
    chosen = {"form", "later"} & set(request.POST)
    form = StartForm(request.POST if chosen else None, teams=teams, offered=offered)
    if chosen and form.is_valid():
        data, organisation = form.cleaned_data, request.viewer.organisation
        code, later = data["form"] or data["later"], bool(data["later"])
        answers = question_sets.answers_to_begin(code, place, organisation=organisation, later=later)
        try:
            return _begin(request, UUID(data["team"]), answers, pin=data["pin"], continues=again)
        except Refused as refusal:
            form.add_error(None, REFUSALS.label(refusal.because))
    chosen_place = reference.settings().settings[place]
    ways = [instrument(code) for code in offered]
    later_ways = [way for way in ways if way.code in setting.WRITTEN]
    context = {
        "form": form,
        "talk": instrument(setting.FULL),
        "setting": chosen_place,
        "because": because,
        "opening_statement": setting.opening_statement(role, offered[0]),
        "ways": ways,
        "later": later_ways,
        "lawyer": lawyer,
        "again": again,
        "asks_lawyer": chosen_place.lawyer_first and not lawyer,
        "written": next((way for way in later_ways if way.code == written), None),
    }
    return render(request, "screening/briefing.html", context, status=400 if form.errors else 200)


def _begin(
    request: StaffRequest,
    team: UUID,
    answers: Answers,
    *,
    pin: str = "",
    practice: str = "",
    continues: UUID | None = None,
) -> HttpResponse:
    """Begin a talk and redirect to its first step; a repeated post begins no second talk. `pin` unlocks its screen."""
    begun = actions.begin_talk(team, answers, by=acting(request), practice=practice, continues=continues)
    record = begun.id if begun else queries.open_talks(request.viewer).values_list("record", flat=True).first()
    if record is None:
        return redirect("talk_start")
    if not practice and not setting.is_report(answers):
        request.keys.remember_place(setting.place_of(answers))
    cookies = cookies_of(request)
    sessions.set_talk_pin(cookies, pin)
    sessions.set_in_talk(cookies.session, in_talk=True)
    return redirect("talk_step", record, instrument_of(answers).order[0])


def _notes_needs(step: Step, answers: Answers) -> bool:
    return step is Step.NEEDS and may_note_needs(answers)


def _open_before(step: Step, answers: Answers) -> steps.NextStep | None:
    """Return the earlier step that is still open; after a stop the needs wait for none."""
    return None if answers.stopped_by and _notes_needs(step, answers) else steps.first_open(step, answers)


def _save(request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step) -> HttpResponse:
    """Save a step. An invalid code changes nothing; after a conflict the page is shown again."""
    rule = request.POST.get("stop")
    try:
        version = parse_answers.version_of(request.POST)
        posted = parse_answers.with_step(answers, step, request.POST)
    except Unreadable as unreadable:
        if rule:
            return _stop(request, opened, answers, step, rule=rule)
        return _unreadable(request, opened, answers, step, where=unreadable.where)
    if rule:
        return _stop(request, opened, posted, step, rule=rule)
    earlier = _open_before(step, answers)
    if earlier and version == version_of(opened):
        return redirect_to_step(opened.id, earlier.step)
    try:
        actions.save_answers(opened, posted, by=acting(request), expected=version)
    except Conflict:
        return _overtaken(request, opened, posted, step)
    return _follow_button(request, opened, posted, step)


def _follow_button(request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step) -> HttpResponse:
    """Redirect where the pressed button leads: back, the stop page, or on by the rules."""
    button, page = request.POST.get("go", ""), _posted_page(request, answers, step)
    if change_language(request) or (button == parse_answers.ALL_WELL and step is Step.SIGNPOST):
        return redirect_to_step(opened.id, step, page=page, then=request.POST.get("then", ""))
    if button == NOTE:
        return _to_note(request, opened, answers, step)
    if button == SAFETY:
        return redirect_to_step(opened.id, instrument_of(answers).order[0], then=step)
    if button == STOP:
        return redirect(f"{reverse('talk_stop', args=[opened.id])}?step={step}")
    before = steps.steps_before(step, answers)
    if button == BACK and (page_before := prompts.page_beside(page, answers, steps=-1)):
        return redirect_to_step(opened.id, step, page=page_before)
    if button == BACK and before:
        button = before[-1]
    if button in before:
        pages = prompts.theme_pages(answers)[-1:] if button == Step.SIGNS else ()
        return redirect_to_step(opened.id, button, page=pages[0] if pages else ())
    return _continue(request, opened, answers, step, page)


def _to_note(request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step) -> HttpResponse:
    """Redirect to the note, unless the page must be settled first or somebody may be near."""
    reasons = (steps.first_problem(step, answers)[0], may_write_note(answers, in_talk=True).because)
    problem = next((reason for reason in reasons if reason in (WHOM, NOTE_LATER)), "")
    if problem:
        return _page(request, reopen(request, opened), answers, step, problem)
    return redirect("talk_note", opened.id)


def _continue(
    request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step, page: tuple[str, ...]
) -> HttpResponse:
    """Redirect to the next page or step, unless something on the page is asked about once more."""
    button, following = request.POST.get("go", ""), steps.next_step(step, answers)
    ends_early = button in {rule.leads_to for rule, asked_for in early_ends(step, answers) if asked_for}
    next_page, then = prompts.next_page_of(page, answers, button=button, then=request.POST.get("then", ""))
    asked = request.POST.get("asked", "").split()
    stays = next_page and not ends_early
    problem, question = steps.first_problem(step, answers, asked=asked, themes=page if stays or then else ())
    if not problem and not ends_early and following.step is step and not stays:
        problem = following.because
    if problem:
        theme, is_new = _theme_of(question, answers), bool(page) and question not in prompts.questions_on(page, answers)
        return _page(request, reopen(request, opened), answers, step, problem, theme=theme, is_new=is_new)
    nothing_else = button == parse_answers.NO_SIGN and not next_page and following.step is Step.WRITE
    if then == OUTCOME or nothing_else:
        return redirect("talk_outcome", opened.id)
    if then in instrument_of(answers).order and not steps.first_open(Step(then), answers):
        return redirect_to_step(opened.id, then)
    if ends_early:
        return redirect_to_step(opened.id, button)
    if next_page:
        return redirect_to_step(opened.id, step, page=next_page, then=then if then.startswith(prompts.TO_THEME) else "")
    if step is Step.SIGNPOST:
        return _end_signpost(request, opened, answers)
    return redirect_to_step(opened.id, following.step)


def _posted_page(request: TalkRequest, answers: Answers, step: Step) -> tuple[str, ...]:
    theme = request.POST.get(parse_answers.THEME, "")
    return prompts.page_of(theme, answers) if theme and step is Step.SIGNS else ()


def _theme_of(question: str, answers: Answers) -> str:
    return prompts.theme_of(instrument_of(answers).questions[question]) if question else ""


def _end_signpost(request: TalkRequest, opened: OpenRecord, answers: Answers) -> HttpResponse:
    """End a signpost talk; it stores codes only."""
    stop = steps.final_stop(answers)
    outcome = stop.ends_as if stop else Outcome.UNABLE
    return end_talk(
        request, opened, actions.Conclusion(outcome=outcome, reason=Reason(policy.DEFAULT_REASONS[outcome]))
    )


def _stop(request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step, *, rule: str) -> HttpResponse:
    """Stop the talk by the chosen rule, and save the answers of the page."""
    try:
        actions.stop_talk(opened, answers, rule=rule, step=step, by=acting(request))
    except Refused as refusal:
        return _page(request, opened, answers, step, refusal.because)
    return redirect("talk_outcome", opened.id)


def _unreadable(request: TalkRequest, opened: OpenRecord, answers: Answers, step: Step, *, where: str) -> HttpResponse:
    """Show the page again with the answer that could not be read; everything typed stays in its field."""
    if where != "age.years":
        return _page(request, opened, answers, step, "unreadable")
    answers = parse_answers.with_step(answers, step, request.POST, years=False)
    typed = request.POST.get(parse_answers.YEARS, "")
    return _page(request, opened, answers, step, "age_unreadable", typed_years=typed)


def _overtaken(request: TalkRequest, opened: OpenRecord, posted: Answers, step: Step) -> HttpResponse:
    """Show the answers that a colleague saved meanwhile beside those sent now; equal answers are no conflict."""
    newest = reopen(request, opened)
    stored = answers_of(newest)
    differences = step_context.differences(posted, stored, step)
    if not differences:
        return _follow_button(request, newest, stored, step)
    return _page(request, newest, posted, step, "overtaken", theirs=differences)


def reopen(request: StaffRequest, opened: OpenRecord) -> OpenRecord:
    """Open a record again, with the values stored now."""
    return keyring.open_record(opened.id, keys=request.keys)


def _page(
    request: TalkRequest,
    opened: OpenRecord,
    answers: Answers,
    step: Step,
    problem: str,
    *,
    theme: str = "",
    **more: object,
) -> HttpResponse:
    """Render a step; without `theme` the page of prompts that was posted, or the first one.

    `is_new` in `more`: the page asks a question that the posted page did not have.
    """
    theme = theme or request.POST.get(parse_answers.THEME, "")
    notes, stored = [], opened.get(TalkClock)
    if stored is not None and step is Step.SIGNS and not setting.written_later(answers):
        notes = prompts.time_notes(answers, spent=int((clock.now() - stored.begun) / timedelta(minutes=1)))
    version = version_of(opened)
    page = step_context.step_context(opened.id, answers, step, version=version, time_notes=notes, theme=theme)
    if problem in STATUS or more.get("is_new") or (step is Step.SIGNS and problem in CALLS):
        page["missing"] = {}
    context = {
        "page": page,
        "opening_statement": setting.opening_statement(request.viewer.role, form_of(answers.instrument)),
        "problem": problem_words(page["talk"], problem),
        "code": problem,
        "then": (request.POST or request.GET).get("then", ""),
        **step_context.person_context(answers),
        **earlier_context(request),
        **more,
        **practice_context(request.practice, step, *([Step.AGE] if page["slot"].also else ()), first=page["is_first"]),
    }
    return render(request, "screening/step.html", context, status=STATUS.get(problem, 200))
