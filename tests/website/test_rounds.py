"""The rounds: jobs are asked for again and again, with ids only, whoever is signed in."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from suar.accounts.tasks import purge_expired
from suar.website import tasks

pytestmark = pytest.mark.django_db


def waiting(of: object) -> int:
    return DBTaskResult.objects.filter(task_path=of.module_path, status="READY").count()


def test_repeated_starts_schedule_one_run() -> None:
    tasks.start_periodic_jobs()
    tasks.start_periodic_jobs()
    assert waiting(tasks.run_periodic_jobs) == 1


def test_a_run_enqueues_every_job_and_the_next_run() -> None:
    tasks.run_periodic_jobs.func()
    for job in tasks.JOBS:
        assert waiting(job) == 1
    later = DBTaskResult.objects.get(task_path=tasks.run_periodic_jobs.module_path)
    assert later.run_after > timezone.now()


def test_jobs_take_ids_only() -> None:
    tasks.run_periodic_jobs.func()
    assert all(row.args_kwargs == {"args": [], "kwargs": {}} for row in DBTaskResult.objects.all())


def test_a_start_deletes_jobs_of_removed_modules() -> None:
    purge_expired.enqueue()
    row = DBTaskResult.objects.get()
    DBTaskResult.objects.create(
        task_path="suar.doors.tasks.go_round",
        args_kwargs=row.args_kwargs,
        backend_name=row.backend_name,
        queue_name=row.queue_name,
    )
    tasks.start_periodic_jobs()
    paths = set(DBTaskResult.objects.values_list("task_path", flat=True))
    assert paths == {purge_expired.module_path, tasks.run_periodic_jobs.module_path}
