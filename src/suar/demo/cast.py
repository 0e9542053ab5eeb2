"""The cast: invented workers of three invented organisations, the same in demo and tests.

Amina sought help and has no account; Ben screens; Chioma works at a provider on the system,
Dan at one that answers by link; Esi supervises Ben; Farid works elsewhere and must see
nothing; Gita administers; Hadi edits the directory; Indah is the privacy officer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from suar.accounts import actions, notices
from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.accounts.models import Organisation, Team, Worker
from suar.accounts.roles import Role
from suar.accounts.sessions import viewer_of
from suar.referrals import partners

PASSWORD = "lentera tenang di pantai"  # noqa: S105 - invented workers, demo and tests only
PELITA = UUID("5e1f0000-0000-4000-8000-000000000002")


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


@dataclass(slots=True)
class House:
    """An organisation with one team, its first worker and its escrow shares."""

    organisation: Organisation
    team: Team
    first: Player
    shares: list


@dataclass(slots=True)
class Cast:
    """Everybody, by first name, and the houses they work in."""

    village: House
    pelita: House
    elsewhere: House
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
TEAMLESS = {
    Role.ADMINISTRATOR,
    Role.DIRECTORY_EDITOR,
    Role.PRIVACY_OFFICER,
    Role.COMPLAINT_HANDLER,
}


def gather(*, at: datetime) -> Cast:
    """Make the three organisations and everybody in them."""
    village = found("Tim Desa Contoh", "esi", "Esi", at=at, own_cases_only=True)
    pelita = found("Lembaga Bantuan Hukum Pelita Contoh", "kartika", "Kartika", at=at, ident=PELITA)
    elsewhere = found("Rumah Jauh Contoh", "farid", "Farid", at=at)
    houses = {"village": village, "pelita": pelita}
    players = {"esi": village.first, "kartika": pelita.first, "farid": elsewhere.first}
    for name, (shown, role, house) in PARTS.items():
        players[name] = join(houses[house], name, shown, role, at=at)
    return Cast(village, pelita, elsewhere, players)


def make_partners(cast: Cast, *, at: datetime) -> None:
    """Let the houses compare keys by voice and agree to second opinions; both leads have seen the notice."""
    village, pelita = cast.village, cast.pelita
    for player, partner in ((cast.esi, pelita), (cast.kartika, village)):
        viewer = viewer_of(player.worker, fresh=True)
        groups = partners.groups_to_compare(partner.organisation.id)
        partners.pin_by_groups(groups, by=Acting(viewer, player.keys, at))
    for player in (cast.esi, cast.kartika):
        notices.mark_seen(player.id, at=at)


def found(
    title: str,
    name: str,
    shown: str,
    *,
    at: datetime,
    ident: UUID | None = None,
    own_cases_only: bool = False,
) -> House:
    """Make an organisation, its first worker (a supervisor and signatory) and one team."""
    organisation = actions.found_organisation(title, at=at, ident=ident)
    first = hire(organisation, name, shown, Role.SUPERVISOR, by=None, at=at)
    paper = actions.make_organisation_keys(organisation, keys=first.keys, at=at)
    team = actions.make_team(
        "Tim satu", organisation=organisation, keys=first.keys, at=at, own_cases_only=own_cases_only
    )
    return House(organisation, team, first, paper)


def hire(organisation: Organisation, name: str, shown: str, role: Role, *, by: UUID | None, at: datetime) -> Player:
    """Invite a worker and let them activate their account."""
    worker, code = actions.invite(name, shown_name=shown, role=role, organisation=organisation, by=by, at=at)
    done = actions.activate(name, code=code, password=PASSWORD, at=at)
    worker.refresh_from_db()
    return Player(worker, done.keys, done.totp_secret, done.recovery.words_printed())


def join(house: House, name: str, shown: str, role: Role, *, at: datetime) -> Player:
    """Hire a worker and let the first one of the house admit them to its team."""
    player = hire(house.organisation, name, shown, role, by=house.first.id, at=at)
    if role in TEAMLESS:
        actions.certify(player.id, keys=house.first.keys, at=at)
    else:
        actions.admit(player.id, team=house.team.id, keys=house.first.keys, at=at)
    player.keys.forget()
    return player
