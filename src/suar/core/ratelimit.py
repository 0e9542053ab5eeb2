"""Rate limits of anonymous callers and of those who sign in.

Every attempt is a row for one hour. A caller is stored only as a keyed digest; the key for anonymous callers is
random, changes each hour and is never part of a backup, so that old rows tell nothing of an address. Nobody is locked
out: an anonymous caller who must wait gets a ticket that counts once, whatever others on the same connection do.

Source: security.md 3.1, B6 and B7; docs/decisions/help-requests.md.
"""

import ipaddress
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from suar.core.models import Attempt
from suar.core.refusals import TooBusy

COUNTED_FOR = timedelta(hours=1)
FREE_CALLS = 3
FIRST_WAIT, MAX_WAIT = timedelta(seconds=10), timedelta(minutes=2)
TICKETS_APART = timedelta(seconds=1)
MAX_QUEUE_TIME = TICKET_LIVES = timedelta(minutes=10)
WIDE_BITS, CALLERS_IN_WIDE = 48, 16
"""Many customers have an IPv6 network of 48 bits with 65,536 networks of 64 bits: all together count as 16 callers."""

Attempts = Sequence[Attempt]
Wait = Callable[[Attempts], timedelta]


class RateLimited(TooBusy):
    """Too many attempts. `ticket` lets one call through after `retry_after_s`, if there is one."""

    def __init__(self, wait: timedelta, ticket: str = "") -> None:
        super().__init__(retry_after_s=ceil(wait.total_seconds()))
        self.wait, self.ticket = wait, ticket


def record_attempt(limits: Mapping[bytes, Wait], *, at: datetime) -> list[int]:
    """Count an attempt under each key and return the rows; raises RateLimited and then counts nothing.

    A caller who must wait writes nothing. The limits are checked again after the row is written, so that concurrent
    attempts see each other.
    """
    _check(limits, at=at)
    rows = [row.pk for row in Attempt.objects.bulk_create(Attempt(key=key, at=at) for key in limits)]
    try:
        _check(limits, at=at, before=min(rows))
    except RateLimited:
        Attempt.objects.filter(id__in=rows).delete()
        raise
    return rows


def count_before(row: int, key: bytes, *, at: datetime) -> int:
    """Count the attempts under this key in the hour before the row."""
    return Attempt.objects.filter(key=key, at__gt=at - COUNTED_FOR, id__lt=row).count()


def uncount_attempt(row: int) -> None:
    """Set the amount of an attempt to 0, so that it does not count unless it succeeds."""
    Attempt.objects.filter(id=row).update(amount=0)


def mark_succeeded(rows: Sequence[int]) -> None:
    """Mark attempts as successful, so that they do not count as failures."""
    Attempt.objects.filter(id__in=rows).update(succeeded=True)


def account_key(purpose: str, account: str) -> bytes:
    """Return the key of an account, a known browser or the address of someone who signs in."""
    return salted_hmac("suar.attempt", f"{purpose}|{account}", algorithm="sha256").digest()


def count_call(purpose: str, address: str, *, at: datetime, ticket: str = "") -> int:
    """Count a call of an anonymous caller. Return how many came before in this hour; raises RateLimited.

    Three calls are free. A valid ticket always gets through, once, and counts for its own network alone: one that uses
    all its tickets delays no other network of the same wide one.
    """
    keys = _caller_keys(purpose, address, at=at)
    if ticket and _use_ticket(ticket, purpose, at=at):
        rows = [Attempt.objects.create(key=next(iter(keys)), at=at).pk]
    else:
        limits = {key: _wait_of(callers, at=at) for key, callers in keys.items()}
        try:
            rows = record_attempt(limits, at=at)
        except RateLimited as limited:
            raise _with_ticket(keys, purpose, limited.wait, ticket=ticket, at=at) from None
    earlier = Attempt.objects.filter(ticket=None, id__lt=min(rows))
    return max(earlier.filter(key=key).count() - FREE_CALLS * (callers - 1) for key, callers in keys.items())


