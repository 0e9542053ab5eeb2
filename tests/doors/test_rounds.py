"""The rounds: jobs are asked for again and again, with ids only, whoever is signed in."""

import logging

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from suar.doors import tasks
from suar.doors.management.commands.jobs import QuietWorker
from tests.audit.wiping import committed, triggers_put_back  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def waiting(of: object) -> int:
    return DBTaskResult.objects.filter(task_path=of.module_path, status="READY").count()


def test_a_start_asks_for_one_round_however_often_it_happens() -> None:
    tasks.begin_rounds()
    tasks.begin_rounds()
    assert waiting(tasks.go_round) == 1


def test_a_round_asks_for_every_job_and_for_the_next_round() -> None:
    tasks.go_round.func()
    for job in tasks.JOBS:
        assert waiting(job) == 1
    later = DBTaskResult.objects.get(task_path=tasks.go_round.module_path)
    assert later.run_after > timezone.now()


@pytest.mark.usefixtures("committed", "levels")
def test_jobs_that_work_say_nothing_and_one_that_fails_is_told(caplog) -> None:
    tasks.begin_rounds()
    work(QuietWorker())
    assert waiting(tasks.go_round) == 1, "it was done, and asked for again"
    assert caplog.messages == []
    asked = tasks.forget_what_ran_out.enqueue()
    DBTaskResult.objects.filter(id=asked.id).update(args_kwargs={"args": [1], "kwargs": {}})
    work(QuietWorker())
    assert [each.levelname for each in caplog.records] == ["ERROR"]


@pytest.mark.usefixtures("committed", "levels")
def test_the_worker_as_it_comes_would_tell_each_job(caplog) -> None:
    tasks.begin_rounds()
    work("db_worker")
    assert len(caplog.messages) > 10


@pytest.fixture
def levels():
    """Put back what a worker does to the logs of this process."""
    loggers = [logging.getLogger(name) for name in ("django_tasks", "django_tasks_db")]
    before = [each.level for each in loggers]
    yield
    for each, level in zip(loggers, before, strict=True):
        each.setLevel(level)


def work(worker: object) -> None:
    """Do everything that is asked for by now."""
    call_command(worker, queue_name="*", reload=False, batch=True)


def test_a_job_carries_nothing_but_ids() -> None:
    tasks.go_round.func()
    assert all(row.args_kwargs == {"args": [], "kwargs": {}} for row in DBTaskResult.objects.all())
