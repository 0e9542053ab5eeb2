"""Roles, their permissions from data/roles.json, and the viewer: pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

TABLE = Path(__file__).parent / "data" / "roles.json"


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


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One row of the roles table."""

    code: Role
    label: Mapping[str, str]
    assignable: bool
    may: frozenset[Permission]
    compartments: frozenset[str]


@cache
def roles() -> dict[Role, RoleRow]:
    """Read the roles table once.

    Source: own table, docs/decisions/keys-and-sessions.md, after the roles of the subject knowledge.
    """
    rows = json.loads(TABLE.read_text("utf-8"))["roles"]
    return {
        Role(row["code"]): RoleRow(
            Role(row["code"]),
            row["label"],
            row["assignable"],
            frozenset(Permission(each) for each in row["may"]),
            frozenset(row["compartments"]),
        )
        for row in rows
    }


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return the permissions of a role.

    Source: data/roles.json.
    """
    return roles()[role].may


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
