"""Jobs of the talk: they see plain columns only and destroy what nobody came back to."""

from django_tasks import task

from suar.core import clock
from suar.screening import actions, opinion_packets


@task()
def destroy_abandoned_talks() -> int:
    """Destroy talks that nobody touched for seven days; return how many."""
    return actions.destroy_abandoned(at=clock.now())


@task()
def expire_second_opinions() -> int:
    """Destroy what partner organisations did not answer in time; return how many."""
    return opinion_packets.expire(at=clock.now())
