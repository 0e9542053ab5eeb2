"""A request as the team opens it, with the team's key; what opens is written to the audit."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.contact import enclosures, letters, policy, queries
from suar.contact.models import Letter, LetterKey, Request
from suar.contact.rules import door
from suar.contact.terms import FileFacts, LetterKind, Said
from suar.core.refusals import NotYours


@dataclass(frozen=True, slots=True)
class Opened:
    """A request with its letters, oldest first.

    `contact` is the newest way to reach the person, without words where none is safe any more, and
    None where none was given. Where `contact_locked`, no key opens it: nobody knows what is safe.
    `locked` counts what no key opens, `edition` names what is there, `codes` are the public halves
    that the letters name, and `no_answer` is why none can be given, if so. Where `now_read`,
    something waited and all of it was opened.
    """

    id: UUID
    letters: Sequence[Said]
    contact: Said | None
    contact_locked: bool
    locked: int
    edition: str
    codes: frozenset[bytes]
    no_answer: str
    now_read: bool
    settled_at: datetime | None


@transaction.atomic
def open_request(request: UUID, *, viewer: Viewer, keys: Keys) -> Opened:
    """Open a request of the viewer's teams; raises NotYours. Letters no key opens are left out.

    The row is held before: no letter comes between what is opened here and what is noted of it.
    """
    row = Request.objects.select_for_update().filter(id=request).first()
    may = row and policy.may_read(viewer, **queries.facts(row))
    if not may:
        raise NotYours
    keys.opened.append(row.id)
    found = list(_each_opened(row, keys))
    said = [each for _, each in found if each]
    contacts = [(letter, each) for letter, each in found if each and _is_contact(each)]
    contact_of, contact = contacts[-1] if contacts else (None, None)
    waiting = [each for letter, each in found if row.waits_since and letter.at >= row.waits_since]
    codes = frozenset(each.code for each in said)
    kept = None if row.public is None else bytes(row.public)
    return Opened(
        row.id,
        [each for each in said if not _is_contact(each)],
        contact,
        row.contact != (contact_of and contact_of.id),
        len(found) - len(said),
        letters.edition(letter.id for letter, _ in found),
        codes,
        door.may_be_answered(kept=kept, sealed=codes).because,
        bool(waiting) and all(waiting),
        row.settled_at,
    )


def open_file(request: UUID, letter: UUID, *, viewer: Viewer, keys: Keys) -> tuple[FileFacts, bytes]:
    """Open one file of a request of the viewer's teams; raises NotYours where no key opens it."""
    row = Request.objects.filter(id=request).first()
    may = row and policy.may_read(viewer, **queries.facts(row))
    there = Letter.objects.filter(request=request, id=letter).first() if may else None
    ours = there and _ours(letters.keys_of(request).get(letter, ()), {k.id for k in keys.held()})
    if not (there and ours):
        raise NotYours
    keys.opened.append(request)
    pair = keys.pair(ours.key)
    said = letters.opened(there, bytes(ours.sealed), pair)
    content = enclosures.opened(there, bytes(ours.sealed), pair)
    if said is None or said.kind is not LetterKind.FILE or content is None:
        raise NotYours
    return enclosures.read(said.words), content


def _ours(rows: Iterable[LetterKey], held: Collection[UUID]) -> LetterKey | None:
    return next((each for each in rows if each.key in held), None)


def _each_opened(row: Request, keys: Keys) -> Iterator[tuple[Letter, Said | None]]:
    held = {key.id for key in keys.held()}
    sealed = letters.keys_of(row.id)
    for letter in Letter.objects.filter(request=row).order_by("at", "id"):
        ours = _ours(sealed.get(letter.id, ()), held)
        yield (
            letter,
            letters.opened(letter, bytes(ours.sealed), keys.pair(ours.key)) if ours else None,
        )


def _is_contact(said: Said) -> bool:
    return said.kind is LetterKind.CONTACT
