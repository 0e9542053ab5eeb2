"""The page for a note after the questions of a talk ended."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.codes import code_list
from suar.core.refusals import Conflict
from suar.records.keyring import OpenRecord
from suar.screening import actions, parse_answers, queries
from suar.screening.codes import Answer, Step
from suar.screening.queries import answers_of, version_of
from suar.screening.rules.answers import Unreadable
from suar.screening.rules.draft import BY_WHO
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.note import NOTE_LATER, may_write_note, note_themes, notes_only_seen, with_note
from suar.screening.rules.setting import is_report
from suar.screening.rules.steps import final_stop_code
from suar.screening.views import talk
from suar.screening.views.talk import TalkRequest, of_open_talk
from suar.screening.wording import problem_words

STATUS = {"unreadable": 400, "ended_otherwise": 409}


@permission_required(Permission.RUN_TALK)
@of_open_talk
def note(request: TalkRequest, opened: OpenRecord) -> HttpResponse:
    """Show or save the note of a talk, or go on with the talk if it has none.

    It counts as no page of the talk, so that a stop for somebody near leads here only from another page.
    """
    answers, problem = answers_of(opened), ""
    may_write = may_write_note(answers, in_talk=request.signed_in.session.in_talk)
    if not may_write:
        return redirect("talk_outcome" if may_write.because == NOTE_LATER else "talk", opened.id)
    if request.method == "POST":
        try:
            noted = with_note(answers, request.POST)
            actions.save_answers(opened, noted, by=acting(request), expected=parse_answers.version_of(request.POST))
        except Unreadable:
            problem = "unreadable"
        except Conflict:
            problem, opened = "ended_otherwise", talk.reopen(request, opened)
        else:
            goes_back = request.POST.get("go") == talk.BACK
            if goes_back and is_report(answers):
                return redirect("talk_step", opened.id, Step.NEEDS)
            return redirect("talk" if goes_back and not final_stop_code(answers) else "talk_outcome", opened.id)
    return _page(request, opened, problem)


@permission_required(Permission.RUN_TALK, method="POST")
def late_note(request: StaffRequest, record: UUID) -> HttpResponse:
    """Begin the note of a talk that ended before anything could be written down; it adds to what the talk left."""
    opened = queries.open_to_continue(record, keys=request.keys)
    answers, teams = queries.late_note(opened, by=request.viewer.worker), request.viewer.teams
    if answers is None or not teams:
        return talk.redirect_to_result(opened.facts)
    team = opened.facts.team if opened.facts.team in teams else min(teams)
    begun = actions.begin_talk(team, answers, by=acting(request), continues=record)
    return redirect("talk_note", begun.id) if begun else redirect("day")


def _page(request: TalkRequest, opened: OpenRecord, problem: str) -> HttpResponse:
    answers = answers_of(opened)
    questions = instrument_of(answers)
    only_seen = notes_only_seen(answers)
    context = {
        "record": opened.id,
        "version": version_of(opened),
        "talk": questions,
        "themes": note_themes(answers),
        "ticked": {sign for signs in answers.signs.values() for sign in signs},
        "only_seen": only_seen,
        "by_whom": None if only_seen else questions.questions.get(BY_WHO),
        "by": answers.choices.get(BY_WHO, ""),
        "report": questions.step(Step.WRITE) if is_report(answers) else None,
        "bands": code_list("screening", "age_bands").choices,
        "band": answers.age.best_band,
        "doubt": answers.age.doubt,
        "needs": {code for code, need in answers.needs.items() if need.answer is Answer.YES},
        "problem": problem_words(questions, problem),
    }
    return render(request, "screening/note.html", context, status=STATUS.get(problem, 200))