def uncount_call(purpose: str, address: str, *, at: datetime) -> None:
    """Take the last call back: it was right, or failed through no fault of the caller."""
    own, *wide = _caller_keys(purpose, address, at=at)
    if last := Attempt.objects.filter(key=own, ticket=None).order_by("-id").first():
        # A call with a ticket has no row of the wide network: the last one there is a neighbour's.
        together = Attempt.objects.filter(key__in=wide, ticket=None, at=last.at, id__gt=last.pk).order_by("id")
        Attempt.objects.filter(pk__in=[last.pk, *together.values_list("pk", flat=True)[: len(wide)]]).delete()


def busy_ticket(purpose: str, address: str, *, at: datetime, retry_after_s: int) -> str:
    """Take a call back for which there was no capacity, and issue a ticket for the next one."""
    uncount_call(purpose, address, at=at)
    return issue_ticket(purpose, moment=at + timedelta(seconds=retry_after_s))


def has_left(purpose: str, address: str, *, limit: int, at: datetime, amount: int = 1) -> bool:
    """Return True if a caller may use so much more in this hour. Nothing is counted."""
    keys = _caller_keys(purpose, address, at=at)
    return all(_used(key) + amount <= limit * callers for key, callers in keys.items())


def use(purpose: str, address: str, *, limit: int, at: datetime, amount: int = 1) -> bool:
    """Count what a caller uses in this hour; False, and nothing counted, beyond the limit."""
    if not has_left(purpose, address, limit=limit, at=at, amount=amount):
        return False
    # Insert first and count after it, so that simultaneous callers cannot all see the room that is left.
    keys = _caller_keys(purpose, address, at=at)
    rows = Attempt.objects.bulk_create(Attempt(key=key, at=at, amount=amount) for key in keys)
    if has_left(purpose, address, limit=limit, at=at, amount=0):
        return True
    Attempt.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return False


def give_back(purpose: str, address: str, *, at: datetime, amount: int) -> None:
    """Return what a caller did not use after all; never more than was counted in this hour."""
    for key in _caller_keys(purpose, address, at=at):
        if returned := min(amount, _used(key)):
            Attempt.objects.create(key=key, at=at, amount=-returned)


def _used(key: bytes) -> int:
    return Attempt.objects.filter(key=key).aggregate(used=Sum("amount"))["used"] or 0


def wait_after(calls: int, *, since: timedelta) -> timedelta:
    """Return how long a caller still waits after so many calls, the last of them `since` ago.

    Beyond the free calls each wait is twice as long as the one before, up to two minutes.
    Source: security.md B7 (rising delay, no lock of others).
    """
    if calls < FREE_CALLS:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(calls - FREE_CALLS, 10)
    return max(timedelta(0), min(doubled, MAX_WAIT) - max(since, timedelta(0)))


def issue_ticket(purpose: str, *, moment: datetime, keys: Iterable[bytes] = (b"",)) -> str:
    """Make a ticket for one call from a moment on; it waits under each key, and only the row of the first is used."""
    ticket = secrets.token_urlsafe(24)
    digests = {key: _ticket_digest("|wide" * place + purpose, ticket) for place, key in enumerate(keys)}
    Attempt.objects.bulk_create(Attempt(key=key, at=moment, amount=0, ticket=digest) for key, digest in digests.items())
    return ticket


def purge_attempts(*, at: datetime) -> int:
    """Delete attempts of more than an hour ago, and the keys that could tell who called."""
    _remove_old_keys(_hour(at))
    return Attempt.objects.filter(at__lt=at - COUNTED_FOR).delete()[0]


def client_address(request: HttpRequest) -> str:
    """Return the address a request comes from; behind a proxy, the one that the proxy saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    seen = str(request.META.get("REMOTE_ADDR", ""))
    return forwarded or seen if settings.SECURE_PROXY_SSL_HEADER else seen


def client_network(address: str, *, bits: int = 64) -> str:
    """Return an address as it is counted: a version 6 network of 64 bits is one caller.

    A household holds 2^64 such addresses, and a customer of a provider often 48 `bits`. A version 4 address in
    version 6 form counts as itself.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed.packed, bits), strict=False).network_address)


