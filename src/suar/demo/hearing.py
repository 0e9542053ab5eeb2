"""Feedback in the invented world: an organisation that reads it, ratings, and one complaint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts.roles import Role
from suar.contact.documents import LetterKind, NewRequest, RequestKind
from suar.contact.public.actions import create_request
from suar.core import clock
from suar.demo.cast import Cast, Player, Workplace, join, make_workplace
from suar.feedback import actions
from suar.feedback.models import Hearing
from suar.feedback.rules import counting
from suar.feedback.survey import SurveyAnswers

OUTSIDE = UUID("5e1f0000-0000-4000-8000-000000000003")
READERS = {
    "switched_on": True,
    "for_others": True,
    "who_en": "Two people who work in none of these organisations",
    "who_id": "Dua orang yang tidak bekerja di lembaga-lembaga ini",
    "days": "12345",
    "answers_within_days": 3,
}
CODE = "digits|000000000001"
"""The code of the invented complaint. New codes are longer, so nobody is given the same one."""
SHELTERED = {"FB_AS_SAFE": 5, "FB_AS_RULES": 2, "FB_AS_CULTURE": 4, "FB_SH_LEAVE": 2}
QUARTER_TEXTS = (
    "Several people said that they could not call home from the shelter. Since August everybody "
    "keeps their own phone, and there is a quiet room to call from.",
    "Beberapa orang bilang tidak bisa menelepon keluarga dari rumah aman. Sejak Agustus semua "
    "orang memegang ponselnya sendiri, dan ada ruang tenang untuk menelepon.",
)


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
        answers = SurveyAnswers(stage="SHELTER", answers={**SHELTERED, "FB_SH_CALM": 1 + day % 5}, organisation=pelita)
        earlier = min(at, clock.start_of(first) - timedelta(days=20 + day))
        _send(RequestKind.FEEDBACK, answers, "Saya ingin menelepon ibu saya." if day == 0 else "", code="", at=earlier)
    complaint = SurveyAnswers(complaint="CP_LEAK", organisation=pelita, worker="CASE")
    words = "Tetangga saya tahu tentang saya. Siapa yang memberi tahu?"
    return _send(RequestKind.COMPLAINT, complaint, words, code=CODE, at=at)


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
