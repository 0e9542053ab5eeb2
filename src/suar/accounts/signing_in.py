"""Signing in: one password hash, then a second factor, then a session.

Source: security.md 3.1, 3.3 and B7.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from suar.accounts import passwords, sessions
from suar.accounts.actions import rewrap
from suar.accounts.keys import UserPairs, newest_public
from suar.accounts.models import Attempt, Session, SheetCode, Worker, Wrap
from suar.accounts.rules import PER_ACCOUNT, PER_ADDRESS, delay_after
from suar.accounts.sessions import Cookies
from suar.accounts.terms import Attempted, KeyKind, Way, WorkerState
from suar.audit import actions as audit
from suar.kernel.refusals import Refused, TooBusy
from suar.sealing import derivation, tokens, totp, wraps
from suar.sealing.passwords import DerivedKeys

KEPT = timedelta(hours=1)
Prove = Callable[[Worker, DerivedKeys, datetime], bool]


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody typed to sign in; `prove` checks the second factor."""

    name: str
    password: str
    address: str
    shared: bool = False


def sign_in(tried: SignIn, *, prove: Prove, at: datetime) -> tuple[Worker, Cookies]:
    """Check name, password and second factor, and begin a session.

    Raises TooBusy when this account or address must wait, and Refused("sign_in") for any
    wrong part, always with the same words and at the same cost.
    """
    account, address = (
        _digest("account", tried.name.strip().lower()),
        _digest("from", tried.address),
    )
    _wait_if_guessing(account, address, at=at)
    attempt = Attempt.objects.create(account=account, address=address, at=at)
    worker = Worker.objects.filter(name=tried.name.strip().lower()).first()
    derived = passwords.keys_of(worker, tried.password)
    fits = passwords.fits(worker, derived)
    if worker is None or not fits or worker.state != WorkerState.ACTIVE:
        raise Refused("sign_in")
    with transaction.atomic():
        if not prove(worker, derived, at):
            raise Refused("sign_in")
        Attempt.objects.filter(id=attempt.id).update(worked=True)
        pairs = own_pairs(worker, derived)
        derived = _raise_cost(worker, tried.password, pairs, derived, at=at)
        cookies = sessions.begin(worker, pairs, at=at, shared=tried.shared)
        audit.record("sign_in", by=worker.id, at=at)
    return worker, cookies


def own_pairs(worker: Worker, derived: DerivedKeys) -> UserPairs:
    """Unwrap a worker's own pairs with the key their password gives."""
    key = newest_public(KeyKind.USER_READ, worker.id)
    wrap = Wrap.objects.get(key=key.id, way=Way.PASSWORD, holder=worker.id)
    label = f"{worker.id}|{Way.PASSWORD}"
    return UserPairs.apart(wraps.unwrap(derived.wrapping, bytes(wrap.sealed), label=label))


def prove_by_code(typed: str) -> Prove:
    """Take a code of an authenticator, or one of the worker's printed sheet."""
    code = "".join(sign for sign in typed if sign.isdigit())

    def prove(worker: Worker, derived: DerivedKeys, at: datetime) -> bool:
        if len(code) == SHEET_DIGITS:
            return _use_sheet_code(worker, derived, code, at=at)
        return _use_totp(worker, derived, code, at=at)

    return prove


SHEET_DIGITS = 8


def step_up(worker_id: UUID, *, session: str, password: str, at: datetime) -> bool:
    """Let a worker prove themselves again; the session counts as fresh from now."""
    worker = Worker.objects.get(id=worker_id)
    account = _digest("account", worker.name)
    _wait_if_guessing(account, _digest("step", str(worker_id)), at=at)
    attempt = Attempt.objects.create(account=account, address=account, at=at)
    if not passwords.fits(worker, passwords.keys_of(worker, password)):
        return False
    with transaction.atomic():
        Attempt.objects.filter(id=attempt.id).update(worked=True)
        rows = Session.objects.filter(digest=tokens.token_digest(session))
        rows.update(stepped_up_at=at, seen_at=at)
        audit.record("step_up", by=worker_id, at=at)
    return True


def sheet_digest(derived: DerivedKeys, code: str) -> bytes:
    """Digest a sheet code under a key that only the password gives."""
    return derivation.mac(derivation.subkey(derived.wrapping, purpose="sheet"), code.encode())


def forget_old_attempts(*, at: datetime) -> int:
    """Remove tries older than an hour."""
    return Attempt.objects.filter(at__lt=at - KEPT).delete()[0]


def _use_totp(worker: Worker, derived: DerivedKeys, code: str, *, at: datetime) -> bool:
    if not worker.totp:
        return False
    secret = wraps.unwrap(derived.wrapping, bytes(worker.totp), label=f"totp|{worker.id}")
    step = totp.matches(secret, code, at=at, used_step=worker.totp_step)
    if step is None:
        return False
    unused = Worker.objects.filter(id=worker.id).exclude(totp_step__gte=step)
    return unused.update(totp_step=step) == 1


def _use_sheet_code(worker: Worker, derived: DerivedKeys, code: str, *, at: datetime) -> bool:
    rows = SheetCode.objects.filter(worker=worker, digest=sheet_digest(derived, code), used_at=None)
    return rows.update(used_at=at) == 1


def _raise_cost(
    worker: Worker, password: str, pairs: UserPairs, derived: DerivedKeys, *, at: datetime
) -> DerivedKeys:
    """Hash anew and wrap anew when the cost of a password was raised since last time."""
    now = passwords.parameters()
    if worker.kdf == {"memory_kib": now.memory_kib, "passes": now.passes, "lanes": now.lanes}:
        return derived
    return change_keys(worker, password, pairs, old=derived, at=at)


def change_keys(
    worker: Worker, password: str, pairs: UserPairs, *, old: DerivedKeys, at: datetime
) -> DerivedKeys:
    """Wrap everything of a worker under a new password; no value is touched.

    Sheet codes are keyed by the password, so a new sheet must be printed: old codes end here.
    """
    secret = (
        wraps.unwrap(old.wrapping, bytes(worker.totp), label=f"totp|{worker.id}")
        if worker.totp
        else None
    )
    derived = passwords.set_password(worker, password)
    rewrap(
        newest_public(KeyKind.USER_READ, worker.id),
        pairs,
        way=Way.PASSWORD,
        key=derived.wrapping,
        at=at,
    )
    if secret is not None:
        worker.totp = wraps.wrap(derived.wrapping, secret, label=f"totp|{worker.id}")
    worker.save(update_fields=["salt", "kdf", "verifier", "totp"])
    SheetCode.objects.filter(worker=worker).delete()
    return derived


def _wait_if_guessing(account: bytes, address: bytes, *, at: datetime) -> None:
    since = at - KEPT
    for field, digest, most in (
        ("account", account, PER_ACCOUNT),
        ("address", address, PER_ADDRESS),
    ):
        rows = Attempt.objects.filter(**{field: digest}, at__gte=since).values_list("at", "worked")
        wait = delay_after([Attempted(*row) for row in rows], now=at, most=most)
        if wait:
            raise TooBusy(retry_after_s=int(wait.total_seconds()) + 1)


def _digest(kind: str, text: str) -> bytes:
    return derivation.mac(
        derivation.digest(settings.SECRET_KEY.encode()), f"{kind}|{text}".encode()
    )
