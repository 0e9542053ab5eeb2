"""A desk of the invented world that answers letters, and one letter that waits there."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from suar.accounts.sessions import viewer_of
from suar.contact import actions, queries, redrawing
from suar.contact.actions import DeskWords
from suar.contact.public import asking
from suar.contact.public.asked import Asked
from suar.contact.rules.files import FREE_BYTES
from suar.contact.terms import DeskFacts, FileFacts, FileKind
from suar.demo.cast import Cast

DESK = DeskWords(
    switched_on=True,
    who_en="Two workers of the legal aid house",
    who_id="Dua petugas lembaga bantuan hukum",
    days=(1, 2, 3, 4, 5),
    answers_within_days=2,
    closes_after_hours=48,
)
SLIP = Path(__file__).parent / "data" / "slip-gaji.jpg"
"""An invented pay slip, drawn for this world: no house, no boat and nobody is named."""
CODE = "digits|000000000000"
"""The code of the invented letter. Nobody draws it by chance: one in a million million."""
ASKED = Asked(
    words=(
        "Saya bekerja di kapal dan paspor saya dipegang kapten. Gaji saya tidak dibayar. Apa yang bisa saya lakukan?"
    ),
    contact="000-0000-4410, hanya pagi. Bilang saja dari koperasi.",
)


def open_desk(cast: Cast, *, at: datetime) -> DeskFacts:
    """Let Kartika's team answer letters."""
    team = cast.pelita.team.id
    actions.set_desk(team, DESK, viewer=viewer_of(cast.kartika.worker, fresh=True), at=at)
    return queries.desks_of([team])[0]


def write(cast: Cast, *, at: datetime) -> UUID:
    """Let somebody write a letter to that desk and add a picture, drawn anew as any other."""
    asked = asking.ask(open_desk(cast, at=at), ASKED, code=CODE, at=at)
    slip = redrawing.redrawn(SLIP.read_bytes())
    facts = FileFacts(FileKind.PICTURE, len(slip), SLIP.name)
    asking.bring(asked, [(facts, slip)], free_bytes=FREE_BYTES, at=at)
    return asked
