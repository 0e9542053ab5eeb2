"""Passwords and signing in: one password hash, then a second factor, then a session.

Attempts are delayed, never locked. A stranger's attempts at an account count for their own network, and only the
first two in an hour count for the account: one stranger locks nobody out. From 60 attempts at an account in an
hour on, each one counts for it, so that guesses do not grow with the number of networks. A browser that signed in
here before is counted on its own and waits at most ten seconds, or a minute after 50 failures in an hour. Codes
are counted apart, once the password is right.
Source: security.md 3.1, 3.3 and B7.
"""

import os
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth import password_validation
from django.core import signing

from suar.accounts import rules, sessions
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import Way, WorkerState
from suar.accounts.cookies import KNOWN_FOR, Cookies
from suar.accounts.factors import PASSWORD_WRAPS, FactorCheck, open_secret, seal_secret
from suar.accounts.keys import UserPairs, unwrap_pairs, wrap_pairs
from suar.accounts.models import Worker
from suar.accounts.roles import Permission
from suar.core import locks, ratelimit
from suar.core.ratelimit import WIDE_BITS, Attempts, RateLimited, Wait, account_key, client_network
from suar.core.refusals import Refused
from suar.crypto import kdf
from suar.crypto.kdf import DerivedKeys, KdfParameters

KNOWN_SALT = "suar.known"
STRANGERS, KNOWN = "sign-in", "known-sign-in"
"""Queues for the password hash: a signed-in worker or a known browser never waits behind strangers."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The typed credentials, the address, and the browser if it is known.

    `only` names the worker whose page is open beneath; anybody else is refused as if mistyped.
    """

    name: str
    password: str = field(repr=False)
    address: str
    known: str = field(default="", repr=False)
    shared: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class VerifiedWorker:
    """A worker who has just typed the right password, and what it opens."""

    worker: Worker
    derived: DerivedKeys = field(repr=False)
    pairs: UserPairs = field(repr=False)


def sign_in(typed: SignIn, *, check_factor: FactorCheck, at: datetime) -> tuple[Worker, Cookies]:
    """Check name, password and second factor, and begin a session.

    Raises TooBusy when this account or address must wait, and Refused("sign_in") for any
    wrong part, always with the same words and at the same cost.
    """
    attempt = begin_attempt(typed.name, address=typed.address, known=typed.known, at=at)
    worker = Worker.objects.filter(name=rules.account_name(typed.name)).first()
    queue = KNOWN if _read_known(typed.known, typed.name) else STRANGERS
    derived = derive_keys(worker, typed.password, queue=queue)
    fits = password_fits(worker, derived)
    other = worker and typed.only not in ("", str(worker.id))
    if worker is None or not fits or other or worker.state != WorkerState.ACTIVE:
        raise Refused("sign_in")
    attempt += _begin_code_attempt(typed, at=at)
    by = Anonymous(at=at, known_worker=worker.id)
    cookies = _begin_session(typed, worker, derived, check_factor, by=by)
    ratelimit.mark_succeeded(attempt)
    return worker, cookies


@act("sign_in", needs=None, once=False)
def _begin_session(
    typed: SignIn, worker: Worker, derived: DerivedKeys, check_factor: FactorCheck, *, by: Anonymous
) -> Cookies:
    """Check the second factor; a password that costs less than today's is wrapped anew."""
    if not check_factor(worker, derived, by.at):
        raise Refused("sign_in")
    pairs = unwrap_pairs(worker.id, way=Way.PASSWORD, key=derived.wrapping)
    if worker.kdf != asdict(kdf_parameters()):
        rewrap_all(worker, typed.password, pairs, old=derived, at=by.at)
    return sessions.begin(worker, pairs, at=by.at, shared=typed.shared)


def verify_password(worker_id: UUID, password: str, *, at: datetime) -> VerifiedWorker:
    """Check the password of a signed-in worker; raises Refused("step_up") and TooBusy."""
    worker = Worker.objects.get(id=worker_id)
    attempt = begin_attempt(worker.name, address=str(worker_id), purpose="again", at=at)
    derived = derive_keys(worker, password, queue=KNOWN)
    if not password_fits(worker, derived):
        raise Refused("step_up")
    ratelimit.mark_succeeded(attempt)
    return VerifiedWorker(worker, derived, unwrap_pairs(worker_id, way=Way.PASSWORD, key=derived.wrapping))


@act("step_up", needs=Permission.SEE_OWN_DAY, once=False)
def step_up(cookies: Cookies, *, by: Acting) -> Cookies:
    """Make the session fresh from now, under new halves; the password was checked before."""
    return sessions.renew(cookies, at=by.at)


@act("change_password", needs=Permission.SEE_OWN_DAY)
def change_password(verified: VerifiedWorker, new: str, *, session: str, by: Acting) -> None:
    """Wrap everything under a new password and end every other session.

    The recovery sheet and the sheet of codes go on; neither depends on the password.
    Raises Refused for a password that is not good enough.
    """
    check_new_password(verified.worker, new)
    rewrap_all(verified.worker, new, verified.pairs, old=verified.derived, at=by.at)
    sessions.end_all(verified.worker.id, but=session)


# Passwords


def derive_keys(worker: Worker | None, password: str, *, queue: str = STRANGERS) -> DerivedKeys:
    """Derive both keys with one Argon2id; for an unknown worker the cost is the same."""
    known = worker if worker and worker.salt else None
    salt = bytes(known.salt) if known else _dummy_salt()
    cost = KdfParameters(**known.kdf) if known else kdf_parameters()
    with locks.queue_slot(queue):
        return kdf.derive(password, salt, cost)


