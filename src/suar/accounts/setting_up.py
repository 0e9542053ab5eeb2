"""First run: an organisation, its first worker and administrator, and what is kept on paper."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from suar.accounts import actions, queries
from suar.accounts.keys import Keys, UserPairs, add_public
from suar.accounts.models import Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.terms import KeyKind, Role, Viewer, WorkerState
from suar.audit import actions as audit
from suar.core.ids import grouped, read_spoken, spoken_code
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf
from suar.crypto.boxes import BoxPair
from suar.crypto.recovery import RecoveryCode

CODE_SIGNS = 15
FILE = "set-up.digest"


@dataclass(frozen=True, slots=True)
class Founding:
    """What is typed at the first run."""

    organisation: str
    team: str
    name: str
    shown_name: str
    password: str = field(repr=False)
    administrator: str
    administrator_shown: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What is printed once and stored nowhere."""

    shares: list[str] = field(repr=False)
    backup_sheet: str = field(repr=False)
    administrator: str = ""
    invitation: str = field(default="", repr=False)


def is_open() -> bool:
    """Say whether this Suar still waits for its first worker; a demonstration never does."""
    finished = Worker.objects.filter(state__in=(WorkerState.ACTIVE, WorkerState.DISABLED))
    return settings.SUAR_MODE != "demo" and not finished.exists()


def new_code() -> str:
    """Make a code for the set-up page and keep its digest in the keys folder."""
    code = spoken_code(CODE_SIGNS)
    path = _code_file()
    path.touch(mode=0o600)
    path.write_text(kdf.token_digest(code).hex(), "ascii")
    return code


def check_code(typed: str) -> None:
    """Raise Refused("set_up_code") unless this is the newest code."""
    code, path = read_spoken(typed), _code_file()
    if code is None or not path.is_file():
        raise Refused("set_up_code")
    kept = bytes.fromhex(path.read_text("ascii"))
    if not kdf.equal(kdf.token_digest(grouped(code)), kept):
        raise Refused("set_up_code")


def close() -> None:
    """Let the code work no more."""
    _code_file().unlink(missing_ok=True)


@transaction.atomic
def found(founding: Founding, *, at: datetime) -> tuple[Worker, UserPairs, Papers]:
    """Make the organisation with its keys, its first worker, its team and an administrator.

    An earlier set-up that was never finished is removed first: nobody could sign in to it.
    Raises Refused for a password that is not good enough.
    """
    if not is_open():
        raise NotYours
    _remove_unfinished()
    organisation = actions.found_organisation(founding.organisation, at=at)
    _, code = actions.invite(
        founding.name,
        shown_name=founding.shown_name,
        role=Role.SUPERVISOR,
        organisation=organisation,
        by=None,
        at=at,
    )
    first, pairs = actions.welcome(founding.name, code=code, password=founding.password, at=at)
    keys = Keys(first.id, read=pairs.read, sign=pairs.sign)
    shares = actions.make_organisation_keys(organisation, keys=keys, at=at)
    actions.make_team(founding.team, organisation=organisation, keys=keys, at=at)
    _, invitation = actions.invite(
        founding.administrator,
        shown_name=founding.administrator_shown,
        role=Role.ADMINISTRATOR,
        organisation=organisation,
        by=first.id,
        at=at,
    )
    printed = [share.printed() for share in shares]
    sheet = new_backup_sheet(organisation.id, keys=keys, at=at)
    return first, pairs, Papers(printed, sheet, founding.administrator_shown, invitation)


@transaction.atomic
def print_anew(viewer: Viewer, *, keys: Keys, at: datetime) -> Papers:
    """Make new escrow shares and a new backup sheet, when the first print was lost.

    Raises NotYours once the organisation is ready, for then records are sealed to the escrow.
    """
    organisation = queries.organisation(viewer)
    shares = actions.renew_escrow(organisation, keys=keys, at=at)
    sheet = new_backup_sheet(organisation.id, keys=keys, at=at)
    waiting = Worker.objects.filter(
        organisation=organisation, role=Role.ADMINISTRATOR, state=WorkerState.INVITED
    ).first()
    invitation = actions.renew_invitation(waiting, by=viewer.worker, at=at) if waiting else ""
    shown = waiting.shown_name if waiting else ""
    return Papers([share.printed() for share in shares], sheet, shown, invitation)


def new_backup_sheet(organisation: UUID, *, keys: Keys, at: datetime) -> str:
    """Make the key that opens backups from now on; it exists only on the printed sheet."""
    code = RecoveryCode.new()
    PublicKey.objects.filter(kind=KeyKind.BACKUP, owner=organisation).update(retired_at=at)
    public, identity = backup_pair(code).public, keys.identity(organisation)
    add_public(KeyKind.BACKUP, organisation, public, at=at, signed_by=identity)
    audit.record("new_backup_sheet", by=keys.worker, at=at, about=[organisation])
    return code.words_printed()


def backup_pair(code: RecoveryCode) -> BoxPair:
    """Give the pair that a printed backup sheet stands for."""
    return BoxPair.from_private(kdf.subkey(code.key(), purpose="backup"))


def _remove_unfinished() -> None:
    Membership.objects.all().delete()
    Team.objects.all().delete()
    for model in (Wrap, PublicKey, Worker, Organisation):
        model.objects.all().delete()


def _code_file() -> Path:
    return Path(settings.ENVIRONMENT.keys) / FILE
