"""Jobs of accounts: they see plain columns only and forget what has run out."""

from django_tasks import task

from suar.accounts import sessions
from suar.core import clock, ratelimit, single_use


@task()
def purge_expired() -> dict[str, int]:
    """Delete old attempts, used tokens and ended sessions."""
    at = clock.now()
    return {
        "attempts": ratelimit.purge_attempts(at=at),
        "tokens": single_use.purge_used_tokens(at=at),
        "sessions": sessions.purge_ended(at=at),
    }
