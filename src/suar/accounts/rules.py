"""Limits of sign-in attempts, sessions and passwords, and the facts that rules about accounts read. Pure."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from suar.accounts.codes import WorkerState
from suar.accounts.roles import Role
from suar.core.decisions import Decision

SECRET_FIELDS = frozenset(
    {
        "csrfmiddlewaretoken",
        "password",
        "new_password",
        "again",
        "recovery",
        "app_secret",
        "passkey",
        "pin",
        "new_code",
        "resume_token",
    }
)
"""Fields whose values no page carries on or shows again."""
RETURN_CODE_FIELD = "new_code"
"""A form with this field holds a return code under other names as well, so none of it is kept."""

Attempts = Iterable[tuple[datetime, bool]]
"""Times at which somebody tried to sign in, each with whether it succeeded."""
PER_ACCOUNT, PER_ADDRESS, PER_STRANGER = 5, 20, 2
MAX_UNCOUNTED = 60
"""Attempts at an account in an hour after which each one counts for it, whatever network it comes from."""
WINDOW = timedelta(minutes=1)
MAX_DELAY, MAX_DELAY_KNOWN, MAX_DELAY_KNOWN_LATER = (timedelta(seconds=seconds) for seconds in (300, 10, 60))
MANY_FAILURES = 50
"""Failures in an hour after which a known browser waits longer."""
MAX_DOUBLINGS = 8
LOCKS_AFTER, LOCKS_AFTER_SHARED = timedelta(minutes=5), timedelta(minutes=3)
IDLE, IDLE_SHARED, IDLE_IN_TALK = (timedelta(minutes=minutes) for minutes in (15, 5, 90))
MAX_SESSION_AGE = timedelta(hours=8)
FRESH = timedelta(minutes=30)
MIN_PASSWORD_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Readiness:
    """Conditions that an organisation meets before it stores a real record."""

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


def account_name(name: str) -> str:
    """Normalise a name as accounts are found by.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return name.strip().lower()


def delay_after(
    attempts: Attempts, *, now: datetime, free_attempts: int, success_clears: bool = True, known: bool = False
) -> timedelta:
    """Return how long the next attempt must wait: `free_attempts` a minute do not wait, later ones ever longer.

    If `success_clears`, a success clears the failures before it: so for an account, never for an address, or somebody
    with an account of their own could guess without end. Each further block of failures within the last hour doubles
    the wait, up to five minutes. A `known` browser waits ten seconds, and a minute after 50 failures within the hour.
    It is never a lock. Source: security.md B7.
    """
    failures: list[datetime] = []
    for at, succeeded in sorted(attempts):
        if not succeeded:
            failures.append(at)
        elif success_clears:
            failures.clear()
    recent = [at for at in failures if now - at < WINDOW]
    hour = [at for at in failures if now - at < timedelta(hours=1)]
    blocks = len(hour) // free_attempts
    if blocks == 0 or (len(recent) < free_attempts and blocks < 2):
        return timedelta(0)
    longest = MAX_DELAY
    if known:
        longest = MAX_DELAY_KNOWN if len(hour) < MANY_FAILURES else MAX_DELAY_KNOWN_LATER
    wait = min(WINDOW * (1 << min(blocks - 1, MAX_DOUBLINGS)), longest)
    return max(hour[-1] + wait - now, timedelta(0))


class SessionFacts(Protocol):
    """Facts on which the limits of a session depend."""

    made_at: datetime
    seen_at: datetime
    shared: bool
    in_talk: bool


def is_session_valid(session: SessionFacts, *, now: datetime) -> bool:
    """Return True for a session within its idle and absolute limits.

    Source: security.md 3.3.
    """
    idle = IDLE_IN_TALK if session.in_talk else IDLE_SHARED if session.shared else IDLE
    return now - session.seen_at < idle and now - session.made_at < MAX_SESSION_AGE


def is_locked(session: SessionFacts, *, now: datetime) -> bool:
    """Return True if the screen of an open talk is locked: idle for five minutes.

    The session goes on, so that nothing typed is lost, but shows nothing until it is unlocked.
    Source: security.md 3.3 (in an open talk the screen locks after 5 idle minutes).
    """
    return session.in_talk and now - session.seen_at >= LOCKS_AFTER


def locks_after(*, shared: bool, in_talk: bool) -> timedelta:
    """Return how long a screen is idle before it locks, well before the session itself ends.

    A shared session ends after five minutes, so there it locks sooner: the password then still
    opens it. Source: security.md 3.3; docs/decisions/keys-and-sessions.md (three minutes on shared devices).
    """
    return LOCKS_AFTER_SHARED if shared and not in_talk else LOCKS_AFTER


def is_easy_pin(pin: str) -> bool:
    """Return True if six digits are among the first that anybody would try.

    One digit six times, three repeated, or a row up or down, like 111111, 121212, 123456.
    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return len(steps) == 1 or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def is_fresh(stepped_up_at: datetime, *, now: datetime) -> bool:
    """Return True if the worker typed their password recently enough for a step-up action.

    Source: security.md 3.3 (step-up); the span of 30 minutes is our own, docs/decisions/keys-and-sessions.md.
    """
    return timedelta(0) <= now - stepped_up_at < FRESH


def password_is_good(password: str, *, name: str, common: frozenset[str]) -> Decision:
    """Allow a new password that is long enough, not common, and not the name.

    Source: NIST SP 800-63B 5.1.1.2 (length and a list of common ones, no composition rules).
    """
    if len(password) < MIN_PASSWORD_CHARACTERS:
        return Decision.refuse("password_short")
    if password.lower() in common or len(set(password)) < 5:
        return Decision.refuse("password_common")
    if name and name.lower() in password.lower():
        return Decision.refuse("password_name")
    return Decision.allow()
