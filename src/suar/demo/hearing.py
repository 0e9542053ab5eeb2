"""Feedback in the invented world: an organisation that reads it, ratings, and one complaint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts.roles import Role
from suar.contact.documents import LetterKind, NewRequest, RequestKind
from suar.contact.public.actions import create_request
from suar.core import clock
from suar.demo.cast import Cast, Player, Workplace, join, make_workplace
from suar.demo.letters import DATA
from suar.feedback import actions
from suar.feedback.models import Hearing
from suar.feedback.rules import counting
from suar.feedback.survey import SurveyAnswers

OUTSIDE = UUID("5e1f0000-0000-4000-8000-000000000003")
READERS, QUARTER_TEXTS = DATA["handlers"], tuple(DATA["quarter"])
CODE = "digits|000000000001"
"""The code of the invented complaint. New codes are longer, so nobody is given the same one."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """An independent organisation: Maya leads it and reads nothing, Nur handles complaints."""

    workplace: Workplace
    nur: Player

    @property
    def players(self) -> dict[str, Player]:
        """Return both by name."""
        return {"maya": self.workplace.first, "nur": self.nur}


def make_hearers(cast: Cast, *, at: datetime) -> Hearers:
    """Let an independent organisation read the feedback about Pelita."""
    outside = make_workplace("Pendengar Warga Contoh", "maya", "Maya", at=at, ident=OUTSIDE)
    nur = join(outside, "nur", "Nur", Role.COMPLAINT_HANDLER, at=at)
    actions.set_handlers(Hearing(**READERS), by=outside.first.acting(at=at))
    actions.name_outside_reader(OUTSIDE, by=cast.kartika.acting(at=at))
    return Hearers(outside, nur)


def send_feedback(cast: Cast, *, at: datetime) -> UUID:
    """Send six ratings and one complaint with a code; return the id of the complaint."""
    pelita = cast.pelita.organisation.id
    first = counting.quarter_days(*counting.quarter_of(clock.local_date(at)))[0]
    for day in range(6):
        answers = SurveyAnswers(
            stage="SHELTER", answers={**DATA["ratings"], "FB_SH_CALM": 1 + day % 5}, organisation=pelita
        )
        earlier = min(at, clock.start_of(first) - timedelta(days=19 + day, hours=14 - day))
        _send(RequestKind.FEEDBACK, answers, DATA["said"] if day == 0 else "", code="", at=earlier)
    complaint = SurveyAnswers(complaint="CP_LEAK", organisation=pelita, worker="CASE")
    return _send(RequestKind.COMPLAINT, complaint, DATA["complaint"], code=CODE, at=at)


def _send(kind: RequestKind, answers: SurveyAnswers, words: str, *, code: str, at: datetime) -> UUID:
    letters = [
        (LetterKind.TAPS, answers.model_dump_json(by_alias=True)),
        *([(LetterKind.WORDS, words)] if words else []),
    ]
    return create_request(NewRequest(kind, OUTSIDE, None, letters), code=code, at=at)


def publish_changes(hearers: Hearers, *, at: datetime) -> None:
    """Let Nur publish what changed in the last quarter."""
    last = counting.past_quarters(clock.local_date(at))[0]
    actions.publish_quarter(last, QUARTER_TEXTS, today=clock.local_date(at), by=hearers.nur.acting(at=at))
