"""Second factors: an authenticator app and a printed sheet of one-time codes; passkeys beside.

The secret of the app and the key of the sheet are wrapped by the password key, so that who
has the database can neither make nor try codes. Source: security.md 3.3 and 3.9.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import policy
from suar.accounts.codes import Factor, WorkerState
from suar.accounts.models import Passkey, SheetCode, Worker
from suar.accounts.wrapping import open_secret, seal_secret
from suar.audit import actions as audit
from suar.core.refusals import Refused
from suar.crypto import kdf, totp
from suar.crypto.kdf import DerivedKeys

Prove = Callable[[Worker, DerivedKeys, datetime], bool]
SHEET_CODES, SHEET_DIGITS = 40, 8


def usable_factors(worker: UUID) -> dict[Factor, int]:
    """Return the factors that a worker can still use, and how many codes or passkeys of each."""
    app = Worker.objects.filter(id=worker, totp__isnull=False).count()
    counts = {
        Factor.APP: app,
        Factor.SHEET: SheetCode.objects.filter(worker=worker, used_at=None).count(),
        Factor.PASSKEY: Passkey.objects.filter(worker=worker).count(),
    }
    return {factor: count for factor, count in counts.items() if count}


def add_app(worker: Worker, secret: bytes, *, code: str, derived: DerivedKeys, at: datetime) -> None:
    """Store the secret of an app that gave a right code; raises Refused("app_code")."""
    step = totp.matches(secret, code, at=at, used_step=None)
    if step is None:
        raise Refused("app_code")
    keep_app(worker, secret, derived=derived, at=at, used_step=step)


@transaction.atomic
def keep_app(
    worker: Worker,
    secret: bytes,
    *,
    derived: DerivedKeys,
    at: datetime,
    used_step: int | None = None,
) -> None:
    """Store the secret of an authenticator under the password, in place of the one before."""
    seal_secret(worker, "totp", secret, derived)
    worker.totp_step = used_step
    worker.save(update_fields=["totp", "totp_step"])
    record_added(worker, Factor.APP, at=at)


@transaction.atomic
def new_sheet(worker: Worker, *, derived: DerivedKeys, at: datetime) -> list[str]:
    """Make forty one-time codes in place of the sheet before; shown once, stored as digests."""
    key = kdf.random_key()
    codes = [f"{secrets.randbelow(10**SHEET_DIGITS):0{SHEET_DIGITS}d}" for _ in range(SHEET_CODES)]
    seal_secret(worker, "sheet_key", key, derived)
    worker.save(update_fields=["sheet_key"])
    SheetCode.objects.filter(worker=worker).delete()
    SheetCode.objects.bulk_create(
        SheetCode(worker=worker, number=number, digest=sheet_digest(key, code)) for number, code in enumerate(codes, 1)
    )
    record_added(worker, Factor.SHEET, at=at)
    return codes


def record_added(worker: Worker, factor: Factor, *, at: datetime) -> None:
    """Record that a factor was added; the first one makes an invited worker active."""
    if worker.state == WorkerState.INVITED:
        worker.state = WorkerState.ACTIVE
        worker.invitation = worker.invited_until = None
        worker.save(update_fields=["state", "invitation", "invited_until"])
        audit.record("activate", by=worker.id, at=at, about=[worker.id])
    audit.record("add_factor", by=worker.id, at=at, about=[worker.id], because=factor)


@transaction.atomic
def remove(worker: UUID, factor: Factor, *, by: UUID, at: datetime) -> None:
    """Take a lost factor out of use; raises Refused for the last one."""
    row = Worker.objects.select_for_update().get(id=worker)
    decision = policy.may_remove_factor(frozenset(usable_factors(worker)), factor)
    if not decision:
        raise Refused(decision.because)
    _remove(row, factor)
    audit.record("remove_factor", by=by, at=at, about=[worker], because=factor)


def remove_all(worker: Worker) -> None:
    """Take every factor out of use; the caller saves what else it changes and writes the entry."""
    for factor in Factor:
        _remove(worker, factor)


def prove_by_code(typed: str) -> Prove:
    """Take a code of an authenticator, or one of the worker's printed sheet."""
    code = "".join(sign for sign in typed if sign.isdecimal())

    def prove(worker: Worker, derived: DerivedKeys, at: datetime) -> bool:
        if len(code) == SHEET_DIGITS:
            return _use_sheet_code(worker, derived, code, at=at)
        return _use_app(worker, derived, code, at=at)

    return prove


def sheet_digest(key: bytes, code: str) -> bytes:
    """Digest a sheet code under the sheet's key, which only the password opens."""
    return kdf.mac(kdf.subkey(key, purpose="sheet"), code.encode())


def _remove(worker: Worker, factor: Factor) -> None:
    if factor is Factor.PASSKEY:
        Passkey.objects.filter(worker=worker).delete()
        return
    if factor is Factor.SHEET:
        SheetCode.objects.filter(worker=worker).delete()
    column = "totp" if factor is Factor.APP else "sheet_key"
    setattr(worker, column, None)
    worker.save(update_fields=[column])


def _use_app(worker: Worker, derived: DerivedKeys, code: str, *, at: datetime) -> bool:
    secret = open_secret(worker, "totp", derived)
    if secret is None:
        return False
    step = totp.matches(secret, code, at=at, used_step=worker.totp_step)
    if step is None:
        return False
    unused = Worker.objects.filter(id=worker.id).exclude(totp_step__gte=step)
    return unused.update(totp_step=step) == 1


def _use_sheet_code(worker: Worker, derived: DerivedKeys, code: str, *, at: datetime) -> bool:
    key = open_secret(worker, "sheet_key", derived)
    if key is None:
        return False
    rows = SheetCode.objects.filter(worker=worker, digest=sheet_digest(key, code), used_at=None)
    return rows.update(used_at=at) == 1
