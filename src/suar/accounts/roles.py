"""Roles, their permissions from codes/roles.json, and the viewer: pure."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from uuid import UUID

from suar.core.codes import code_list


class Role(StrEnum):
    """The role of a worker; the table is codes/roles.json."""

    VILLAGE_TEAM = "VILLAGE_TEAM"
    SOCIAL_WORKER = "SOCIAL_WORKER"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    PROVIDER = "PROVIDER"
    VILLAGE_POLICE = "VILLAGE_POLICE"
    POLICE_UNIT = "POLICE_UNIT"
    SUPERVISOR = "SUPERVISOR"
    DIRECTORY_EDITOR = "DIRECTORY_EDITOR"
    PRIVACY_OFFICER = "PRIVACY_OFFICER"
    COMPLAINT_HANDLER = "COMPLAINT_HANDLER"
    ADMINISTRATOR = "ADMINISTRATOR"
    INTAKE_OFFICER = "INTAKE_OFFICER"
    DUTY_OFFICER = "DUTY_OFFICER"
    DATA_OFFICER = "DATA_OFFICER"
    LINK_HOLDER = "LINK_HOLDER"
    ANONYMOUS = "ANONYMOUS"


POLICE = frozenset({Role.VILLAGE_POLICE, Role.POLICE_UNIT})


class Permission(StrEnum):
    """A permission of roles; each staff page names one."""

    SEE_OWN_DAY = "SEE_OWN_DAY"
    RUN_TALK = "RUN_TALK"
    GIVE_CONSENT = "GIVE_CONSENT"
    REFER = "REFER"
    ANSWER_REFERRAL = "ANSWER_REFERRAL"
    ANSWER_BY_LINK = "ANSWER_BY_LINK"
    SEE_RECORD = "SEE_RECORD"
    FIND_PERSON = "FIND_PERSON"
    MANAGE_CASE = "MANAGE_CASE"
    ASSESS_BEST_INTERESTS = "ASSESS_BEST_INTERESTS"
    SECOND_READ = "SECOND_READ"
    READ_FOR_PARTNER = "READ_FOR_PARTNER"
    SET_PARTNERS = "SET_PARTNERS"
    ANSWER_REQUESTS = "ANSWER_REQUESTS"
    SET_DESK = "SET_DESK"
    SET_FOLLOW_UPS = "SET_FOLLOW_UPS"
    SET_RETENTION = "SET_RETENTION"
    HEAR_FEEDBACK = "HEAR_FEEDBACK"
    SEE_TEAM = "SEE_TEAM"
    """See the team page, and alarms."""
    SEE_READERS = "SEE_READERS"
    ADMIT_TO_TEAM = "ADMIT_TO_TEAM"
    EDIT_QUESTIONS = "EDIT_QUESTIONS"
    EDIT_DIRECTORY = "EDIT_DIRECTORY"
    SEE_ACCESS_LOG = "SEE_ACCESS_LOG"
    MANAGE_WORKERS = "MANAGE_WORKERS"
    REVIEW_ACCESS = "REVIEW_ACCESS"
    """Review accesses that stand out; an administrator only if there is nobody else."""
    VOUCH = "VOUCH"
    """Ask or confirm new keys for a colleague who forgot the password."""


ROLES = code_list("accounts", "roles")


CONFIRMED_ONLY = frozenset(
    {
        Permission.ANSWER_REFERRAL,
        Permission.EDIT_DIRECTORY,
        Permission.EDIT_QUESTIONS,
        Permission.HEAR_FEEDBACK,
        Permission.REVIEW_ACCESS,
        Permission.SEE_ACCESS_LOG,
        Permission.SET_FOLLOW_UPS,
        Permission.SET_PARTNERS,
        Permission.SET_RETENTION,
        Permission.VOUCH,
    }
)
"""Permissions of confirmed accounts only: a signatory confirms the account first. Others rely on what they change.

Or it needs a second person, and an administrator could invite one for themselves.

Source: security.md T17.
"""


@cache
def permissions_of(role: str, *, confirmed: bool = True) -> frozenset[Permission]:
    """Return the permissions of a role.

    Source: codes/roles.json.
    """
    permissions = frozenset(Permission(permission) for permission in ROLES[role]["may"])
    return permissions if confirmed else permissions - CONFIRMED_ONLY


def reads_records(role: str) -> bool:
    """Return True if a role opens records or referrals, so that they may be sealed to its worker.

    Source: codes/roles.json; security.md T6.
    """
    return bool(ROLES[role]["compartments"]) or Permission.ANSWER_REFERRAL in permissions_of(role)


OPENED_AN_HOUR, OPENED_A_DAY = 25, 60
"""Different records that a role opens before the password is asked again, and before no more records open."""
NAMES_A_DAY = 200
"""Different names that searches show a role in a day."""


def opening_limits(role: str) -> tuple[int, int]:
    """Return how many different records a role opens in an hour, and in a day.

    Source: security.md B8; codes/roles.json.
    """
    row = ROLES[role]
    return row.get("opened_an_hour", OPENED_AN_HOUR), row.get("opened_a_day", OPENED_A_DAY)


def names_limit(role: str) -> int:
    """Return how many different names searches show a role in a day.

    Source: security.md B8; codes/roles.json.
    """
    limit: int = ROLES[role].get("names_a_day", NAMES_A_DAY)
    return limit


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer as rules see them; ids only.

    `own_keys` are the worker's own reading keys, by which records are granted to them by name.
    """

    worker: UUID
    organisation: UUID
    role: Role
    permissions: frozenset[Permission]
    teams: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()
    own_keys: frozenset[UUID] = frozenset()
    fresh: bool = False

    def may(self, permission: Permission) -> bool:
        """Return True if the role has the permission."""
        return permission in self.permissions
