"""Letters in the invented world: a team that answers them, and one letter that waits."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from suar.contact import actions, redrawing
from suar.contact.documents import FileFacts, FileKind, LetterKind, NewRequest, RequestKind
from suar.contact.models import Desk
from suar.contact.public.actions import add_files, create_request
from suar.demo.cast import Cast

DESK = {
    "switched_on": True,
    "who_en": "Two workers of the legal aid organisation",
    "who_id": "Dua petugas lembaga bantuan hukum",
    "days": "12345",
    "answers_within_days": 2,
    "closes_after_hours": 48,
}
SLIP = Path(__file__).parent / "data" / "slip-gaji.jpg"
"""An invented pay slip, drawn for this world: no organisation, no boat and nobody is named."""
CODE = "digits|000000000000"
"""The code of the invented letter. New codes are longer, so nobody is given the same one."""
LETTERS = (
    (
        LetterKind.WORDS,
        "Saya bekerja di kapal dan paspor saya dipegang kapten. Gaji saya tidak dibayar. Apa yang bisa saya lakukan?",
    ),
    (LetterKind.CONTACT, "000-0000-4410, hanya pagi. Bilang saja dari koperasi."),
)


def open_desk(cast: Cast, *, at: datetime) -> Desk:
    """Let Kartika's team answer letters."""
    desk = Desk(team=cast.pelita.team.id, **DESK)
    actions.set_desk(desk, by=cast.kartika.acting(at=at))
    return desk


def write_letter(cast: Cast, *, at: datetime) -> UUID:
    """Write a letter to the team and add a picture, redrawn as any other."""
    desk = open_desk(cast, at=at)
    new = NewRequest(RequestKind.HELP, desk.organisation, desk.team, LETTERS)
    request = create_request(new, code=CODE, at=at)
    slip = redrawing.redraw(SLIP.read_bytes())
    add_files(request, [(FileFacts(kind=FileKind.PICTURE, size=len(slip), name=SLIP.name), slip)], at=at)
    return request
