"""Attempts at an account: limited by account and by address, never locked.

A browser that signed in here before is counted on its own, so that a stranger who guesses at a name, or from the same
office, keeps nobody else out.
Source: security.md B7.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing

from suar.accounts.rules import PER_ACCOUNT, PER_ADDRESS, delay_after
from suar.accounts.terms import Attempted
from suar.core import ratelimit
from suar.core.ratelimit import Attempt, Wait, account_key, client_network
from suar.crypto import kdf

KNOWN_FOR = timedelta(days=30)
KNOWN_SALT = "suar.known"


def begin_attempt(name: str, *, address: str, at: datetime, known: str = "", purpose: str = "sign-in") -> list[int]:
    """Count an attempt at the account `name`; `known` is the cookie of `known_browser`. Raises RateLimited."""
    account, origin = attempt_keys(name, address=address, known=known, purpose=purpose)
    limits = {account: _limit(at, PER_ACCOUNT), origin: _limit(at, PER_ADDRESS, cleared=False)}
    return ratelimit.record_attempt(limits, at=at)


def attempt_keys(name: str, *, address: str, known: str = "", purpose: str = "sign-in") -> tuple[bytes, bytes]:
    """Return the keys under which an attempt counts: of the account, and of the address or the known browser."""
    account = f"{purpose}|{account_name(name)}"
    if browser := _read_known(known, name):
        return account_key("known", f"{browser}|{account}"), account_key("known", browser)
    return account_key("account", account), account_key("from", client_network(address))


def known_browser(name: str) -> str:
    """Return the cookie by which a browser is told apart from strangers after a sign-in."""
    return signing.dumps([account_key("name", account_name(name)).hex(), kdf.new_token()], salt=KNOWN_SALT)


def account_name(name: str) -> str:
    """Normalise a name as accounts are found by."""
    return name.strip().lower()


def _read_known(known: str, name: str) -> str:
    try:
        digest, browser = signing.loads(known, salt=KNOWN_SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(browser) if digest == account_key("name", account_name(name)).hex() else ""


def _limit(at: datetime, most: int, *, cleared: bool = True) -> Wait:
    def wait(attempts: Sequence[Attempt]) -> timedelta:
        tried = [Attempted(attempt.at, attempt.succeeded) for attempt in attempts]
        return delay_after(tried, now=at, most=most, cleared=cleared)

    return wait
