"""Signing in: one password hash, then a second factor, then a session.

Source: security.md 3.1, 3.3 and B7.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import passwords, sessions
from suar.accounts.attempts import account_name, begin_attempt
from suar.accounts.factors import Prove
from suar.accounts.keys import UserPairs
from suar.accounts.models import Worker
from suar.accounts.sessions import Cookies
from suar.accounts.terms import Way, WorkerState
from suar.accounts.wrapping import own_pairs, rewrap_all
from suar.audit import actions as audit
from suar.core import ratelimit
from suar.core.refusals import Refused
from suar.crypto.kdf import DerivedKeys


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody typed to sign in, from where, and by which browser known before.

    `only` names the worker whose page is open beneath; anybody else is refused as if mistyped.
    """

    name: str
    password: str = field(repr=False)
    address: str
    known: str = field(default="", repr=False)
    shared: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """A worker who has just typed their right password, and what it opens."""

    worker: Worker
    derived: DerivedKeys = field(repr=False)
    pairs: UserPairs = field(repr=False)


def sign_in(tried: SignIn, *, prove: Prove, at: datetime) -> tuple[Worker, Cookies]:
    """Check name, password and second factor, and begin a session.

    Raises TooBusy when this account or address must wait, and Refused("sign_in") for any
    wrong part, always with the same words and at the same cost.
    """
    attempt = begin_attempt(tried.name, address=tried.address, known=tried.known, at=at)
    worker = Worker.objects.filter(name=account_name(tried.name)).first()
    derived = passwords.keys_of(worker, tried.password)
    fits = passwords.fits(worker, derived)
    if worker is None or not fits or worker.state != WorkerState.ACTIVE:
        raise Refused("sign_in")
    if tried.only and tried.only != str(worker.id):
        raise Refused("sign_in")
    with transaction.atomic():
        if not prove(worker, derived, at):
            raise Refused("sign_in")
        ratelimit.mark_succeeded(attempt)
        pairs = own_pairs(worker.id, way=Way.PASSWORD, key=derived.wrapping)
        if not passwords.cost_is_today(worker):
            rewrap_all(worker, tried.password, pairs, old=derived, at=at)
        cookies = sessions.begin(worker, pairs, at=at, shared=tried.shared)
        audit.record("sign_in", by=worker.id, at=at)
    return worker, cookies


def prove_password(worker_id: UUID, password: str, *, at: datetime) -> Proven:
    """Let a signed-in worker type their password again; raises Refused("step_up") or TooBusy."""
    worker = Worker.objects.get(id=worker_id)
    attempt = begin_attempt(worker.name, address=str(worker_id), purpose="again", at=at)
    derived = passwords.keys_of(worker, password)
    if not passwords.fits(worker, derived):
        raise Refused("step_up")
    ratelimit.mark_succeeded(attempt)
    return Proven(worker, derived, own_pairs(worker_id, way=Way.PASSWORD, key=derived.wrapping))


@transaction.atomic
def step_up(cookies: Cookies, *, by: UUID, at: datetime) -> Cookies:
    """Make the session count as fresh from now, under new halves; the proof came before."""
    renewed = sessions.renew(cookies, at=at)
    audit.record("step_up", by=by, at=at)
    return renewed


def change_password(proven: Proven, new: str, *, session: str, at: datetime) -> None:
    """Wrap everything under a new password and end every other session.

    The recovery sheet and the sheet of codes go on; neither depends on the password.
    Raises Refused for a password that is not good enough.
    """
    passwords.check_new(proven.worker, new)
    with transaction.atomic():
        rewrap_all(proven.worker, new, proven.pairs, old=proven.derived, at=at)
        sessions.end_all(proven.worker.id, but=session)
        audit.record("change_password", by=proven.worker.id, at=at)
