"""Jobs of accounts: they see plain columns only and forget what has run out."""

from django_tasks import task

from suar.accounts import challenges, sessions, throttle
from suar.core import clock


@task()
def forget_what_ran_out() -> dict[str, int]:
    """Remove old tries to sign in, challenges that were answered, and ended sessions."""
    at = clock.now()
    return {
        "attempts": throttle.forget_old_attempts(at=at),
        "challenges": challenges.forget_old_challenges(at=at),
        "sessions": sessions.forget_ended(at=at),
    }
