"""What a person takes away again of the files beside their letters: one, or all of them."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.contact import letters
from suar.contact.models import Request
from suar.contact.public import asking
from suar.contact.terms import LetterKind, Side
from suar.core.refusals import KeyNotTrusted


@transaction.atomic
def remove_file(request: UUID, file: UUID, *, at: datetime) -> None:
    """Destroy one file, and let both sides read that one was removed; raises NotYours.

    It goes also where nothing can be sealed to those who read: then only they are not told.
    """
    row = asking.locked(request)
    letters.take_out(row, file)
    _tell(row, LetterKind.REMOVED, at=at)


@transaction.atomic
def remove_all_files(request: UUID, *, at: datetime) -> None:
    """Destroy every file, as `remove_file` does one; raises NotYours where there is none."""
    row = asking.locked(request)
    letters.take_out_all(row)
    _tell(row, LetterKind.ALL_REMOVED, at=at)


def _tell(row: Request, kind: LetterKind, *, at: datetime) -> None:
    with suppress(KeyNotTrusted):
        letters.add(row, kind, Side.PERSON, at=at)
    audit.record("help_file_removed", by=None, at=at, about=[row.id])
