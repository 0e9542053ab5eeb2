"""What the pages of a talk share: opening its record, where they lead, practice, language."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from suar.accounts import sessions, workers
from suar.accounts.cookies import cookies_of
from suar.accounts.http import StaffRequest
from suar.accounts.middleware import languages
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, RecordFacts
from suar.screening import queries, rules
from suar.screening.codes import Step
from suar.screening.documents import TalkClock
from suar.screening.rules.answers import Answers
from suar.screening.rules.conflict_of_interest import Next
from suar.screening.rules.reference import Invented, invented_people
from suar.screening.rules.setting import Opens
from suar.screening.rules.time_limit import TimeBox


class TalkRequest(StaffRequest):
    """A request about a talk that goes on; `practice` is the invented person of a practice."""

    practice: Invented | None


SPEAK = "speak-"
View = Callable[..., HttpResponse]


def of_open_talk(view: View) -> View:
    """Pass the opened record to a view; a talk that has ended leads to what it left behind."""

    @wraps(view)
    def opened(request: TalkRequest, record: UUID, *args: object, **kwargs: object) -> HttpResponse:
        talk = queries.talk_of(record)
        if talk.left is not None:
            return _to(keyring.open_record(talk.left, keys=request.keys).facts)
        request.practice = invented_people().get(talk.practice)
        return view(request, keyring.open_record(record, keys=request.keys), *args, **kwargs)

    return opened


def to_left_record(left: UUID) -> HttpResponse:
    """Lead a worker who has just ended a talk on from there; the page that follows opens the record."""
    return _to(vault.facts(left))


def time_box(opened: OpenRecord, answers: Answers, step: Step) -> TimeBox | None:
    """Return how the time stands while the talk goes on; None if it is written later."""
    stored = opened.get(TalkClock)
    if stored is None or step is not Step.SIGNS or rules.written_later(answers):
        return None
    spent = clock.now() - stored.begun
    return rules.time_box(answers, spent=int(spent.total_seconds() // 60))


def changes_language(request: StaffRequest) -> bool:
    """Change the language if the worker asks for it in the middle of a page; return True if so."""
    go = request.POST.get("go", "")
    wanted = go.removeprefix(SPEAK)
    if not go.startswith(SPEAK) or wanted not in languages():
        return False
    workers.set_language(request.viewer.worker, wanted)
    translation.activate(wanted)
    return True


def step_named(code: str) -> Step:
    """Return the step of an address; an unknown one is absent."""
    try:
        return Step(code)
    except ValueError:
        raise NotYours from None


def to_first_step(opened: OpenRecord, opens: Opens) -> HttpResponse:
    """Lead to the first step of a form that was just begun."""
    return redirect("talk_step", opened.id, rules.instrument_of(rules.begun(opens)).steps[0].code)


def follow(record: UUID, where: Next) -> HttpResponse:
    """Lead to a step, or to the outcome when the questions have ended."""
    if where.step is None:
        return redirect("talk_outcome", record)
    return redirect("talk_step", record, where.step)


def practice_context(practice: Invented | None, step: str, *, first: bool = False) -> dict[str, Any]:
    """Return what the invented person says here, and on the first page how they are met."""
    if practice is None:
        return {}
    return {"says": practice.says.get(step), "scene": practice.scene if first else None}


def begin_in_session(request: StaffRequest, *, pin: str) -> None:
    """Let the session rest longer from here on; `pin` opens the talk when it was covered."""
    cookies = cookies_of(request)
    sessions.set_talk_pin(cookies, pin)
    sessions.set_in_talk(cookies.session, in_talk=True)


def end_in_session(request: StaffRequest) -> None:
    """Go back to the limits of an office: the talk is over, and the session was used."""
    sessions.set_in_talk(cookies_of(request).session, in_talk=False)


def _to(left: RecordFacts) -> HttpResponse:
    return redirect("options" if left.kind is Kind.PERSON else "talk_ended", left.id)
