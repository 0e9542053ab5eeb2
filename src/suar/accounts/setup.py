"""First run: an organisation, its first worker and administrator, and what is printed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from suar.accounts import actions, queries
from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.keys import Keys, UserPairs, add_public
from suar.accounts.models import Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.roles import Role, Viewer
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
    """Return True if this Suar has no worker yet; a demonstration always has."""
    finished = Worker.objects.filter(state__in=(WorkerState.ACTIVE, WorkerState.DISABLED))
    return settings.SUAR_MODE != "demo" and not finished.exists()


def new_code() -> str:
    """Make a code for the set-up page and store its digest in the keys folder."""
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
    """Disable the code."""
    _code_file().unlink(missing_ok=True)


@transaction.atomic
def set_up_organisation(founding: Founding, *, at: datetime) -> tuple[Worker, UserPairs, Papers]:
    """Make the organisation with its keys, its first worker, its team and an administrator.

    An earlier set-up that was never finished is removed first: nobody could sign in to it.
    Raises Refused for a password that is not good enough.
    """
    if not is_open():
        raise NotYours
    _remove_unfinished()
    organisation = actions.found_organisation(founding.organisation, at=at)
    name, role = founding.shown_name, Role.SUPERVISOR
    _, code = actions.invite(founding.name, shown_name=name, role=role, organisation=organisation, by=None, at=at)
    first, pairs = actions.welcome(founding.name, code=code, password=founding.password, at=at)
    keys = Keys(first.id, read=pairs.read, sign=pairs.sign)
    shares = actions.make_organisation_keys(organisation, keys=keys, at=at)
    actions.make_team(founding.team, organisation=organisation, keys=keys, at=at)
    other, name, role = founding.administrator, founding.administrator_shown, Role.ADMINISTRATOR
    _, invitation = actions.invite(other, shown_name=name, role=role, organisation=organisation, by=first.id, at=at)
    sheet = new_backup_sheet(organisation.id, keys=keys, at=at)
    return first, pairs, Papers([share.printed() for share in shares], sheet, name, invitation)


@transaction.atomic
def print_again(viewer: Viewer, *, keys: Keys, at: datetime) -> Papers:
    """Make new escrow shares and a new backup sheet, when the first print was lost.

    Raises NotYours once the organisation is ready, for then records are sealed to the escrow.
    """
    organisation = queries.organisation(viewer)
    shares = actions.renew_escrow(organisation, keys=keys, at=at)
    sheet = new_backup_sheet(organisation.id, keys=keys, at=at)
    invited = Worker.objects.filter(organisation=organisation, role=Role.ADMINISTRATOR, state=WorkerState.INVITED)
    papers = Papers([share.printed() for share in shares], sheet)
    if administrator := invited.first():
        invitation = actions.renew_invitation(administrator, by=viewer.worker, at=at)
        papers = replace(papers, administrator=administrator.shown_name, invitation=invitation)
    return papers


def new_backup_sheet(organisation: UUID, *, keys: Keys, at: datetime) -> str:
    """Make the key that opens backups from now on; it exists only on the printed sheet."""
    code = RecoveryCode.new()
    PublicKey.objects.filter(kind=KeyKind.BACKUP, owner=organisation).update(retired_at=at)
    public, identity = backup_pair(code).public, keys.identity(organisation)
    add_public(KeyKind.BACKUP, organisation, public, at=at, signed_by=identity)
    audit.record("new_backup_sheet", by=keys.worker, at=at, about=[organisation])
    return code.words_printed()


def backup_pair(code: RecoveryCode) -> BoxPair:
    """Return the pair of a printed backup sheet."""
    return BoxPair.from_private(kdf.subkey(code.key(), purpose="backup"))


def _remove_unfinished() -> None:
    for model in (Membership, Team, Wrap, PublicKey, Worker, Organisation):
        model.objects.all().delete()


def _code_file() -> Path:
    return Path(settings.ENVIRONMENT.keys) / FILE
