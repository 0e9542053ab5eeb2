"""The cast: invented workers of three invented organisations, the same in demo and tests.

Amina sought help and has no account; Ben screens; Chioma works at a provider on the system,
Dan at one that answers by link; Esi supervises Ben; Farid works elsewhere and must see
nothing; Gita administers; Hadi edits the directory; Indah is the privacy officer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from suar.accounts import factors, notices, recovery_sheets, setup, workers
from suar.accounts.acting import Acting, Anonymous
from suar.accounts.keys import Keys
from suar.accounts.models import Organisation, Team, Worker
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import POLICE, ROLES, Role
from suar.accounts.sessions import acting_as, viewer_of
from suar.crypto import totp
from suar.crypto.recovery import Share
from suar.referrals import partners

PASSWORD = "lentera tenang di pantai"  # noqa: S105 - invented workers, demo and tests only
PELITA = UUID("5e1f0000-0000-4000-8000-000000000002")
LENTERA = UUID("5e1f0000-0000-4000-8000-000000000004")


@dataclass(slots=True)
class Player:
    """A worker of the cast with what is needed to sign in as them."""

    worker: Worker
    keys: Keys = field(repr=False)
    totp_secret: bytes = field(repr=False)
    recovery: str = field(repr=False)
    password: str = field(default=PASSWORD, repr=False)

    @property
    def id(self) -> UUID:
        """The worker's id."""
        return self.worker.id

    def acting(self, *, at: datetime) -> Acting:
        """Return the context in which the player acts, freshly proven."""
        return Acting(at=at, viewer=viewer_of(self.worker, fresh=True), keys=self.keys)


@dataclass(slots=True)
class Workplace:
    """An organisation with one team, its first worker and its escrow shares."""

    organisation: Organisation
    team: Team
    first: Player
    shares: list[Share]


@dataclass(slots=True)
class Cast:
    """Everybody, by first name, and the organisations they work in."""

    village: Workplace
    pelita: Workplace
    elsewhere: Workplace
    players: dict[str, Player]

    def __getattr__(self, name: str) -> Player:
        try:
            return self.players[name]
        except KeyError as absent:
            raise AttributeError(name) from absent


PARTS = {
    "ben": ("Ben", Role.VILLAGE_TEAM, "village"),
    "gita": ("Gita", Role.ADMINISTRATOR, "village"),
    "hadi": ("Hadi", Role.DIRECTORY_EDITOR, "village"),
    "indah": ("Indah", Role.PRIVACY_OFFICER, "village"),
    "lia": ("Lia", Role.CHILD_PROTECTION, "village"),
    "chioma": ("Chioma", Role.PROVIDER, "pelita"),
    "jaya": ("Jaya", Role.SOCIAL_WORKER, "pelita"),
}


def gather(*, at: datetime) -> Cast:
    """Make the three organisations and everybody in them."""
    village = make_workplace("Tim Desa Contoh", "esi", "Esi", at=at, own_cases_only=True)
    pelita = make_workplace("Lembaga Bantuan Hukum Pelita Contoh", "kartika", "Kartika", at=at, ident=PELITA)
    elsewhere = make_workplace("Rumah Lentera Contoh", "farid", "Farid", at=at, ident=LENTERA)
    workplaces = {"village": village, "pelita": pelita}
    players = {"esi": village.first, "kartika": pelita.first, "farid": elsewhere.first}
    for name, (full_name, role, workplace) in PARTS.items():
        players[name] = join(workplaces[workplace], name, full_name, role, at=at)
    return Cast(village, pelita, elsewhere, players)


def make_partners(cast: Cast, *, at: datetime) -> None:
    """Let both organisations compare keys by voice and agree to second opinions; their leads have seen the notice."""
    compare_keys(cast.village, cast.pelita, at=at)
    for player in (cast.esi, cast.kartika):
        notices.mark_seen(player.id, at=at)


def compare_keys(mine: Workplace, theirs: Workplace, *, at: datetime) -> None:
    """Let the first workers of two organisations compare keys by voice."""
    for one, other in ((mine, theirs), (theirs, mine)):
        groups = partners.groups_to_compare(other.organisation.id)
        partners.pin_by_groups(groups, by=one.first.acting(at=at))


def make_workplace(
    title: str,
    name: str,
    full_name: str,
    *,
    at: datetime,
    ident: UUID | None = None,
    own_cases_only: bool = False,
) -> Workplace:
    """Make an organisation, its first worker (a supervisor and signatory) and one team."""
    organisation = setup.create_organisation(title, by=Anonymous(at=at), ident=ident)
    first = hire(organisation, name, full_name, Role.SUPERVISOR, by=None, at=at)
    by = first.acting(at=at)
    paper = setup.make_organisation_keys(organisation.id, by=by)
    team = setup.make_team("Tim satu", organisation=organisation.id, own_cases_only=own_cases_only, by=by)
    return Workplace(organisation, team, first, paper)


def hire(organisation: Organisation, name: str, full_name: str, role: Role, *, by: UUID | None, at: datetime) -> Player:
    """Invite a worker and let them activate their account."""
    inviting = Anonymous(at=at, known_worker=by)
    _, code = workers.add_worker(name, full_name, role, organisation=organisation.id, by=inviting)
    return activate(name, code, at=at)


def activate(name: str, code: str, *, at: datetime, password: str = PASSWORD) -> Player:
    """Activate an account in one step: password, authenticator app and recovery sheet."""
    worker, pairs, derived = workers.welcome(name, code=code, password=password, by=Anonymous(at=at))
    by, secret = acting_as(worker, pairs, at=at), totp.new_secret()
    factors.add_app(worker, secret, used_step=None, derived=derived, by=by)
    sheet = recovery_sheets.new_sheet(pairs, by=by)
    worker.refresh_from_db()
    return Player(worker, by.keys, secret, sheet.printed(), password)


def join(workplace: Workplace, name: str, full_name: str, role: Role, *, at: datetime) -> Player:
    """Hire a worker and let the supervisor of the workplace admit them to its team, or certify their key."""
    player = hire(workplace.organisation, name, full_name, role, by=workplace.first.id, at=at)
    by, stays_apart = workplace.first.acting(at=at), role in POLICE and not workplace.team.own_cases_only
    if stays_apart or not ROLES[role]["compartments"]:
        workers.certify(player.id, fingerprint=worker_fingerprint(player.id), by=by)
    else:
        workers.admit(player.id, team=workplace.team.id, fingerprint=worker_fingerprint(player.id), by=by)
    player.keys.forget()
    return player
