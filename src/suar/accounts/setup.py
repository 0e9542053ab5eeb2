"""The first run: an organisation with its keys and papers, and when it may hold a real record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from suar.accounts import pins, policy, queries, sessions, workers
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import Keys, UserPairs, add_public, certify_keys, give_key, newest_public, retire
from suar.accounts.models import Backup, Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.roles import Permission, Role
from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.ids import group_characters, new_id, read_spoken, spoken_code
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf, recovery
from suar.crypto.pairs import BoxPair, SignPair, seal_to
from suar.crypto.recovery import RecoveryCode

CODE_CHARACTERS = 15
DEMO_FILE = "demo.json"
"""Beside the data of a demonstration: how to sign in, and its papers."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Secrets that are printed once and stored nowhere."""

    shares: list[str] = field(repr=False)
    backup_sheet: str = field(repr=False)
    administrator: str = ""
    invitation: str = field(default="", repr=False)


# The code of the set-up page


def is_open() -> bool:
    """Return True if this Suar has no worker yet; a demonstration always has."""
    finished = Worker.objects.filter(state__in=(WorkerState.ACTIVE, WorkerState.DISABLED))
    return settings.SUAR_MODE != "demo" and not finished.exists()


def new_code() -> str:
    """Make a code for the set-up page and store its digest in the keys folder."""
    code, path = spoken_code(CODE_CHARACTERS), _code_file()
    path.touch(mode=0o600)
    path.write_text(kdf.token_digest(code).hex(), "ascii")
    return code


def check_code(typed: str) -> None:
    """Raise Refused("set_up_code") unless this is the newest code."""
    code, path = read_spoken(typed), _code_file()
    stored = bytes.fromhex(path.read_text("ascii")) if path.is_file() else b""
    if code is None or not kdf.equal(kdf.token_digest(group_characters(code)), stored):
        raise Refused("set_up_code")


def close() -> None:
    """Disable the code."""
    _code_file().unlink(missing_ok=True)


def _code_file() -> Path:
    return Path(settings.ENVIRONMENT.keys) / "set-up.digest"


# The organisation


@transaction.atomic
def set_up_organisation(typed: Mapping[str, str], *, at: datetime) -> tuple[Worker, UserPairs, Papers]:
    """Make the organisation with its keys, its first worker, its team and an administrator.

    An earlier set-up that was never finished is removed first: nobody could sign in to it. `typed` are the fields of
    the set-up form. Raises Refused for a password that is not good enough.
    """
    if not is_open():
        raise NotYours
    for model in (Membership, Team, Wrap, PublicKey, Worker, Organisation):
        model.objects.all().delete()
    nobody, administrator = Anonymous(at=at), typed["administrator_display_name"]
    organisation = create_organisation(typed["organisation"], by=nobody)
    name, display_name, password = typed["name"], typed["display_name"], typed["new_password"]
    _, code = workers.add_worker(name, display_name, Role.SUPERVISOR, organisation=organisation.id, by=nobody)
    worker, pairs, _ = workers.welcome(name, code=code, password=password, by=nobody)
    by = sessions.acting_as(worker, pairs, at=at)
    shares = make_organisation_keys(organisation.id, by=by)
    make_team(typed["team"], organisation=organisation.id, by=by)
    _, invitation = workers.add_worker(
        typed["administrator"], administrator, Role.ADMINISTRATOR, organisation=organisation.id, by=by
    )
    sheet = new_backup_sheet(organisation.id, by=by)
    return worker, pairs, Papers([share.printed() for share in shares], sheet, administrator, invitation)


@act("found_organisation", needs=None, once=False)
def create_organisation(name: str, *, by: Anonymous, ident: UUID | None = None) -> Organisation:
    """Make an organisation without keys; `make_organisation_keys` follows its first worker."""
    organisation = Organisation.objects.create(id=ident or new_id(), name=name, made_at=by.at)
    by.entry.about.append(organisation.id)
    return organisation


