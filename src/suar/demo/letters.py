"""Letters in the invented world: a team that answers them, and one letter that waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from suar.contact import actions, opening
from suar.contact.documents import FileFacts, LetterKind, NewRequest, RequestKind
from suar.contact.models import Desk
from suar.contact.public.actions import add_files, create_request
from suar.core.codes import read_data
from suar.core.files import redrawing
from suar.core.files.kinds import FileKind
from suar.demo.cast import Cast

DATA: Mapping[str, Any] = read_data("demo", "letters")
SLIP = Path(__file__).parent / "data" / "slip-gaji.jpg"
"""An invented pay slip, drawn for this world: no organisation, no boat and nobody is named."""
CODE = "digits|000000000000"
"""The code of the invented letter. New codes are longer, so nobody is given the same one."""
OTHER_CODE = "digits|000000000002"


def open_desk(cast: Cast, *, at: datetime) -> Desk:
    """Let Kartika's team answer letters."""
    desk = Desk(team=cast.pelita.team.id, **DATA["desk"])
    actions.set_desk(desk, by=cast.kartika.acting(at=at))
    return desk


def write_letter(cast: Cast, *, at: datetime) -> UUID:
    """Write a letter to the team and add a picture, redrawn as any other."""
    desk = open_desk(cast, at=at)
    new = NewRequest(RequestKind.HELP, desk.organisation, desk.team, _letters("letter"))
    request = create_request(new, code=CODE, at=at)
    slip = redrawing.redraw(SLIP.read_bytes())
    add_files(request, [(FileFacts(kind=FileKind.PICTURE, size=len(slip), name=SLIP.name), slip)], at=at)
    return request


def exchange_letters(cast: Cast, *, at: datetime) -> None:
    """Write a second letter some days ago, and let Jaya answer it."""
    by = cast.jaya.acting(at=at - timedelta(days=8))
    new = NewRequest(RequestKind.HELP, cast.pelita.organisation.id, cast.pelita.team.id, _letters("answered"))
    request = create_request(new, code=OTHER_CODE, at=at - timedelta(days=9))
    opened = opening.open_request(request, viewer=by.viewer, keys=by.keys)
    actions.answer(opened, DATA["answer"], version=opened.version, by=by)
    actions.mark_read(opened)
    by.keys.note_openings(page="", at=by.at)
    by.keys.forget_openings()


def _letters(name: str) -> list[tuple[LetterKind, str]]:
    return [(LetterKind(kind), words) for kind, words in DATA[name]]
