"""The round: what has to be looked at again and again, with nobody signed in.

Every job of a round reads plain columns only and takes ids only (security.md 3.4).
"""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from suar.accounts.tasks import forget_what_ran_out
from suar.cases.tasks import tell_what_is_due
from suar.contact.tasks import erase_expired_requests, purge_deleted_keys
from suar.directory.tasks import tell_editors
from suar.referrals.tasks import look_at_clocks
from suar.screening.tasks import destroy_abandoned_talks, end_partner_readings

EVERY = timedelta(minutes=15)
KEPT = timedelta(days=1)
JOBS: tuple[Task, ...] = (
    forget_what_ran_out,
    look_at_clocks,
    destroy_abandoned_talks,
    tell_what_is_due,
    erase_expired_requests,
    purge_deleted_keys,
    end_partner_readings,
    tell_editors,
)


@task()
def go_round() -> int:
    """Enqueue each job, delete old results, and schedule the next round."""
    for job in JOBS:
        job.enqueue()
    # The worker compares with the real time, also in a demonstration world that travelled.
    now = timezone.now()
    forgotten, _ = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT).delete()
    go_round.using(run_after=now + EVERY).enqueue()
    return forgotten


def begin_rounds() -> None:
    """Enqueue a round now instead of one scheduled by an earlier start."""
    DBTaskResult.objects.ready().filter(task_path=go_round.module_path).delete()
    DBTaskResult.objects.filter(task_path=go_round.module_path, run_after__gt=timezone.now()).delete()
    go_round.enqueue()