@act("make_organisation_keys", needs=Permission.ADMIT_TO_TEAM, once=False)
def make_organisation_keys(organisation: UUID, *, by: Acting) -> list[recovery.Share]:
    """Make inbox, identity, break-glass, statistics and escrow pairs, held by this worker.

    From now on every public key here carries the organisation's signature. Returns the three escrow
    shares, of which two open every grant; they exist only on paper.
    Source: security.md 3.2.
    """
    identity = SignPair.new()
    pins.pin(organisation, identity.public)
    pairs: dict[KeyKind, BoxPair | SignPair] = {KeyKind.IDENTITY: identity}
    pairs.update((kind, BoxPair.new()) for kind in (KeyKind.INBOX, KeyKind.BREAK_GLASS, KeyKind.STATISTICS))
    for kind, pair in pairs.items():
        _add_pair(kind, organisation, pair, signed_by=None if pair is identity else identity, by=by)
    certify_keys(by.worker, identity)
    by.keys.remember(organisation, identity.public)
    by.entry.about.append(organisation)
    shares = new_escrow(organisation, identity=identity, at=by.at)
    seal_keys_to_escrow(by=by)
    return shares


@act("make_team", needs=Permission.ADMIT_TO_TEAM, once=False)
def make_team(name: str, *, organisation: UUID, by: Acting, own_cases_only: bool = False) -> Team:
    """Make a team and its first key, held by its maker, who is a signatory and leads it."""
    team = Team.objects.create(organisation_id=organisation, name=name, own_cases_only=own_cases_only)
    _add_pair(KeyKind.TEAM, team.id, BoxPair.new(), signed_by=by.keys.identity(organisation), by=by)
    Membership.objects.create(worker_id=by.worker, team=team, leads=True, since=by.at)
    by.keys.forget()
    seal_keys_to_escrow(by=by)
    by.entry.about.append(team.id)
    return team


@act("cover_keys", needs=Permission.ADMIT_TO_TEAM)
def seal_keys_to_escrow(*, by: Acting) -> None:
    """Seal the keys of the organisation that this worker holds to the escrow key, so that two papers open them too."""
    organisation = by.viewer.organisation
    for key in keys_without_escrow(by.keys):
        seal_key_to_escrow(key, by.keys.private(key.id), organisation=organisation, at=by.at)
    by.entry.about.append(organisation)


def keys_without_escrow(keys: Keys) -> list[PublicKey]:
    """Return the organisation's keys that a worker holds and that the papers do not open yet."""
    rows = keys.list_keys(KeyKind.TEAM, KeyKind.INBOX, KeyKind.IDENTITY, KeyKind.BREAK_GLASS, KeyKind.STATISTICS)
    covered = Wrap.objects.filter(way=Way.ESCROW, key__in=[row.id for row in rows]).values_list("key", flat=True)
    return [row for row in rows if row.id not in set(covered)]


def seal_key_to_escrow(key: PublicKey, private: bytes, *, organisation: UUID, at: datetime) -> None:
    """Seal the private half of a key to the newest escrow key; raises KeyNotTrusted."""
    [(_, escrow)] = queries.keys_to_seal_to([("escrow", organisation)], organisation=organisation)
    sealed = {"sealed": seal_to(escrow, private), "made_at": at}
    Wrap.objects.update_or_create(key=key.id, way=Way.ESCROW, holder=organisation, defaults=sealed)


@act("new_backup_sheet", needs=Permission.ADMIT_TO_TEAM, once=False)
def new_backup_sheet(organisation: UUID, *, by: Acting) -> str:
    """Make the key that opens backups from now on; it exists only on the printed sheet."""
    code = RecoveryCode.new()
    retire(PublicKey.objects.filter(kind=KeyKind.BACKUP, owner=organisation, retired_at=None), at=by.at)
    identity = by.keys.identity(organisation)
    add_public(KeyKind.BACKUP, organisation, backup_pair(code).public, at=by.at, signed_by=identity)
    by.entry.about.append(organisation)
    return code.printed()


def backup_pair(code: RecoveryCode) -> BoxPair:
    """Return the pair of a printed backup sheet."""
    return BoxPair.from_private(kdf.subkey(code.key(), purpose="backup"))


