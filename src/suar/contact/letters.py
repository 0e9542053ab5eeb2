"""Sealed letters, each under a key of its own, which its readers and the return code can open.

Public keys are enough to seal: the public site writes what it cannot read. A file lies beside its letter, sealed as a
stream under a key that comes from the letter's: who opens the letter opens the file, and if the letter's keys are
destroyed the file is closed as well. It is padded first, so that its length shows only in steps of an eighth.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.contact.documents import FileFacts, LetterContent, LetterKind, RequestKind
from suar.contact.models import Letter, LetterKey, Piece, Request
from suar.core.files.kinds import cut_into_pieces
from suar.core.ids import new_id
from suar.core.refusals import KeyNotTrusted, NotYours, get_or_refuse
from suar.crypto import kdf, streams, values
from suar.crypto.pairs import BoxPair, seal_to
from suar.crypto.values import Place, SealBroken

Boxes = Mapping[UUID | None, Callable[[], BoxPair]]
"""The key pairs of a reader by the id of the key, opened when needed; None is the return code."""


def add_letter(
    request: Request, kind: LetterKind, words: str, *, at: datetime, file: bytes = b"", ident: UUID | None = None
) -> None:
    """Seal a letter, and a file beside it, to its readers and to the code of the request.

    Raises KeyNotTrusted if nobody reads, or if a key does not carry the organisation's signature.
    """
    holders: list[tuple[UUID | None, bytes]] = [*_reader_keys(request)]
    code = bytes(request.public or b"")
    if code:
        holders.append((None, code))
    ident, key = ident or new_id(), kdf.random_key()
    content = json.dumps({"kind": kind, "words": words, "code": code.hex()}, ensure_ascii=False).encode()
    sealed = values.seal(key, content, _place(request.id, ident))
    letter = Letter.objects.create(id=ident, request=request, at=at, sealed=sealed)
    LetterKey.objects.bulk_create(
        LetterKey(request=request.id, letter=letter.id, key=holder, sealed=seal_to(public, key))
        for holder, public in holders
    )
    if kind is LetterKind.FILE:
        _seal_file(letter, key, file)
    if kind is LetterKind.CONTACT:
        _replace_contact(request, letter.id)


def open_letters(request: UUID, boxes_by_holder: Boxes) -> tuple[list[Letter], list[LetterContent]]:
    """Return all letters of a request, oldest first, and the contents of those that these keys open.

    Of letters of one moment, that of tapped answers comes first.
    """
    rows, keys = list(Letter.objects.filter(request=request).order_by("at", "id")), _keys(request, boxes_by_holder)
    opened = [_open_letter(row, *keys[row.id]) for row in rows if row.id in keys]
    contents = [content for content in opened if content]
    return rows, sorted(contents, key=lambda content: (content.at, content.kind is not LetterKind.TAPS))


def open_file_key(request: UUID, letter: UUID, boxes_by_holder: Boxes) -> tuple[FileFacts, bytes]:
    """Return the facts and the key of the file beside a letter; raises NotYours if there is none or no key opens it."""
    row, keys = Letter.objects.filter(request=request, id=letter).first(), _keys(request, boxes_by_holder)
    if row is None or letter not in keys:
        raise NotYours
    sealed_key, box = keys[letter]
    content = _open_letter(row, sealed_key, box)
    if content is None or content.kind is not LetterKind.FILE:
        raise NotYours
    return FileFacts.model_validate_json(content.words), _file_key(box.open(sealed_key))


def open_file(letter: UUID, key: bytes) -> bytes:
    """Open the file beside a letter with its key; raises NotYours if there is none, or any byte was altered."""
    row = get_or_refuse(Letter.objects.filter(id=letter))
    pieces = Piece.objects.filter(letter=letter).order_by("number")
    try:
        return streams.open_bytes(key, b"".join(bytes(piece.sealed) for piece in pieces), label=_file_label(row))
    except SealBroken:
        raise NotYours from None


def _keys(request: UUID, boxes_by_holder: Boxes) -> dict[UUID, tuple[bytes, BoxPair]]:
    """Return, for each letter, a sealed key with the pair that opens it."""
    rows = [row for row in LetterKey.objects.filter(request=request) if row.key in boxes_by_holder]
    return {row.letter: (bytes(row.sealed), boxes_by_holder[row.key]()) for row in rows}


def _open_letter(letter: Letter, sealed_key: bytes, box: BoxPair) -> LetterContent | None:
    """Open one letter; None if its bytes were altered or belong elsewhere."""
    try:
        key = box.open(sealed_key)
        content = json.loads(values.unseal(key, bytes(letter.sealed), _place(letter.request_id, letter.id)))
    except SealBroken:
        return None
    code = bytes.fromhex(content["code"])
    return LetterContent(LetterKind(content["kind"]), content["words"], letter.at, code, letter.id)


def version_of(letters: Iterable[UUID]) -> str:
    """Return a version of the letters that a page showed, so that a newer letter is noticed."""
    return kdf.digest(b"".join(sorted(letter.bytes for letter in letters))).hex()


def erase_request(request: Request) -> None:
    """Destroy a request: its keys first, for without them no backup of the rest opens.

    The database overwrites what is deleted; `purge_deleted_keys` does the rest soon after.
    """
    LetterKey.objects.filter(request=request.id).delete()
    request.delete()


def remove_files(request: Request, file: UUID | None = None) -> None:
    """Destroy one file of a request or all: keys first, then the letters beside them and their pieces.

    Raises NotYours if there is none.
    """
    rows = Piece.objects.filter(letter__request=request, number=0)
    files = list((rows.filter(letter=file) if file else rows).values_list("letter_id", flat=True))
    if not files:
        raise NotYours
    LetterKey.objects.filter(request=request.id, letter__in=files).delete()
    Letter.objects.filter(request=request, id__in=files).delete()


def _reader_keys(request: Request) -> list[tuple[UUID, bytes]]:
    """Return the keys of the readers: the team's, or that of each complaint handler; none of a summary.

    Feedback is sealed to people, not to a team: a later member opens nothing.
    """
    if request.kind == RequestKind.SUMMARY:
        return []
    if request.team is not None:
        holders = [("team", request.team)]
    else:
        holders = [("reader", worker) for worker in accounts.complaint_handlers_of(request.organisation)]
    if not holders:
        raise KeyNotTrusted
    return accounts.keys_to_seal_to(holders, organisation=request.organisation)


def _seal_file(letter: Letter, key: bytes, content: bytes) -> None:
    sealed = streams.seal_bytes(_file_key(key), content, label=_file_label(letter))
    Piece.objects.bulk_create(
        Piece(letter=letter, number=number, sealed=piece) for number, piece in enumerate(cut_into_pieces(sealed))
    )


def _replace_contact(request: Request, contact: UUID) -> None:
    """Put a way of contact in the place of the one before, which is destroyed, its keys first."""
    before, request.contact = request.contact, contact
    request.save(update_fields=["contact"])
    if before:
        LetterKey.objects.filter(request=request.id, letter=before).delete()
        Letter.objects.filter(request=request, id=before).delete()


def _place(request: UUID, letter: UUID) -> Place:
    return Place("voice", str(request), "letter", str(letter), 1)


def _file_key(key: bytes) -> bytes:
    return kdf.subkey(key, purpose="file of a letter")


def _file_label(letter: Letter) -> str:
    return f"voice|{letter.request_id}|{letter.id}"
