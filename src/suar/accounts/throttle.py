"""How fast anybody may guess: tries are counted by account and by address, never locked.

A browser that signed in here before counts on its own, so that a stranger who guesses at a
name, or from the same office, keeps nobody else out.
Source: security.md B7.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest

from suar.accounts.models import Attempt
from suar.accounts.rules import PER_ACCOUNT, PER_ADDRESS, delay_after
from suar.accounts.terms import Attempted
from suar.core.refusals import TooBusy
from suar.crypto import kdf

KEPT = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)
KNOWN_SALT = "suar.known"


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries: digests of the account meant and of the address or the known browser."""

    account: bytes
    address: bytes


def trier(name: str, *, address: str, known: str = "", purpose: str = "sign-in") -> Trier:
    """Say who tries for the account `name`; `known` is what `known_browser` once gave."""
    account = f"{purpose}|{plain(name)}"
    browser = _read_known(known, name)
    if browser:
        return Trier(_digest("known", f"{browser}|{account}"), _digest("known", browser))
    return Trier(_digest("account", account), _digest("from", neighbourhood(address)))


def begin_try(who: Trier, *, at: datetime) -> Attempt:
    """Count a try; raises TooBusy with the wait when there were too many.

    Who must wait anyway writes nothing. The others are looked at once more after the try was
    written, so that many at once see each other.
    """
    _wait(who, at=at)
    attempt = Attempt.objects.create(account=who.account, address=who.address, at=at)
    try:
        _wait(who, at=at, before=attempt.id)
    except TooBusy:
        attempt.delete()
        raise
    return attempt


def worked(attempt: Attempt) -> None:
    """Mark a try as the right one, which clears the failures of its account before it."""
    Attempt.objects.filter(id=attempt.id).update(worked=True)


def known_browser(name: str) -> str:
    """Give what a browser keeps after a sign-in, to be told apart from strangers."""
    return signing.dumps([_digest("name", plain(name)).hex(), kdf.new_token()], salt=KNOWN_SALT)


def forget_old_attempts(*, at: datetime) -> int:
    """Remove tries older than an hour."""
    return Attempt.objects.filter(at__lt=at - KEPT).delete()[0]


def neighbourhood(address: str) -> str:
    """Write an address as it is counted: a version 6 network of 64 bits is one caller.

    A household holds 2^64 such addresses; a version 4 address in version 6 form counts as itself.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found.packed, 64), strict=False).network_address)


def address_of(request: HttpRequest) -> str:
    """Tell from where a request comes; behind a proxy, what the proxy saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    seen = request.META.get("REMOTE_ADDR", "")
    return forwarded or seen if settings.SECURE_PROXY_SSL_HEADER else seen


def plain(name: str) -> str:
    """Write a name as accounts are found by: without blanks around it, in small letters."""
    return name.strip().lower()


def _read_known(known: str, name: str) -> str:
    try:
        digest, browser = signing.loads(known, salt=KNOWN_SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return browser if digest == _digest("name", plain(name)).hex() else ""


def _wait(who: Trier, *, at: datetime, before: int | None = None) -> None:
    rows = Attempt.objects.filter(Q(account=who.account) | Q(address=who.address))
    rows = rows.filter(at__gte=at - KEPT)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.values_list("account", "address", "at", "worked"))
    of_account = [Attempted(row[2], row[3]) for row in found if bytes(row[0]) == who.account]
    of_address = [Attempted(row[2], row[3]) for row in found if bytes(row[1]) == who.address]
    for wait in (
        delay_after(of_account, now=at, most=PER_ACCOUNT),
        delay_after(of_address, now=at, most=PER_ADDRESS, cleared=False),
    ):
        if wait:
            raise TooBusy(retry_after_s=int(wait.total_seconds()) + 1)


def _digest(kind: str, text: str) -> bytes:
    key = kdf.digest(settings.SECRET_KEY.encode())
    return kdf.mac(key, f"{kind}|{text}".encode())
