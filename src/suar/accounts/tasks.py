"""Jobs of accounts: they read plain columns only, delete expired rows, and check the audit log and pinned keys."""

import logging
from contextlib import suppress

from django_tasks import task

from suar.accounts import alarms, key_requests, sessions
from suar.audit import heads, queries
from suar.audit.rules import Fault
from suar.core import clock, ratelimit, single_use

logger = logging.getLogger(__name__)


@task()
def purge_expired() -> dict[str, int]:
    """Delete old attempts, used tokens, ended sessions, old alarms and typed papers."""
    at = clock.now()
    return {
        "attempts": ratelimit.purge_attempts(at=at),
        "tokens": single_use.purge_used_tokens(at=at),
        "sessions": sessions.purge_ended(at=at),
        "alarms": alarms.purge_alarms(at=at),
        "papers": key_requests.purge_papers(at=at),
    }


@task()
def check_keys() -> int:
    """Compare the keys of organisations with the pinned ones; return how many differ. Each raises an alarm."""
    return alarms.raise_key_alarms(at=clock.now())


@task()
def check_audit() -> bool:
    """Verify the audit log once a day; return True if it was changed.

    The signed head goes into a file and into the log. New faults raise an alarm.
    """
    at, head = clock.now(), queries.head()
    with suppress(OSError):
        lines = heads.own_lines()
        if heads.was_checked(lines, at=at) or (head is None and not lines):
            return False
    faults = heads.verify_log()
    if head is not None:
        line = heads.sign_head(head, at=at)
        logger.info("audit head %s", line)
        try:
            heads.append_head(line, at=at)
        except OSError:
            unwritten = Fault(0, "unreadable_heads")
            faults = [fault for fault in faults if fault != unwritten] + [unwritten]
    if faults:
        alarms.raise_audit_alarm(faults, at=at)
    return bool(faults)
