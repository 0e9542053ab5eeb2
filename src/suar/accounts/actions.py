"""Found an organisation, make its keys and teams, invite, activate and admit workers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from suar.accounts import certificates, factors, passwords, recovery_sheets
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import Keys, UserPairs, add_public, newest_public
from suar.accounts.models import Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.roles import Permission, Role, permissions_of
from suar.accounts.rules import account_name
from suar.accounts.wrapping import certify_keys, give_key, rewrap
from suar.audit import actions as audit
from suar.core.ids import grouped, new_id, read_spoken, spoken_code
from suar.core.refusals import NotYours
from suar.crypto import kdf, recovery, totp
from suar.crypto.boxes import BoxPair
from suar.crypto.kdf import DerivedKeys
from suar.crypto.recovery import RecoveryCode
from suar.crypto.signatures import SignPair

INVITED_FOR = timedelta(days=7)
INVITATION_SIGNS = 17
"""Six groups of three with the check sign, 83 bits: too many for a thief of digests to try."""


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
def make_organisation_keys(organisation: Organisation, *, keys: Keys, at: datetime) -> list[recovery.Share]:
    """Make inbox, identity, break-glass, statistics and escrow pairs, held by this worker.

    From now on every public key here carries the organisation's signature. Returns the three escrow
    shares, of which two open every grant; they exist only on paper.
    Source: security.md 3.2.
    """
    holder, identity = newest_public(KeyKind.USER_READ, keys.worker), SignPair.new()
    key = add_public(KeyKind.IDENTITY, organisation.id, identity.public, at=at)
    give_key(key, identity.private, to=holder, at=at)
    for kind in (KeyKind.INBOX, KeyKind.BREAK_GLASS, KeyKind.STATISTICS):
        pair = BoxPair.new()
        key = add_public(kind, organisation.id, pair.public, at=at, signed_by=identity)
        give_key(key, pair.private, to=holder, at=at)
    certify_keys(keys.worker, identity)
    keys.remember(organisation.id, identity.public)
    audit.record("make_organisation_keys", by=keys.worker, at=at, about=[organisation.id])
    return _new_escrow(organisation, identity=identity, at=at)


@transaction.atomic
def renew_escrow(organisation: Organisation, *, keys: Keys, at: datetime) -> list[recovery.Share]:
    """Make a new escrow pair and its three shares, when the first print was lost.

    Only before the first real record: what was granted to the old pair stays with it.
    """
    if organisation.ready_at:
        raise NotYours
    PublicKey.objects.filter(kind=KeyKind.ESCROW, owner=organisation.id).update(retired_at=at)
    audit.record("renew_escrow", by=keys.worker, at=at, about=[organisation.id])
    return _new_escrow(organisation, identity=keys.identity(organisation.id), at=at)


@transaction.atomic
def make_team(
    name: str,
    *,
    organisation: Organisation,
    keys: Keys,
    at: datetime,
    own_cases_only: bool = False,
) -> Team:
    """Make a team and its first key, held by its maker, who is a signatory and leads it."""
    identity, by = keys.identity(organisation.id), keys.worker
    team = Team.objects.create(organisation=organisation, name=name, own_cases_only=own_cases_only)
    pair = BoxPair.new()
    key = add_public(KeyKind.TEAM, team.id, pair.public, at=at, signed_by=identity)
    give_key(key, pair.private, to=newest_public(KeyKind.USER_READ, by), at=at)
    Membership.objects.create(worker_id=by, team=team, leads=True, since=at)
    keys.forget()
    audit.record("make_team", by=by, at=at, about=[team.id])
    return team


@transaction.atomic
def invite(
    name: str,
    *,
    shown_name: str,
    role: Role,
    organisation: Organisation,
    by: UUID | None,
    at: datetime,
) -> tuple[Worker, str]:
    """Make a worker without keys, and a one-time code to be read aloud, valid for seven days."""
    code = spoken_code(INVITATION_SIGNS)
    worker = Worker.objects.create(
        name=account_name(name),
        shown_name=shown_name.strip(),
        role=role,
        organisation=organisation,
        invitation=kdf.token_digest(code),
        invited_until=at + INVITED_FOR,
        made_at=at,
    )
    audit.record("invite", by=by, at=at, about=[worker.id])
    return worker, code


@transaction.atomic
def renew_invitation(worker: Worker, *, by: UUID, at: datetime) -> str:
    """Make a new code for somebody who has not come yet; the old one stops working."""
    code = spoken_code(INVITATION_SIGNS)
    worker.invitation, worker.invited_until = kdf.token_digest(code), at + INVITED_FOR
    worker.save(update_fields=["invitation", "invited_until"])
    audit.record("invite_again", by=by, at=at, about=[worker.id])
    return code


@transaction.atomic
def welcome(name: str, *, code: str, password: str, at: datetime) -> tuple[Worker, UserPairs]:
    """Let an invited worker choose a password, and make their own keys.

    The account works once a second factor is chosen; until then the invitation may be used again, which makes new
    keys. Raises NotYours for a wrong or old code, Refused for a
    password that is not good enough.
    """
    worker, pairs, _ = _welcome(_invited(name, code, at=at), password, at=at)
    return worker, pairs


@transaction.atomic
def activate(name: str, *, code: str, password: str, at: datetime) -> Activated:
    """Do at once what the pages do in steps: welcome, an authenticator app, a recovery sheet."""
    worker, pairs, derived = _welcome(_invited(name, code, at=at), password, at=at)
    secret = totp.new_secret()
    factors.keep_app(worker, secret, derived=derived, at=at)
    sheet = recovery_sheets.new_sheet(worker.id, pairs, at=at)
    return Activated(Keys(worker.id, read=pairs.read, sign=pairs.sign), sheet, secret)


@transaction.atomic
def admit(worker: UUID, *, team: UUID, keys: Keys, at: datetime, leads: bool = False) -> None:
    """Admit a worker to a team: seal its key to them, and the other keys that their role needs.

    The admitting worker must hold the team's key. A signatory also certifies the worker's own
    keys, and makes somebody who leads the team a signatory too.
    """
    new = Worker.objects.get(id=worker, state=WorkerState.ACTIVE)
    holder = newest_public(KeyKind.USER_READ, worker)
    for key in keys.list_keys(KeyKind.TEAM):
        if key.owner == team:
            give_key(key, keys.private(key.id), to=holder, at=at)
    Membership.objects.create(worker=new, team_id=team, leads=leads, since=at)
    if Permission.ANSWER_REFERRAL in permissions_of(Role(new.role)):
        give_organisation_keys(new, KeyKind.INBOX, keys=keys, at=at)
    if keys.list_keys(KeyKind.IDENTITY):
        certify(worker, keys=keys, at=at)
        if leads:
            give_organisation_keys(new, KeyKind.IDENTITY, keys=keys, at=at)
    audit.record("admit", by=keys.worker, at=at, about=[worker, team])


@transaction.atomic
def certify(worker: UUID, *, keys: Keys, at: datetime) -> None:
    """Sign a worker's own keys with the organisation's key; raises NotYours for who holds none."""
    new = Worker.objects.get(id=worker, state=WorkerState.ACTIVE)
    certify_keys(worker, keys.identity(new.organisation_id))
    audit.record("certify", by=keys.worker, at=at, about=[worker])


def set_language(worker: UUID, language: str) -> None:
    """Store the language in which a worker reads."""
    Worker.objects.filter(id=worker).update(language=language)


def give_organisation_keys(worker: Worker, *kinds: KeyKind, keys: Keys, at: datetime) -> None:
    """Seal the organisation's keys of these kinds to a worker; the giver must hold them."""
    holder = newest_public(KeyKind.USER_READ, worker.id)
    for key in keys.list_keys(*kinds):
        if key.owner == worker.organisation_id:
            give_key(key, keys.private(key.id), to=holder, at=at)


