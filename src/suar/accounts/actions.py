"""What is done with accounts: found, invite, activate, admit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from suar.accounts import passwords
from suar.accounts.keys import (
    Keys,
    UserPairs,
    add_public,
    certified_text,
    newest_public,
)
from suar.accounts.models import Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.rules import password_is_good, permissions_of
from suar.accounts.terms import KeyKind, Permission, Role, Way, WorkerState
from suar.audit import actions as audit
from suar.kernel.ids import new_id
from suar.kernel.refusals import NotYours, Refused
from suar.sealing import boxes, derivation, shares, tokens, totp, wraps
from suar.sealing.boxes import BoxPair
from suar.sealing.recovery import RecoveryCode
from suar.sealing.signatures import SignPair

INVITED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Activated:
    """What a new worker must keep; shown once and stored nowhere."""

    keys: Keys
    recovery: RecoveryCode
    totp_secret: bytes


@transaction.atomic
def found_organisation(name: str, *, at: datetime, ident: UUID | None = None) -> Organisation:
    """Make an organisation without keys; `make_organisation_keys` follows its first worker."""
    organisation = Organisation.objects.create(id=ident or new_id(), name=name, made_at=at)
    audit.record("found_organisation", by=None, at=at, about=[organisation.id])
    return organisation


@transaction.atomic
def make_organisation_keys(
    organisation: Organisation, *, by: UUID, at: datetime
) -> list[shares.Share]:
    """Make inbox, identity, break-glass, statistics and escrow pairs, held by worker `by`.

    Returns the three escrow shares, of which two open every grant; they exist only on paper.
    Source: security.md 3.2.
    """
    holder = newest_public(KeyKind.USER_READ, by)
    for kind in (KeyKind.INBOX, KeyKind.BREAK_GLASS, KeyKind.STATISTICS):
        pair = BoxPair.new()
        key = add_public(kind, organisation.id, pair.public, at=at)
        give_key(key, pair.private, to=holder, at=at)
    identity = SignPair.new()
    key = add_public(KeyKind.IDENTITY, organisation.id, identity.public, at=at)
    give_key(key, identity.private, to=holder, at=at)
    escrow = BoxPair.new()
    add_public(KeyKind.ESCROW, organisation.id, escrow.public, at=at)
    _certify(by, identity)
    audit.record("make_organisation_keys", by=by, at=at, about=[organisation.id])
    return shares.split(escrow.private, shares=3, threshold=2)


@transaction.atomic
def make_team(
    name: str, *, organisation: Organisation, by: UUID, at: datetime, own_cases_only: bool = False
) -> Team:
    """Make a team and its first key, held by its maker, who leads it."""
    team = Team.objects.create(organisation=organisation, name=name, own_cases_only=own_cases_only)
    pair, search = BoxPair.new(), derivation.random_key()
    key = add_public(KeyKind.TEAM, team.id, pair.public, at=at)
    give_key(key, pair.private + search, to=newest_public(KeyKind.USER_READ, by), at=at)
    Membership.objects.create(worker_id=by, team=team, leads=True, since=at)
    audit.record("make_team", by=by, at=at, about=[team.id])
    return team


@transaction.atomic
def invite(
    name: str, *, shown_name: str, role: Role, organisation: Organisation,
    by: UUID | None, at: datetime,
) -> tuple[Worker, str]:  # fmt: skip
    """Make a worker without keys and a one-time code, good for seven days."""
    code = tokens.new_token()
    worker = Worker.objects.create(
        name=name.strip().lower(), shown_name=shown_name.strip(), role=role,
        organisation=organisation, invitation=tokens.token_digest(code),
        invited_until=at + INVITED_FOR, made_at=at,
    )  # fmt: skip
    audit.record("invite", by=by, at=at, about=[worker.id])
    return worker, code


@transaction.atomic
def activate(name: str, *, code: str, password: str, at: datetime) -> Activated:
    """Turn an invitation into an account; the worker's keys are made here and now.

    Raises NotYours for a wrong or old code, Refused for a password that is not good enough.
    """
    worker = Worker.objects.select_for_update().filter(name=name.strip().lower()).first()
    if not (worker and worker.invitation and worker.invited_until and worker.invited_until > at):
        raise NotYours
    if not derivation.equal(tokens.token_digest(code), bytes(worker.invitation)):
        raise NotYours
    check_password(worker, password)
    derived = passwords.set_password(worker, password)
    pairs, recovery, secret = UserPairs.new(), RecoveryCode.new(), totp.new_secret()
    read = add_public(KeyKind.USER_READ, worker.id, pairs.read.public, at=at)
    add_public(KeyKind.USER_SIGN, worker.id, pairs.sign.public, at=at)
    rewrap(read, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
    rewrap(read, pairs, way=Way.RECOVERY, key=recovery.key(), at=at)
    worker.totp = wraps.wrap(derived.wrapping, secret, label=f"totp|{worker.id}")
    worker.invitation = worker.invited_until = None
    worker.state = WorkerState.ACTIVE
    worker.save()
    audit.record("activate", by=worker.id, at=at, about=[worker.id])
    return Activated(Keys(worker.id, read=pairs.read, sign=pairs.sign), recovery, secret)


@transaction.atomic
def admit(worker: UUID, *, team: UUID, keys: Keys, at: datetime, leads: bool = False) -> None:
    """Let a worker into a team: seal its key to them, and what their role needs besides.

    The one who admits must hold the keys; a signatory also certifies the worker's own keys.
    """
    new = Worker.objects.get(id=worker, state=WorkerState.ACTIVE)
    holder = newest_public(KeyKind.USER_READ, worker)
    for key in keys.held(KeyKind.TEAM):
        if key.owner == team:
            give_key(PublicKey.objects.get(id=key.id), keys.private(key.id), to=holder, at=at)
    Membership.objects.create(worker=new, team_id=team, leads=leads, since=at)
    if Permission.ANSWER_REFERRAL in permissions_of(Role(new.role)):
        give_organisation_keys(new, KeyKind.INBOX, keys=keys, at=at)
    certify(worker, keys=keys, at=at)
    audit.record("admit", by=keys.worker, at=at, about=[worker, team])


@transaction.atomic
def certify(worker: UUID, *, keys: Keys, at: datetime) -> None:
    """Sign a worker's own keys with the organisation's key; only a signatory can."""
    new = Worker.objects.get(id=worker, state=WorkerState.ACTIVE)
    _certify(worker, keys.identity(new.organisation_id))
    audit.record("certify", by=keys.worker, at=at, about=[worker])


def give_organisation_keys(worker: Worker, *kinds: KeyKind, keys: Keys, at: datetime) -> None:
    """Seal the organisation's keys of these kinds to a worker; the giver must hold them."""
    holder = newest_public(KeyKind.USER_READ, worker.id)
    for key in keys.held(*kinds):
        if key.owner == worker.organisation_id:
            give_key(PublicKey.objects.get(id=key.id), keys.private(key.id), to=holder, at=at)