def password_fits(worker: Worker | None, derived: DerivedKeys) -> bool:
    """Compare in constant time, also for an unknown worker."""
    stored = bytes(worker.verifier) if worker is not None and worker.verifier else bytes(32)
    return kdf.equal(kdf.verifier(derived.authentication), stored)


def set_password(worker: Worker, password: str, *, queue: str = STRANGERS) -> DerivedKeys:
    """Set a new salt, cost and verifier of a worker (not saved), and return the derived keys."""
    worker.salt, worker.kdf = os.urandom(16), asdict(kdf_parameters())
    derived = derive_keys(worker, password, queue=queue)
    worker.verifier = kdf.verifier(derived.authentication)
    return derived


def rewrap_all(worker: Worker, password: str, pairs: UserPairs, *, old: DerivedKeys, at: datetime) -> None:
    """Wrap everything of a worker under a new password, or the same at a new cost.

    No value is touched. Source: security.md 3.5 (password change: rewrap only).
    """
    secrets = {name: open_secret(worker, name, old) for name in PASSWORD_WRAPS}
    derived = set_password(worker, password, queue=KNOWN)
    for name, secret in secrets.items():
        if secret is not None:
            seal_secret(worker, name, secret, derived)
    wrap_pairs(worker.id, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
    worker.save(update_fields=["salt", "kdf", "verifier", *PASSWORD_WRAPS])


def check_new_password(worker: Worker, password: str) -> None:
    """Raise Refused if a new password is too weak."""
    rules.password_is_good(password, name=worker.name, common=common_passwords()).enforce()


def kdf_parameters() -> KdfParameters:
    """Return today's cost of a password; stored with each worker and raised at the next sign-in."""
    return KdfParameters(**settings.SUAR_KDF)


@cache
def common_passwords() -> frozenset[str]:
    """Read the list of 20,000 common passwords that Django ships."""
    return frozenset(password_validation.CommonPasswordValidator().passwords)


@cache
def _dummy_salt() -> bytes:
    return os.urandom(16)


# Attempts


def begin_attempt(name: str, *, address: str, at: datetime, known: str = "", purpose: str = "sign-in") -> list[int]:
    """Count an attempt at the account `name`; `known` is the cookie of `known_browser`. Raises RateLimited."""
    caller, origin = attempt_keys(name, address=address, known=known, purpose=purpose)
    is_known = bool(_read_known(known, name))
    limits = {
        caller: _limit(at, rules.PER_ACCOUNT, known=is_known),
        origin: _limit(at, rules.PER_ADDRESS, known=is_known, success_clears=False),
    }
    if is_known:
        return ratelimit.record_attempt(limits, at=at)
    account = account_key("account", f"{purpose}|{rules.account_name(name)}")
    if ":" in (wide := client_network(address, bits=WIDE_BITS)):
        limits[account_key("from", f"{wide}/{WIDE_BITS}")] = _limit(
            at, rules.PER_ADDRESS * ratelimit.CALLERS_IN_WIDE, success_clears=False
        )
    rows = ratelimit.record_attempt({account: _limit(at, rules.PER_ACCOUNT), **limits}, at=at)
    is_repeated = ratelimit.count_before(rows[1], caller, at=at) >= rules.PER_STRANGER
    if is_repeated and ratelimit.count_before(rows[0], account, at=at) < rules.MAX_UNCOUNTED:
        ratelimit.uncount_attempt(rows[0])
    return rows


def attempt_keys(name: str, *, address: str, known: str = "", purpose: str = "sign-in") -> tuple[bytes, bytes]:
    """Return the keys of a caller: one for attempts at this account, one for attempts at any.

    A caller is a known browser, or else a network.
    """
    account = f"{purpose}|{rules.account_name(name)}"
    if browser := _read_known(known, name):
        return account_key("known", f"{browser}|{account}"), account_key("known", browser)
    stranger = client_network(address, bits=WIDE_BITS)
    return account_key("stranger", f"{stranger}|{account}"), account_key("from", client_network(address))


def _begin_code_attempt(typed: SignIn, *, at: datetime) -> list[int]:
    """Count an attempt at the second factor by somebody who knows the password; raises Refused("sign_in").

    It is refused like a wrong code, so that nobody learns that the password is right.
    """
    key = account_key("code", f"{_read_known(typed.known, typed.name)}|{rules.account_name(typed.name)}")
    try:
        return ratelimit.record_attempt({key: _limit(at, rules.PER_ACCOUNT)}, at=at)
    except RateLimited:
        raise Refused("sign_in") from None


def known_browser(name: str) -> str:
    """Return the cookie that marks a browser as known after a sign-in."""
    return signing.dumps([account_key("name", rules.account_name(name)).hex(), kdf.new_token()], salt=KNOWN_SALT)


def _read_known(known: str, name: str) -> str:
    try:
        digest, browser = signing.loads(known, salt=KNOWN_SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if digest == account_key("name", rules.account_name(name)).hex() else ""


def _limit(at: datetime, free_attempts: int, *, success_clears: bool = True, known: bool = False) -> Wait:
    def wait(attempts: Attempts) -> timedelta:
        tried = [(attempt.at, attempt.succeeded) for attempt in attempts]
        return rules.delay_after(tried, now=at, free_attempts=free_attempts, success_clears=success_clears, known=known)

    return wait
