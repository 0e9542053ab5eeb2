"""Jobs of accounts: they read plain columns only, delete expired rows, and check the audit log."""

import logging
from datetime import UTC

from django_tasks import task

from suar.accounts import alarms, sessions
from suar.audit import heads, queries
from suar.core import clock, ratelimit, single_use

logger = logging.getLogger(__name__)
MAX_NAMED = 8


@task()
def purge_expired() -> dict[str, int]:
    """Delete old attempts, used tokens and ended sessions."""
    at = clock.now()
    return {
        "attempts": ratelimit.purge_attempts(at=at),
        "tokens": single_use.purge_used_tokens(at=at),
        "sessions": sessions.purge_ended(at=at),
    }


@task()
def check_audit() -> bool:
    """Verify the audit log once a day; return True if it was changed.

    The signed head goes into a file and into the log. New faults raise an alarm.
    """
    at, lines, head = clock.now(), heads.own_lines(), queries.head()
    if head is None or (lines and lines[-1].startswith(f"{at.astimezone(UTC).date()}T")):
        return False
    seqs = sorted({fault.seq for fault in heads.verify_log()})
    changed = ", ".join(map(str, seqs[:MAX_NAMED])) + (" ..." if seqs[MAX_NAMED:] else "")
    if changed:
        alarms.raise_audit_alarm(changed, at=at)
    line = heads.sign_head(head, at=at)
    logger.info("audit head %s", line)
    heads.append_head(line)
    return bool(changed)
