"""Opening a person's record for a page, and writing where a colleague may write at once."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest

from suar.accounts.keys import Keys
from suar.core.refusals import Conflict, NotYours
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.records.terms import Kind


def person_of(request: HttpRequest, record: UUID) -> OpenRecord:
    """Open a person's record; nobody is referred from a case or a talk, which are absent here."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.PERSON:
        raise NotYours
    return opened


def of_somebody(request: HttpRequest, record: UUID) -> OpenRecord:
    """Open the record of a person, or the case that a house keeps of them; others are absent."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind not in PEOPLE:
        raise NotYours
    return opened


def settle_once(
    opened: OpenRecord,
    *,
    keys: Keys,
    act: Callable[[OpenRecord], None],
    was_kept: Callable[[OpenRecord], bool],
) -> None:
    """Act on an opened record; when overtaken by a press of the same, it is done already.

    For acts that change what is there: whoever was overtaken by anything else meets Conflict.
    """
    try:
        act(opened)
    except Conflict:
        if not was_kept(keyring.open_record(opened.id, keys=keys)):
            raise


def settle(opened: OpenRecord, *, keys: Keys, act: Callable[[OpenRecord], None]) -> None:
    """Act on an opened record; when overtaken, act once more on what is there now.

    Only for acts that add to what is there and take nothing away.
    """
    try:
        act(opened)
    except Conflict:
        act(keyring.open_record(opened.id, keys=keys))
