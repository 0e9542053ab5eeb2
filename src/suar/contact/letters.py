"""Sealed letters: each under a key of its own, which the team and the code can open.

To seal, public keys are enough: the public door can put in what it cannot read.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from suar.accounts import queries as accounts
from suar.contact import enclosures
from suar.contact.models import Letter, LetterKey, Piece, Request
from suar.contact.terms import LetterKind, RequestKind, Said
from suar.core.ids import new_id
from suar.core.refusals import KeyNotTrusted, NotYours
from suar.crypto import boxes, kdf, values
from suar.crypto.boxes import BoxPair
from suar.crypto.secret import SealBroken
from suar.crypto.values import Place

LETTER = "letter"


def add(
    request: Request,
    kind: LetterKind,
    words: str,
    *,
    at: datetime,
    file: bytes = b"",
    ident: UUID | None = None,
) -> None:
    """Seal a letter to those who read it, whose keys the house signed, and to the code.

    What is in a `file` is sealed under a key that comes from the letter's. Raises KeyNotTrusted
    when nobody reads, or a key does not carry the house's signature.
    """
    readers = _readers(request)
    ident, own = ident or new_id(), kdf.random_key()
    code = bytes(request.public or b"")
    told = {"kind": kind, "words": words, "code": code.hex()}
    content = json.dumps(told, ensure_ascii=False).encode()
    sealed = values.seal(own, content, _place(request.id, ident))
    letter = Letter.objects.create(id=ident, request=request, at=at, sealed=sealed)
    holders: list[tuple[UUID | None, bytes]] = [*readers]
    if code:
        holders.append((None, code))
    LetterKey.objects.bulk_create(
        LetterKey(request=request.id, letter=letter.id, key=held, sealed=boxes.seal_to(public, own))
        for held, public in holders
    )
    if kind is LetterKind.FILE:
        enclosures.enclose(letter, own, file)
    if kind is LetterKind.CONTACT:
        _take_place(request, letter.id)


def opened(letter: Letter, sealed_key: bytes, box: BoxPair) -> Said | None:
    """Open one letter; None when its bytes were altered or belong elsewhere."""
    try:
        own = box.open(sealed_key)
        said = json.loads(values.unseal(own, bytes(letter.sealed), _place(letter.request_id, letter.id)))
    except SealBroken:
        return None
    code = bytes.fromhex(said["code"])
    return Said(LetterKind(said["kind"]), said["words"], letter.at, code, letter.id)


def keys_of(request: UUID) -> dict[UUID, list[LetterKey]]:
    """Give the keys of a request's letters, by letter."""
    found: dict[UUID, list[LetterKey]] = {}
    for row in LetterKey.objects.filter(request=request):
        found.setdefault(row.letter, []).append(row)
    return found


def edition(idents: Iterable[UUID]) -> str:
    """Name which letters a page showed, so that another one is noticed."""
    return kdf.digest(b"".join(sorted(each.bytes for each in idents))).hex()


def edition_now(request: UUID) -> str:
    """Name which letters a request has now."""
    return edition(Letter.objects.filter(request=request).values_list("id", flat=True))


def erase(row: Request) -> None:
    """Destroy a request: its keys first, for without them no backup of the rest opens.

    The file overwrites what is deleted; `let_deleted_keys_go` does the rest soon after.
    """
    _destroy(LetterKey.objects.filter(request=row.id))
    row.delete()


def take_out(row: Request, file: UUID) -> None:
    """Destroy one file of a request: its key first, then its pieces and the letter beside them.

    Raises NotYours for a letter that has no file beside it, or that is none of this request.
    """
    _take_out(row, [each for each in _with_files(row) if each == file])


def take_out_all(row: Request) -> None:
    """Destroy every file of a request, as `take_out` does one; raises NotYours for none."""
    _take_out(row, _with_files(row))


def let_deleted_keys_go() -> bool:
    """Let the database give up where deleted keys lay: the log of the file, rows of PostgreSQL.

    Says whether it could: while somebody reads, the log of the file stays, and is emptied the next
    time. Stands outside of any transaction. Source: security.md 3.8.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM {LetterKey._meta.db_table}")
            return True
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return cursor.fetchone()[0] == 0


def _readers(request: Request) -> list[tuple[UUID, bytes]]:
    """Give the keys of those who read: of the team, or of each who hears for the house.

    What is said of a service is sealed to people, not to a team: who joins later opens nothing.
    """
    holders = [("team", request.team)]
    if request.kind != RequestKind.HELP:
        holders = [("worker", each) for each in accounts.who_hears(request.organisation)]
    if not holders:
        raise KeyNotTrusted
    return accounts.keys_to_seal_to(holders, house=request.organisation)


def _take_place(request: Request, contact: UUID) -> None:
    """Let a way of contact take the place of the one before, which is destroyed, its keys first."""
    before, request.contact = request.contact, contact
    request.save(update_fields=["contact"])
    if before:
        _destroy(LetterKey.objects.filter(request=request.id, letter=before))
        Letter.objects.filter(request=request, id=before).delete()


def _with_files(row: Request) -> list[UUID]:
    there = Piece.objects.filter(letter__request=row, number=0)
    return list(there.values_list("letter_id", flat=True))


def _take_out(row: Request, files: Sequence[UUID]) -> None:
    if not files:
        raise NotYours
    _destroy(LetterKey.objects.filter(request=row.id, letter__in=files))
    Letter.objects.filter(request=row, id__in=files).delete()


def _destroy(keys: QuerySet[LetterKey]) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    keys.delete()


def _place(request: UUID, letter: UUID) -> Place:
    return Place("voice", str(request), LETTER, str(letter), 1)
