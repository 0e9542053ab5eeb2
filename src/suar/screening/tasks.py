"""Jobs of the talk: they see plain columns only and destroy what nobody came back to."""

from django_tasks import task

from suar.core import clock
from suar.screening import actions, partner_closing


@task()
def destroy_abandoned_talks() -> int:
    """Destroy talks that nobody touched for seven days; says how many."""
    return actions.destroy_abandoned(at=clock.now())


@task()
def end_partner_readings() -> int:
    """Destroy what partner houses did not answer in time; says how many."""
    return partner_closing.end_what_ran_out(at=clock.now())