@act("renew_escrow", needs=Permission.ADMIT_TO_TEAM, once=False)
def print_again(*, by: Acting) -> Papers:
    """Make new escrow shares, a backup sheet and an invitation for the administrator, when the first print was lost.

    Raises NotYours once the organisation is ready: what was granted to the old escrow pair stays with it.
    """
    organisation = Organisation.objects.get(id=by.viewer.organisation)
    if organisation.ready_at:
        raise NotYours
    by.entry.about.append(organisation.id)
    retire(PublicKey.objects.filter(kind=KeyKind.ESCROW, owner=organisation.id, retired_at=None), at=by.at)
    shares = new_escrow(organisation.id, identity=by.keys.identity(organisation.id), at=by.at)
    Wrap.objects.filter(way=Way.ESCROW, holder=organisation.id).delete()
    seal_keys_to_escrow(by=by)
    printed, sheet = [share.printed() for share in shares], new_backup_sheet(organisation.id, by=by)
    workers_invited = Worker.objects.select_for_update().filter(state=WorkerState.INVITED, organisation=organisation)
    administrator = workers_invited.filter(role=Role.ADMINISTRATOR).first()
    if administrator is None:
        return Papers(printed, sheet)
    invitation = workers.set_invitation(administrator, at=by.at)
    audit.record("invite_again", by=by.worker, at=by.at, about=[administrator.id])
    return Papers(printed, sheet, administrator.display_name, invitation)


def demo_papers(organisation: UUID) -> list[str]:
    """Return the papers of an invented organisation, so that a demonstration can rehearse with them; none elsewhere."""
    path = Path(settings.SUAR_DATA) / DEMO_FILE
    if settings.SUAR_MODE != "demo" or not path.is_file():
        return []
    papers: dict[str, list[str]] = json.loads(path.read_text("utf-8")).get("papers", {})
    return papers.get(str(organisation), [])


def _add_pair(kind: KeyKind, owner: UUID, pair: BoxPair | SignPair, *, signed_by: SignPair | None, by: Acting) -> None:
    """Add a public key, and give its private half to the acting worker."""
    key = add_public(kind, owner, pair.public, at=by.at, signed_by=signed_by)
    give_key(key, pair.private, to=newest_public(KeyKind.USER_READ, by.worker), at=by.at)


def new_escrow(organisation: UUID, *, identity: SignPair, at: datetime) -> list[recovery.Share]:
    """Make an escrow key signed by the organisation, and return the three papers of which two give its pair."""
    escrow = BoxPair.new()
    add_public(KeyKind.ESCROW, organisation, escrow.public, at=at, signed_by=identity)
    return recovery.split(escrow.private, shares=3, threshold=2)


# Ready for real records: two sheets typed back, one backup restored


def may_begin_talks(organisation: UUID) -> Decision:
    """Allow talks here now; outside of `./suar run` people are invented."""
    real = settings.SUAR_MODE == "run"
    return policy.may_begin_talks(queries.readiness_of(organisation), real=real)


@act("backup", needs=None, once=False)
def note_backup(*, by: Anonymous) -> tuple[UUID, str]:
    """Record that a backup is being written, and return its id and the word that goes inside it."""
    word = spoken_code(CODE_CHARACTERS)
    backup = Backup.objects.create(digest=kdf.token_digest(word), made_at=by.at)
    by.entry.about.append(backup.id)
    return backup.id, word


def is_own_backup(ident: UUID) -> bool:
    """Return True if a backup was made here before, or is being made now."""
    return Backup.objects.filter(id=ident).exists()


@act("prove_backup", needs=Permission.SEE_OWN_DAY)
def prove_backup(typed: str, *, by: Acting) -> None:
    """Record that a backup was restored: only its restore prints the word.

    Raises Refused("proof_mistyped") or Refused("proof_unknown").
    """
    word = read_spoken(typed)
    if word is None:
        raise Refused("proof_mistyped")
    backup = Backup.objects.filter(digest=kdf.token_digest(group_characters(word))).first()
    if backup is None:
        raise Refused("proof_unknown")
    Backup.objects.filter(id=backup.id, proven_at=None).update(proven_at=by.at)
    by.entry.about.append(backup.id)
    for organisation in Organisation.objects.filter(ready_at=None):
        mark_if_ready(organisation.id, at=by.at)


def mark_if_ready(organisation: UUID, *, at: datetime) -> None:
    """Mark the organisation as ready once nothing is missing any more."""
    ready = policy.may_begin_talks(queries.readiness_of(organisation), real=True)
    if ready and Organisation.objects.filter(id=organisation, ready_at=None).update(ready_at=at):
        audit.record("ready", by=None, at=at, about=[organisation])
