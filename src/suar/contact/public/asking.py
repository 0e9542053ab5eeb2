"""What a person does by themselves: ask, come back and read, write again, take it all away.

Each act is its own transaction. Only `come_back` opens anything, with the key that the code gives
in that request; the others need no more than public keys.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.terms import Permission
from suar.audit import actions as audit
from suar.contact import enclosures, letters, locks, queries
from suar.contact.codes import NewCode, drawn_from, new_code
from suar.contact.locks import Lock
from suar.contact.models import Letter, Request
from suar.contact.public.asked import BY_ITSELF, Asked, Came, Reads, Spoken, ident_of
from suar.contact.rules import door
from suar.contact.rules import files as rules
from suar.contact.terms import CodeKind, FileFacts, LetterKind, RequestKind, Said
from suar.core.refusals import NotYours, Refused, TooBusy

ANOTHER_CODE, IN_USE, ARRIVED = 3, "code_in_use", "arrived"


@dataclass(frozen=True, slots=True)
class Thread:
    """A request as the person reads it, oldest letter first."""

    id: UUID
    kind: RequestKind
    letters: Sequence[Said]
    proof: bytes = field(repr=False)


def ask(desk: Reads, asked: Asked | Spoken, *, code: str, at: datetime, came: Came = BY_ITSELF) -> UUID:
    """Seal a request to a desk; `code` is what was read of a return code, empty for none.

    Raises KeyNotTrusted, TooBusy, and Refused where the code is in use already: then another one
    is made.
    """
    lock = locks.lock_of(code) if code else None
    return _sealed(desk, asked, lock, at=at, came=came)


def ask_with_code(
    desk: Reads, asked: Asked | Spoken, *, kind: CodeKind, at: datetime, came: Came = BY_ITSELF
) -> NewCode | None:
    """Ask, with a code of this kind that is made now; None where no code was wished.

    Raises KeyNotTrusted and TooBusy. A code that is taken already, rarer than rare, is made anew.
    What arrived with the same mark before is not sealed again, and gets the code that it has.
    """
    for made in _codes(kind, came.mark):
        lock = locks.lock_of(made.plain) if made else None
        try:
            _sealed(desk, asked, lock, at=at, came=came)
        except Refused as refusal:
            if refusal.because == ARRIVED:
                return code_again(kind, mark=came.mark)
            if refusal.because != IN_USE:
                raise
        else:
            return replace(made, proof=lock.proof) if made and lock else None
    raise TooBusy


def has_arrived(mark: bytes) -> bool:
    """Say whether a form with this mark has made a request already."""
    return Request.objects.filter(id=ident_of(mark)).exists()


def is_written(mark: bytes) -> bool:
    """Say whether a form with this mark has added a letter already."""
    return Letter.objects.filter(id=ident_of(mark)).exists()


def code_again(kind: CodeKind, *, mark: bytes) -> NewCode | None:
    """Give the code of what arrived with this mark, made from it anew; None where it has none.

    It is looked for as `kind` first, then as every other: another may be chosen by the second
    press. Raises TooBusy.
    """
    address = Request.objects.values_list("address", flat=True).get(id=ident_of(mark))
    if address is None:
        return None
    for each in sorted(CodeKind, key=lambda other: other is not kind):
        for made in _codes(each, mark):
            lock = locks.lock_of(made.plain) if made else None
            if made and lock and lock.address == bytes(address):
                return replace(made, proof=lock.proof)
    raise TooBusy


def come_back(code: str) -> Thread:
    """Open a request with its code; raises NotYours when there is none, and TooBusy.

    A code of nothing costs as much as one of something.
    """
    lock, row, keys = _of_code(code)
    there = Letter.objects.filter(request=row).order_by("at", "id")
    opened = [letters.opened(each, keys[each.id], lock.box) for each in there if each.id in keys]
    if not any(opened):
        # Its keys were destroyed; an old backup brought back the rest.
        raise NotYours
    return Thread(row.id, RequestKind(row.kind), [each for each in opened if each], lock.proof)


def open_file(code: str, letter: UUID) -> tuple[FileFacts, bytes]:
    """Open one file of a request with its code; raises NotYours when there is none, and TooBusy."""
    lock, row, keys = _of_code(code)
    there = Letter.objects.filter(request=row, id=letter).first()
    if there is None or there.id not in keys:
        raise NotYours
    said = letters.opened(there, keys[there.id], lock.box)
    content = enclosures.opened(there, keys[there.id], lock.box)
    if said is None or said.kind is not LetterKind.FILE or content is None:
        raise NotYours
    return enclosures.read(said.words), content


def request_of(proof: bytes) -> UUID:
    """Give the request of whoever shows that they had its code; raises NotYours."""
    found = Request.objects.filter(address=locks.address_of(proof)).values_list("id", flat=True)
    request = found.first()
    if request is None:
        raise NotYours
    return request


def takes_files(request: UUID) -> bool:
    """Say whether files may go beside these letters: only where somebody asks for help."""
    return Request.objects.filter(id=request, kind=RequestKind.HELP).exists()


@transaction.atomic
def write_again(request: UUID, kind: LetterKind, words: str, *, at: datetime, came: Came = BY_ITSELF) -> None:
    """Add a letter, or another safe way of contact; raises NotYours, Refused, KeyNotTrusted.

    One with the same mark is added once.
    """
    row = locked(request)
    if came.mark and is_written(came.mark):
        return
    _check_unread(row, more=1, at=at)
    letters.add(row, kind, words, at=at, ident=came.ident)
    _said_again(row, at=at)


@transaction.atomic
def bring(request: UUID, files: Sequence[tuple[FileFacts, bytes]], *, free_bytes: int, at: datetime) -> None:
    """Add files to a request for help, each sealed beside a letter of its own; all or none.

    Raises NotYours, Refused, KeyNotTrusted.
    """
    row = locked(request)
    pieces = sum(rules.pieces_of(len(content)) for _, content in files)
    _check_files(row, many=len(files), pieces=pieces, free_bytes=free_bytes, at=at)
    for number, (facts, content) in enumerate(files):
        came = at + timedelta(microseconds=number)
        letters.add(row, LetterKind.FILE, enclosures.written(facts), at=came, file=content)
    _said_again(row, at=at)


def check_files(request: UUID, *, many: int, free_bytes: int, at: datetime) -> None:
    """Look, before any is drawn, whether so many small files could be brought.

    Raises NotYours and Refused. `bring` looks again, under a lock.
    """
    row = Request.objects.filter(id=request).first()
    if row is None:
        raise NotYours
    _check_files(row, many=many, pieces=many, free_bytes=free_bytes, at=at)


@transaction.atomic
def take_away(request: UUID, *, at: datetime) -> None:
    """Delete everything: the keys first, then what they opened; raises NotYours."""
    letters.erase(locked(request))
    audit.record("help_erased", by=None, at=at, about=[request])


def locked(request: UUID) -> Request:
    """Give a request for an act on it, until the end of the transaction; raises NotYours."""
    row = Request.objects.select_for_update().filter(id=request).first()
    if row is None:
        raise NotYours
    return row


def _sealed(desk: Reads, asked: Asked | Spoken, lock: Lock | None, *, at: datetime, came: Came) -> UUID:
    with _made_once(came, lock), transaction.atomic():
        _check_new(came, lock)
        row = Request.objects.create(
            id=came.ident,
            kind=desk.kind,
            organisation=desk.organisation,
            team=desk.team,
            turn=came.turn,
            said_at=at,
            waits_since=at,
            address=lock and lock.address,
            public=lock and lock.box.public,
        )
        for kind, words in asked.letters:
            letters.add(row, kind, words, at=at)
        audit.record("help_asked", by=came.by, at=at, about=[row.id])
        _tell(row, at=at)
    return row.id


@contextmanager
def _made_once(came: Came, lock: Lock | None) -> Iterator[None]:
    """Say it as a refusal when somebody made the same at the same moment."""
    try:
        yield
    except IntegrityError:
        _check_new(came, lock)
        raise


def _check_new(came: Came, lock: Lock | None) -> None:
    if came.mark and has_arrived(came.mark):
        raise Refused(ARRIVED)
    if lock and Request.objects.filter(address=lock.address).exists():
        raise Refused(IN_USE)


def _codes(kind: CodeKind, mark: bytes) -> Iterator[NewCode | None]:
    """Make codes of a kind, one after the other; with a mark the same each time."""
    for time in range(ANOTHER_CODE):
        below = drawn_from(mark, time=time) if mark else secrets.randbelow
        none = kind is CodeKind.NONE
        yield None if none else new_code(kind, language=get_language() or "", below=below)


def _of_code(code: str) -> tuple[Lock, Request, dict[UUID, bytes]]:
    """Find the request of a code, and its keys that the code opens."""
    lock = locks.lock_of(code)
    row = Request.objects.filter(address=lock.address).first()
    if row is None:
        raise NotYours
    keys = {
        letter: bytes(held.sealed)
        for letter, rows in letters.keys_of(row.id).items()
        for held in rows
        if held.key is None
    }
    return lock, row, keys


def _check_unread(row: Request, *, more: int, at: datetime) -> None:
    unread = Letter.objects.filter(request=row, at__gte=row.waits_since or at).count()
    decision = door.may_write_again(unread + more - 1)
    if not decision:
        raise Refused(decision.because)


def _check_files(row: Request, *, many: int, pieces: int, free_bytes: int, at: datetime) -> None:
    if row.kind != RequestKind.HELP:
        raise NotYours
    _check_unread(row, more=many, at=at)
    there, today = queries.files_of(row), queries.pieces_of_a_day(row.team, at=at)
    for decision in (
        rules.may_be_added(there, more=many),
        rules.fits_in(queries.room_of(row.team), more=pieces),
        rules.has_room(today, more=pieces, free_bytes=free_bytes),
    ):
        if not decision:
            raise Refused(decision.because)


def _said_again(row: Request, *, at: datetime) -> None:
    row.waits_since, row.said_at, row.settled_at = row.waits_since or at, at, None
    row.save(update_fields=["waits_since", "said_at", "settled_at"])
    audit.record("help_written", by=None, at=at, about=[row.id])
    _tell(row, at=at)


def _tell(row: Request, *, at: datetime) -> None:
    """Let those who answer know that something waits."""
    if row.kind != RequestKind.HELP:
        notices.tell(accounts.who_hears(row.organisation), at=at)
        return
    may = notices.who_may(Permission.ANSWER_REQUESTS, organisation=row.organisation)
    notices.tell(accounts.members_of(row.team) & set(may), at=at)
