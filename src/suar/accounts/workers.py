"""Invite, welcome, admit, disable and enable workers.

An administrator invites and disables but holds no key. A lead seals the key of a team to a worker, and a signatory
confirms the worker's own keys, after fingerprints were compared by voice.
Source: security.md 3.2, 3.5 and T17.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts import factors, pins, policy, queries, sessions, sign_in
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import UserPairs, add_public, certify_keys, give_key, newest_public, wrap_pairs
from suar.accounts.models import KeyChange, Membership, PublicKey, Worker, Wrap
from suar.accounts.pins import check_certificate, identity_of, is_certified, remembered_text
from suar.accounts.roles import ROLES, Permission, Role, permissions_of, reads_records
from suar.accounts.rules import WorkerFacts, account_name
from suar.core.ids import group_characters, read_spoken, spoken_code
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, get_or_refuse
from suar.crypto import kdf
from suar.crypto.kdf import DerivedKeys

INVITED_FOR = timedelta(days=7)
INVITATION_CHARACTERS = 17
"""Six groups of three with the check character, 83 bits: too many for a thief of digests to try."""


def invite(name: str, display_name: str, role: Role, *, by: Acting) -> tuple[Worker, str]:
    """Invite somebody to the administrator's own organisation.

    Three digits are added to each name, so that nobody learns whether another organisation uses it.
    """
    if not (by.may(Permission.MANAGE_WORKERS) and ROLES[role]["assignable"]):
        raise NotYours
    numbered = f"{name.strip()}-{secrets.randbelow(1000):03}"
    while Worker.objects.filter(name=account_name(numbered)).exists():
        numbered = f"{name.strip()}-{secrets.randbelow(1000):03}"
    return add_worker(numbered, display_name, role, organisation=by.viewer.organisation, by=by)


@act("invite", needs=None, once=False)
def add_worker(name: str, display_name: str, role: Role, *, organisation: UUID, by: Anonymous) -> tuple[Worker, str]:
    """Make a worker without keys, and a one-time code to be read aloud, valid for seven days."""
    worker = Worker(name=account_name(name), display_name=display_name.strip(), role=role, made_at=by.at)
    worker.organisation_id = organisation
    code = set_invitation(worker, at=by.at)
    by.entry.about.append(worker.id)
    return worker, code


@act("invite_again", needs=Permission.MANAGE_WORKERS, once=False)
def invite_again(worker: UUID, *, by: Acting) -> tuple[Worker, str]:
    """Make a new code for somebody who has not come yet; the old one stops working."""
    row, facts = lock_worker(worker, by=by)
    policy.may_invite_again(by.viewer, facts).enforce()
    return row, set_invitation(row, at=by.at)


def set_invitation(worker: Worker, *, at: datetime) -> str:
    """Save a worker with a new invitation code, and return the code."""
    code = spoken_code(INVITATION_CHARACTERS)
    worker.invitation, worker.invited_until = kdf.token_digest(code), at + INVITED_FOR
    worker.save()
    return code


@act("welcome", needs=None, once=False)
def welcome(name: str, *, code: str, password: str, by: Anonymous) -> tuple[Worker, UserPairs, DerivedKeys]:
    """Let an invited worker choose a password, and make their own keys.

    The account works once a second factor is chosen; until then the invitation may be used again, which makes new
    keys. Raises NotYours for a wrong or old code, Refused for a password that is not good enough, KeyNotTrusted.
    """
    worker = _find_invited(name, code, at=by.at)
    by.known_worker, by.entry.about = worker.id, [worker.id]
    sign_in.check_new_password(worker, password)
    if worker.verifier:
        Wrap.objects.filter(holder=worker.id).delete()
        PublicKey.objects.filter(owner=worker.id, retired_at=None).delete()
        factors.remove_all(worker)
    pairs, derived = UserPairs.new(), sign_in.set_password(worker, password)
    identity = identity_of(worker.organisation_id)
    if identity is None and pins.stored_key(worker.organisation_id):
        raise KeyNotTrusted
    if identity:
        worker.organisation_seal = pairs.sign.sign(remembered_text(worker.organisation_id, identity))
    add_public(KeyKind.USER_READ, worker.id, pairs.read.public, at=by.at)
    add_public(KeyKind.USER_SIGN, worker.id, pairs.sign.public, at=by.at)
    wrap_pairs(worker.id, pairs, way=Way.PASSWORD, key=derived.wrapping, at=by.at)
    worker.save()
    return worker, pairs, derived


@act("admit", needs=Permission.ADMIT_TO_TEAM)
def admit(worker: UUID, *, team: UUID, fingerprint: str, by: Acting, leads: bool = False) -> None:
    """Seal the key of a team, and the others their role needs, to a worker whose `fingerprint` was compared.

    A supervisor is a duty officer too, who opens records in an emergency. A signatory also confirms the worker's own
    keys, and makes somebody who leads the team a signatory too. Raises KeyNotTrusted for an account confirmed before
    in a role that reads no records, whatever its row says now.
    """
    row, facts = lock_worker(worker, by=by)
    own_cases_only = team not in by.viewer.leads or queries.team_facts(team).own_cases_only
    policy.may_admit(by.viewer, facts, team=team, own_cases_only=own_cases_only).enforce()
    check_fingerprint(worker, fingerprint)
    if facts.certified:
        own = newest_public(KeyKind.USER_READ, worker)
        check_certificate(own, identity_of(row.organisation_id), for_records=True)
    by.entry.about.append(team)
    _give_keys(row, KeyKind.TEAM, owner=team, by=by)
    Membership.objects.create(worker=row, team_id=team, leads=leads, since=by.at)
    if Permission.ANSWER_REFERRAL in permissions_of(facts.role):
        _give_keys(row, KeyKind.INBOX, owner=row.organisation_id, by=by)
    if facts.role is Role.SUPERVISOR:
        _give_keys(row, KeyKind.BREAK_GLASS, owner=row.organisation_id, by=by)
    if by.keys.list_keys(KeyKind.IDENTITY):
        if not facts.certified:
            certify(worker, fingerprint=fingerprint, by=by)
        if leads:
            _give_keys(row, KeyKind.IDENTITY, owner=row.organisation_id, by=by)


@act("certify", needs=Permission.ADMIT_TO_TEAM)
def certify(worker: UUID, *, fingerprint: str, by: Acting) -> None:
    """Sign the keys of a worker whose `fingerprint` was compared, with the organisation's key.

    Raises NotYours without that key. Colleagues then seal to the new keys all that was sealed to keys the worker
    lost; see `records.key_changes`.
    """
    row, facts = lock_worker(worker, by=by)
    policy.may_certify(by.viewer, facts).enforce()
    check_fingerprint(worker, fingerprint)
    certify_keys(worker, by.keys.identity(row.organisation_id))
    new = newest_public(KeyKind.USER_READ, worker)
    change = {"new": new, "organisation": row.organisation_id, "began_at": by.at}
    for old in PublicKey.objects.filter(kind=KeyKind.USER_READ, owner=worker, retired_at__isnull=False):
        if reads_records(row.role) and is_certified(old, identity_of(row.organisation_id)):
            KeyChange.objects.update_or_create(old=old, defaults={**change, "ended_at": None})


@act("disable", needs=Permission.MANAGE_WORKERS)
def disable(worker: UUID, *, by: Acting) -> None:
    """Disable a worker: every session ends at once, an open invitation too.

    The keys sealed to them stay until the team's key is changed; without signing in they open
    nothing. Source: security.md 3.5 (leaver).
    """
    row, facts = lock_worker(worker, by=by)
    policy.may_disable(by.viewer, facts).enforce()
    row.state, row.invitation, row.invited_until = WorkerState.DISABLED, None, None
    row.save(update_fields=["state", "invitation", "invited_until"])
    sessions.end_all(worker)


@act("enable", needs=Permission.MANAGE_WORKERS)
def enable(worker: UUID, *, by: Acting) -> None:
    """Enable a worker; one who never chose a second factor has to be invited again.

    A worker who was admitted to a team comes back as they were, also with no factor left: an invitation would give
    the place, and the grants that follow it, to anybody with its code.
    """
    row, facts = lock_worker(worker, by=by)
    policy.may_enable(by.viewer, facts).enforce()
    was_active = bool(factors.usable_factors(worker)) or policy.was_admitted(facts)
    row.state = WorkerState.ACTIVE if was_active else WorkerState.INVITED
    row.save(update_fields=["state"])


def set_language(worker: UUID, language: str) -> None:
    """Store the language in which a worker reads."""
    Worker.objects.filter(id=worker).update(language=language)


def _give_keys(worker: Worker, kind: KeyKind, *, owner: UUID, by: Acting) -> None:
    """Seal the keys of this kind and owner to a worker; the giver must hold them."""
    holder = newest_public(KeyKind.USER_READ, worker.id)
    for key in by.keys.list_keys(kind):
        if key.owner == owner:
            give_key(key, by.keys.private(key.id), to=holder, at=by.at)


def _find_invited(name: str, code: str, *, at: datetime) -> Worker:
    """Find an invited worker by name and code; a wrong name and a wrong code look the same.

    Case, blanks and dashes make no difference: the code is read aloud or copied.
    """
    worker = Worker.objects.select_for_update().filter(name=account_name(name)).first()
    stored = bytes(worker.invitation) if worker and worker.invitation else bytes(32)
    fits = kdf.equal(kdf.token_digest(group_characters(read_spoken(code) or "")), stored)
    is_invited = worker and worker.state == WorkerState.INVITED and worker.invited_until and worker.invited_until > at
    if worker is None or not (fits and is_invited):
        raise NotYours
    return worker


def lock_worker(worker: UUID, *, by: Acting) -> tuple[Worker, WorkerFacts]:
    """Return a worker locked until the action ends, and name them in its audit entry; raises NotYours."""
    row = get_or_refuse(Worker.objects.select_for_update().filter(id=worker))
    by.entry.about.append(worker)
    return row, queries.worker_facts(row)


def check_fingerprint(worker: UUID, fingerprint: str) -> None:
    """Raise Refused if the keys are not those that were compared: somebody exchanged them since."""
    if fingerprint != queries.worker_fingerprint(worker):
        raise Refused("words_changed")
