"""Requests as their readers open them; what is opened is written to the audit log."""

from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.contact import letters, policy
from suar.contact.documents import FileFacts, LetterKind, OpenRequest
from suar.contact.models import Letter, Request
from suar.contact.queries import facts_of
from suar.contact.rules.letters import may_be_answered
from suar.core.refusals import NotYours


@transaction.atomic
def open_request(request: UUID, *, viewer: Viewer, keys: Keys) -> OpenRequest:
    """Open a request that the viewer may read; raises NotYours. Letters that no key opens are left out.

    The row is locked: no letter comes between what is opened here and what is recorded about it.
    """
    row = Request.objects.select_for_update().filter(id=request).first()
    if row is None or not policy.may_read(viewer, **facts_of(row)):
        raise NotYours
    keys.opened.append(row.id)
    letter_keys = letters.keys_by_letter(row.id, {key.id for key in keys.list_keys()})
    rows = list(Letter.objects.filter(request=row).order_by("at", "id"))
    opened = {
        letter.id: letters.open_letter(letter, bytes(held.sealed), keys.pair(held.key))
        for letter in rows
        if (held := letter_keys.get(letter.id)) and held.key
    }
    contents = [content for content in opened.values() if content]
    contact = next((content for content in reversed(contents) if content.kind is LetterKind.CONTACT), None)
    unread_letters = [letter for letter in rows if row.waits_since and letter.at >= row.waits_since]
    codes = frozenset(content.code for content in contents)
    return OpenRequest(
        row.id,
        [content for content in contents if content.kind is not LetterKind.CONTACT],
        contact,
        row.contact != (contact and contact.id),
        len(rows) - len(contents),
        letters.version_of(letter.id for letter in rows),
        codes,
        may_be_answered(stored=bytes(row.public or b""), sealed=codes).because,
        bool(unread_letters) and all(opened.get(letter.id) for letter in unread_letters),
        row.settled_at,
    )


def open_file(request: UUID, letter: UUID, *, viewer: Viewer, keys: Keys) -> tuple[FileFacts, bytes]:
    """Open one file of a request that the viewer may read; raises NotYours if no key opens it."""
    row = Letter.objects.filter(request=request, id=letter).select_related("request").first()
    if row is None or not policy.may_read(viewer, **facts_of(row.request)):
        raise NotYours
    held = letters.keys_by_letter(request, {key.id for key in keys.list_keys()}).get(letter)
    if held is None or held.key is None:
        raise NotYours
    keys.opened.append(request)
    return letters.open_file(row, bytes(held.sealed), keys.pair(held.key))
