"""The split session: one half in the browser, one in the database; either alone opens nothing.

Source: security.md 3.3.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from suar.accounts import pins
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.cookies import Cookies
from suar.accounts.keys import Keys, UserPairs, keys_of, newest
from suar.accounts.models import Membership, Notice, PublicKey, Session, Worker
from suar.accounts.notices import WAITS
from suar.accounts.pins import is_certified, remembers
from suar.accounts.roles import CONFIRMED_ONLY, Role, Viewer, permissions_of
from suar.accounts.rules import is_fresh, is_locked, is_session_valid
from suar.core.refusals import Refused, value_or_refuse
from suar.crypto import kdf, values
from suar.crypto.values import SealBroken

SEEN_EVERY = timedelta(seconds=60)
STORED_FOR = timedelta(hours=24)
PIN_TRIES = 5


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session in one request.

    `trusted` is True if the key of the organisation is the one the worker remembers, `to_note` if the last use should
    be recorded by `note_seen`.
    """

    session: Session
    viewer: Viewer
    keys: Keys
    locked: bool
    trusted: bool
    to_note: bool


def begin(worker: Worker, pairs: UserPairs, *, at: datetime, shared: bool, enrolling: bool = False) -> Cookies:
    """Begin a session for a worker who has just signed in; an `enrolling` one is for choosing a second factor only."""
    return _write(Session(worker=worker, shared=shared, enrolling=enrolling, made_at=at), pairs, at=at)


@transaction.atomic
def renew(cookies: Cookies, *, at: datetime, enrolled: bool = False) -> Cookies:
    """Continue a session under a new id and a new key W, as proven now; the old halves open nothing.

    The eight hours still count from the first sign-in. Only a factor chosen just now (`enrolled`)
    ends the enrolling. Raises NotYours when it has ended.
    Source: security.md 3.3 (new id and W at step-up).
    """
    row, pairs = value_or_refuse(_open(cookies))
    _rows(cookies.session).delete()
    row.enrolling = row.enrolling and not enrolled
    return _write(row, pairs, at=at)


def resume(cookies: Cookies, *, at: datetime) -> SignedIn | None:
    """Open the session that both halves belong to, or None when it has ended."""
    opened = _open(cookies)
    if opened is None or not _account_allows(opened[0]) or not is_session_valid(opened[0], now=at):
        return None
    row, pairs = opened
    worker, locked = row.worker, is_locked(row, now=at)
    rows = keys_of(worker.id)
    identity = newest(rows, KeyKind.IDENTITY, worker.organisation_id)
    remembered = pins.trusted_key(worker.organisation_id, bytes(identity.public) if identity else None)
    trusted = remembers(worker, pairs.sign.public, remembered)
    organisation_key = remembered if trusted else None
    return SignedIn(
        session=row,
        viewer=viewer_of(worker, fresh=is_fresh(row.stepped_up_at, now=at), keys=rows),
        keys=Keys(worker.id, read=pairs.read, sign=pairs.sign, organisation_key=organisation_key, rows=rows),
        locked=locked,
        trusted=trusted,
        to_note=not locked and at - row.seen_at > SEEN_EVERY,
    )


def viewer_of(worker: Worker, *, fresh: bool, keys: Collection[PublicKey] | None = None) -> Viewer:
    """Return a worker as rules see them; `keys` are what `keys_of` returns, if the caller has read them already."""
    keys = keys_of(worker.id) if keys is None else keys
    rows = dict(Membership.objects.filter(worker=worker, until=None).values_list("team", "leads"))
    return Viewer(
        worker=worker.id,
        organisation=worker.organisation_id,
        role=Role(worker.role),
        permissions=permissions_of(worker.role, confirmed=_is_confirmed(worker, keys)),
        teams=frozenset(rows),
        leads=frozenset(team for team, leads in rows.items() if leads),
        own_keys=frozenset(key.id for key in keys if key.kind == KeyKind.USER_READ and key.owner == worker.id),
        fresh=fresh,
    )


def _is_confirmed(worker: Worker, keys: Collection[PublicKey]) -> bool:
    """Return True if a signatory confirmed the worker's key; not looked up for a role that does not need it."""
    if not permissions_of(worker.role) & CONFIRMED_ONLY:
        return True
    own, identity = newest(keys, KeyKind.USER_READ, worker.id), newest(keys, KeyKind.IDENTITY, worker.organisation_id)
    return own is not None and identity is not None and is_certified(own, bytes(identity.public))


