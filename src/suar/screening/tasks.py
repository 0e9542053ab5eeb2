"""Background jobs of the talk. They read plain columns only."""

from django_tasks import task

from suar.core import clock
from suar.screening import actions, opinion_packets


@task()
def destroy_abandoned_talks() -> int:
    """Destroy talks that were not saved for seven days, and return how many."""
    return actions.destroy_abandoned(at=clock.now())


@task()
def expire_second_opinions() -> int:
    """Destroy requests that partners did not answer in time, and return how many."""
    return opinion_packets.expire(at=clock.now())
