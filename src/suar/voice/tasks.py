"""Jobs of asking for help: they see plain columns only and open nothing."""

from django_tasks import task

from suar.kernel import clock
from suar.voice import actions


@task()
def forget_old_requests() -> int:
    """Destroy requests in which nothing was said for two years; says how many."""
    return actions.forget_over(at=clock.now())
