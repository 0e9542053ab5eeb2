"""Jobs of the talk: they see plain columns only and destroy what nobody came back to."""

from django_tasks import task

from suar.kernel import clock
from suar.screening import actions


@task()
def destroy_abandoned_talks() -> int:
    """Destroy talks that nobody touched for seven days; says how many."""
    return actions.destroy_abandoned(at=clock.now())
