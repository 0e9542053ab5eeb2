"""Recovery sheets: printed once, typed back once, and used when a password is forgotten."""

from suar.accounts import factors, sessions, setup, sign_in
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import Way, WorkerState
from suar.accounts.keys import UserPairs, unwrap_pairs, wrap_pairs
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.accounts.roles import Permission
from suar.accounts.rules import account_name
from suar.core.refusals import NotYours
from suar.crypto.recovery import RecoveryCode
from suar.crypto.values import SealBroken


@act("new_recovery_sheet", needs=Permission.SEE_OWN_DAY, once=False)
def new_sheet(pairs: UserPairs, *, by: Acting) -> RecoveryCode:
    """Make a recovery code in place of the one before; it is shown once and stored nowhere."""
    code = RecoveryCode.new()
    wrap_pairs(by.worker, pairs, way=Way.RECOVERY, key=code.key(), at=by.at)
    Worker.objects.filter(id=by.worker).update(recovery_proven_at=None)
    by.entry.about.append(by.worker)
    return code


@act("prove_recovery_sheet", needs=Permission.SEE_OWN_DAY)
def prove_sheet(typed: str, *, by: Acting) -> None:
    """Record that a printed sheet was typed back and opens the worker's keys.

    Raises Mistyped with the group that is wrong, NotYours for the code of another sheet.
    """
    worker = Worker.objects.get(id=by.worker)
    _open(worker, RecoveryCode.read(typed))
    worker.recovery_proven_at = by.at
    worker.save(update_fields=["recovery_proven_at"])
    by.entry.about.append(worker.id)
    setup.mark_if_ready(worker.organisation_id, at=by.at)


@act("recover", needs=None, once=False)
def recover(name: str, *, typed: str, password: str, by: Anonymous) -> tuple[Worker, UserPairs]:
    """Set a new password for a worker who has their sheet; every other session ends.

    The factors are removed too: the forgotten password wrapped their secrets, and what was lost may have been stolen.
    Raises Mistyped, NotYours for a name and sheet that do not belong together, Refused for a password that is not good
    enough. Source: security.md 3.5 (forgotten, recovery key at hand: rewrap).
    """
    code = RecoveryCode.read(typed)
    worker = Worker.objects.select_for_update().filter(name=account_name(name)).first()
    pairs = _open(worker, code)
    if worker is None or worker.state != WorkerState.ACTIVE:
        raise NotYours
    sign_in.check_new_password(worker, password)
    factors.remove_all(worker)
    derived = sign_in.set_password(worker, password)
    wrap_pairs(worker.id, pairs, way=Way.PASSWORD, key=derived.wrapping, at=by.at)
    worker.save(update_fields=["salt", "kdf", "verifier"])
    sessions.end_all(worker.id)
    by.known_worker, by.entry.about = worker.id, [worker.id]
    return worker, pairs


def _open(worker: Worker | None, code: RecoveryCode) -> UserPairs:
    try:
        if worker is None:
            raise NotYours
        return unwrap_pairs(worker.id, way=Way.RECOVERY, key=code.key())
    except (SealBroken, PublicKey.DoesNotExist, Wrap.DoesNotExist):
        raise NotYours from None