def acting_as(worker: Worker, pairs: UserPairs, *, at: datetime) -> Acting:
    """Return the context in which a worker acts without a request: at the set-up, and in the demonstration."""
    keys = Keys(worker.id, read=pairs.read, sign=pairs.sign)
    return Acting(at=at, viewer=viewer_of(worker, fresh=True), keys=keys)


def last_worker(session: str) -> UUID | None:
    """Return the worker of a session, also of one that has expired; None if the row is gone."""
    row = _row(session)
    return row.worker_id if row else None


@act("sign_out", needs=None)
def end(session: str, *, by: Anonymous) -> None:
    """End one session."""
    by.entry.skip = not _rows(session).delete()[0]


def end_all(worker: UUID, *, but: str = "") -> int:
    """End every session of a worker, except the one whose id is `but`."""
    return Session.objects.filter(worker=worker).exclude(digest=kdf.token_digest(but)).delete()[0]


def set_talk_pin(cookies: Cookies, pin: str) -> None:
    """Store the six digits that unlock a talk in this session; empty removes them.

    Their digest is keyed by what only both halves of the session give, so that a thief of the
    database alone cannot try all million. Source: security.md 3.3 (talk PIN).
    """
    row, pairs = value_or_refuse(_open(cookies))
    row.talk_pin, row.pin_tries = _pin_digest(pairs, pin) if pin else None, 0
    row.save(update_fields=["talk_pin", "pin_tries"])


def open_by_pin(cookies: Cookies, pin: str, *, at: datetime) -> None:
    """Unlock a quiet talk by its six digits; it is no step-up.

    An attempt is counted before it is checked. Raises Refused("pin") for wrong digits and
    Refused("pin_spent") after five of them: then only the password opens.
    """
    rows = _rows(cookies.session).filter(talk_pin__isnull=False, pin_tries__lt=PIN_TRIES)
    tried = rows.update(pin_tries=F("pin_tries") + 1)
    row, pairs = value_or_refuse(_open(cookies))
    if not tried:
        raise Refused("pin_spent")
    if not kdf.equal(_pin_digest(pairs, pin), bytes(row.talk_pin or b"")):
        raise Refused("pin" if row.pin_tries < PIN_TRIES else "pin_spent")
    row.seen_at, row.pin_tries = at, 0
    row.save(update_fields=["seen_at", "pin_tries"])


def set_in_talk(session: str, *, in_talk: bool) -> None:
    """Let a session idle longer while a talk is open."""
    _rows(session).update(in_talk=in_talk)


def note_seen(session: str, *, at: datetime) -> None:
    """Record when a session was last used: its idle time counts from then."""
    _rows(session).update(seen_at=at)


def purge_ended(*, at: datetime) -> int:
    """Delete sessions that ended so long ago that no form is replayed from them."""
    return Session.objects.filter(seen_at__lt=at - STORED_FOR).delete()[0]


def _write(row: Session, pairs: UserPairs, *, at: datetime) -> Cookies:
    session, wrapping = kdf.new_token(), kdf.random_key()
    row.digest = kdf.token_digest(session)
    row.sealed = values.wrap(wrapping, pairs.to_bytes(), label=f"session|{row.worker_id}")
    row.seen_at = row.stepped_up_at = at
    row.save(force_insert=True)
    return Cookies(session, wrapping.hex())


def _pin_digest(pairs: UserPairs, pin: str) -> bytes:
    return kdf.mac(kdf.subkey(pairs.read.private, purpose="talk pin"), pin.encode())


def _account_allows(row: Session) -> bool:
    state = row.worker.state
    return state == WorkerState.ACTIVE or (row.enrolling and state == WorkerState.INVITED)


def _rows(session: str) -> QuerySet[Session]:
    return Session.objects.filter(digest=kdf.token_digest(session))


def _row(session: str) -> Session | None:
    unseen = Exists(Notice.objects.filter(WAITS, worker=OuterRef("worker")))
    rows = _rows(session).select_related("worker__organisation").annotate(has_notice=unseen)  # type: ignore[no-redef]  # see Session
    return rows.first()


def _open(cookies: Cookies) -> tuple[Session, UserPairs] | None:
    """Return a session with the worker's pairs, or None if it has ended or the halves do not belong together."""
    row = _row(cookies.session)
    if row is None:
        return None
    try:
        key = bytes.fromhex(cookies.wrapping)
        return row, UserPairs.from_bytes(values.unwrap(key, bytes(row.sealed), label=f"session|{row.worker_id}"))
    except (ValueError, SealBroken):
        return None
