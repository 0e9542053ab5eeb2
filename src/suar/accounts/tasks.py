"""Jobs of accounts: they see plain columns only and forget what has run out."""

from django_tasks import task

from suar.accounts import challenges, sessions, throttle
from suar.audit import actions as audit
from suar.core import clock


@task()
def forget_what_ran_out() -> dict[str, int]:
    """Delete old attempts to sign in, answered challenges, ended sessions and ids of handled forms."""
    at = clock.now()
    return {
        "attempts": throttle.forget_old_attempts(at=at),
        "challenges": challenges.forget_old_challenges(at=at),
        "sessions": sessions.forget_ended(at=at),
        "forms": audit.purge_submitted_forms(at=at),
    }