def give_key(key: PublicKey, private: bytes, *, to: PublicKey, at: datetime) -> None:
    """Seal a private half to a holder; giving it twice changes nothing."""
    sealed = boxes.seal_to(bytes(to.public), private)
    Wrap.objects.get_or_create(
        key=key.id, way=Way.MEMBER, holder=to.owner, defaults={"sealed": sealed, "made_at": at}
    )


def rewrap(read: PublicKey, pairs: UserPairs, *, way: Way, key: bytes, at: datetime) -> None:
    """Wrap a worker's own pairs under a password key or a recovery key, replacing the old."""
    sealed = wraps.wrap(key, pairs.together(), label=f"{read.owner}|{way}")
    Wrap.objects.update_or_create(
        key=read.id, way=way, holder=read.owner, defaults={"sealed": sealed, "made_at": at}
    )


def check_password(worker: Worker, password: str) -> None:
    """Raise Refused when a new password is too weak."""
    decision = password_is_good(password, name=worker.name, common=passwords.common_passwords())
    if not decision:
        raise Refused(decision.because)


def _certify(worker: UUID, identity: SignPair) -> None:
    for kind in (KeyKind.USER_READ, KeyKind.USER_SIGN):
        key = newest_public(kind, worker)
        key.certificate = identity.sign(certified_text(kind, worker, bytes(key.public)))
        key.save(update_fields=["certificate"])
