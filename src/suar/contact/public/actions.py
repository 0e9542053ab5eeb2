"""Actions of a person without an account: ask, read, write again, add and remove files, delete.

Each action is its own transaction. Only `open_thread` and `open_file` open anything, with the key that the code gives
in that request; the others need no more than public keys.
"""

import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.contact import letters, queries
from suar.contact.documents import CodeKind, FileFacts, LetterKind, NewRequest, RequestKind, Side, Thread
from suar.contact.models import Letter, Piece, Request
from suar.contact.return_codes import CodeKeys, ReturnCode, address_to, derive_keys, derived_draw, new_code
from suar.contact.rules import files as file_rules
from suar.contact.rules.letters import may_write_again
from suar.core import clock
from suar.core.ids import new_id
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, TooBusy, get_or_refuse
from suar.crypto import kdf


def create_request(new: NewRequest, *, code: str, at: datetime) -> UUID:
    """Seal a request under a return code that the person entered; an empty code stands for none.

    Raises KeyNotTrusted, TooBusy, and Refused if the code is in use.
    """
    return _create(new, derive_keys(code, new=True) if code else None, at=at)


def create_request_with_code(new: NewRequest, *, kind: CodeKind, at: datetime) -> ReturnCode | None:
    """Seal a request under a new code of a kind, and return the code; None if no code was wished.

    A form that comes again makes no second request and returns the code of the first. Raises KeyNotTrusted, TooBusy,
    and Refused if the code is in use.
    """
    code, keys = _new_code(kind, new.form_secret)
    try:
        _create(new, keys, at=at)
    except Refused as refusal:
        if refusal.because != "arrived":
            raise
        return existing_code(kind, form_secret=new.form_secret)
    return code


def has_arrived(form_secret: bytes) -> bool:
    """Return True if a form has already created a request."""
    return Request.objects.filter(id=form_id(form_secret)).exists()


def get_request(form_secret: bytes) -> Request:
    """Return the request that a form created; raises NotYours."""
    return get_or_refuse(Request.objects.filter(id=form_id(form_secret)))


def is_written(form_secret: bytes) -> bool:
    """Return True if a form has already added a letter."""
    return Letter.objects.filter(id=form_id(form_secret)).exists()


def existing_code(kind: CodeKind, *, form_secret: bytes) -> ReturnCode | None:
    """Return the return code of the request that a form created, derived again; None if it has none.

    A form that is sent twice may have named another kind: `kind` is tried first, then the others. Raises TooBusy.
    """
    address = Request.objects.values_list("address", flat=True).get(id=form_id(form_secret))
    if address is None:
        return None
    for other in sorted(CodeKind, key=lambda other: other is not kind):
        code, _keys = _new_code(other, form_secret)
        if code and bytes(address) in queries.addresses_of(code.proof):
            return code
    raise TooBusy


def form_id(form_secret: bytes) -> UUID:
    """Return the id of what a form makes; it reveals nothing about the secret."""
    return UUID(bytes=kdf.digest(form_secret)[:16], version=4)


def open_thread(code: str) -> Thread:
    """Open a request with its code; raises NotYours if there is none, and TooBusy.

    An unknown code costs as much as a known one.
    """
    keys = derive_keys(code)
    request = find_request(keys.proof)
    _, contents = letters.open_letters(request.id, {None: lambda: keys.box})
    if not contents:
        # The keys were destroyed, and an old backup brought back the rest.
        raise NotYours
    waits = request.waits_since is not None
    return Thread(request.id, RequestKind(request.kind), contents, keys.proof, request.read_on, waits)


def open_file(code: str, letter: UUID) -> tuple[FileFacts, bytes]:
    """Open one file of a request with its code; raises NotYours if there is none, and TooBusy."""
    keys = derive_keys(code)
    facts, key = letters.open_file_key(find_request(keys.proof).id, letter, {None: lambda: keys.box})
    return facts, letters.open_file(letter, key)


def find_request(proof: bytes) -> Request:
    """Return the request to which a proof of its code belongs; raises NotYours."""
    # A summary that ended opens no more, also before the job destroys it.
    rows = Request.objects.filter(address__in=queries.addresses_of(proof)).exclude(ends_at__lte=clock.now())
    return get_or_refuse(rows)


def check_receiver(request: Request, proof: bytes) -> None:
    """Raise KeyNotTrusted if the row names another organisation or team than the person wrote to.

    The address of an older request, or of a summary, does not depend on its receiver.
    """
    if bytes(request.address or b"") not in (kdf.digest(proof), address_to(proof, request.organisation, request.team)):
        raise KeyNotTrusted


@transaction.atomic
def write_again(request: UUID, kind: LetterKind, words: str, *, at: datetime, form_secret: bytes = b"") -> None:
    """Add a letter, or another safe way of contact, once for each form.

    Raises NotYours, Refused and KeyNotTrusted.
    """
    row = _lock(request)
    if row.kind == RequestKind.SUMMARY:
        raise NotYours
    if form_secret and is_written(form_secret):
        return
    _check_unread(row, more=1, at=at)
    letters.add_letter(row, kind, words, at=at, ident=form_id(form_secret) if form_secret else None)
    _mark_unread(row, at=at)


