"""Recovery sheets: printed once, typed back once, and used when a password is forgotten."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import factors, passwords, readiness, sessions
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import UserPairs, newest_public
from suar.accounts.models import Worker, Wrap
from suar.accounts.rules import account_name
from suar.accounts.wrapping import own_pairs, rewrap
from suar.audit import actions as audit
from suar.core.refusals import NotYours
from suar.crypto.recovery import RecoveryCode
from suar.crypto.secret import SealBroken


@transaction.atomic
def new_sheet(worker: UUID, pairs: UserPairs, *, at: datetime) -> RecoveryCode:
    """Make a recovery code in place of the one before; it is shown once and stored nowhere."""
    code = RecoveryCode.new()
    read = newest_public(KeyKind.USER_READ, worker)
    rewrap(read, pairs, way=Way.RECOVERY, key=code.key(), at=at)
    Worker.objects.filter(id=worker).update(recovery_proven_at=None)
    audit.record("new_recovery_sheet", by=worker, at=at, about=[worker])
    return code


@transaction.atomic
def prove_sheet(worker: UUID, typed: str, *, at: datetime) -> None:
    """Record that a printed sheet was typed back and opens the worker's keys.

    Raises Mistyped with the group that is wrong, NotYours for the code of another sheet.
    """
    row = Worker.objects.get(id=worker)
    _opened(row, RecoveryCode.read(typed))
    Worker.objects.filter(id=worker).update(recovery_proven_at=at)
    audit.record("prove_recovery_sheet", by=worker, at=at, about=[worker])
    readiness.settle(row.organisation_id, at=at)


@transaction.atomic
def recover(name: str, *, typed: str, password: str, at: datetime) -> tuple[Worker, UserPairs]:
    """Set a new password for a worker who has their sheet; every other session ends.

    The factors are removed too: the forgotten password wrapped their secrets, and what was lost may have been
    stolen. Raises Mistyped, NotYours for a name and sheet that do not
    belong together, Refused for a password that is not good enough.
    Source: security.md 3.5 (forgotten, recovery key at hand: rewrap).
    """
    code = RecoveryCode.read(typed)
    worker = Worker.objects.select_for_update().filter(name=account_name(name)).first()
    pairs = _opened(worker, code)
    if worker is None or worker.state != WorkerState.ACTIVE:
        raise NotYours
    passwords.check_new(worker, password)
    factors.remove_all(worker)
    derived = passwords.set_password(worker, password)
    read = newest_public(KeyKind.USER_READ, worker.id)
    rewrap(read, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
    worker.save(update_fields=["salt", "kdf", "verifier"])
    sessions.end_all(worker.id)
    audit.record("recover", by=worker.id, at=at, about=[worker.id])
    return worker, pairs


def _opened(worker: Worker | None, code: RecoveryCode) -> UserPairs:
    try:
        if worker is None:
            raise NotYours
        return own_pairs(worker.id, way=Way.RECOVERY, key=code.key())
    except (SealBroken, Wrap.DoesNotExist):
        raise NotYours from None
