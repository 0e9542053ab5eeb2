"""A request as the team opens it, with the team's key; what opens is written to the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.kernel.refusals import NotYours
from suar.voice import letters, policy
from suar.voice.models import Letter, Request
from suar.voice.terms import LetterKind, Said


@dataclass(frozen=True, slots=True)
class Opened:
    """A request with its letters, oldest first; `has_code` says whether an answer is read.

    `contact` is the newest way to reach the person, without words where none is safe any more, and
    None where none was given. Where `contact_locked`, no key opens it: nobody knows what is safe.
    """

    id: UUID
    letters: Sequence[Said]
    contact: Said | None
    contact_locked: bool
    has_code: bool
    waits: bool
    settled_at: datetime | None


def open_request(request: UUID, *, viewer: Viewer, keys: Keys) -> Opened:
    """Open a request of the viewer's teams; raises NotYours. Letters no key opens are left out."""
    row = Request.objects.filter(id=request).first()
    may = row and policy.may_open(viewer, team=row.team, organisation=row.organisation)
    if not may:
        raise NotYours
    keys.opened.append(row.id)
    held = {key.id for key in keys.held()}
    sealed = letters.keys_of(row.id)
    found, contact, contact_locked = [], None, row.contact is not None
    for letter in Letter.objects.filter(request=row).order_by("at", "id"):
        ours = next((each for each in sealed.get(letter.id, ()) if each.key in held), None)
        said = ours and letters.opened(letter, bytes(ours.sealed), keys.pair(ours.key))
        if said and said.kind is LetterKind.CONTACT:
            contact, contact_locked = said, letter.id != row.contact
        elif said:
            found.append(said)
    return Opened(
        row.id, found, contact, contact_locked, row.public is not None,
        row.waits_since is not None, row.settled_at,
    )  # fmt: skip