def check_files(request: Request, *, files: int, at: datetime, pieces: int = 0) -> None:
    """Check that so many files fit; raises NotYours and Refused."""
    if request.team is None:
        raise NotYours
    _check_unread(request, more=files, at=at)
    file_rules.may_be_added(
        stored=Piece.objects.filter(letter__request=request, number=0).count(),
        files=files,
        pieces=pieces or files,
        quota=queries.quotas([request.team])[request.team],
        today=queries.pieces_today(request.team, at=at),
        free_bytes=shutil.disk_usage(Path(settings.SUAR_DATA)).free,
    ).enforce()


@transaction.atomic
def add_files(request: UUID, files: Sequence[tuple[FileFacts, bytes]], *, at: datetime, harmful: int = 0) -> None:
    """Add files to a request for help, each with a letter of its own; all of them or none.

    `harmful` is the number of files that are not stored; a letter tells both sides about each.
    Raises NotYours, Refused and KeyNotTrusted.
    """
    row = _lock(request)
    pieces = sum(file_rules.count_pieces(len(content)) for _, content in files)
    check_files(row, files=len(files) + harmful, pieces=pieces, at=at)
    for _ in range(harmful):
        letters.add_letter(row, LetterKind.REMOVED, Side.SCANNER, at=at)
    for number, (facts, content) in enumerate(files):
        letters.add_letter(
            row, LetterKind.FILE, facts.model_dump_json(), at=at + timedelta(microseconds=number), file=content
        )
    _mark_unread(row, at=at)


@transaction.atomic
def remove_files(request: UUID, *, at: datetime, file: UUID | None = None) -> None:
    """Destroy one file or all, and let both sides read that it was removed; raises NotYours.

    The file is destroyed even if nothing can be sealed to the team: then the team gets no letter about it.
    """
    row = _lock(request)
    letters.remove_files(row, file)
    with suppress(KeyNotTrusted):
        letters.add_letter(row, LetterKind.REMOVED if file else LetterKind.ALL_REMOVED, Side.PERSON, at=at)
    audit.record("help_file_removed", by=None, at=at, about=[row.id])


@transaction.atomic
def delete_request(request: UUID, *, at: datetime) -> None:
    """Delete everything: the keys first, then what they opened; raises NotYours."""
    letters.erase_request(_lock(request))
    audit.record("help_erased", by=None, at=at, about=[request])


@transaction.atomic
def _create(new: NewRequest, keys: CodeKeys | None, *, at: datetime) -> UUID:
    row = Request(
        id=form_id(new.form_secret) if new.form_secret else new_id(),
        kind=new.kind,
        organisation=new.organisation,
        team=new.team,
        turn=new.turn,
        last_letter_at=at,
        waits_since=at,
        address=keys and address_to(keys.proof, new.organisation, new.team),
        public=keys and keys.box.public,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            # Two requests of one code have two addresses if they are to two receivers.
            if (
                keys
                and Request.objects.filter(address__in=queries.addresses_of(keys.proof)).exclude(id=row.id).exists()
            ):
                raise IntegrityError
    except IntegrityError:
        arrived = Request.objects.filter(id=row.id).exists()
        raise Refused("arrived" if arrived else "code_in_use") from None
    for kind, words in new.letters:
        letters.add_letter(row, kind, words, at=at)
    audit.record("help_asked", by=new.written_by, at=at, about=[row.id])
    _notify_readers(row, at=at)
    return row.id


def _new_code(kind: CodeKind, form_secret: bytes) -> tuple[ReturnCode | None, CodeKeys | None]:
    """Make a code of a kind with its keys; from a form's secret, the same each time. Raises TooBusy."""
    if kind is CodeKind.NONE:
        return None, None
    draw = derived_draw(form_secret) if form_secret else secrets.randbelow
    code = new_code(kind, language=get_language() or "", draw=draw)
    keys = derive_keys(code.plain, new=True)
    return replace(code, proof=keys.proof), keys


def _lock(request: UUID) -> Request:
    return get_or_refuse(Request.objects.select_for_update().filter(id=request))


def _check_unread(request: Request, *, more: int, at: datetime) -> None:
    unread = Letter.objects.filter(request=request, at__gte=request.waits_since or at).count()
    may_write_again(unread + more - 1).enforce()


def _mark_unread(request: Request, *, at: datetime) -> None:
    request.waits_since, request.last_letter_at, request.settled_at = request.waits_since or at, at, None
    request.save(update_fields=["waits_since", "last_letter_at", "settled_at"])
    audit.record("help_written", by=None, at=at, about=[request.id])
    _notify_readers(request, at=at)


def _notify_readers(request: Request, *, at: datetime) -> None:
    if request.team is None:
        notices.notify(accounts.complaint_handlers_of(request.organisation), at=at)
    else:
        may = notices.workers_with(Permission.ANSWER_REQUESTS, organisation=request.organisation)
        notices.notify(accounts.members_of(request.team) & set(may), at=at)