def _check(limits: Mapping[bytes, Wait], *, at: datetime, before: int | None = None) -> None:
    rows = Attempt.objects.filter(key__in=list(limits), at__gt=at - COUNTED_FOR, ticket=None).order_by("at", "id")
    rows = rows.exclude(amount=0, succeeded=False)
    if before is not None:
        rows = rows.filter(id__lt=before)
    attempts = list(rows)
    for key, wait_for in limits.items():
        own = [attempt for attempt in attempts if bytes(attempt.key) == key]
        if own and (wait := wait_for(own)):
            raise RateLimited(wait)


def _with_ticket(keys: Mapping[bytes, int], purpose: str, wait: timedelta, *, ticket: str, at: datetime) -> RateLimited:
    """Return the refusal with the ticket that the caller has already, or with the next one in the queue.

    Tickets of a caller are a second apart. A wide network has as many a second as the callers it counts for.
    """
    own = Attempt.objects.filter(ticket=_ticket_digest(purpose, ticket), at__gt=at).first()
    if own:
        return RateLimited(own.at - at, ticket)
    with transaction.atomic():
        moment = at + wait
        for key, callers in keys.items():
            rows = Attempt.objects.filter(key=key)
            # The first row is the lock of the queue, so that no two tickets are for the same moment.
            rows.select_for_update().order_by("id").first()
            queued = rows.filter(ticket__isnull=False)
            if callers > 1:
                moment = max(moment, at + wait + queued.filter(at__gt=at).count() * TICKETS_APART / callers)
            elif last := queued.order_by("-at").values_list("at", flat=True).first():
                moment = max(moment, last + TICKETS_APART)
        if moment > at + MAX_QUEUE_TIME:
            return RateLimited(wait)
        return RateLimited(moment - at, issue_ticket(purpose, moment=moment, keys=keys))


def _use_ticket(ticket: str, purpose: str, *, at: datetime) -> bool:
    rows = Attempt.objects.filter(ticket=_ticket_digest(purpose, ticket), at__lte=at, at__gte=at - TICKET_LIVES)
    return rows.delete()[0] == 1


def _ticket_digest(purpose: str, ticket: str) -> bytes:
    return salted_hmac("suar.ticket", f"{purpose}|{ticket}", algorithm="sha256").digest()


def _wait_of(callers: int, *, at: datetime) -> Wait:
    return lambda calls: wait_after(len(calls) - FREE_CALLS * (callers - 1), since=at - calls[-1].at)


def _caller_keys(purpose: str, address: str, *, at: datetime) -> dict[bytes, int]:
    """Return the keys under which a caller is counted, each with how many callers may share it, the widest last."""
    names = {f"{purpose}|{client_network(address)}": 1}
    if ":" in (wide := client_network(address, bits=WIDE_BITS)):
        names[f"{purpose}|{wide}/{WIDE_BITS}"] = CALLERS_IN_WIDE
    secret = _hour_secret(at)
    return {
        salted_hmac("suar.caller", name, secret=secret, algorithm="sha256").digest(): callers
        for name, callers in names.items()
    }


def _hour_secret(at: datetime) -> bytes:
    """Return the random key of this hour; the first process makes it in one step that is never half done."""
    path = _keys_folder() / str(_hour(at))
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = path.with_name(f"new-{secrets.token_hex(8)}")
    own.touch(mode=0o600)
    own.write_bytes(secrets.token_bytes(32))
    with suppress(FileExistsError):
        os.link(own, path)
    own.unlink()
    _remove_old_keys(_hour(at))
    return path.read_bytes()


def _remove_old_keys(hour: int) -> None:
    folder = _keys_folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.isdigit() and int(path.name) < hour:
            path.unlink(missing_ok=True)


def _keys_folder() -> Path:
    return Path(settings.SUAR_DATA) / "caller-keys"


def _hour(at: datetime) -> int:
    return int(at.timestamp() // COUNTED_FOR.total_seconds())
