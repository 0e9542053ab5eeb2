"""Periodic jobs, which run without a signed-in worker.

Every job reads plain columns only and takes ids only (security.md 3.4).
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from suar.accounts.tasks import check_audit, check_keys, purge_expired
from suar.cases.tasks import (
    delete_old_drafts,
    end_covers,
    erase_due_records,
    notify_due,
    purge_team_notices,
    remove_expired_files,
    remove_old_sheets,
)
from suar.contact.tasks import erase_expired_requests, purge_deleted_keys
from suar.directory.tasks import notify_editors, purge_entry_changes, purge_uploads
from suar.referrals.tasks import check_deadlines
from suar.screening.tasks import destroy_abandoned_talks, expire_second_opinions

INTERVAL = timedelta(minutes=15)
RESULT_RETENTION = timedelta(days=1)
JOBS: tuple["Task[Any, Any]", ...] = (
    purge_expired,
    check_audit,
    check_keys,
    check_deadlines,
    destroy_abandoned_talks,
    end_covers,
    notify_due,
    remove_expired_files,
    delete_old_drafts,
    remove_old_sheets,
    purge_team_notices,
    erase_due_records,
    erase_expired_requests,
    purge_deleted_keys,
    expire_second_opinions,
    purge_uploads,
    purge_entry_changes,
    notify_editors,
)


@task()
def run_periodic_jobs() -> int:
    """Enqueue each job, delete old results, and schedule the next run."""
    for job in JOBS:
        job.enqueue()
    # The worker compares with the real time, also in a demonstration world that travelled.
    now = timezone.now()
    deleted, _ = DBTaskResult.objects.finished().filter(finished_at__lt=now - RESULT_RETENTION).delete()
    run_periodic_jobs.using(run_after=now + INTERVAL).enqueue()
    return deleted


def start_periodic_jobs() -> None:
    """Enqueue the periodic jobs now instead of a run scheduled by an earlier start.

    Jobs that an earlier version queued under a module that no longer exists are deleted.
    """
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    waiting.filter(task_path=run_periodic_jobs.module_path).delete()
    unknown = [path for path in waiting.values_list("task_path", flat=True).distinct() if not _exists(path)]
    waiting.filter(task_path__in=unknown).delete()
    run_periodic_jobs.enqueue()


def _exists(task_path: str) -> bool:
    try:
        import_string(task_path)
    except ImportError:
        return False
    return True
