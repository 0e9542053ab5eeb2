"""The jobs say only what went wrong: a demonstration's addresses stay in sight."""

import logging

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from suar.accounts.tasks import purge_expired
from suar.website import tasks
from suar.website.management.commands.jobs import QuietWorker
from tests.website.test_rounds import waiting


@pytest.mark.usefixtures("levels")
def test_only_failed_jobs_are_logged(caplog) -> None:
    tasks.start_periodic_jobs()
    work(QuietWorker())
    assert waiting(tasks.run_periodic_jobs) == 1, "it was done, and asked for again"
    assert caplog.messages == []
    asked = purge_expired.enqueue()
    DBTaskResult.objects.filter(id=asked.id).update(args_kwargs={"args": [1], "kwargs": {}})
    work(QuietWorker())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.usefixtures("levels")
def test_the_default_worker_logs_each_job(caplog) -> None:
    tasks.start_periodic_jobs()
    work("db_worker")
    assert len(caplog.messages) > 10


@pytest.fixture
def levels(committed):
    """Put back what a worker does to the logs of this process."""
    loggers = [logging.getLogger(name) for name in ("django_tasks", "django_tasks_db")]
    before = [logger.level for logger in loggers]
    yield
    for each, level in zip(loggers, before, strict=True):
        each.setLevel(level)


def work(worker: object) -> None:
    """Do everything that is asked for by now."""
    call_command(worker, queue_name="*", reload=False, batch=True)
