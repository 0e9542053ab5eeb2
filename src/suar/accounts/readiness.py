"""When an organisation may hold a real record: two sheets typed back, one backup restored."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from suar.accounts import policy, queries
from suar.accounts.models import Backup, Organisation
from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.ids import grouped, new_id, read_spoken, spoken_code
from suar.core.refusals import Refused
from suar.crypto import kdf

PROOF_SIGNS = 15


def may_begin_talks(organisation: UUID) -> Decision:
    """Allow talks here now; outside of `./suar run` people are invented."""
    real = settings.SUAR_MODE == "run"
    return policy.may_begin_talks(queries.ready(organisation), real=real)


@transaction.atomic
def note_backup(*, at: datetime) -> tuple[UUID, str]:
    """Record that a backup is being written, and return its id and the word that goes inside it."""
    word = spoken_code(PROOF_SIGNS)
    ident = new_id()
    Backup.objects.create(id=ident, digest=_digest(word), made_at=at)
    audit.record("backup", by=None, at=at, about=[ident])
    return ident, word


def knows_backup(ident: UUID) -> bool:
    """Return True if a backup was made here before, or is being made now."""
    return Backup.objects.filter(id=ident).exists()


@transaction.atomic
def prove_backup(typed: str, *, by: UUID, at: datetime) -> None:
    """Record that a backup was restored: only its restore prints the word.

    Raises Refused("proof_mistyped") or Refused("proof_unknown").
    """
    word = read_spoken(typed)
    if word is None:
        raise Refused("proof_mistyped")
    backup = Backup.objects.filter(digest=_digest(grouped(word))).first()
    if backup is None:
        raise Refused("proof_unknown")
    Backup.objects.filter(id=backup.id, proven_at=None).update(proven_at=at)
    audit.record("prove_backup", by=by, at=at, about=[backup.id])
    for organisation in Organisation.objects.filter(ready_at=None):
        settle(organisation.id, at=at)


def settle(organisation: UUID, *, at: datetime) -> None:
    """Mark the organisation as ready once nothing is missing any more."""
    if policy.may_begin_talks(queries.ready(organisation), real=True):
        changed = Organisation.objects.filter(id=organisation, ready_at=None).update(ready_at=at)
        if changed:
            audit.record("ready", by=None, at=at, about=[organisation])


def _digest(word: str) -> bytes:
    return kdf.token_digest(word)
