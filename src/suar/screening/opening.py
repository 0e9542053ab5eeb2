"""How the pages of a talk come to its record, and where they lead when it has ended."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from suar.accounts import actions as accounts
from suar.accounts import sessions
from suar.accounts.middleware import cookies_of
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind, RecordFacts
from suar.screening import actions, practice_pages, queries, rules
from suar.screening.rules.timing import TimeBox
from suar.screening.terms import Answers, Next, Opens, Step

SPEAK = "speak-"
View = Callable[..., HttpResponse]


def of_open_talk(view: View) -> View:
    """Hand a view the opened record; a talk that has ended leads to what it left behind."""

    @wraps(view)
    def opened(request: HttpRequest, record: UUID, *args: object, **kwargs: object) -> HttpResponse:
        talk = queries.standing(record)
        if talk.left is not None:
            return to_what_is_left(request, talk.left)
        request.practice = practice_pages.partner(talk.practice)
        return view(request, keyring.open_record(record, keys=request.keys), *args, **kwargs)

    return opened


def to_what_is_left(request: HttpRequest, left: UUID) -> HttpResponse:
    """Lead to the person's options, or to the signpost; whoever cannot open it finds nothing."""
    return _to(keyring.open_record(left, keys=request.keys).facts)


def to_what_was_left(left: UUID, made: OpenRecord | None) -> HttpResponse:
    """Lead a worker who has just ended a talk on from there; the page that follows opens it.

    `made` is what was made ready to be left, most often the same.
    """
    return _to(made.facts if made and made.id == left else vault.facts(left))


def answers_of(opened: OpenRecord) -> Answers:
    """Read the draft of a talk."""
    return rules.read_draft(opened.read(Compartment.CODED, actions.ANSWERS) or {})


def version_of(opened: OpenRecord) -> int:
    """Give the version of the draft as it was read."""
    return opened.version(Compartment.CODED, actions.ANSWERS)


def time_box(opened: OpenRecord, answers: Answers, step: Step) -> TimeBox | None:
    """Say how the time stands while the talk goes on; None where it is written later."""
    begun = (opened.read(Compartment.CODED, actions.CLOCK) or {}).get("begun")
    if begun is None or step is not Step.SIGNS or rules.written_later(answers):
        return None
    spent = clock.now() - datetime.fromisoformat(begun)
    return rules.time_box(answers, spent=int(spent.total_seconds() // 60))


def speaks_otherwise(request: HttpRequest) -> bool:
    """Change the language where the worker asks for it in the middle of a page; say whether."""
    wanted = request.POST.get("go", "").removeprefix(SPEAK)
    if wanted not in settings.SUAR_STAFF_LANGUAGES or not request.POST["go"].startswith(SPEAK):
        return False
    accounts.speak(request.viewer.worker, wanted)
    translation.activate(wanted)
    return True


def step_named(code: str) -> Step:
    """Read the step of an address; an unknown one is absent."""
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


def _to(left: RecordFacts) -> HttpResponse:
    return redirect("options" if left.kind is Kind.PERSON else "talk_ended", left.id)


def begin_in_session(request: HttpRequest, *, pin: str) -> None:
    """Let the session rest longer from here on; `pin` opens the talk when it was covered."""
    cookies = cookies_of(request)
    sessions.set_talk_pin(cookies, pin)
    sessions.set_in_talk(cookies.session, in_talk=True)


def end_in_session(request: HttpRequest) -> None:
    """Go back to the limits of an office: the talk is over, and the session was used."""
    sessions.end_talk(cookies_of(request).session, at=clock.now())
    request.to_note = False
