"""What roles may do, how fast guessing goes, and how long a session lives: pure."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from suar.accounts.terms import Attempted, Permission, Role
from suar.core.decisions import Decision

TABLE = Path(__file__).parent / "data" / "roles.json"

PER_ACCOUNT, PER_ADDRESS = 5, 20
WINDOW = timedelta(minutes=1)
LONGEST_DELAY = timedelta(minutes=5)
MOST_DOUBLINGS = 8
LOCKS_AFTER, LOCKS_AFTER_SHARED = timedelta(minutes=5), timedelta(minutes=3)
IDLE, IDLE_SHARED, IDLE_IN_TALK = (timedelta(minutes=each) for each in (15, 5, 90))
LONGEST_SESSION = timedelta(hours=8)
FRESH = timedelta(minutes=30)
SHORTEST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One row of the roles table."""

    code: Role
    en: str
    id: str
    assignable: bool
    may: frozenset[Permission]
    compartments: frozenset[str]


@lru_cache(maxsize=1)
def roles() -> dict[Role, RoleRow]:
    """Read the roles table once.

    Source: own table, docs/decisions/0002, after the roles of the subject knowledge.
    """
    rows = json.loads(TABLE.read_text("utf-8"))["roles"]
    return {
        Role(row["code"]): RoleRow(
            Role(row["code"]),
            row["en"],
            row["id"],
            row["assignable"],
            frozenset(Permission(each) for each in row["may"]),
            frozenset(row["compartments"]),
        )
        for row in rows
    }


def permissions_of(role: Role) -> frozenset[Permission]:
    """Give the permissions of a role.

    Source: data/roles.json.
    """
    return roles()[role].may


def delay_after(attempts: Sequence[Attempted], *, now: datetime, most: int, cleared: bool = True) -> timedelta:
    """Work out how long the next try must wait: `most` free tries a minute, then rising.

    Where a try that worked clears, what went before it is forgotten: so for an account, never
    for an address, or whoever has an account of their own could guess on without an end. Each
    further block of failures within the last hour doubles the wait, up to five minutes; it is
    never a lock. Source: security.md B7.
    """
    failures: list[datetime] = []
    for attempt in sorted(attempts, key=lambda each: each.at):
        if not attempt.worked:
            failures.append(attempt.at)
        elif cleared:
            failures.clear()
    recent = [at for at in failures if now - at < WINDOW]
    hour = [at for at in failures if now - at < timedelta(hours=1)]
    blocks = len(hour) // most
    if blocks == 0 or (len(recent) < most and blocks < 2):
        return timedelta(0)
    wait = min(WINDOW * (1 << min(blocks - 1, MOST_DOUBLINGS)), LONGEST_DELAY)
    return max(hour[-1] + wait - now, timedelta(0))


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the limits of a session depend on."""

    made_at: datetime
    seen_at: datetime
    shared: bool
    in_talk: bool = False


def session_lives(session: SessionFacts, *, now: datetime) -> Decision:
    """Say whether a session is still good: idle and absolute limits.

    Source: security.md 3.3.
    """
    idle = IDLE_IN_TALK if session.in_talk else IDLE_SHARED if session.shared else IDLE
    if now - session.seen_at >= idle:
        return Decision.no("idle")
    if now - session.made_at >= LONGEST_SESSION:
        return Decision.no("too_long")
    return Decision.yes()


def is_locked(session: SessionFacts, *, now: datetime) -> bool:
    """Say whether the screen of an open talk is locked: quiet for five minutes, still alive.

    The session lives on, so that nothing typed is lost, but shows nothing until it is opened.
    Source: security.md 3.3 (in an open talk the screen locks after 5 idle minutes).
    """
    return session.in_talk and now - session.seen_at >= LOCKS_AFTER


def locks_after(*, shared: bool, in_talk: bool) -> timedelta:
    """Say how long a screen is quiet before it locks, well before the session itself ends.

    A shared session ends after five minutes, so there it locks sooner: the password then still
    opens it. Source: security.md 3.3; docs/decisions/0066 (three minutes on shared devices).
    """
    return LOCKS_AFTER_SHARED if shared and not in_talk else LOCKS_AFTER


def is_easy_pin(pin: str) -> bool:
    """Say whether six digits are among the first that anybody would try.

    One digit six times, three repeated, or a row up or down, like 111111, 121212, 123456.
    Source: own design, docs/decisions/0013.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return len(steps) == 1 or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def is_fresh(stepped_up_at: datetime, *, now: datetime) -> bool:
    """Say whether the worker proved themselves lately enough for a step-up act.

    Source: security.md 3.3 (step-up); the span of 30 minutes is our own, docs/decisions/0002.
    """
    return timedelta(0) <= now - stepped_up_at < FRESH


def password_is_good(password: str, *, name: str, common: frozenset[str]) -> Decision:
    """Say whether a new password may be used: long enough, not common, not the name.

    Source: NIST SP 800-63B 5.1.1.2 (length and a list of common ones, no composition rules).
    """
    if len(password) < SHORTEST_PASSWORD:
        return Decision.no("password_short")
    if password.lower() in common or len(set(password)) < 5:
        return Decision.no("password_common")
    if name and name.lower() in password.lower():
        return Decision.no("password_name")
    return Decision.yes()
