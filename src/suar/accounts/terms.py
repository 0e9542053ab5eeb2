"""The words of accounts: roles, permissions, kinds of keys, and who is looking."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LEAVE_OUT = frozenset(
    {
        "csrfmiddlewaretoken",
        "password",
        "new_password",
        "again",
        "recovery",
        "app_secret",
        "passkey",
        "pin",
        "made",
        "hold",
    }
)
"""Names of fields whose values no page carries on or shows again."""
RETURN_CODE = "made"
"""A form with this field holds a return code under other names as well, so none of it is kept."""


class Role(StrEnum):
    """What somebody does here; the table is data/roles.json."""

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
    """What a role may do; each staff page names one."""

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
    HEAR_FEEDBACK = "HEAR_FEEDBACK"
    SEE_TEAM = "SEE_TEAM"
    SEE_READERS = "SEE_READERS"
    ADMIT_TO_TEAM = "ADMIT_TO_TEAM"
    EDIT_QUESTIONS = "EDIT_QUESTIONS"
    EDIT_DIRECTORY = "EDIT_DIRECTORY"
    SEE_ACCESS_LOG = "SEE_ACCESS_LOG"
    MANAGE_WORKERS = "MANAGE_WORKERS"


class KeyKind(StrEnum):
    """Whose key pair it is, after security.md 3.2."""

    USER_READ = "user_read"
    USER_SIGN = "user_sign"
    TEAM = "team"
    INBOX = "inbox"
    IDENTITY = "identity"
    BREAK_GLASS = "break_glass"
    ESCROW = "escrow"
    STATISTICS = "statistics"
    BACKUP = "backup"


class Way(StrEnum):
    """How the private part of a key is wrapped."""

    PASSWORD = "password"  # noqa: S105 - the code of a way, no secret
    RECOVERY = "recovery"
    MEMBER = "member"


class Factor(StrEnum):
    """What a worker proves themselves with besides the password."""

    APP = "app"
    SHEET = "sheet"
    PASSKEY = "passkey"


class WorkerState(StrEnum):
    """Where a worker's account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking, as rules see them; ids only."""

    worker: UUID
    organisation: UUID
    role: Role
    permissions: frozenset[Permission]
    teams: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()
    fresh: bool = False

    def may(self, permission: Permission) -> bool:
        """Return True if the role has the permission."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Readiness:
    """What must be true before an organisation holds a real record."""

    proven: int
    needed: int
    restored: bool
    already: bool = False


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker as rules about workers see them."""

    id: UUID
    organisation: UUID
    role: Role
    state: WorkerState
    teams: frozenset[UUID] = frozenset()
    certified: bool = False


@dataclass(frozen=True, slots=True)
class Attempted:
    """One try to sign in, as the throttle sees it."""

    at: datetime
    worked: bool
