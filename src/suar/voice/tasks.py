"""Jobs of asking for help: they see plain columns only and open nothing."""

from django_tasks import task

from suar.kernel import clock
from suar.voice import actions, letters
from suar.voice.public import pace


@task()
def forget_old_requests() -> int:
    """Destroy requests in which nothing was said for two years; says how many."""
    return actions.forget_over(at=clock.now())


@task()
def forget_callers_and_deleted_keys() -> None:
    """Forget who called in the hours before, and where deleted keys lay."""
    pace.forget(at=clock.now())
    letters.let_deleted_keys_go()