def _new_escrow(organisation: Organisation, *, identity: SignPair, at: datetime) -> list[recovery.Share]:
    escrow = BoxPair.new()
    add_public(KeyKind.ESCROW, organisation.id, escrow.public, at=at, signed_by=identity)
    return recovery.split(escrow.private, shares=3, threshold=2)


def _welcome(worker: Worker, password: str, *, at: datetime) -> tuple[Worker, UserPairs, DerivedKeys]:
    passwords.check_new(worker, password)
    if worker.verifier:
        Wrap.objects.filter(holder=worker.id).delete()
        PublicKey.objects.filter(owner=worker.id).delete()
        factors.remove_all(worker)
    pairs, derived = UserPairs.new(), passwords.set_password(worker, password)
    certificates.remember_house(worker, pairs.sign)
    read = add_public(KeyKind.USER_READ, worker.id, pairs.read.public, at=at)
    add_public(KeyKind.USER_SIGN, worker.id, pairs.sign.public, at=at)
    rewrap(read, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
    worker.save()
    audit.record("welcome", by=worker.id, at=at, about=[worker.id])
    return worker, pairs, derived


def _invited(name: str, code: str, *, at: datetime) -> Worker:
    """Find an invited worker by name and code; a wrong name and a wrong code look the same.

    Case, blanks and dashes make no difference: the code is read aloud or copied.
    """
    worker = Worker.objects.select_for_update().filter(name=account_name(name)).first()
    stored = bytes(worker.invitation) if worker and worker.invitation else bytes(32)
    fits = kdf.equal(kdf.token_digest(grouped(read_spoken(code) or "")), stored)
    if worker is None or not fits or worker.state != WorkerState.INVITED:
        raise NotYours
    if not worker.invited_until or worker.invited_until <= at:
        raise NotYours
    return worker
