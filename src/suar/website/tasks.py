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

INTERVAL = timedelta(minutes=15)
RESULT_RETENTION = timedelta(days=1)
PERIODIC = {
    "accounts": ("purge_expired", "check_audit", "check_keys"),
    "referrals": ("check_deadlines",),
    "screening": ("destroy_abandoned_talks", "expire_second_opinions"),
    "cases": (
        *("end_covers", "notify_due", "remove_expired_files", "delete_old_drafts", "remove_old_sheets"),
        *("purge_team_notices", "erase_due_records"),
    ),
    "contact": ("erase_expired_requests", "purge_deleted_keys"),
    "directory": ("purge_uploads", "purge_entry_changes", "notify_editors"),
}
JOBS: tuple["Task[Any, Any]", ...] = tuple(
    import_string(f"suar.{app}.tasks.{name}") for app, names in PERIODIC.items() for name in names
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
